// SPDX-License-Identifier: MIT
// What each thread needs of synapses in a run: contexts, routes, calls.
#include "kernel/variables.h"
#include "synapse/synapse_state.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace hodg::synapse {

bool SynapseState::single() const {
    const hhk_synapse& rows = table();
    for (std::uint32_t p = 0; p < rows.pathway_count; ++p) {
        if (rows.pathways[p].sequential != 0 || rows.pathways[p].writes_pre != 0) {
            return true;
        }
    }
    for (std::uint32_t f = 0; f < rows.foreign_count; ++f) {
        const bool written = (rows.foreign[f].access & (HHK_ADD | HHK_WRITE | HHK_SUMMED)) != 0;
        if (rows.foreign[f].space == HHK_PRE && written) {
            return true;
        }
    }
    return false;
}

/// A uniform does not change in a step, nor does a parameter.
static bool changes(const PopulationState& population, const hhk_foreign& foreign) {
    for (std::uint32_t f = 0; f < population.table().field_count; ++f) {
        const hhk_field& row = population.table().fields[f];
        if (std::strcmp(row.name, foreign.name) == 0) {
            return row.role != HHK_PARAMETER && (row.flags & HHK_CONSTANT) == 0;
        }
    }
    return false;
}

bool SynapseState::reads_sources(bool in_step) const {
    const hhk_synapse& rows = table();
    bool kernels = false;
    for (std::uint32_t s = 0; in_step && s < HHK_SPACES; ++s) {
        kernels = kernels || rows.advance[s] != nullptr || rows.sum[s] != nullptr;
    }
    for (std::uint32_t p = 0; !in_step && p < rows.pathway_count; ++p) {
        kernels = kernels || rows.pathways[p].deliver != nullptr ||
                  rows.pathways[p].deliver_entities != nullptr;
    }
    for (std::uint32_t f = 0; f < rows.foreign_count; ++f) {
        // A delayed variable is remembered before the populations advance, and is our own then.
        const bool delayed = (rows.foreign[f].access & HHK_DELAYED) != 0;
        if (rows.foreign[f].space == HHK_PRE && (delayed ? in_step : kernels) &&
            changes(*pre_, rows.foreign[f])) {
            return true;
        }
    }
    return false;
}

std::optional<std::int64_t> SynapseState::shortest_delay() const {
    std::optional<std::int64_t> shortest;
    for (std::uint32_t p = 0; p < table().pathway_count; ++p) {
        const hhk_pathway& row = table().pathways[p];
        if (row.space == HHK_PRE) {
            const std::int64_t steps = delay(row.name).shortest;
            shortest = shortest ? std::min(*shortest, steps) : steps;
        }
    }
    return shortest;
}

// --- members -----------------------------------------------------------------------------------

void SynapseState::plan(std::vector<std::int64_t> bounds, std::int64_t step, bool join) {
    require_bound();
    step_ = step;
    if (single()) {
        bounds = {0, post_->count()};
    }
    collect_pending();
    if (!arranged_ || delays_changed_ || layout_.bounds != bounds) {
        rearrange(std::move(bounds));
    }
    refresh_context();
    members_.clear();
    for (std::size_t part = 0; part < layout_.parts.size(); ++part) {
        members_.push_back(std::make_unique<Member>());
        make_context(part);
        make_calls(part, join);
        make_signals(part);
        for (std::uint32_t p = 0; p < table().pathway_count; ++p) {
            const hhk_pathway& row = table().pathways[p];
            members_.back()->arrivals.emplace_back(
                make_routes(row, part), longest_wait(p),
                ArrivalForm{row.indexed != 0,
                            row.deliver_entities != nullptr,
                            may_count(p),
                            {layout_.bounds[part], layout_.bounds[part + 1]}});
        }
    }
    old_signals_.clear();
    restore_pending();
    leave_delays_to_routes();
}

/// Every synapse holds the value of the first.
bool SynapseState::is_alike(std::uint32_t field) const {
    const std::size_t size = kernel::element_size(values_->table(), values_->table().fields[field]);
    const char* const values = values_->slab()->field(field);
    return std::all_of(layout_.parts.begin(), layout_.parts.end(), [&](const Part& part) {
        const char* const own = values + part.begin * size;
        const std::size_t synapses = part.end - part.begin;
        return synapses == 0 || (std::memcmp(values, own, size) == 0 &&
                                 std::memcmp(own, own + size, (synapses - 1) * size) == 0);
    });
}

