// SPDX-License-Identifier: MIT
// Private to this room: polynomials for the uniforms and the step in force, made and proven by hook
// prepare.
#pragma once

#include "abi/kernel_abi.h"
#include "ir/ir.h"

#include <mutex>
#include <vector>

namespace hhc::interp {

class Approximations {
public:
    explicit Approximations(const ir::Module& module);

    /// Fills the hidden table. Where one of the polynomials cannot be proven for these numbers, the
    /// certified range is empty and every entity takes the exact side.
    void prepare(const hhk_context& context);

private:
    [[nodiscard]] std::vector<double> inputs(const hhk_context& context) const;
    [[nodiscard]] std::vector<double> made(const std::vector<double>& inputs) const;

    const ir::Module* module_;
    std::vector<std::vector<std::size_t>> uniforms_; // by approximation: place by symbol
    std::mutex mutex_; // populations of one model may be prepared at once
    std::vector<double> last_inputs_, last_table_;
};

} // namespace hhc::interp
