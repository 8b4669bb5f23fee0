// SPDX-License-Identifier: MIT
// Which method each state gets, and the reasons that `explain` prints; refusals.cpp says what a
// method cannot solve.
#include "ir/derivative.h"
#include "lower/plan.h"

#include <algorithm>
#include <array>
#include <utility>

namespace hhc::lower {

namespace {

struct MethodRow {
    Method method;
    std::string_view name;
    std::string_view order; // of the whole step where nothing special is known
};

constexpr std::array<MethodRow, 10> method_rows = {{
    {Method::Exact, "exact", "exact"},
    {Method::Staggered, "staggered", "2"},
    {Method::ExponentialEuler, "exponential_euler", "1"},
    {Method::Euler, "euler", "1"},
    {Method::Rk2, "rk2", "2"},
    {Method::Rk4, "rk4", "4"},
    {Method::Heun, "heun", "2"},
    {Method::Milstein, "milstein", "1"},
    {Method::BackwardEuler, "backward_euler", "1"},
    {Method::Cvode, "cvode", "1 to 5, by its error"},
}};

std::optional<Method> find_method(std::string_view name) {
    if (name == "linear") { // Brian's older name
        return Method::Exact;
    }
    const auto found = std::ranges::find(method_rows, name, &MethodRow::name);
    return found == method_rows.end() ? std::nullopt : std::optional(found->method);
}

/// The states that a chosen method is for, and what is said about it.
class Chooser {
public:
    explicit Chooser(Equations& equations) : equations_(equations), scope_(equations.scope()) {}

    Plan choose() {
        plan_.methods.assign(equations_.size(), Method::Euler);
        plan_.report.states.resize(equations_.size());
        if (scope_.model().cell) {
            choose_cell(*scope_.model().cell);
            finish();
            return std::move(plan_);
        }
        std::vector<StateIndex> rest;
        for (const StateIndex state : equations_.all()) {
            if (equations_.variable(state).method.empty()) {
                rest.push_back(state);
            }
        }
        choose_rest(rest);
        choose_by_state();
        finish();
        return std::move(plan_);
    }

private:
    [[nodiscard]] std::string requested() const {
        return scope_.options().method.empty() ? scope_.model().method : scope_.options().method;
    }

    void refuse(const Refusal& refusal) {
        auto report = scope_.sink().report(refusal.code, refusal.span, refusal.message);
        if (!refusal.note.empty()) {
            report.note(refusal.note);
        }
    }

    void report_unknown(const std::string& name, Span span) {
        std::string list;
        for (const std::string& method : method_names()) {
            list += (list.empty() ? "`" : ", `") + method + "`";
        }
        scope_.sink()
            .report(diag::Code::UnknownMethod, span, "there is no method `" + name + "`")
            .note("the methods are " + list);
    }

    /// v by the cable equation, everything else beside it.
    void choose_cell(const model::Cell& cell) {
        const std::string name = requested();
        const bool known = name.empty() || name == "auto" || name == "staggered" ||
                           name == "crank_nicolson" || name == "backward_euler" ||
                           name == "tr_bdf2" || name == "cvode";
        if (!known) {
            scope_.sink()
                .report(diag::Code::UnknownMethod, scope_.model().method_span,
                        "a cable is not advanced by method `" + name + "`")
                .note("the methods of a cell are `crank_nicolson`, `tr_bdf2`, `backward_euler` and "
                      "`cvode`");
            return;
        }
        const std::vector<StateIndex> states = equations_.all();
        const auto no = name == "cvode" ? refusal(equations_, Method::Cvode, states)
                                        : refusal_in_cell(equations_, states);
        if (no) {
            refuse(*no);
            return;
        }
        if (name == "cvode") {
            assign(Method::Cvode, states, "the whole cell in one system, solved along its tree");
            return;
        }
        assign(Method::Staggered, states, "");
        if (const auto v = equations_.find(cell.potential)) {
            StateMethod& entry = plan_.report.states[*v];
            const bool named = name == "backward_euler" || name == "tr_bdf2";
            entry.brian = "";
            entry.method = named ? name : "crank_nicolson";
            entry.order = name == "backward_euler" ? "1" : "2";
            entry.why = std::string("cable equation, the membrane current ") +
                        (equations_[*v].linear_in_itself ? "linear in" : "linearised in") + " `" +
                        equations_.name(*v) + "` with the gates at t + dt/2";
        }
        for (const StateIndex state : states) {
            if (equations_.is_stochastic()) {
                plan_.report.states[state].order = stochastic_order();
            }
        }
    }

