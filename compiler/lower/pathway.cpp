// SPDX-License-Identifier: MIT
#include "lower/pathway.h"

#include "ir/derivative.h"
#include "support/check.h"

#include <algorithm>
#include <set>
#include <utility>

namespace hhc::lower {

using ir::Op;
using ir::Space;
using ir::ValueId;
using model::Role;
using model::Side;
using model::VariableId;

namespace {

class PathwayBuilder {
public:
    PathwayBuilder(Scope& scope, const Placement& placement, EventDriven& event_driven,
                   ir::PathwayId id)
        : scope_(scope), placement_(placement), event_driven_(event_driven), id_(id),
          pathway_(scope.model().pathways[id.index]), builder_(scope.module(), kernel_),
          frame_(scope, builder_) {
        kernel_.kind = ir::KernelKind::Deliver;
        kernel_.pathway = id;
        kernel_.name = "deliver_" + pathway_.name;
    }

    void build() {
        const bool propagates = touches_event_driven();
        if (propagates) {
            event_driven_.propagate(frame_);
        }
        const std::vector<VariableId> written = run_block(frame_, pathway_.statements);
        if (propagates && writes_event_driven(written)) {
            for (const StateIndex state : event_driven_.equations().all()) {
                const VariableId id = event_driven_.equations()[state].variable;
                builder_.store(scope_.field(id), frame_.of(scope_.leaf(id)));
            }
            builder_.store(scope_.last_update(), builder_.step());
        }
        std::vector<VariableId> once;
        for (const VariableId id : written) {
            if (scope_.variable(id).side != Side::Own) {
                store_foreign(id);
            } else if (placement_.of(id).kept == Kept::Once) {
                once.push_back(id);
            } else if (placement_.of(id).kept == Kept::Total) {
                add_total(id);
            } else if (!is_event_driven(id)) {
                store_own(id);
            }
        }
        add_entities(once);
        settle();
    }

private:
    [[nodiscard]] bool is_event_driven(VariableId id) const {
        return event_driven_.equations().find(id).has_value();
    }

    /// Some statement reads or writes an event-driven state.
    [[nodiscard]] bool touches_event_driven() {
        if (event_driven_.empty()) {
            return false;
        }
        std::vector<ValueId> leaves;
        for (const StateIndex state : event_driven_.equations().all()) {
            leaves.push_back(event_driven_.equations()[state].leaf);
        }
        ir::Kernel trial; // the statements as they would be without propagation
        ir::Builder builder(scope_.module(), trial);
        Frame frame(scope_, builder);
        const std::vector<VariableId> written = run_block(frame, pathway_.statements);
        if (writes_event_driven(written)) {
            return true;
        }
        return std::ranges::any_of(trial.values, [&](const ir::Value& value) {
            return value.op == Op::LoadField && std::ranges::any_of(leaves, [&](ValueId leaf) {
                       return scope_.graph_kernel().values[leaf].symbol == value.symbol;
                   });
        });
    }

    [[nodiscard]] bool writes_event_driven(const std::vector<VariableId>& written) const {
        return std::ranges::any_of(written, [this](VariableId id) { return is_event_driven(id); });
    }

    void store_own(VariableId id) {
        const ValueId value = frame_.of(scope_.leaf(id));
        if (value != builder_.load(scope_.field(id))) {
            builder_.store(scope_.field(id), value);
        }
    }

    /// What is added to `old` to give `value`; nothing if it is no addition.
    std::optional<std::vector<ValueId>> increments(ValueId value, ValueId old) {
        std::vector<ValueId> terms;
        while (value != old) {
            const ir::Value made = builder_[value]; // a copy: the kernel may grow
            if (made.op != Op::Add && made.op != Op::Sub) {
                return std::nullopt;
            }
            const bool first = ir::depends_on(kernel_, made.args[0], old);
            const bool second = ir::depends_on(kernel_, made.args[1], old);
            if (first == second || (second && made.op == Op::Sub)) {
                return std::nullopt;
            }
            const ValueId term = made.args[first ? 1 : 0];
            terms.push_back(made.op == Op::Sub ? builder_.neg(term) : term);
            value = made.args[first ? 0 : 1];
        }
        std::ranges::reverse(terms);
        return terms;
    }

