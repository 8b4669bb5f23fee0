// SPDX-License-Identifier: MIT
// The table of a model as this process runs it. At first every hook is the interpreter's; take()
// puts machine code in the place of those that run in every step. The others (prepare, init, rhs
// and the like) are called seldom and would take most of the time of a compilation: they stay
// interpreted until they are called for so many entities that code of their own pays. Interpreter
// and machine code give the same bits, so that nobody sees when one follows the other.
#pragma once

#include "abi/kernel_abi.h"
#include "interp/interpreter.h"
#include "ir/ir.h"
#include "jit/jit.h"
#include "support/hash.h"

#include "hhc/compile.h"
#include "hhc/options.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::driver {

/// Stays where it is: the runtime calls the hooks with a context whose model is this object.
class HostTable final : public hhk_model {
public:
    /// `module` needs no more than its seldom hooks if take() follows at once. `source_key`: of the
    /// compilation that it came from, under which its code is remembered. `features`: what the
    /// processor must have for the code to come.
    HostTable(const ir::Module& module, Options options, std::optional<Hash128> source_key = {},
              std::string features = {});
    HostTable(const HostTable&) = delete;
    HostTable& operator=(const HostTable&) = delete;

    /// Machine code from here on; only the first call counts. No step may be running.
    void take(const std::shared_ptr<jit::LoadedCode>& code, std::string_view symbol,
              const std::vector<StageTime>& times);
    [[nodiscard]] bool has_code() const;
    /// What its code took.
    [[nodiscard]] std::vector<StageTime> times() const;

    [[nodiscard]] const ir::Module& module() const { return interpreter_.module(); }
    [[nodiscard]] const Options& options() const { return options_; }
    [[nodiscard]] const std::optional<Hash128>& source_key() const { return source_key_; }

private:
    /// Hooks that are also called outside of a run, by whoever reads or assigns values.
    template <ir::KernelKind kind, hhk_block_fn hhk_model::* member>
    static std::int32_t on_demand(const hhk_context* context, hhk_block* block);
    template <ir::KernelKind kind, ir::Space space, hhk_block_fn (hhk_synapse::*member)[HHK_SPACES]>
    static std::int32_t on_demand_of_space(const hhk_context* context, hhk_block* block);
    template <ir::KernelKind kind, hhk_block_fn (hhk_synapse::*member)[HHK_SPACES]>
    void guard_spaces();
    /// What computes `more` values of the IR: the interpreter while their number is small, machine
    /// code from then on. `hook` finds it in a table.
    template <class Hook>
    [[nodiscard]] hhk_block_fn chosen(ir::KernelKind kind, std::int64_t more, Hook hook) const;
    /// Machine code of init and half_step.
    void compile_seldom() const;

    interp::Interpreter interpreter_;
    Options options_;
    std::optional<Hash128> source_key_;
    std::string features_;
    hhk_synapse pending_synapse_{};

    mutable std::mutex mutex_; // guards what follows
    std::shared_ptr<jit::LoadedCode> code_;
    const hhk_model* compiled_ = nullptr;
    std::vector<StageTime> times_;
    mutable std::int64_t interpreted_ = 0;
    mutable bool is_step_tried_ = false;
    mutable bool is_seldom_tried_ = false;
    mutable std::shared_ptr<jit::LoadedCode> seldom_code_;
    mutable const hhk_model* seldom_ = nullptr;
};

[[nodiscard]] Code code_of(const std::shared_ptr<const HostTable>& table);

/// The part of a module that a HostTable interprets when it has machine code, for the cache.
[[nodiscard]] ir::Module seldom_hooks(const ir::Module& module);

} // namespace hhc::driver