    void choose_rest(const std::vector<StateIndex>& states) {
        if (states.empty()) {
            return;
        }
        const std::string name = requested();
        if (name.empty() || name == "auto") {
            take_default(states);
        } else if (name == "brian") {
            assign(brian_method(states), states, "Brian 2's order: exact, euler, heun");
        } else if (const auto method = find_method(name)) {
            take_requested(*method, states, scope_.model().method_span);
        } else {
            report_unknown(name, scope_.model().method_span);
        }
    }

    void choose_by_state() {
        for (const MethodRow& row : method_rows) {
            std::vector<StateIndex> states;
            for (const StateIndex state : equations_.all()) {
                const auto method = find_method(equations_.variable(state).method);
                if (method == row.method) {
                    states.push_back(state);
                }
            }
            if (!states.empty()) {
                take_requested(row.method, states, equations_.variable(states[0]).span);
            }
        }
        for (const StateIndex state : equations_.all()) {
            const std::string& name = equations_.variable(state).method;
            if (!name.empty() && !find_method(name)) {
                report_unknown(name, equations_.variable(state).span);
            }
        }
    }

    void take_requested(Method method, const std::vector<StateIndex>& states, Span span) {
        if (method == Method::Exact) {
            for (const std::string& name : hold_coefficients(equations_, states)) {
                plan_.report.remarks.push_back("`" + name +
                                               "` is `constant`: `exact` computes with it ahead "
                                               "of the run");
            }
        }
        if (auto no = refusal(equations_, method, states)) {
            if (!no->span.valid()) {
                no->span = span;
            }
            refuse(*no);
            return;
        }
        assign(method, states, "asked for");
        if (method == Method::Rk4 && writes_potential() && has_unbounded_exp(states)) {
            scope_.sink()
                .report(diag::Code::RungeKuttaWithReset, span,
                        "`rk4` evaluates the exponential of the spike beyond the threshold: with "
                        "a reset it may overflow and the neuron falls silent")
                .note("`euler` stops at the threshold; it is what the compiler would choose");
        }
    }

    void take_default(const std::vector<StateIndex>& states) {
        if (equations_.is_stochastic()) {
            if (equations_.has_multiplicative_noise()) {
                assign(Method::Heun, states,
                       std::string("the noise is multiplied by a state (") +
                           (scope_.model().ito ? "Ito)" : "Stratonovich)"));
            } else {
                assign(Method::Euler, states, "the noise is additive");
            }
            return;
        }
        if (!refusal(equations_, Method::Exact, states)) {
            assign(Method::Exact, states, "the whole system is linear");
            return;
        }
        split_ = split_states(equations_, states);
        const SplitResult& split = *split_;
        const bool splits = !split.refusal && (!split.split.linearised || reads_like_channels()) &&
                            !(split.split.linearised_beside_v && writes_potential());
        if (splits) {
            assign(Method::Staggered, states, "");
        } else if (writes_potential() && is_nonlinear_in_potential()) {
            assign(Method::Euler, states,
                   "a spiking model that is nonlinear in `" + potential_name() + "`");
        } else if (writes_potential() && has_unbounded_exp(states)) {
            scope_.sink()
                .report(diag::Code::NoDefaultMethod, scope_.variable(first(states)).span,
                        "no method is safe enough to be chosen for these equations")
                .note("they have a reset and an exponential without bound, where `rk4` may "
                      "overflow; choose `euler`, or `rk4` with a small dt");
        } else {
            assign(Method::Rk4, states,
                   split.refusal ? "the equations are neither linear nor split into a membrane "
                                   "potential and gates"
                                 : "a polynomial in `" + potential_name() + "` without reset");
        }
        split_.reset();
    }