    void add_total(VariableId id) {
        const auto terms = increments(frame_.of(scope_.leaf(id)), builder_.load(scope_.field(id)));
        HHC_CHECK(terms.has_value(), "a lumped state is written by additions only");
        if (!terms->empty()) {
            builder_.add_to(scope_.field(id), builder_.sum(*terms));
        }
    }

    void store_foreign(VariableId id) {
        const model::Variable& variable = scope_.variable(id);
        const ir::ForeignId foreign = scope_.foreign(id);
        const ValueId old = builder_.foreign(foreign);
        const ValueId value = frame_.of(scope_.leaf(id));
        if (value == old) {
            return;
        }
        ValueId mask;
        if (variable.flags.unless_refractory) {
            mask = frame_.of(scope_.not_refractory(variable.side));
            scope_.module().foreign[foreign].access |= ir::access::guarded;
            if (builder_.bool_constant(mask) == true) {
                mask = {};
            }
        }
        const auto terms =
            variable.type.scalar == model::Scalar::Real ? increments(value, old) : std::nullopt;
        if (terms) {
            builder_.add_to(foreign, builder_.sum(*terms), mask);
        } else {
            builder_.store(foreign, value, mask);
        }
    }

    /// The states that all synapses of an entity share are written once, after the synapses.
    void add_entities(const std::vector<VariableId>& once) {
        ir::Kernel kernel;
        kernel.kind = ir::KernelKind::DeliverEntities;
        kernel.pathway = id_;
        kernel.space = pathway_.side == Side::Pre ? Space::PerPre : Space::PerPost;
        kernel.name = "deliver_entities_" + pathway_.name;
        ir::Builder builder(scope_.module(), kernel);
        ir::Import import(builder, kernel_);
        for (const VariableId id : once) {
            const ValueId value = import.of(frame_.of(scope_.leaf(id)));
            if (value != builder.load(scope_.field(id))) {
                builder.store(scope_.field(id), value);
            }
        }
        if (!kernel.stores.empty()) {
            scope_.module().kernels.push_back(std::move(kernel));
            scope_.module().pathways[id_].one_delay = true;
        }
    }

    /// Values that some synapse of the pathway may have written before this one reads them.
    [[nodiscard]] bool reads_what_it_writes() const {
        std::vector<bool> live(kernel_.values.size(), false);
        const auto mark = [&](ValueId id) {
            if (id.valid()) {
                live[id.index] = true;
            }
        };
        std::set<std::uint32_t> fields;
        std::set<std::uint32_t> foreign;
        for (const ir::FieldStore& store : kernel_.stores) {
            mark(store.value);
            mark(store.mask);
            if (scope_.module().fields[store.field].space != Space::Each) {
                fields.insert(store.field.index);
            }
        }
        for (const ir::ForeignStore& store : kernel_.foreign_stores) {
            mark(store.value);
            mark(store.mask);
            foreign.insert(store.foreign.index);
            if (!store.add) {
                return true;
            }
        }
        for (std::size_t i = live.size(); i-- > 0;) {
            const ir::Value& value = kernel_.values[ValueId(i)];
            if (!live[i]) {
                continue;
            }
            std::ranges::for_each(value.args, mark);
            if ((value.op == Op::LoadField && fields.contains(value.symbol)) ||
                (value.op == Op::LoadForeign && foreign.contains(value.symbol))) {
                return true;
            }
        }
        return false;
    }

    void settle() {
        ir::Pathway& pathway = scope_.module().pathways[id_];
        pathway.sequential = reads_what_it_writes();
        for (const ir::ForeignStore& store : kernel_.foreign_stores) {
            ir::Foreign& foreign = scope_.module().foreign[store.foreign];
            foreign.access |= store.add ? ir::access::add : ir::access::write;
            pathway.writes_pre = pathway.writes_pre || foreign.space == Space::Pre;
        }
        if (!kernel_.stores.empty() || !kernel_.foreign_stores.empty()) {
            scope_.module().kernels.push_back(std::move(kernel_));
        }
    }

    Scope& scope_;
    const Placement& placement_;
    EventDriven& event_driven_;
    ir::PathwayId id_;
    const model::Pathway& pathway_;
    ir::Kernel kernel_;
    ir::Builder builder_;
    Frame frame_;
};

} // namespace

void add_pathway(Scope& scope, const Placement& placement, EventDriven& event_driven,
                 ir::PathwayId pathway) {
    PathwayBuilder(scope, placement, event_driven, pathway).build();
}

} // namespace hhc::lower
