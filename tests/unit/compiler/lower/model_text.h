// SPDX-License-Identifier: MIT
// Checked models written in C++: expressions by operators, so that these tests need no parser.
#pragma once

#include "model/model.h"

#include <string>
#include <string_view>
#include <vector>

namespace hhc::lower::test {

class Text;

/// An expression of the model under construction.
struct E {
    Text* text;
    model::ExprId id;
};

class Text {
public:
    model::CheckedModel model;

    explicit Text(std::string name = "cell") {
        model.name = std::move(name);
        model.kind = "neuron";
    }

    E make(model::ExprKind kind, std::vector<E> args, model::Scalar scalar = model::Scalar::Real) {
        model::Expr expr;
        expr.kind = kind;
        expr.type.scalar = scalar;
        for (const E& arg : args) {
            expr.args.push_back(arg.id);
        }
        return {this, model.exprs.push_back(std::move(expr))};
    }
    E number(double value) {
        const E e = make(model::ExprKind::Number, {});
        model.exprs[e.id].number = value;
        return e;
    }
    E call(std::string_view name, std::vector<E> args) {
        const E e = make(model::ExprKind::Call, std::move(args));
        for (std::size_t row = 0; row < model::builtins().size(); ++row) {
            if (model::builtins()[row].name == name) {
                model.exprs[e.id].symbol = static_cast<std::uint32_t>(row);
            }
        }
        return e;
    }
    E read(model::VariableId id) {
        const E e = make(model::ExprKind::Variable, {}, model.variables[id].type.scalar);
        model.exprs[e.id].symbol = id.index;
        return e;
    }
    E operator[](std::string_view name) { return read(*model.find(name)); }
    model::Variable& variable(std::string_view name) { return model.variables[*model.find(name)]; }

    E add(std::string name, model::Role role, units::Dimension dimension = {}) {
        model::Variable variable;
        variable.name = std::move(name);
        variable.role = role;
        variable.type.dimension = dimension;
        variable.display.text = units::describe(dimension);
        return read(model.variables.push_back(std::move(variable)));
    }
    E state(std::string name, units::Dimension dimension = {}) {
        return add(std::move(name), model::Role::State, dimension);
    }
    /// A parameter with one value.
    E param(std::string name, double value) {
        const E e = add(name, model::Role::SharedParameter);
        variable(name).default_value = value;
        return e;
    }
    E parameter(std::string name) { return add(std::move(name), model::Role::Parameter); }
    /// A subexpression.
    E let(std::string name, E value, units::Dimension dimension = {}) {
        const E e = add(name, model::Role::Subexpression, dimension);
        variable(name).definition = value.id;
        model.evaluation_order.push_back(*model.find(name));
        return e;
    }
    void derivative(std::string_view name, E value) { variable(name).definition = value.id; }
    void init(std::string_view name, E value) {
        variable(name).initial = value.id;
        model.init_order.push_back(*model.find(name));
    }
    /// A gate by its rates, as sema writes it; starts at its steady state.
    E gate(const std::string& name, E alpha, E beta);

    model::Event& event(std::string name, E condition) {
        model::Event event;
        event.name = std::move(name);
        event.condition = condition.id;
        event.respects_refractory = event.name == "spike";
        const model::EventId id = model.events.push_back(std::move(event));
        return model.events[id];
    }
    model::Statement assign(std::string_view target, E value) {
        model::Statement statement;
        statement.target = *model.find(target);
        statement.value = value.id;
        return statement;
    }
    void refractory(E value, bool is_condition) {
        model.refractory = model::Refractory{value.id, is_condition, {}};
    }
};

inline E operator+(E a, E b) {
    return a.text->make(model::ExprKind::Add, {a, b});
}
inline E operator-(E a, E b) {
    return a.text->make(model::ExprKind::Subtract, {a, b});
}
inline E operator*(E a, E b) {
    return a.text->make(model::ExprKind::Multiply, {a, b});
}
inline E operator/(E a, E b) {
    return a.text->make(model::ExprKind::Divide, {a, b});
}
inline E operator-(E a) {
    return a.text->make(model::ExprKind::Negate, {a});
}
inline E operator+(E a, double b) {
    return a + a.text->number(b);
}
inline E operator-(E a, double b) {
    return a - a.text->number(b);
}
inline E operator*(E a, double b) {
    return a * a.text->number(b);
}
inline E operator/(E a, double b) {
    return a / a.text->number(b);
}
inline E operator+(double a, E b) {
    return b.text->number(a) + b;
}
inline E operator-(double a, E b) {
    return b.text->number(a) - b;
}
inline E operator*(double a, E b) {
    return b.text->number(a) * b;
}
inline E operator/(double a, E b) {
    return b.text->number(a) / b;
}
inline E operator>(E a, E b) {
    return a.text->make(model::ExprKind::Greater, {a, b}, model::Scalar::Boolean);
}
inline E operator>(E a, double b) {
    return a > a.text->number(b);
}
inline E exp(E a) {
    return a.text->call("exp", {a});
}
inline E sin(E a) {
    return a.text->call("sin", {a});
}
inline E inv_exprel(E a) {
    return a.text->call("inv_exprel", {a});
}
inline E pow(E a, int b) {
    return a.text->make(model::ExprKind::Power, {a, a.text->number(b)});
}
inline E crosses(E a, double b) {
    return a.text->make(model::ExprKind::Crosses, {a, a.text->number(b)}, model::Scalar::Boolean);
}

inline E Text::gate(const std::string& name, E alpha, E beta) {
    const E m = state(name);
    const E a = let(name + ".alpha", alpha);
    const E b = let(name + ".beta", beta);
    const E inf = let(name + ".inf", a / (a + b));
    const E tau = let(name + ".tau", 1.0 / (a + b));
    derivative(name, a * (1.0 - m) - b * m);
    model::Variable& variable = this->variable(name);
    variable.gate = model::Gate{true, a.id, b.id, inf.id, tau.id};
    variable.initial = inf.id;
    model.init_order.push_back(*model.find(name));
    return m;
}

/// Squid axon of Hodgkin & Huxley 1952, E_L -54.387 mV, in volt, second and per cm2; v starts at
/// -65 mV, gates at their steady state.
inline Text squid() {
    Text t("squid");
    const E v = t.state("v", units::volt());
    const E x = t.let("v_in_mV", v * 1000.0);
    const E m =
        t.gate("m", 1000.0 * inv_exprel(-(x + 40.0) / 10.0), 4000.0 * exp(-(x + 65.0) / 18.0));
    const E h =
        t.gate("h", 70.0 * exp(-(x + 65.0) / 20.0), 1000.0 / (1.0 + exp(-(x + 35.0) / 10.0)));
    const E n =
        t.gate("n", 100.0 * inv_exprel(-(x + 55.0) / 10.0), 125.0 * exp(-(x + 65.0) / 80.0));
    const E current = t.parameter("I");
    const E na =
        t.let("I_Na", t.param("g_Na", 120e-3) * pow(m, 3) * h * (50e-3 - v), units::ampere());
    const E k = t.let("I_K", t.param("g_K", 36e-3) * pow(n, 4) * (-77e-3 - v), units::ampere());
    const E leak = t.let("I_L", t.param("g_L", 0.3e-3) * (-54.387e-3 - v), units::ampere());
    t.derivative("v", (na + k + leak + current) / t.param("C", 1e-6));
    t.variable("v").initial = t.number(-65e-3).id;
    t.model.init_order.insert(t.model.init_order.begin(), *t.model.find("v"));
    t.event("spike", v > 0.0);
    t.refractory(v > 0.0, true);
    return t;
}

} // namespace hhc::lower::test
