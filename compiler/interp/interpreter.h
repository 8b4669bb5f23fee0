// SPDX-License-Identifier: MIT
// Runs a module without generating code: entity by entity, value by value. It is slow and obvious,
// the oracle that every backend is compared with, and what runs string assignments and
// target="interpreter".
#pragma once

#include "abi/kernel_abi.h"
#include "ir/ir.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace hhc::interp {

/// A value that became NaN or infinite, or a faulty integer, from arguments that were neither.
struct FaultPlace {
    std::string name; // what it is in the model; may be empty
    Span span;
    std::string operation; // "div %3, %4" with the numbers of its arguments
    double value = 0;
};

class Interpreter {
public:
    /// The module must be well-formed. It is copied.
    explicit Interpreter(const ir::Module& module);
    ~Interpreter();
    Interpreter(Interpreter&&) noexcept;
    Interpreter& operator=(Interpreter&&) noexcept;

    /// The table through which the runtime runs the module; lives as long as this object, also when
    /// that is moved.
    [[nodiscard]] const hhk_model* model() const;
    [[nodiscard]] const ir::Module& module() const;

    /// The hooks do this. Any range of entities, not only whole blocks; `event` of on_event kernels
    /// comes from the block.
    std::int32_t run(const ir::Kernel& kernel, const hhk_context& context, hhk_block& block) const;
    std::int32_t prepare(const hhk_context& context) const;

    /// Where the fault of one entity begins: the step is repeated from the state in `context`,
    /// which does not change. Empty if there is none.
    [[nodiscard]] std::vector<FaultPlace>
    locate_fault(const ir::Kernel& kernel, const hhk_context& context, std::int64_t entity) const;

    struct State;

private:
    std::unique_ptr<State> state_;
};

} // namespace hhc::interp
