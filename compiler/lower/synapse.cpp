// SPDX-License-Identifier: MIT
#include "lower/synapse.h"

#include "lower/checks.h"
#include "lower/describe.h"
#include "lower/event_driven.h"
#include "lower/kernels.h"
#include "lower/lumping.h"
#include "lower/moment.h"
#include "lower/pathway.h"
#include "lower/plan.h"
#include "lower/sum_factors.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace hhc::lower {

using ir::Op;
using ir::Space;
using ir::ValueId;
using model::Role;
using model::VariableId;

namespace {

constexpr std::array own_spaces = {Space::Each, Space::PerPre, Space::PerPost};

class SynapseLowering {
public:
    SynapseLowering(const model::CheckedModel& model, const Options& options, diag::Sink& sink)
        : scope_(model, options, sink) {}

    Lowered run() {
        const model::CheckedModel& model = scope_.model();
        for (const VariableId id : model.evaluation_order) {
            if (model.variables[id].role == Role::Subexpression) {
                (void)scope_.value(id);
            }
        }
        placement_ = place_states(scope_);
        report_lumped();
        // what is not linear is refused wherever it would be kept
        const EventDriven all(
            scope_, [&](VariableId id) { return model.variables[id].flags.event_driven; });
        const bool sound = !scope_.sink().has_errors();
        EventDriven event_driven(scope_,
                                 [&](VariableId id) { return sound && is_event_driven(id); });
        for (const StateIndex state : event_driven.equations().all()) {
            report_.states.push_back({event_driven.equations().name(state), "event-driven", "exact",
                                      "linear: propagated from one event to the next", ""});
        }
        const Prelude propagate =
            event_driven.empty() ? Prelude() : [&](Frame& f) { event_driven.propagate(f); };
        for (const Space space : own_spaces) {
            add_states(space, propagate);
        }
        if (!scope_.sink().has_errors()) {
            for (const Space space : own_spaces) {
                add_init(scope_, space);
            }
            split_sums();
            for (const Space space : own_spaces) {
                add_sums(space, propagate);
            }
            for (std::size_t k = 0; k < model.pathways.size(); ++k) {
                add_pathway(scope_, placement_, event_driven, ir::PathwayId(k));
            }
            add_observe(scope_, totals());
            check_kernels(scope_);
            settle_foreign();
        }
        Lowered result;
        result.methods = std::move(report_);
        std::vector<std::string> observed;
        for (const VariableId id : observables(scope_, totals())) {
            observed.push_back(model.variables[id].name);
        }
        result.module = std::move(scope_.module());
        result.module.description = describe(model, result.module, result.methods, observed);
        return result;
    }

private:
    [[nodiscard]] bool is_event_driven(VariableId id) const {
        return scope_.variable(id).flags.event_driven && placement_.of(id).kept == Kept::PerSynapse;
    }

    /// Leaves that hold no single synapse's value any more.
    [[nodiscard]] std::vector<ValueId> totals() const {
        std::vector<ValueId> result;
        for (std::size_t i = 0; i < placement_.rows.size(); ++i) {
            if (placement_.rows[i].kept == Kept::Total) {
                result.push_back(scope_.leaf(VariableId(i)));
            }
        }
        return result;
    }

    void report_lumped() {
        for (std::size_t i = 0; i < placement_.rows.size(); ++i) {
            const Placement::Row& row = placement_.rows[i];
            if (row.kept != Kept::PerSynapse) {
                report_.lumped.push_back({scope_.variable(VariableId(i)).name, row.space, row.why});
            }
        }
    }

    void add_states(Space space, const Prelude& propagate) {
        Equations equations(scope_, [&](VariableId id) {
            return placement_.space(id) == space && !is_event_driven(id);
        });
        if (!check_size(scope_, equations)) {
            return;
        }
        if (space == Space::Each) {
            check_updates(scope_, equations);
            check_shared_draws(scope_);
        }
        const Plan plan = make_plan(equations);
        std::ranges::copy(plan.report.states, std::back_inserter(report_.states));
        std::ranges::copy(plan.report.remarks, std::back_inserter(report_.remarks));
        if (scope_.sink().has_errors()) {
            return;
        }
        const Propagators propagators(equations, plan);
        add_advance(equations, plan, propagators, space,
                    space == Space::Each ? propagate : Prelude());
    }

    /// A sum over synapses with a factor of the target, which may be taken out of it.
    struct SplitSum {
        std::optional<SumFactors> factors;
        ir::FieldId total; // of the first part, once per target
    };

    void split_sums() {
        const model::CheckedModel& model = scope_.model();
        split_sums_.resize(model.sums.size());
        if (!scope_.options().lump || !model.updates.empty()) {
            return;
        }
        for (std::size_t k = 0; k < model.sums.size(); ++k) {
            const model::Variable& target = scope_.variable(model.sums[k].target);
            SplitSum& split = split_sums_[k];
            if (placement_.sums[k] == Space::Each && target.side == model::Side::Post) {
                split.factors = split_sum(scope_, scope_.value(model.sums[k].value));
            }
            if (split.factors) {
                split.total = scope_.add_hidden_field(target.name + ":sum");
                scope_.module().fields[split.total].space = Space::PerPost;
                report_.remarks.push_back("what all synapses of a target share in the sum of `" +
                                          target.name + "` is computed once per target");
            }
        }
    }

