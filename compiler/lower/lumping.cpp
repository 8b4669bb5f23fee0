// SPDX-License-Identifier: MIT
#include "lower/lumping.h"

#include "ir/derivative.h"
#include "lower/sum_factors.h"

#include <algorithm>
#include <set>

namespace hhc::lower {

using ir::Op;
using ir::Space;
using ir::ValueId;
using model::Role;
using model::Side;
using model::VariableId;

namespace {

Space space_of(Side side) {
    return side == Side::Pre ? Space::PerPre : Space::PerPost;
}

class Placer {
public:
    explicit Placer(Scope& scope) : scope_(scope), model_(scope.model()) {
        result_.rows.resize(model_.variables.size());
        result_.sums.assign(model_.sums.size(), Space::Each);
    }

    Placement place() {
        if (scope_.options().lump && model_.updates.empty()) {
            place_once(Side::Pre);
            place_once(Side::Post);
            place_totals();
        }
        for (std::size_t i = 0; i < model_.variables.size(); ++i) {
            const VariableId id(i);
            if (scope_.field(id).valid() && result_.of(id).kept != Kept::PerSynapse) {
                scope_.module().fields[scope_.field(id)].space = result_.space(id);
            }
        }
        return std::move(result_);
    }

private:
    using Set = std::set<VariableId>;

    [[nodiscard]] const model::Variable& variable(VariableId id) const {
        return model_.variables[id];
    }

    /// Variables behind an expression, subexpressions followed; locals by what they were given.
    void collect(model::ExprId root, Set& reads, bool& draws,
                 std::set<std::uint32_t>& locals) const {
        std::vector<model::ExprId> pending{root};
        std::set<std::uint32_t> seen;
        while (!pending.empty()) {
            const model::ExprId id = pending.back();
            pending.pop_back();
            if (!id.valid() || !seen.insert(id.index).second) {
                continue;
            }
            const model::Expr& expr = model_.exprs[id];
            draws = draws || expr.kind == model::ExprKind::Random;
            if (expr.kind == model::ExprKind::Local) {
                locals.insert(expr.symbol);
            } else if (expr.kind == model::ExprKind::Variable) {
                const VariableId read(expr.symbol);
                if (variable(read).role == Role::Subexpression) {
                    pending.push_back(variable(read).definition);
                } else {
                    reads.insert(read);
                }
            }
            pending.insert(pending.end(), expr.args.begin(), expr.args.end());
        }
    }

    struct Reads {
        Set variables;
        bool draws = false;
    };

    [[nodiscard]] Reads reads_of(model::ExprId root) const {
        Reads result;
        std::set<std::uint32_t> locals;
        collect(root, result.variables, result.draws, locals);
        return result;
    }

    /// What the value of statement `last` of a block is computed from, through locals.
    [[nodiscard]] Reads reads_of(const model::Block& block, std::size_t last) const {
        Reads result;
        std::set<std::uint32_t> locals;
        collect(block.statements[last].value, result.variables, result.draws, locals);
        for (std::size_t i = last; i-- > 0;) {
            const model::Statement& statement = block.statements[i];
            if (statement.to_local && locals.contains(statement.local)) {
                collect(statement.value, result.variables, result.draws, locals);
            }
        }
        return result;
    }

    /// The same for all synapses of one entity of `side`.
    [[nodiscard]] bool is_common(VariableId id, Side side) const {
        const model::Variable& read = variable(id);
        switch (read.role) {
        case Role::SharedParameter:
            return !scope_.is_per_entity(id);
        case Role::Frozen:
        case Role::Time:
        case Role::TimeStep:
        case Role::StepCount:
        case Role::Temperature:
        case Role::EntityCount:
        case Role::PreCount:
        case Role::PostCount:
            return true;
        case Role::Foreign:
            return read.foreign.uniform ||
                   (read.side == side && !read.foreign.delayed && !is_written(id));
        case Role::PreIndex:
            return side == Side::Pre;
        case Role::PostIndex:
            return side == Side::Post;
        default:
            return false;
        }
    }

    [[nodiscard]] bool is_written(VariableId id) const {
        for (const model::Pathway& pathway : model_.pathways) {
            for (const model::Statement& statement : pathway.statements.statements) {
                if (!statement.to_local && statement.target == id) {
                    return true;
                }
            }
        }
        return std::ranges::any_of(model_.sums, [&](const auto& sum) { return sum.target == id; });
    }

    /// States with an equation; what only statements write has values of the user's at its start.
    [[nodiscard]] bool is_candidate(VariableId id) const {
        const model::Variable& state = variable(id);
        return state.role == Role::State && state.definition.valid() &&
               state.type.scalar == model::Scalar::Real && state.side == Side::Own &&
               !scope_.options().per_entity.contains(state.name) &&
               result_.of(id).kept == Kept::PerSynapse;
    }

