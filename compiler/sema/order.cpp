// SPDX-License-Identifier: MIT
#include "sema/order.h"

#include "sema/collect.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

namespace hhc::sema {

std::vector<VariableId> reads_of(const model::CheckedModel& model, ExprId root) {
    std::vector<VariableId> result;
    if (!root.valid()) {
        return result;
    }
    std::set<std::uint32_t> seen;
    std::vector<ExprId> pending{root};
    while (!pending.empty()) {
        const ExprId id = pending.back();
        pending.pop_back();
        if (!seen.insert(id.index).second) {
            continue;
        }
        const model::Expr& expr = model.exprs[id];
        if (expr.kind == ExprKind::Variable) {
            const VariableId read(expr.symbol);
            if (std::find(result.begin(), result.end(), read) == result.end()) {
                result.push_back(read);
            }
        }
        for (auto arg = expr.args.rbegin(); arg != expr.args.rend(); ++arg) {
            pending.push_back(*arg);
        }
    }
    return result;
}

namespace {

/// Depth-first order over variables, without recursion; finds cycles.
class Ordering {
public:
    /// `next` gives what a variable needs first.
    Ordering(std::size_t count, std::function<std::vector<VariableId>(VariableId)> next)
        : marks_(count, Mark::New), next_(std::move(next)) {}

    /// Visits `root` and all it needs. Calls on_cycle with the variables of a cycle.
    template <class OnCycle> void visit(VariableId root, OnCycle&& on_cycle) {
        if (marks_[root.index] != Mark::New) {
            return;
        }
        open(root);
        while (!path_.empty()) {
            Step& step = path_.back();
            if (step.position == step.needs.size()) {
                marks_[step.variable.index] = Mark::Done;
                order.push_back(step.variable);
                path_.pop_back();
                continue;
            }
            const VariableId need = step.needs[step.position++];
            if (marks_[need.index] == Mark::New) {
                open(need);
            } else if (marks_[need.index] == Mark::Open) {
                std::vector<VariableId> cycle;
                for (const Step& one : path_) {
                    if (!cycle.empty() || one.variable == need) {
                        cycle.push_back(one.variable);
                    }
                }
                on_cycle(cycle);
            }
        }
    }

    std::vector<VariableId> order;

private:
    enum class Mark : std::uint8_t { New, Open, Done };
    struct Step {
        VariableId variable;
        std::vector<VariableId> needs;
        std::size_t position = 0;
    };

    void open(VariableId id) {
        marks_[id.index] = Mark::Open;
        path_.push_back({id, next_(id)});
    }

    std::vector<Mark> marks_;
    std::function<std::vector<VariableId>(VariableId)> next_;
    std::vector<Step> path_;
};

bool is_computed(const model::Variable& variable) {
    return variable.role == Role::Subexpression || variable.role == Role::ConstantOverDt;
}

void report_cycle(Draft& draft, const std::vector<VariableId>& cycle, const std::string& what) {
    std::string path;
    for (const VariableId id : cycle) {
        path += "`" + draft.variable(id).name + "` -> ";
    }
    const model::Variable& first = draft.variable(cycle.front());
    const VariableFacts& facts = draft.facts(cycle.front());
    diag::Sink& sink = facts.scope != nullptr ? sink_of(draft, *facts.scope) : draft.sink;
    auto problem = sink.report(diag::Code::Cycle, first.span,
                               what + " of `" + first.name + "` needs itself: " + path + "`" +
                                   first.name + "`");
    for (std::size_t i = 1; i < cycle.size(); ++i) {
        problem.note_at(draft.variable(cycle[i]).span,
                        "`" + draft.variable(cycle[i]).name + "` is defined here");
    }
}

} // namespace

void order_values(Draft& draft) {
    model::CheckedModel& model = draft.model;
    const std::size_t count = model.variables.size();
    Ordering values(count, [&](VariableId id) {
        std::vector<VariableId> needs;
        for (const VariableId read : reads_of(model, model.variables[id].definition)) {
            if (is_computed(model.variables[read])) {
                needs.push_back(read);
            }
        }
        return needs;
    });
    Ordering starts(count, [&](VariableId id) {
        const model::Variable& variable = model.variables[id];
        return reads_of(model, variable.initial.valid() ? variable.initial
                               : is_computed(variable)  ? variable.definition
                                                        : ExprId());
    });
    for (std::size_t i = 0; i < count; ++i) {
        const VariableId id(i);
        if (is_computed(model.variables[id])) {
            values.visit(id, [&](const auto& cycle) { report_cycle(draft, cycle, "the value"); });
        }
    }
    const bool sound = !draft.sink.has_errors();
    for (std::size_t i = 0; i < count; ++i) {
        const VariableId id(i);
        if (model.variables[id].initial.valid()) {
            starts.visit(id, [&](const auto& cycle) {
                if (sound) { // otherwise the cycle of the values was reported
                    report_cycle(draft, cycle, "the initial value");
                }
            });
        }
    }
    model.evaluation_order = values.order;
    for (const VariableId id : starts.order) {
        if (model.variables[id].initial.valid()) {
            model.init_order.push_back(id);
        }
    }
}

// ---- Noise, randomness, sharing -----------------------------------------------------------------

namespace {

class Flow {
public:
    explicit Flow(Draft& draft) : draft_(draft), noisy_(draft.model.variables.size()) {}

