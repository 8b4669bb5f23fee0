// SPDX-License-Identifier: MIT
// The kernel of one step: what is fixed for the step, blocks before, states, blocks after, events.
#include "ir/derivative.h"
#include "lower/kernels.h"
#include "lower/moment.h"
#include "lower/step.h"

#include <algorithm>
#include <span>

namespace hhc::lower {

using ir::ValueId;
using model::UpdatePlace;

namespace {

class Advance {
public:
    Advance(Equations& equations, const Plan& plan, const Propagators& propagators,
            ir::Kernel& kernel, const Prelude& prelude)
        : equations_(equations), scope_(equations.scope()), plan_(plan), propagators_(propagators),
          builder_(scope_.module(), kernel), space_(kernel.space),
          each_(kernel.space == ir::Space::Each),
          v_at_start_(scope_.model().cell ? scope_.add_hidden_field("v:start") : ir::FieldId()),
          now_(stored_values()) {
        if (prelude) {
            prelude(now_);
        }
        fix_constants(now_, [this](model::VariableId id) { return each_ || is_here(id); });
    }

    void build() {
        for (const model::VariableId id : constants_over_dt(scope_.model())) {
            if (is_here(id)) {
                written_.push_back(id);
            }
        }
        if (scope_.model().refractory) {
            find_refractory();
        }
        const Frame at_start(now_);
        const std::size_t constants = written_.size();
        run_updates(UpdatePlace::Before);
        run_updates(UpdatePlace::Instead);
        take_new_potential();
        integrate();
        run_updates(UpdatePlace::After);
        store_written(now_, written_);
        detect(at_start);
        guard();
        guard_updated(std::span(written_).subspan(constants));
        drop_unread_start();
    }

private:
    /// In a cell the stored v is that of t + dt already.
    Frame stored_values() {
        Frame frame(scope_, builder_);
        if (v_at_start_.valid()) {
            frame.set(scope_.leaf(scope_.model().cell->potential), builder_.load(v_at_start_));
        }
        return frame;
    }

    void take_new_potential() {
        if (v_at_start_.valid()) {
            const model::VariableId v = scope_.model().cell->potential;
            now_.set(scope_.leaf(v), builder_.load(scope_.field(v)));
        }
    }

    /// A field that nothing reads in the end gets a name by which the runtime leaves it alone.
    void drop_unread_start() {
        if (!v_at_start_.valid()) {
            return;
        }
        const ir::Kernel& kernel = builder_.kernel();
        const ValueId start = builder_.load(v_at_start_);
        const std::vector<bool> reads = ir::dependents(kernel, std::span(&start, 1));
        const auto is_read = [&](ValueId value) { return value.valid() && reads[value.index]; };
        const bool used =
            std::ranges::any_of(kernel.stores,
                                [&](const ir::FieldStore& store) {
                                    return is_read(store.value) || is_read(store.mask);
                                }) ||
            std::ranges::any_of(kernel.events, [&](const ir::EventOutput& event) {
                return is_read(event.condition);
            });
        if (!used) {
            scope_.module().fields[v_at_start_].name = "v:start:unread";
        }
    }

    /// Kept for the entities of this kernel.
    [[nodiscard]] bool is_here(model::VariableId id) const {
        return scope_.module().fields[scope_.field(id)].space == space_;
    }

    void find_refractory() {
        const ir::FieldId memory = scope_.not_refractory_field();
        ValueId free = now_.not_refractory();
        if (memory.valid()) {
            const ValueId condition = builder_.to_bool(now_.of(scope_.model().refractory->value));
            free = builder_.logical_or(builder_.load(memory), builder_.logical_not(condition));
            builder_.store(memory, free);
        }
        now_.set(scope_.not_refractory_leaf(), builder_.name(free, "not_refractory"));
    }

    void mark_written(model::VariableId id) {
        if (std::ranges::find(written_, id) == written_.end()) {
            written_.push_back(id);
        }
    }

    /// True in the steps in which a block with an interval of its own runs.
    ValueId is_due(const model::Update& update) {
        const ValueId steps = builder_.math(
            ir::MathOp::Floor,
            builder_.add(builder_.div(now_.of(update.every), builder_.dt()), builder_.real(0.5)));
        return builder_.equal(builder_.mod(builder_.step(), builder_.to_int(steps)),
                              builder_.integer(0));
    }