    [[nodiscard]] model::VariableId first(const std::vector<StateIndex>& states) const {
        return equations_[states[0]].variable;
    }

    void assign(Method method, const std::vector<StateIndex>& states, const std::string& why) {
        const std::string brian(spelling(brian_method(states)));
        const auto& row = *std::ranges::find(method_rows, method, &MethodRow::method);
        for (const StateIndex state : states) {
            plan_.methods[state] = method;
            StateMethod& entry = plan_.report.states[state];
            entry.state = equations_.name(state);
            entry.method = row.name;
            entry.order = row.order;
            entry.why = why;
            if (method == Method::ExponentialEuler && !equations_[state].linear_in_itself) {
                entry.why += "; what functions make of `" + entry.state +
                             "` is held over the step, as in Brian 2";
            }
            entry.brian = brian == row.name ? "" : brian;
            if (equations_.is_stochastic()) {
                entry.order = stochastic_order();
            }
        }
        if (method == Method::Exact) {
            plan_.exact = linear_system(equations_, states).parts;
        }
        if (method == Method::Staggered) {
            plan_.split =
                split_ ? std::move(split_->split) : split_states(equations_, states).split;
            explain_split(why);
        }
    }

    /// Noises that do not commute cost half an order.
    [[nodiscard]] std::string stochastic_order() const {
        const bool commutes = equations_.noises().size() <= 1 || equations_.has_diagonal_noise() ||
                              !equations_.has_multiplicative_noise();
        return commutes ? "strong 1" : "strong 1/2";
    }

    void explain_split(const std::string& why) {
        const Split& split = plan_.split;
        const std::string asked = why.empty() ? "" : why + "; ";
        const bool single = split.potentials.size() == 1;
        for (const StateIndex state : split.potentials) {
            StateMethod& entry = plan_.report.states[state];
            entry.order = single ? "2" : "1";
            entry.why = asked + (equations_[state].linear_in_itself
                                     ? "linear in itself at fixed gates: exponential update with "
                                       "the gates at t + dt/2"
                                     : "linearised at t: exponential update with the gates at "
                                       "t + dt/2");
            if (!single) {
                entry.why += "; first order, because " + list(split.potentials) +
                             " are advanced together from their values at t";
            }
        }
        for (const GateBlock& block : split.gates) {
            for (const StateIndex state : block) {
                StateMethod& entry = plan_.report.states[state];
                entry.order = single ? "2" : "1";
                entry.why = asked + (block.size() == 1
                                         ? "reads itself and " + list(split.potentials) +
                                               " only: exponential update from t + dt/2 to "
                                               "t + 3dt/2"
                                         : "kinetic scheme of " + list(block) +
                                               ": trapezoidal step from t + dt/2 to t + 3dt/2");
            }
        }
        for (const LinearPart& part : split.linear) {
            for (const StateIndex state : part.states) {
                StateMethod& entry = plan_.report.states[state];
                entry.order = "exact";
                entry.why = asked + "linear and reads no other part of the model: exact; others "
                                    "read its mean over the step";
            }
        }
    }

    [[nodiscard]] std::string list(const std::vector<StateIndex>& states) const {
        std::string text;
        for (std::size_t i = 0; i < states.size(); ++i) {
            text += i == 0 ? "" : (i + 1 == states.size() ? " and " : ", ");
            text += "`" + equations_.name(states[i]) + "`";
        }
        return text;
    }

    void finish() {
        std::vector<std::string> used;
        for (const StateMethod& entry : plan_.report.states) {
            if (!entry.method.empty() && std::ranges::find(used, entry.method) == used.end()) {
                used.push_back(entry.method);
            }
        }
        if (used.size() > 1 && !scope_.model().cell) {
            plan_.report.remarks.emplace_back(
                "states with different methods see each other as they were at t: first order "
                "between them");
        }
        if (equations_.is_stochastic()) {
            plan_.report.remarks.emplace_back(scope_.model().ito
                                                  ? "noise is read in the sense of Ito"
                                                  : "noise is read in the sense of Stratonovich");
        }
    }

    // what the defaults ask about the model

