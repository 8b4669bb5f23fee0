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

} // namespace

void add_cable(Equations& equations, const Plan& plan, const Propagators& propagators) {
    Scope& scope = equations.scope();
    const model::Cell& cell = *scope.model().cell;
    const auto v = equations.find(cell.potential);
    if (!v) {
        return; // reported by the checker
    }
    const Equation& equation = equations[*v];
    std::optional<Membrane> membrane;
    if (cell.axial.valid()) {
        membrane = voltage_form(scope, equation, cell);
    } else {
        membrane = Membrane{scope.value(cell.current), scope.value(cell.capacitance)};
    }
    if (!membrane) {
        return;
    }
    const auto [conductance, offset] = linearised(scope.graph(), membrane->current, equation.leaf);
    scope.module().is_cell = true;
    {
        ir::Kernel kernel = make_kernel(KernelKind::Linear);
        ir::Builder builder(scope.module(), kernel);
        Frame start = start_of_step(scope, builder);
        Frame middle = Step(equations, plan, propagators, start).middle();
        builder.output(builder.name(middle.of(conductance), "G"));
        builder.output(builder.name(middle.of(offset), "I0"));
        scope.module().kernels.push_back(std::move(kernel));
    }
    ir::Kernel kernel = make_kernel(KernelKind::Rhs);
    ir::Builder builder(scope.module(), kernel);
    Frame start = start_of_step(scope, builder);
    builder.output(builder.name(start.of(membrane->capacitance), "C"));
    scope.module().kernels.push_back(std::move(kernel));
}

} // namespace hhc::lower
