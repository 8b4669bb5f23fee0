// SPDX-License-Identifier: MIT
// Computing values again with other leaves, and in another kernel.
#include "ir/derivative.h"

#include <algorithm>

namespace hhc::ir {

Substitution::Substitution(Builder& builder, std::vector<std::pair<ValueId, ValueId>> replacements)
    : builder_(&builder) {
    for (const auto& [leaf, replacement] : replacements) {
        replaced_[leaf] = replacement;
    }
}

ValueId Substitution::of(ValueId value) {
    // what is needed, seen from the value downwards; then anew, arguments first
    std::vector<bool> needed(value.index + 1, false);
    needed[value.index] = true;
    for (std::size_t i = value.index + 1; i-- > 0;) {
        if (needed[i] && !replaced_.contains(ValueId(i))) {
            for (const ValueId arg : (*builder_)[ValueId(i)].args) {
                needed[arg.index] = true;
            }
        }
    }
    for (std::size_t i = 0; i <= value.index; ++i) {
        const ValueId id(i);
        if (!needed[i] || replaced_.contains(id)) {
            continue;
        }
        const Args& args = (*builder_)[id].args;
        const bool changes =
            std::ranges::any_of(args, [&](ValueId arg) { return replaced_.at(arg) != arg; });
        if (!changes) {
            replaced_[id] = id;
            continue;
        }
        Value again = (*builder_)[id];
        for (ValueId& arg : again.args) {
            arg = replaced_.at(arg);
        }
        replaced_[id] = builder_->emit(std::move(again));
    }
    return replaced_.at(value);
}

Import::Import(Builder& builder, const Kernel& source)
    : builder_(&builder), source_(&source), copied_(source.values.size()) {}

void Import::replace(ValueId value, ValueId replacement) {
    copied_.resize(source_->values.size());
    copied_[value.index] = replacement;
}

ValueId Import::of(ValueId value) {
    copied_.resize(source_->values.size()); // the source may have grown
    if (copied_[value.index].valid()) {
        return copied_[value.index];
    }
    std::vector<bool> needed(value.index + 1, false);
    needed[value.index] = true;
    for (std::size_t i = value.index + 1; i-- > 0;) {
        if (needed[i] && !copied_[i].valid()) {
            for (const ValueId arg : source_->values[ValueId(i)].args) {
                needed[arg.index] = true;
            }
        }
    }
    for (std::size_t i = 0; i <= value.index; ++i) {
        if (!needed[i] || copied_[i].valid()) {
            continue;
        }
        Value copy = source_->values[ValueId(i)];
        for (ValueId& arg : copy.args) {
            arg = copied_[arg.index];
        }
        copied_[i] = builder_->emit(std::move(copy));
    }
    return copied_[value.index];
}

} // namespace hhc::ir