    void run_updates(UpdatePlace place) {
        for (const model::Update& update : scope_.model().updates) {
            if (update.place != place || !each_) {
                continue;
            }
            Frame before(now_);
            const ValueId due = update.every.valid() ? is_due(update) : builder_.boolean(true);
            for (const model::VariableId id : run_block(now_, update.statements)) {
                const ValueId leaf = scope_.leaf(id);
                ValueId keep = due;
                if (place == UpdatePlace::Instead && scope_.variable(id).flags.unless_refractory) {
                    keep = builder_.logical_and(keep, now_.not_refractory());
                }
                const ValueId value = builder_.select(keep, now_.of(leaf), before.of(leaf));
                now_.set(leaf, builder_.name(value, scope_.variable(id).name));
                mark_written(id);
            }
        }
    }

    void integrate() {
        if (equations_.size() == 0) {
            return;
        }
        Frame start(now_);
        const std::vector<ValueId> next = Step(equations_, plan_, propagators_, start).advance();
        for (const StateIndex state : equations_.all()) {
            ValueId value = next[state];
            if (equations_.variable(state).flags.event_driven) { // arrivals see it at t, not t + dt
                const ValueId later = builder_.greater(builder_.step(), builder_.integer(0));
                value = builder_.select(later, value, start.of(equations_[state].leaf));
            }
            now_.set(equations_[state].leaf, value);
            mark_written(equations_[state].variable);
        }
    }

    void detect(const Frame& at_start) {
        const auto& events = scope_.model().events;
        Frame before(at_start);
        for (std::size_t i = 0; i < events.size(); ++i) {
            const model::Event& event = events[model::EventId(i)];
            const ir::Builder::Context context(builder_, event.span);
            const std::size_t known = scope_.crossings().size();
            const ValueId meaning = scope_.value(event.condition);
            for (std::size_t k = known; k < scope_.crossings().size(); ++k) {
                const Crossing crossing = scope_.crossings()[k];
                now_.set(crossing.leaf, before.of(crossing.comparison));
            }
            ValueId condition = builder_.to_bool(now_.of(meaning));
            if (event.respects_refractory) {
                condition = builder_.logical_and(condition, now_.not_refractory());
            }
            builder_.event(ir::EventId(i), builder_.name(condition, event.name));
        }
    }

    /// The membrane potential and what it does not read: a NaN in what it reads is its own in the
    /// next step. Without a potential every state that is integrated.
    void guard() {
        const StateIndex none = equations_.size();
        const auto variable = scope_.model().membrane_potential();
        const StateIndex potential = variable ? equations_.find(*variable).value_or(none) : none;
        for (const StateIndex state : equations_.all()) {
            if (potential == none || state == potential || !equations_[potential].reads[state]) {
                builder_.guard(now_.of(equations_[state].leaf));
            }
        }
    }

    /// What `update` blocks write.
    void guard_updated(std::span<const model::VariableId> written) {
        for (const model::VariableId id : written) {
            const model::Variable& variable = scope_.variable(id);
            if (variable.type.scalar == model::Scalar::Real && !variable.flags.shared &&
                !equations_.find(id)) {
                builder_.guard(now_.of(scope_.leaf(id)));
            }
        }
    }

    Equations& equations_;
    Scope& scope_;
    const Plan& plan_;
    const Propagators& propagators_;
    ir::Builder builder_;
    ir::Space space_;
    bool each_;              // what belongs to single entities is computed too
    ir::FieldId v_at_start_; // cells only
    Frame now_;
    std::vector<model::VariableId> written_;
};

} // namespace

void add_advance(Equations& equations, const Plan& plan, const Propagators& propagators,
                 ir::Space space, const Prelude& prelude) {
    Scope& scope = equations.scope();
    ir::Kernel kernel;
    kernel.kind = ir::KernelKind::Advance;
    kernel.space = space;
    kernel.name = ir::text(kernel.kind);
    if (space != ir::Space::Each) {
        kernel.name += "_" + std::string(ir::text(space));
    }
    Advance(equations, plan, propagators, kernel, prelude).build();
    if (!kernel.stores.empty() || !kernel.events.empty()) {
        scope.module().kernels.push_back(std::move(kernel));
    }
}

} // namespace hhc::lower