    // ---- The same value in every synapse of an entity

    /// With an equation, or an initial value in the text: otherwise the user may give each synapse
    /// one of its own.
    [[nodiscard]] bool may_be_common(VariableId id) const {
        const model::Variable& own = variable(id);
        const bool kept = own.role == Role::State || own.role == Role::ConstantOverDt;
        return kept && own.side == Side::Own && (own.definition.valid() || own.initial.valid()) &&
               !own.flags.shared && !scope_.options().per_entity.contains(own.name) &&
               result_.of(id).kept == Kept::PerSynapse;
    }

    /// Something of this side changes it.
    [[nodiscard]] bool is_tied(VariableId id, Side side) const {
        const Reads reads = reads_of(variable(id).definition);
        return is_written(id) || std::ranges::any_of(reads.variables, [&](VariableId read) {
                   return variable(read).role == Role::Foreign && variable(read).side == side &&
                          !variable(read).foreign.uniform;
               });
    }

    void place_once(Side side) {
        Set states;
        for (std::size_t i = 0; i < model_.variables.size(); ++i) {
            if (may_be_common(VariableId(i))) {
                states.insert(VariableId(i));
            }
        }
        for (bool again = true; again;) {
            const auto out = std::ranges::find_if(
                states, [&](VariableId id) { return !stays_common(id, side, states); });
            again = out != states.end();
            if (again) {
                states.erase(out);
            }
        }
        if (std::ranges::none_of(states, [&](VariableId id) { return is_tied(id, side); })) {
            return; // they are the same everywhere
        }
        for (const VariableId id : states) {
            Placement::Row& row = result_.rows[id.index];
            row.kept = Kept::Once;
            row.space = space_of(side);
            const std::string whose = side == Side::Pre ? "source" : "target";
            row.why = "kept once per " + whose + ": only the " + whose +
                      " and its events change it, by values that all its synapses share";
        }
    }

    [[nodiscard]] bool all_common(const Reads& reads, Side side, const Set& states) const {
        return !reads.draws && std::ranges::all_of(reads.variables, [&](VariableId id) {
            return states.contains(id) || is_common(id, side);
        });
    }

    [[nodiscard]] bool stays_common(VariableId id, Side side, const Set& states) const {
        const model::Variable& state = variable(id);
        if (!all_common(reads_of(state.definition), side, states) ||
            !all_common(reads_of(state.initial), side, states)) {
            return false;
        }
        for (const model::Pathway& pathway : model_.pathways) {
            const auto& statements = pathway.statements.statements;
            for (std::size_t k = 0; k < statements.size(); ++k) {
                if (statements[k].to_local || statements[k].target != id) {
                    continue;
                }
                if (pathway.side != side ||
                    scope_.options().varying_delays.contains(pathway.name) ||
                    !all_common(reads_of(pathway.statements, k), side, states)) {
                    return false;
                }
            }
        }
        return !(state.flags.event_driven && read_between_events(id));
    }

    /// By a sum or a clock-driven equation, which would see an event-driven state of another time.
    [[nodiscard]] bool read_between_events(VariableId id) const {
        const auto reads = [&](model::ExprId root) {
            return reads_of(root).variables.contains(id);
        };
        return std::ranges::any_of(model_.sums,
                                   [&](const auto& sum) { return reads(sum.value); }) ||
               std::ranges::any_of(model_.variables, [&](const model::Variable& other) {
                   return (other.role == Role::State && !other.flags.event_driven &&
                           reads(other.definition)) ||
                          (other.role == Role::ConstantOverDt && reads(other.definition));
               });
    }

    // ---- The sum over the synapses of a target

    /// Linear without offset, written by additions that do not depend on it, read by sums linearly.
    void place_totals() {
        Set states;
        for (std::size_t i = 0; i < model_.variables.size(); ++i) {
            const VariableId id(i);
            const model::Variable& state = variable(id);
            if (is_candidate(id) && !state.flags.event_driven && !state.initial.valid() &&
                !state.gate) {
                states.insert(id);
            }
        }
        for (bool again = true; again;) {
            again = drop_nonlinear(states) || drop_read_elsewhere(states) ||
                    drop_badly_written(states) || drop_from_sums(states);
        }
        for (const VariableId id : states) {
            Placement::Row& row = result_.rows[id.index];
            row.kept = Kept::Total;
            row.space = Space::PerPost;
            row.why = "kept once per target: linear with shared constants, written by additions "
                      "only, and read only by sums, which are linear in it";
        }
        for (std::size_t k = 0; k < model_.sums.size(); ++k) {
            result_.sums[k] = sum_space(k, states);
        }
    }