    [[nodiscard]] Method brian_method(const std::vector<StateIndex>& states) {
        if (!refusal(equations_, Method::Exact, states)) {
            return Method::Exact;
        }
        return equations_.has_multiplicative_noise() ? Method::Heun : Method::Euler;
    }

    [[nodiscard]] std::optional<StateIndex> potential() const {
        const auto id = scope_.model().membrane_potential();
        return id ? equations_.find(*id) : std::nullopt;
    }

    [[nodiscard]] std::string potential_name() const {
        return potential() ? equations_.name(*potential()) : "v";
    }

    [[nodiscard]] bool is_nonlinear_in_potential() const {
        return potential() && !equations_[*potential()].linear_in_itself;
    }

    /// An event sets the membrane potential (or, without one, any state).
    [[nodiscard]] bool writes_potential() const {
        for (const model::Event& event : scope_.model().events) {
            for (const model::Statement& statement : event.statements.statements) {
                const auto target =
                    statement.to_local ? std::nullopt : equations_.find(statement.target);
                if (target && (!potential() || target == potential())) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Nonlinear in v through instantaneous activations, and no reset cuts a runaway spike.
    [[nodiscard]] bool reads_like_channels() const {
        if (writes_potential()) {
            return false;
        }
        const auto& graph = scope_.graph_kernel();
        const Equation& equation = equations_[*potential()];
        const std::vector<bool> moved = ir::dependents(graph, std::span(&equation.leaf, 1));
        for (std::size_t i = 0; i <= equation.drift.index; ++i) {
            const ir::ValueId id(i);
            if (moved[i] && graph.values[id].op == ir::Op::Math &&
                ir::depends_on(graph, equation.drift, id)) {
                return true;
            }
        }
        return false;
    }

    /// An exponential of a state that no denominator keeps in bounds.
    [[nodiscard]] bool has_unbounded_exp(const std::vector<StateIndex>& states) const {
        const auto& graph = scope_.graph_kernel();
        std::vector<ir::ValueId> leaves;
        for (const StateIndex state : equations_.all()) {
            leaves.push_back(equations_[state].leaf);
        }
        const std::vector<bool> moved = ir::dependents(graph, leaves);
        std::vector<bool> outside(graph.values.size(), false); // reached not through a denominator
        for (const StateIndex state : states) {
            outside[equations_[state].drift.index] = true;
        }
        for (std::size_t i = graph.values.size(); i-- > 0;) {
            const ir::Value& value = graph.values[ir::ValueId(i)];
            if (!outside[i]) {
                continue;
            }
            if (value.op == ir::Op::Math && moved[i]) {
                const auto op = static_cast<ir::MathOp>(value.symbol);
                if (op == ir::MathOp::Exp || op == ir::MathOp::Expm1 || op == ir::MathOp::Exprel ||
                    op == ir::MathOp::Sinh || op == ir::MathOp::Cosh) {
                    return true;
                }
            }
            for (std::size_t k = 0; k < value.args.size(); ++k) {
                const bool denominator = value.op == ir::Op::Div && k == 1;
                if (!denominator) {
                    outside[value.args[k].index] = true;
                }
            }
        }
        return false;
    }

    Equations& equations_;
    Scope& scope_;
    Plan plan_;
    std::optional<SplitResult> split_; // of the states without a method of their own
};

} // namespace

std::string_view spelling(Method method) {
    return std::ranges::find(method_rows, method, &MethodRow::method)->name;
}

const std::vector<std::string>& method_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> list;
        for (const MethodRow& row : method_rows) {
            list.emplace_back(row.name);
        }
        list.emplace_back("brian");
        return list;
    }();
    return names;
}

std::vector<StateIndex> Plan::with(Method method) const {
    std::vector<StateIndex> states;
    for (StateIndex i = 0; i < methods.size(); ++i) {
        if (methods[i] == method) {
            states.push_back(i);
        }
    }
    return states;
}

bool Plan::is_staggered(StateIndex state) const {
    return std::ranges::any_of(split.gates, [state](const GateBlock& block) {
        return std::ranges::find(block, state) != block.end();
    });
}

Plan make_plan(Equations& equations) {
    return Chooser(equations).choose();
}

} // namespace hhc::lower
