// SPDX-License-Identifier: MIT
// Kernels of a cell: the membrane current as I0 - G*v with all other states held, and the
// capacitance. The host puts them into the cable equation (runtime/cable).
#include "ir/derivative.h"
#include "lower/kernels.h"
#include "lower/moment.h"
#include "lower/signs.h"
#include "lower/step.h"

#include <optional>
#include <string>
#include <utility>

namespace hhc::lower {

using ir::KernelKind;
using ir::ValueId;

namespace {

/// C*dv/dt = current + axial current, all per area.
struct Membrane {
    ValueId current;
    ValueId capacitance;
};

void refuse_form(Scope& scope, const model::Variable& v, const std::string& why) {
    scope.sink()
        .report(diag::Code::CableForm, v.span,
                "the axial current `Icable` must stand in the equation of `" + v.name +
                    "` as it charges a capacitance, and " + why)
        .note("write `dv/dt = (I + Icable)/C : volt` with Icable in amp/meter**2, or give "
              "`Im = ... : amp/meter**2` alone");
}

/// dv/dt = slope*Icable + rest: 1/slope is the capacitance.
std::optional<Membrane> voltage_form(Scope& scope, const Equation& equation,
                                     const model::Cell& cell) {
    const model::Variable& v = scope.variable(cell.potential);
    const ValueId axial = scope.leaf(cell.axial);
    ir::Builder& graph = scope.graph();
    const auto form = ir::linear_form(graph, equation.drift, std::span(&axial, 1));
    if (!form) {
        refuse_form(scope, v, "here it is not linear");
        return std::nullopt;
    }
    if (!form->slopes[0]) {
        refuse_form(scope, v, "here it is missing");
        return std::nullopt;
    }
    const ValueId slope = *form->slopes[0];
    if (ir::depends_on(scope.graph_kernel(), slope, equation.leaf)) {
        refuse_form(scope, v, "here its factor depends on `" + v.name + "`");
        return std::nullopt;
    }
    if (signs_of(scope)[slope.index] == Negative) {
        refuse_form(scope, v, "here its factor is negative");
        return std::nullopt;
    }
    const ir::Value reciprocal = graph[slope];
    const bool is_quotient = reciprocal.op == ir::Op::Div && graph.is_real(reciprocal.args[0], 1.0);
    Membrane membrane;
    membrane.capacitance = is_quotient ? reciprocal.args[1] : graph.div(graph.real(1.0), slope);
    membrane.current = graph.mul(form->offset.value_or(graph.real(0.0)), membrane.capacitance);
    if (cell.current.valid()) {
        membrane.current = graph.add(membrane.current, scope.value(cell.current));
    }
    return membrane;
}

ir::Kernel make_kernel(KernelKind kind) {
    ir::Kernel kernel;
    kernel.kind = kind;
    kernel.name = ir::text(kind);
    return kernel;
}

/// G = -dI/dv and I0 = I + G*v, in the graph.
std::pair<ValueId, ValueId> linearised(ir::Builder& graph, ValueId current, ValueId v) {
    if (const auto form = ir::linear_form(graph, current, std::span(&v, 1))) {
        const ValueId slope = form->slopes[0].value_or(graph.real(0.0));
        return {graph.neg(slope), form->offset.value_or(graph.real(0.0))};
    }
    const Term slope = ir::Derivative(graph, v).of(current);
    const ValueId conductance = graph.neg(slope.value_or(graph.real(0.0)));
    return {conductance, graph.add(current, graph.mul(conductance, v))};
}

/// The current without white noise, which is no current of its own.
ValueId without_noise(Equations& equations, ValueId current) {
    Scope& scope = equations.scope();
    std::vector<ValueId> leaves;
    for (const model::VariableId noise : equations.noises()) {
        leaves.push_back(scope.leaf(noise));
    }
    const auto form = ir::linear_form(scope.graph(), current, leaves);
    return form ? form->offset.value_or(scope.graph().real(0.0)) : current; // reported before
}

/// Outputs of `linear`: G and I0. The white noise of the step is a current that stands during it.
class MembraneTerms {
public:
    MembraneTerms(Equations& equations, StateIndex v, const Membrane& membrane)
        : equations_(equations), v_(v), membrane_(membrane),
          linearised_(linearised(equations.scope().graph(), membrane.current, equations[v].leaf)) {}

    void output(Frame& frame, Step& step) const {
        ir::Builder& builder = frame.builder();
        builder.output(builder.name(frame.of(linearised_.first), "G"));
        ValueId offset = frame.of(linearised_.second);
        if (const Term noise = step.diffusion(frame, v_)) {
            const ValueId charge = builder.mul(*noise, frame.of(membrane_.capacitance));
            offset = builder.add(offset, builder.div(charge, builder.dt()));
        }
        builder.output(builder.name(offset, "I0"));
    }

    /// Outputs of `rhs`: the capacitance, and what CVODE needs of the other states.
    void output_slopes(Frame& frame, const Plan& plan) const {
        ir::Builder& builder = frame.builder();
        builder.output(builder.name(frame.of(membrane_.capacitance), "C"));
        for (const StateIndex state : plan.with(Method::Cvode)) {
            if (state == v_) {
                continue;
            }
            ValueId slope = frame.of(equations_[state].drift);
            if (equations_.variable(state).flags.unless_refractory) {
                slope = builder.select(frame.not_refractory(), slope, builder.real(0.0));
            }
            builder.output(slope);
        }
    }

private:
    Equations& equations_;
    StateIndex v_;
    const Membrane& membrane_;
    std::pair<ValueId, ValueId> linearised_;
};

void add_terms(Equations& equations, StateIndex v, const Membrane& membrane, const Plan& plan,
               const Propagators& propagators) {
    Scope& scope = equations.scope();
    const MembraneTerms terms(equations, v, membrane);
    {
        ir::Kernel kernel = make_kernel(KernelKind::Linear);
        ir::Builder builder(scope.module(), kernel);
        Frame start = start_of_step(scope, builder);
        Step step(equations, plan, propagators, start);
        if (plan.with(Method::Cvode).empty()) {
            Frame middle = step.middle();
            terms.output(middle, step);
        } else {
            terms.output(start, step);
        }
        scope.module().kernels.push_back(std::move(kernel));
    }
    ir::Kernel kernel = make_kernel(KernelKind::Rhs);
    ir::Builder builder(scope.module(), kernel);
    Frame start = start_of_step(scope, builder);
    terms.output_slopes(start, plan);
    scope.module().kernels.push_back(std::move(kernel));
}

} // namespace

void add_cable(Equations& equations, const Plan& plan, const Propagators& propagators) {
    Scope& scope = equations.scope();
    const model::Cell& cell = *scope.model().cell;
    const auto v = equations.find(cell.potential);
    if (!v) {
        return; // reported by the checker
    }
    std::optional<Membrane> membrane;
    if (cell.axial.valid()) {
        membrane = voltage_form(scope, equations[*v], cell);
    } else {
        membrane = Membrane{scope.value(cell.current), scope.value(cell.capacitance)};
    }
    if (!membrane) {
        return;
    }
    membrane->current = without_noise(equations, membrane->current);
    scope.module().is_cell = true;
    add_terms(equations, *v, *membrane, plan, propagators);
}

} // namespace hhc::lower
