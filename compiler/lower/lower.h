// SPDX-License-Identifier: MIT
// From the checked model to the IR: the layout of its values, the method that integrates each
// state, and one kernel per hook of the kernel ABI. The only header of this room that others need.
#pragma once

#include "diag/sink.h"
#include "ir/ir.h"
#include "model/model.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hhc::lower {

struct Options {
    std::uint32_t real_size = 8;
    std::string method;               // overrides the model's own; empty: the model's, or chosen
    std::set<std::string> per_entity; // parameters with one value per entity
    std::map<std::string, std::optional<double>> freeze; // parameter -> value (none: its default)
    // of a synapse
    bool lump = true;                     // keep values once per source or target where that may be
    std::set<std::string> varying_delays; // pathways whose delay differs between synapses
};

/// How one state is advanced, and why.
struct StateMethod {
    std::string state;
    std::string method;
    std::string order; // "exact", "2", "1", "strong 1"
    std::string why;
    std::string brian; // what Brian 2 would take by default; empty: the same
};

/// A state of a synapse that is kept once per source or target entity, and why it may be.
struct LumpedState {
    std::string state;
    ir::Space space = ir::Space::PerPost;
    std::string why;
};

struct MethodReport {
    std::vector<StateMethod> states;
    std::vector<LumpedState> lumped;
    std::vector<std::string> remarks; // about the model as a whole
};

struct Lowered {
    ir::Module module;
    MethodReport methods;
};

/// The module has every kernel that the model needs and a description in JSON. Entered only with a
/// model without errors. After an error of its own it returns a module without kernels.
[[nodiscard]] Lowered lower(const model::CheckedModel& model, const Options& options,
                            diag::Sink& sink);

struct NamedExpression {
    std::string name;
    model::ExprId value; // in the model's own table of expressions
};

/// A module with the same fields and uniforms and one Observe kernel, which has one output per
/// expression: string assignments and recorded expressions.
[[nodiscard]] ir::Module lower_expressions(const model::CheckedModel& model,
                                           const std::vector<NamedExpression>& expressions,
                                           const Options& options, diag::Sink& sink);

/// The description of a `synapse` block that is not bound to populations yet.
[[nodiscard]] std::string describe_template(const model::CheckedModel& model);

/// For people: the method of every state, why, and what the compiler rewrote.
[[nodiscard]] std::string explain(const model::CheckedModel& model, const MethodReport& methods);

/// Names that `method` may have, in the order in which messages list them.
[[nodiscard]] const std::vector<std::string>& method_names();

} // namespace hhc::lower
