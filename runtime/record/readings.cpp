// SPDX-License-Identifier: MIT
#include "record/readings.h"

#include "base/fail.h"
#include "kernel/observing_function.h"
#include "kernel/variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

namespace hodg::record {

using base::Code;
using base::fail;

Readings::Readings(const kernel::PopulationState& state, std::vector<std::string> variables,
                   std::vector<Expression> expressions)
    : variables_(std::move(variables)), names_(variables_), expressions_(std::move(expressions)) {
    for (const std::string& variable : variables_) {
        static_cast<void>(kernel::find_variable(state.table(), variable, state.name()));
    }
    for (const Expression& expression : expressions_) {
        if (expression.names.empty()) {
            fail(Code::BadOption, "an expression to record has no name");
        }
        static_cast<void>(kernel::observing_function(state.table(), expression));
        std::ranges::copy_if(expression.names, std::back_inserter(names_),
                             [](const std::string& name) { return !name.empty(); });
    }
    std::unordered_set<std::string> once;
    for (const std::string& name : names_) {
        if (!once.insert(name).second) {
            fail(Code::BadOption, fmt::format("`{}` is to be recorded twice", name));
        }
    }
}

std::string Readings::text() const {
    std::string all;
    for (const std::string& name : names_) {
        all += name + '\n';
    }
    return all;
}

std::size_t Readings::find(std::string_view name, std::string_view population) const {
    const auto at = std::find(names_.begin(), names_.end(), name);
    if (at == names_.end()) {
        fail(Code::UnknownVariable, fmt::format("`{}` of `{}` is not recorded", name, population),
             base::suggest(name, names_));
    }
    return static_cast<std::size_t>(at - names_.begin());
}

void Readings::add_tables(std::vector<const hhk_model*>& tables) const {
    for (const Expression& expression : expressions_) {
        if (expression.model != nullptr) {
            tables.push_back(expression.model);
        }
    }
}

void Readings::start(kernel::PopulationState& state) {
    state_ = &state;
    readings_.clear();
    for (const std::string& variable : variables_) {
        const kernel::Place place = kernel::find_variable(state.table(), variable, state.name());
        if (place.kind == kernel::Place::Kind::Uniform) {
            readings_.emplace_back(&state.uniforms()[place.index], true);
        } else {
            const bool staggered = (state.table().fields[place.index].flags & HHK_STAGGERED) != 0;
            readings_.emplace_back(state.field(place.index), staggered);
        }
    }
    outputs_.clear();
    pointers_.clear();
    for (const Expression& expression : expressions_) {
        pointers_.emplace_back();
        for (const std::string& name : expression.names) {
            outputs_.emplace_back(static_cast<std::size_t>(state.padded()));
            pointers_.back().push_back(outputs_.back().data());
            if (!name.empty()) { // else the kernel computes it, and nobody keeps it
                readings_.emplace_back(outputs_.back().data(), false);
            }
        }
    }
}

void Readings::evaluate(std::span<const std::int64_t> blocks, std::int64_t step) const {
    if (expressions_.empty()) {
        return;
    }
    hhk_context context = state_->context();
    context.step = step;
    context.t = static_cast<double>(step) * context.dt;
    for (std::size_t e = 0; e < expressions_.size(); ++e) {
        const Expression& expression = expressions_[e];
        context.model = expression.model == nullptr ? state_->context().model : expression.model;
        context.outputs = pointers_[e].data();
        const auto function = kernel::observing_function(state_->table(), expression);
        for (const std::int64_t begin : blocks) {
            hhk_block block{};
            block.begin = begin;
            block.end = std::min<std::int64_t>(begin + HHK_BLOCK, state_->padded());
            function(&context, &block);
        }
    }
}

} // namespace hodg::record