    void run() {
        for (std::size_t i = 0; i < draft_.model.variables.size(); ++i) {
            const model::Variable& variable = draft_.model.variables[VariableId(i)];
            noisy_[i] = variable.role == Role::Noise;
        }
        for (const VariableId id : draft_.model.evaluation_order) {
            computed(id);
        }
        for (const model::Event& event : draft_.model.events) {
            noise_in(event.condition, "the condition of `" + event.name + "`");
            for (const model::Statement& statement : event.statements.statements) {
                noise_in(statement.value, "a statement");
            }
        }
        for (const model::Update& update : draft_.model.updates) {
            for (const model::Statement& statement : update.statements.statements) {
                noise_in(statement.value, "a statement");
            }
        }
    }

private:
    diag::Sink& sink(VariableId id) {
        const VariableFacts& facts = draft_.facts(id);
        return facts.scope != nullptr ? sink_of(draft_, *facts.scope) : draft_.sink;
    }

    void computed(VariableId id) {
        const model::Variable& variable = draft_.variable(id);
        const VariableFacts& facts = draft_.facts(id);
        if (facts.poisoned) {
            return;
        }
        if (facts.is_random && variable.role == Role::Subexpression) {
            sink(id)
                .report(diag::Code::RandomSubexpression, variable.span,
                        "`" + variable.name +
                            "` contains a random function, so it must say when "
                            "its value is drawn")
                .note("add `(constant over dt)`: one draw at the start of each step");
        }
        for (const VariableId read : reads_of(draft_.model, variable.definition)) {
            noisy_[id.index] = noisy_[id.index] || noisy_[read.index];
            if (variable.flags.shared && varies(read)) {
                sink(id)
                    .report(diag::Code::SharedReadsVarying, variable.span,
                            "`" + variable.name + "` is shared by all entities, but `" +
                                draft_.variable(read).name + "` differs between them")
                    .note_at(draft_.variable(read).span,
                             "`" + draft_.variable(read).name + "` is defined here")
                    .note(shared_advice(variable, draft_.variable(read)));
            }
        }
        if (noisy_[id.index] && variable.role == Role::ConstantOverDt) {
            sink(id).report(diag::Code::NoisePlace, variable.span,
                            "`" + variable.name +
                                "` is fixed for a step and cannot contain white "
                                "noise; use `randn()`");
        }
    }

    /// What to do about a shared definition that reads what entities have of their own.
    [[nodiscard]] static std::string shared_advice(const model::Variable& variable,
                                                   const model::Variable& read) {
        const std::string own = "remove `(shared)` from `" + variable.name + "`";
        if (read.role == Role::Linked) {
            return own + ": a linked variable has a value for each entity, read from the other "
                         "population";
        }
        return read.role == Role::Parameter ? own + ", or flag `" + read.name + "` `(shared)`"
                                            : own;
    }

    [[nodiscard]] bool varies(VariableId id) const {
        const model::Variable& variable = draft_.model.variables[id];
        switch (variable.role) {
        case Role::Time:
        case Role::TimeStep:
        case Role::StepCount:
        case Role::EntityCount:
        case Role::Temperature:
        case Role::SharedParameter:
        case Role::Frozen:
            return false;
        default:
            return !variable.flags.shared && !draft_.variables[id.index].poisoned;
        }
    }

    void noise_in(ExprId id, const std::string& where) {
        if (draft_.poisoned(id)) {
            return;
        }
        for (const VariableId read : reads_of(draft_.model, id)) {
            if (noisy_[read.index] && draft_.variable(read).role != Role::Noise) {
                draft_.sink.report(diag::Code::NoisePlace, draft_.place(id),
                                   "`" + draft_.variable(read).name +
                                       "` contains white noise and cannot stand in " + where);
            }
        }
    }

    Draft& draft_;
    std::vector<bool> noisy_;
};

} // namespace

void check_flow(Draft& draft) {
    Flow(draft).run();
}

} // namespace hhc::sema