/// It does not matter which synapses bring the events of a pathway.
bool SynapseState::may_count(std::uint32_t pathway) const {
    if (table().by_count == nullptr || table().by_count[pathway] == nullptr) {
        return false;
    }
    const std::uint64_t alike = table().alike == nullptr ? 0 : table().alike[pathway];
    for (std::uint32_t f = 0; f < 64; ++f) {
        if ((alike >> f & 1U) != 0 && !is_alike(f)) {
            return false;
        }
    }
    return true;
}

bool SynapseState::outgrew_plan() const {
    for (std::uint32_t p = 0; !members_.empty() && values_->assigned() && p < table().pathway_count;
         ++p) {
        if (members_.front()->arrivals[p].form().counts != may_count(p)) {
            return true;
        }
    }
    return false;
}

/// The routes hold the delays of every synapse: a second list would take as much again as targets.
void SynapseState::leave_delays_to_routes() {
    for (std::uint32_t p = 0; p < table().pathway_count; ++p) {
        const auto found = delays_.find(table().pathways[p].name);
        if (found != delays_.end() && !found->second.each_steps.empty() && !members_.empty()) {
            found->second.each_steps.clear();
            found->second.in_routes = true;
        }
    }
}

DelaySteps SynapseState::delays_in_routes(std::string_view pathway) const {
    std::int64_t longest = 0;
    for (std::uint32_t p = 0; p < table().pathway_count; ++p) {
        for (const auto& member : members_) {
            longest = std::max(longest, longest_delay(member->arrivals[p].routes()));
        }
    }
    DelaySteps steps(layout_.synapses, longest);
    for (std::uint32_t p = 0; p < table().pathway_count; ++p) {
        for (const auto& member : members_) {
            if (pathway == table().pathways[p].name) {
                read_delays(layout_, member->arrivals[p].routes(), steps);
            }
        }
    }
    return steps;
}

/// Steps that the ring of a pathway must reach: events under way keep their time when delays become
/// shorter.
std::int64_t SynapseState::longest_wait(std::uint32_t pathway) const {
    std::int64_t longest = delay(table().pathways[pathway].name).longest;
    for (const Pending& pending : pending_) {
        if (pending.pathway == pathway) {
            longest = std::max(longest, pending.step - step_);
        }
    }
    return longest;
}

void SynapseState::make_context(std::size_t part) {
    Member& member = *members_[part];
    member.context = values_->context();
    member.offsets = values_->slab()->offsets();
    const hhk_model& model = values_->table();
    for (std::uint32_t f = 0; f < model.field_count; ++f) {
        if (model.fields[f].space == HHK_PER_PRE) {
            member.offsets[f] +=
                static_cast<std::int64_t>(part) * values_->padded_of(f) *
                static_cast<std::int64_t>(kernel::element_size(model, model.fields[f]));
        }
    }
    member.context.offsets = member.offsets.data();
    member.context.count = layout_.parts[part].end;
}

/// So few synapses are summed target by target, so that no addition waits for one in memory; more
/// are read as they are stored.
constexpr std::uint32_t few = 4096;
/// So many are laid out in rounds, where they can be: a copy of them is made, and again where
/// values are assigned between runs. Larger ones take the memory a second time.
constexpr std::uint32_t many = 1U << 20U;

void SynapseState::order_by_target(std::size_t part) {
    const Part& own = layout_.parts[part];
    Member& member = *members_[part];
    const bool in_rounds = table().sum_in_rounds != nullptr && sums_what_stays();
    if (own.end - own.begin > (in_rounds ? many : takes_items() ? few : 0)) {
        return;
    }
    const std::int64_t first = layout_.bounds[part];
    // of each target: how many there are, then where the next one goes
    std::vector<std::int64_t> next(static_cast<std::size_t>(layout_.bounds[part + 1] - first));
    const auto of = [&](std::uint32_t at) -> std::int64_t& {
        return next[static_cast<std::size_t>(layout_.post[at] - first)];
    };
    for (std::uint32_t at = own.begin; at < own.end; ++at) {
        ++of(at);
    }
    std::int64_t begin = 0;
    for (std::int64_t& count : next) {
        const std::int64_t end = begin + count;
        if (count > 0) {
            member.targets.push_back({begin, end});
        }
        count = std::exchange(begin, end);
    }
    member.by_target.resize(own.end - own.begin);
    for (std::uint32_t at = own.begin; at < own.end; ++at) {
        member.by_target[static_cast<std::size_t>(of(at)++)] = at;
    }
}

