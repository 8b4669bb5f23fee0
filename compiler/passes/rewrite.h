// SPDX-License-Identifier: MIT
// Private to this room: a kernel written anew, value by value.
#pragma once

#include "ir/builder.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace hhc::passes {

/// Takes the values out of a kernel and builds them again. A pass looks at each value, whose
/// arguments are new already, and says what stands for it.
class Rewrite {
public:
    Rewrite(ir::Module& module, ir::Kernel& kernel);

    /// The next value is built as it was unless the pass gives another one. `visit(value, id)` gets
    /// the value with new arguments and its old number.
    template <class Visit> bool run(Visit&& visit) {
        std::vector<ir::ValueId> order(old_.size());
        std::ranges::generate(order, [k = std::size_t{0}]() mutable { return ir::ValueId(k++); });
        return run(order, std::forward<Visit>(visit));
    }

    /// The same in another order of all values, arguments first.
    template <class Visit> bool run(std::span<const ir::ValueId> order, Visit&& visit) {
        for (const ir::ValueId id : order) {
            ir::Value& value = old_[id.index];
            for (ir::ValueId& arg : value.args) {
                arg = new_ids_[arg.index];
            }
            builder_.at(value.span);
            std::optional<ir::ValueId> other = visit(std::as_const(value), id);
            if (other) {
                changed_ = true;
                new_ids_[id.index] =
                    value.name.empty() ? *other : builder_.name(*other, value.name);
            } else {
                new_ids_[id.index] = builder_.emit_as_is(std::move(value));
            }
        }
        finish();
        return changed_;
    }

    [[nodiscard]] ir::Builder& builder() { return builder_; }
    [[nodiscard]] ir::ValueId new_id(ir::ValueId old) const { return new_ids_[old.index]; }

private:
    void finish();

    std::vector<ir::Value> old_;
    ir::Kernel* kernel_;
    ir::Builder builder_;
    std::vector<ir::ValueId> new_ids_;
    bool changed_ = false;
};

/// A call of this function.
[[nodiscard]] inline bool is_math(const ir::Value& value, ir::MathOp op) {
    return value.op == ir::Op::Math && static_cast<ir::MathOp>(value.symbol) == op;
}

/// Does any value satisfy `test`? A pass with nothing to do leaves the kernel as it is.
template <class Test> bool any_value(const ir::Kernel& kernel, Test&& test) {
    return std::any_of(kernel.values.begin(), kernel.values.end(), std::forward<Test>(test));
}

/// Applies `function` to every value that a kernel leaves behind: stores, masks, events, outputs,
/// guards.
template <class KernelType, class Function>
void for_each_result(KernelType& kernel, Function&& function) {
    for (auto& store : kernel.stores) {
        function(store.value);
        if (store.mask.valid()) {
            function(store.mask);
        }
    }
    for (auto& store : kernel.foreign_stores) {
        function(store.value);
        if (store.mask.valid()) {
            function(store.mask);
        }
    }
    for (auto& store : kernel.uniform_stores) {
        function(store.value);
    }
    for (auto& event : kernel.events) {
        function(event.condition);
    }
    for (auto& output : kernel.outputs) {
        function(output);
    }
    for (auto& guard : kernel.guards) {
        function(guard);
    }
}

/// How often each value is an argument or a result.
[[nodiscard]] std::vector<std::uint32_t> use_counts(const ir::Kernel& kernel);

/// Which values a result depends on.
[[nodiscard]] std::vector<bool> live_values(const ir::Kernel& kernel);

} // namespace hhc::passes
