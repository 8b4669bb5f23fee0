// SPDX-License-Identifier: MIT
#include "lower/moment.h"

#include "abi/kernel_abi.h"

#include <algorithm>

namespace hhc::lower {

using ir::ValueId;
using model::Role;

namespace {

/// The wanted variables: first as the model orders them, then what it does not list.
template <class Wanted>
std::vector<model::VariableId> ordered(const model::CheckedModel& model,
                                       const std::vector<model::VariableId>& order,
                                       Wanted&& wanted) {
    std::vector<model::VariableId> result;
    for (const model::VariableId id : order) {
        if (wanted(model.variables[id])) {
            result.push_back(id);
        }
    }
    for (std::size_t i = 0; i < model.variables.size(); ++i) {
        const model::VariableId id(i);
        if (wanted(model.variables[id]) && std::ranges::find(result, id) == result.end()) {
            result.push_back(id);
        }
    }
    return result;
}

} // namespace

std::vector<model::VariableId> constants_over_dt(const model::CheckedModel& model) {
    return ordered(model, model.evaluation_order, [](const model::Variable& variable) {
        return variable.role == Role::ConstantOverDt;
    });
}

std::vector<model::VariableId> initial_order(const model::CheckedModel& model) {
    return ordered(model, model.init_order,
                   [](const model::Variable& variable) { return variable.initial.valid(); });
}

void fix_constants(Frame& frame, const std::function<bool(model::VariableId)>& wanted) {
    Scope& scope = frame.scope();
    ir::Builder& builder = frame.builder();
    for (const model::VariableId id : constants_over_dt(scope.model())) {
        if (wanted && !wanted(id)) {
            continue;
        }
        const ir::Builder::Context context(builder, scope.variable(id).span);
        const ValueId leaf = scope.leaf(id);
        const ValueId value =
            of_type(builder, frame.of(scope.definition(id)), scope.graph().type(leaf));
        frame.set(leaf, builder.name(value, scope.variable(id).name));
    }
}

Frame start_of_step(Scope& scope, ir::Builder& builder) {
    return start_of_step(Frame(scope, builder));
}

Frame start_of_step(Frame frame) {
    fix_constants(frame);
    return frame;
}

void store_written(Frame& frame, const std::vector<model::VariableId>& variables) {
    Scope& scope = frame.scope();
    for (const model::VariableId id : variables) {
        const ValueId value = frame.of(scope.leaf(id));
        if (value != frame.builder().load(scope.field(id))) {
            frame.builder().store(scope.field(id), value);
        }
    }
}

} // namespace hhc::lower