bool SynapseState::takes_items() const {
    return (table().uses & HHK_SUMS_BY_TARGET) != 0;
}

/// The sum reads nothing of a synapse that changes in a run.
bool SynapseState::sums_what_stays() const {
    const hhk_synapse& rows = table();
    for (std::uint32_t f = 0; f < rows.foreign_count; ++f) {
        if ((rows.foreign[f].access & HHK_DELAYED) != 0) {
            return false;
        }
    }
    const std::span pathways(rows.pathways, rows.pathway_count);
    return rows.advance[HHK_EACH] == nullptr &&
           std::ranges::all_of(pathways, [](const hhk_pathway& pathway) {
               return pathway.deliver == nullptr; // it may write to what is kept once per entity
           });
}

void SynapseState::lay_out_rounds(std::size_t part) {
    Member& member = *members_[part];
    if (table().sum_in_rounds == nullptr || member.by_target.empty() || !sums_what_stays()) {
        return;
    }
    auto rounds = std::make_unique<Rounds>(
        Rounds::Places{member.by_target, member.targets, layout_.post.view(), sources_.view()},
        reached_targets(part), values_->table().vector_width);
    if (rounds->pays()) {
        rounds->point(member.context);
        member.rounds = std::move(rounds);
    }
    if (member.rounds != nullptr || member.by_target.size() > few || !takes_items()) {
        member.by_target = {};
        member.targets = {};
    }
}

/// Up to the end of a vector of the kernels.
std::int64_t SynapseState::whole_vectors(std::int64_t count) const {
    const std::int64_t width = values_->table().vector_width;
    return (count + width - 1) / width * width;
}

/// Where targets with synapses stand: what is kept once per target is nothing elsewhere. Of
/// subgroups this is less than the population; more synapses than `many` are not looked through.
hhk_range SynapseState::reached_targets(std::size_t part) const {
    const Part& own = layout_.parts[part];
    const hhk_range all{layout_.bounds[part], layout_.bounds[part + 1]};
    const std::uint32_t count = own.end - own.begin;
    if (count == 0 || count > many || all.begin == all.end) {
        return {all.begin, all.begin == all.end ? all.end : whole_vectors(all.end)};
    }
    const auto [first, last] = std::ranges::minmax(layout_.post.view().subspan(own.begin, count));
    const std::int64_t width = values_->table().vector_width;
    return {std::max(all.begin, first / width * width), whole_vectors(std::int64_t{last} + 1)};
}

void SynapseState::make_calls(std::size_t part, bool join) {
    Member& member = *members_[part];
    const Part& own = layout_.parts[part];
    const hhk_range targets = reached_targets(part);
    const auto add = [&](const hhk_block_fn* hooks, base::TogetherVector<Call>& calls, bool whole) {
        const auto range = [&](std::uint32_t space) -> hhk_range {
            switch (space) {
            case HHK_EACH:
                return {own.begin, own.end == own.begin ? own.begin
                                   : whole              ? whole_vectors(own.end)
                                                        : std::int64_t{own.end}};
            case HHK_PER_PRE:
                return {0, whole_vectors(pre_->count())};
            default:
                return targets;
            }
        };
        // synapses first: they read what is kept once per entity as it was at t_k
        for (const std::uint32_t space : {HHK_EACH, HHK_PER_PRE, HHK_PER_POST}) {
            const hhk_range place = range(space);
            if (hooks[space] != nullptr && place.begin < place.end) {
                Call call;
                call.function = hooks[space];
                call.context = &member.context;
                call.block.begin = place.begin;
                call.block.end = place.end;
                calls.push_back(call);
            }
        }
    };
    add(table().sum, member.sums, false);
    order_by_target(part);
    lay_out_rounds(part);
    for (Call& call : member.sums) {
        if (call.function == table().sum[HHK_EACH] && member.rounds != nullptr) {
            call.function = table().sum_in_rounds;
            call.context = &member.rounds->context();
            call.block = member.rounds->block();
        } else if (call.function == table().sum[HHK_EACH] && !member.by_target.empty()) {
            call.block.items = member.by_target.data();
            call.block.ranges = member.targets.data();
            call.block.range_count = static_cast<std::int64_t>(member.targets.size());
        }
        if (join && call.function == table().sum[HHK_PER_POST]) {
            call.function = table().sum_and_advance;
        }
    }
    if (member.rounds != nullptr) { // which sum over PER_POST too
        std::erase_if(member.sums,
                      [&](const Call& call) { return call.function == table().sum[HHK_PER_POST]; });
    }
    if (!join) {
        add(table().advance, member.advances, true);
    }
}

