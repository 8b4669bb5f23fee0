// SPDX-License-Identifier: MIT
#include "sema/usage.h"

#include "sema/checker.h"

#include <algorithm>
#include <string>

namespace hhc::sema {

/// More states than a person would write; a kernel of that size compiles for minutes.
static constexpr std::size_t most_states = 1000;

static void unread_variable(Draft& draft, const model::Variable& variable,
                            const VariableFacts& facts) {
    std::string what;
    switch (variable.role) {
    case Role::SharedParameter:
        what = "parameter";
        break;
    case Role::Frozen:
        what = "constant";
        break;
    case Role::Input:
        what = "input";
        break;
    case Role::State:
        what = variable.gate ? "gate" : "";
        break;
    default:
        break;
    }
    if (!what.empty()) {
        sink_of(draft, *facts.scope)
            .report(diag::Code::UnusedName, variable.span,
                    what + " `" + variable.name + "` is never used");
    }
}

/// Read by something other than its own equation and what belongs to it.
static bool is_read(const Draft& draft, VariableId id) {
    const VariableFacts& facts = draft.variables[id.index];
    if (!facts.read) {
        return false;
    }
    if (facts.readers.empty()) {
        return true; // by an event or a statement
    }
    const std::string own = draft.model.variables[id].name;
    for (const std::uint32_t reader : facts.readers) {
        const std::string& name = draft.model.variables[VariableId(reader)].name;
        if (name != own && !name.starts_with(own + ".")) {
            return true;
        }
    }
    return !draft.model.variables[id].gate;
}

/// The area of a cell with inputs: currents of synapses in amp enter a density through it.
static bool serves_synapses(const Draft& draft, const model::Variable& variable) {
    const auto& all = draft.model.variables;
    return variable.name == "area" && std::any_of(all.begin(), all.end(), [](const auto& other) {
               return other.role == Role::Input;
           });
}

static void unread_part(Draft& draft, const PartCheck& part) {
    bool has_values = false;
    for (std::size_t i = 0; i < draft.model.variables.size(); ++i) {
        const model::Variable& variable = draft.model.variables[VariableId(i)];
        if (!variable.name.starts_with(part.name)) {
            continue;
        }
        has_values = true;
        for (const std::uint32_t reader : draft.variables[i].readers) {
            if (!draft.model.variables[VariableId(reader)].name.starts_with(part.name)) {
                return;
            }
        }
        if (draft.variables[i].read && draft.variables[i].readers.empty()) {
            return;
        }
    }
    if (has_values && part.sink != nullptr && !part.sink->has_errors()) {
        const std::string name = part.name.substr(0, part.name.size() - 1);
        draft.sink
            .report(diag::Code::UnusedPart, part.span,
                    "no equation reads a value of the part `" + name + "`")
            .note("a current enters the equation of `v` as `" + name + ".I`");
    }
}

void check_usage(Draft& draft) {
    if (draft.sink.has_errors() || draft.incomplete) {
        return; // a name misspelt elsewhere, or a line that could not be read, may be the use
    }
    for (std::size_t i = 0; i < draft.variables.size(); ++i) {
        const VariableFacts& facts = draft.variables[i];
        const model::Variable& variable = draft.model.variables[VariableId(i)];
        if (facts.scope != nullptr && !facts.generated && !facts.poisoned &&
            !is_read(draft, VariableId(i)) && !serves_synapses(draft, variable)) {
            unread_variable(draft, variable, facts);
        }
    }
    for (const PartCheck& part : draft.parts) {
        unread_part(draft, part);
    }
}

void check_sizes(Draft& draft) {
    std::size_t states = 0;
    for (const model::Variable& variable : draft.model.variables) {
        states += variable.role == Role::State ? 1 : 0;
    }
    if (states > most_states) {
        draft.sink.report(diag::Code::ModelTooLarge, draft.span,
                          "this model has " + std::to_string(states) + " states, and at most " +
                              std::to_string(most_states) + " are allowed");
    }
    std::size_t operations = 0;
    for (const model::Expr& expr : draft.model.exprs) {
        operations += expr.args.empty() ? 0 : 1;
    }
    if (operations > most_operations || draft.too_large) {
        draft.sink
            .report(diag::Code::ModelTooLarge, draft.span,
                    "this has more than " + std::to_string(most_operations) +
                        " operations, functions written out")
            .note("name a value that is used often: a subexpression is computed once");
    }
}

} // namespace hhc::sema