    [[nodiscard]] std::vector<ValueId> leaves(const Set& states) const {
        std::vector<ValueId> result;
        for (const VariableId id : states) {
            result.push_back(scope_.leaf(id));
        }
        return result;
    }

    /// value = sum of states times factors that `allowed` accepts, and nothing else.
    template <class Allowed>
    bool is_homogeneous(ValueId value, const Set& states, Allowed&& allowed) {
        const std::vector<ValueId> unknowns = leaves(states);
        const auto how = ir::linearities(scope_.graph_kernel(), unknowns);
        if (how[value.index] == ir::Linearity::Nonlinear) {
            return false;
        }
        const auto form = ir::linear_form(scope_.graph(), value, unknowns);
        if (!form || form->offset) {
            return false;
        }
        return std::ranges::all_of(form->slopes, [&](const auto& slope) {
            if (!slope) {
                return true;
            }
            const auto parts = leaves_of(scope_.graph_kernel(), *slope);
            return std::ranges::all_of(
                parts, [&](ValueId leaf) { return allowed(scope_.graph_kernel().values[leaf]); });
        });
    }

    bool drop_if(Set& states, const std::function<bool(VariableId)>& bad) {
        const auto out = std::ranges::find_if(states, bad);
        if (out == states.end()) {
            return false;
        }
        states.erase(out);
        return true;
    }

    bool drop_nonlinear(Set& states) {
        return drop_if(states, [&](VariableId id) {
            const ValueId drift = scope_.definition(id);
            return !is_homogeneous(drift, states,
                                   [&](const ir::Value& leaf) { return is_shared_constant(leaf); });
        });
    }

    bool drop_read_elsewhere(Set& states) {
        return drop_if(states, [&](VariableId id) {
            return std::ranges::any_of(model_.variables, [&](const model::Variable& other) {
                const bool computed =
                    (other.role == Role::State || other.role == Role::ConstantOverDt) &&
                    other.definition.valid();
                const bool inside = std::ranges::any_of(
                    states, [&](VariableId state) { return &variable(state) == &other; });
                return (computed && !inside && reads_of(other.definition).variables.contains(id)) ||
                       (other.initial.valid() && reads_of(other.initial).variables.contains(id));
            });
        });
    }

    /// `g += e` has the value `g + e`.
    [[nodiscard]] bool is_addition(const model::Statement& statement) const {
        const model::Expr& value = model_.exprs[statement.value];
        const auto is_target = [&](model::ExprId id) {
            const model::Expr& expr = model_.exprs[id];
            return expr.kind == model::ExprKind::Variable && expr.symbol == statement.target.index;
        };
        return (value.kind == model::ExprKind::Add || value.kind == model::ExprKind::Subtract) &&
               is_target(value.args[0]) &&
               !reads_of(value.args[1]).variables.contains(statement.target);
    }

    bool drop_badly_written(Set& states) {
        return drop_if(states, [&](VariableId id) {
            for (const model::Pathway& pathway : model_.pathways) {
                for (const model::Statement& statement : pathway.statements.statements) {
                    const bool own = !statement.to_local && statement.target == id;
                    if (own ? !is_addition(statement)
                            : reads_of(statement.value).variables.contains(id)) {
                        return true;
                    }
                }
            }
            return false;
        });
    }

    [[nodiscard]] bool reads_any(std::size_t sum, const Set& states) const {
        const Reads reads = reads_of(model_.sums[sum].value);
        return std::ranges::any_of(states,
                                   [&](VariableId id) { return reads.variables.contains(id); });
    }

    bool fits_targets(std::size_t sum, const Set& states) {
        const model::SummedVariable& summed = model_.sums[sum];
        return variable(summed.target).side == Side::Post && !reads_of(summed.value).draws &&
               is_homogeneous(scope_.value(summed.value), states,
                              [&](const ir::Value& leaf) { return is_of_target(scope_, leaf); });
    }

    bool drop_from_sums(Set& states) {
        for (std::size_t k = 0; k < model_.sums.size(); ++k) {
            if (reads_any(k, states) && !fits_targets(k, states)) {
                const Reads reads = reads_of(model_.sums[k].value);
                return std::erase_if(
                           states, [&](VariableId id) { return reads.variables.contains(id); }) > 0;
            }
        }
        return false;
    }

    Space sum_space(std::size_t sum, const Set& states) {
        return reads_any(sum, states) ? Space::PerPost : Space::Each;
    }

    Scope& scope_;
    const model::CheckedModel& model_;
    Placement result_;
};

} // namespace

Placement place_states(Scope& scope) {
    return Placer(scope).place();
}

} // namespace hhc::lower