void SynapseState::make_signals(std::size_t part) {
    Member& member = *members_[part];
    const Delay& said = delay("pre");
    for (std::uint32_t f = 0; f < table().foreign_count; ++f) {
        const hhk_foreign& foreign = table().foreign[f];
        if ((foreign.access & HHK_DELAYED) == 0) {
            continue;
        }
        const auto field = static_cast<std::uint32_t>(foreign.into);
        Signal::Memory memory;
        memory.source = foreign_[f];
        memory.target = values_->slab()->field(field);
        memory.sources = foreign.uniform != 0 ? 1 : pre_->count();
        memory.size = kernel::element_size(values_->table(), values_->table().fields[field]);
        Signal signal(memory, said.longest);
        if (member.signals.size() < old_signals_.size()) {
            signal.continue_from(old_signals_[member.signals.size()], step_);
        }
        member.signals.push_back(std::move(signal));
    }
    if (part == 0) {
        signal_delay_ = said.steps;
        signal_delays_.clear();
        if (!member.signals.empty() && !said.each_steps.empty()) {
            signal_delays_ = base::Array<std::int32_t>(layout_.stored());
            layout_.for_each([&](std::uint32_t at, std::int32_t source) {
                signal_delays_[at] = said.each_steps[layout_.number(at, source)];
            });
        }
    }
}

void SynapseState::fill_signals(std::size_t member, std::int64_t step) {
    const Part& part = layout_.parts[member];
    for (Signal& signal : members_[member]->signals) {
        signal.fill(step, signal_delay_, signal_delays_.empty() ? nullptr : signal_delays_.data(),
                    sources_.data(), part.begin, part.end);
    }
}

Routes SynapseState::make_routes(const hhk_pathway& pathway, std::size_t part) const {
    const Delay& said = delay(pathway.name);
    RouteDelays delays;
    delays.steps = said.steps;
    delays.each = said.each_steps.empty() ? nullptr : &said.each_steps;
    if (pathway.space == HHK_PRE) {
        return routes_by_source(layout_, part, delays);
    }
    return routes_by_target(layout_, part, post_->count(), delays);
}

void SynapseState::prepare_step(std::int64_t step) {
    step_ = step;
    refresh_context();
    const bool assigned = values_->assigned();
    values_->prepare_step(step);
    fill_gaps();
    copy_per_source();
    for (const auto& member : members_) {
        if (member->rounds != nullptr) {
            member->rounds->refresh(member->context, assigned);
        }
    }
}

std::int32_t SynapseState::fault() const {
    for (const auto& member : members_) {
        if (member->fault != 0) {
            return member->fault;
        }
        for (const base::TogetherVector<Call>* calls : {&member->sums, &member->advances}) {
            for (const Call& call : *calls) {
                if (call.block.fault != 0) {
                    return call.block.fault;
                }
            }
        }
    }
    return 0;
}

std::optional<SynapseState::BadValue> SynapseState::find_bad_value() const {
    const hhk_model& model = values_->table();
    for (std::uint32_t f = 0; f < model.field_count; ++f) {
        const hhk_field& row = model.fields[f];
        if (row.role != HHK_STATE || row.type != HHK_REAL) {
            continue;
        }
        const kernel::FieldMemory field = values_->field(f);
        for (std::int64_t i = 0; i < values_->count_of(f); ++i) {
            if (!std::isfinite(field.read(i))) {
                const bool each = row.space == HHK_EACH;
                return BadValue{row.name, each ? layout_.number(static_cast<std::uint32_t>(i)) : i,
                                field.read(i)};
            }
        }
    }
    return std::nullopt;
}

} // namespace hodg::synapse
