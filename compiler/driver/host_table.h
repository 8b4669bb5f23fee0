// SPDX-License-Identifier: MIT
// Compiled hooks where there are any, the interpreter's for the rest: prepare, init, rhs and the
// like, which are called seldom and would take most of the time of a compilation. What initialises
// entities is compiled as soon as there are so many that it pays; both give the same bits.
#pragma once

#include "abi/kernel_abi.h"
#include "interp/interpreter.h"
#include "ir/ir.h"
#include "jit/jit.h"

#include "hhc/compile.h"
#include "hhc/options.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

namespace hhc::driver {

/// Stays where it is: the runtime calls the hooks with a context whose model is this object.
class HostTable final : public hhk_model {
public:
    HostTable(std::shared_ptr<jit::LoadedCode> code, const hhk_model& compiled,
              const ir::Module& module, Options options);
    HostTable(const HostTable&) = delete;
    HostTable& operator=(const HostTable&) = delete;

private:
    template <hhk_block_fn hhk_model::* member, ir::KernelKind kind>
    static std::int32_t initialise(const hhk_context* context, hhk_block* block);
    /// The compiled initialising hooks, once `more` values of the IR would exceed what is left to
    /// the interpreter; nullptr before.
    [[nodiscard]] const hhk_model* compiled_for(std::int64_t more) const;

    std::shared_ptr<jit::LoadedCode> code_;
    interp::Interpreter interpreter_;
    Options options_;

    mutable std::mutex mutex_; // guards what follows
    mutable std::int64_t interpreted_ = 0;
    mutable bool is_tried_ = false;
    mutable std::shared_ptr<jit::LoadedCode> initialising_code_;
    mutable const hhk_model* initialising_ = nullptr;
};

/// The model `symbol` of an object in memory; `module` needs no more than its seldom hooks.
[[nodiscard]] Code host_code(const std::shared_ptr<jit::LoadedCode>& loaded,
                             std::string_view symbol, const ir::Module& module,
                             const Options& options, bool from_cache);

/// The part of a module that a HostTable interprets, for the cache.
[[nodiscard]] ir::Module seldom_hooks(const ir::Module& module);

} // namespace hhc::driver
