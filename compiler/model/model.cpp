// SPDX-License-Identifier: MIT
#include "model/model.h"

namespace hhc::model {

const std::vector<BuiltinInfo>& builtins() {
    static const std::vector<BuiltinInfo> table = {
#define HHC_BUILTIN(id, text, arity, rule, function) {text, arity, DimensionRule::rule, function},
#include "model/builtins.def"
#undef HHC_BUILTIN
    };
    return table;
}

const std::vector<DistributionInfo>& distributions() {
    static const std::vector<DistributionInfo> table = {
#define HHC_DISTRIBUTION(id, text, arity, function) {text, arity, function},
#include "model/distributions.def"
#undef HHC_DISTRIBUTION
    };
    return table;
}

std::optional<VariableId> CheckedModel::find(std::string_view wanted) const {
    for (std::size_t i = 0; i < variables.size(); ++i) {
        if (variables.raw()[i].name == wanted) {
            return VariableId(i);
        }
    }
    return std::nullopt;
}

std::optional<VariableId> CheckedModel::membrane_potential() const {
    if (kind == "synapse") {
        return std::nullopt;
    }
    for (const std::string_view candidate : {"v", "V"}) {
        const std::optional<VariableId> found = find(candidate);
        if (found && variables[*found].role == Role::State) {
            return found;
        }
    }
    std::optional<VariableId> only;
    for (std::size_t i = 0; i < variables.size(); ++i) {
        const Variable& variable = variables.raw()[i];
        if (variable.role != Role::State || variable.type.dimension != units::volt()) {
            continue;
        }
        if (only) {
            return std::nullopt;
        }
        only = VariableId(i);
    }
    return only;
}

std::string_view spelling(Role role) {
    switch (role) {
    case Role::State:
        return "state";
    case Role::Subexpression:
        return "subexpression";
    case Role::ConstantOverDt:
        return "constant over dt";
    case Role::Parameter:
        return "parameter";
    case Role::SharedParameter:
        return "shared parameter";
    case Role::Frozen:
        return "frozen";
    case Role::Input:
        return "input";
    case Role::Linked:
        return "linked";
    case Role::Time:
        return "time";
    case Role::TimeStep:
        return "time step";
    case Role::StepCount:
        return "step count";
    case Role::EntityIndex:
        return "entity index";
    case Role::EntityCount:
        return "entity count";
    case Role::LastSpike:
        return "last spike";
    case Role::NotRefractory:
        return "not refractory";
    case Role::Noise:
        return "noise";
    case Role::Temperature:
        return "temperature";
    case Role::Foreign:
        return "of a population";
    case Role::PreIndex:
        return "source index";
    case Role::PostIndex:
        return "target index";
    case Role::PreCount:
        return "source count";
    case Role::PostCount:
        return "target count";
    case Role::LastUpdate:
        return "last update";
    case Role::Given:
        return "given";
    }
    return "?";
}

std::string_view spelling(Scalar scalar) {
    switch (scalar) {
    case Scalar::Real:
        return "real";
    case Scalar::Integer:
        return "integer";
    case Scalar::Boolean:
        return "boolean";
    }
    return "?";
}

} // namespace hhc::model