    void add_term(ir::Kernel& kernel, ir::Builder& builder, VariableId variable, ValueId value) {
        const ir::ForeignId target = scope_.foreign(variable);
        scope_.module().foreign[target].access |= ir::access::summed | ir::access::add;
        const auto known =
            std::ranges::find(kernel.foreign_stores, target, &ir::ForeignStore::foreign);
        if (known != kernel.foreign_stores.end()) {
            known->value = builder.add(known->value, value);
        } else {
            builder.add_to(target, value);
        }
    }

    void add_sums(Space space, const Prelude& propagate) {
        ir::Kernel kernel;
        kernel.kind = ir::KernelKind::Sum;
        kernel.space = space;
        kernel.name = space == Space::Each ? "sum" : "sum_" + std::string(ir::text(space));
        ir::Builder builder(scope_.module(), kernel);
        Frame frame(scope_, builder);
        if (space == Space::Each) {
            if (propagate) {
                propagate(frame);
            }
            fix_constants(frame);
        }
        const auto& sums = scope_.model().sums;
        for (std::size_t k = 0; k < sums.size(); ++k) {
            const ir::Builder::Context context(builder, sums[k].span);
            const SplitSum& split = split_sums_[k];
            if (placement_.sums[k] == space && !split.factors) {
                add_term(kernel, builder, sums[k].target, builder.to_real(frame.of(sums[k].value)));
            } else if (split.factors && space == Space::Each) {
                builder.add_to(split.total, frame.of(split.factors->synapse));
            } else if (split.factors && space == Space::PerPost) {
                const ValueId total = builder.load(split.total);
                add_term(kernel, builder, sums[k].target,
                         builder.mul(total, frame.of(split.factors->target)));
                builder.store(split.total, builder.real(0.0)); // for the next step
            }
        }
        if (!kernel.foreign_stores.empty() || !kernel.stores.empty()) {
            scope_.module().kernels.push_back(std::move(kernel));
        }
    }

    /// What a result of the kernel depends on is read.
    void mark_reads(const ir::Kernel& kernel) {
        std::vector<bool> live(kernel.values.size(), false);
        const auto mark = [&](ValueId id) {
            if (id.valid()) {
                live[id.index] = true;
            }
        };
        const auto both = [&](const auto& store) {
            mark(store.value);
            mark(store.mask);
        };
        std::ranges::for_each(kernel.stores, both);
        std::ranges::for_each(kernel.foreign_stores, both);
        std::ranges::for_each(kernel.outputs, mark);
        std::ranges::for_each(kernel.guards, mark);
        for (const ir::UniformStore& store : kernel.uniform_stores) {
            mark(store.value);
        }
        for (std::size_t i = live.size(); i-- > 0;) {
            const ir::Value& value = kernel.values[ValueId(i)];
            if (!live[i]) {
                continue;
            }
            std::ranges::for_each(value.args, mark);
            if (value.op == Op::LoadForeign || value.op == Op::ForeignUniform) {
                scope_.module().foreign[ir::ForeignId(value.symbol)].access |= ir::access::read;
            }
        }
    }

    /// What is read is marked, what nobody uses is left out.
    void settle_foreign() {
        ir::Module& module = scope_.module();
        for (const ir::Kernel& kernel : module.kernels) {
            mark_reads(kernel);
        }
        std::vector<bool> loaded(module.foreign.size(), false); // also by values nobody needs
        for (const ir::Kernel& kernel : module.kernels) {
            for (const ir::Value& value : kernel.values) {
                if (value.op == Op::LoadForeign || value.op == Op::ForeignUniform) {
                    loaded[value.symbol] = true;
                }
            }
        }
        std::vector<ir::ForeignId> numbers;
        IdVector<struct ir::ForeignTag, ir::Foreign> kept;
        for (const ir::Foreign& foreign : module.foreign) {
            const bool used = foreign.access != 0 || loaded[numbers.size()];
            numbers.push_back(used ? kept.push_back(foreign) : ir::ForeignId());
        }
        module.foreign = std::move(kept);
        for (ir::Kernel& kernel : module.kernels) {
            for (ir::Value& value : kernel.values) {
                if (value.op == Op::LoadForeign || value.op == Op::ForeignUniform) {
                    value.symbol = numbers[value.symbol].index;
                }
            }
            for (ir::ForeignStore& store : kernel.foreign_stores) {
                store.foreign = numbers[store.foreign.index];
            }
        }
    }

    Scope scope_;
    Placement placement_;
    std::vector<SplitSum> split_sums_; // by sum of the model
    MethodReport report_;
};

} // namespace

Lowered lower_synapse(const model::CheckedModel& model, const Options& options, diag::Sink& sink) {
    return SynapseLowering(model, options, sink).run();
}

} // namespace hhc::lower
