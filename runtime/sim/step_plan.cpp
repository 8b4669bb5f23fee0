// SPDX-License-Identifier: MIT
// The part of NetworkState that lays out what each thread does in a step of a network with
// synapses, links or driven inputs.
#include "base/fail.h"
#include "sim/network_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <string>
#include <tuple>

namespace hodg::sim {

using base::Code;
using base::fail;
using synapse::SynapseState;

/// Entities, and hundreds of synapses, for which it surely pays to meet at a barrier.
static constexpr std::int64_t work_for_barrier = 200'000;
static constexpr std::int64_t synapses_a_unit = 100;
/// Events are exchanged at least this often.
static constexpr std::int64_t longest_epoch = 64;

/// Targets [bounds[m], bounds[m + 1]) are in tiles of member m.
std::vector<std::int64_t> NetworkState::bounds_of(const kernel::PopulationState& target) const {
    std::vector<std::int64_t> bounds;
    for (int m = 0; m < step_plan_.members; ++m) {
        std::int64_t first = target.count();
        for (std::size_t t = tiles_.size(); t > shares_[static_cast<std::size_t>(m)]; --t) {
            if (tiles_[t - 1]->population == &target) {
                first = tiles_[t - 1]->block.begin;
            }
        }
        bounds.push_back(m == 0 ? 0 : first);
    }
    bounds.push_back(target.count());
    return bounds;
}

void NetworkState::make_step_plan() {
    step_plan_ = {};
    std::int64_t work = entities_;
    for (const auto& synapses : synapses_) {
        work += synapses->size() / synapses_a_unit;
        for (const kernel::PopulationState* side : {&synapses->pre(), &synapses->post()}) {
            if (side->network != this) {
                fail(Code::MissingPopulation,
                     fmt::format("`{}` connects `{}`, which is not part of the network",
                                 synapses->name(), side->name()),
                     "add the population too");
            }
        }
    }
    for (const auto& stimulus : stimuli_) {
        if (stimulus->target().network != this) {
            fail(Code::MissingPopulation,
                 fmt::format("a stimulus drives `{}`, which is not part of the network",
                             stimulus->target().name()),
                 "add the population too");
        }
    }
    step_plan_.members =
        options_.threads > 1 && tiles_.size() > 1 && (threads_pay_ || work >= work_for_barrier)
            ? options_.threads
            : 1;
    if (step_plan_.members == 1) {
        shares_ = {0, tiles_.size()};
    }
    step_plan_.plans.resize(static_cast<std::size_t>(step_plan_.members));
    for (const auto& synapses : synapses_) {
        synapses->plan(bounds_of(synapses->post()), step_, may_join(*synapses));
    }
    plan_epoch();
    plan_paths();
    for (std::size_t m = 0; m < step_plan_.plans.size(); ++m) {
        plan_tiles(m);
        plan_sums(m);
    }
    attach_synapse_recorders();
}

/// Which barriers a step needs, and how long threads may go on without telling their events.
void NetworkState::plan_epoch() {
    StepPlan& plan = step_plan_;
    std::optional<std::int64_t> shortest;
    for (const Population& population : populations_) {
        for (const kernel::Link& link : population.state()->links()) {
            plan.has_links = plan.has_links || !link.is_static();
        }
        const kernel::HostSolver* solver = population.state()->host_solver();
        plan.has_links = plan.has_links || (solver != nullptr && solver->reads_others());
    }
    bool reads_before = plan.has_links;
    for (const auto& synapses : synapses_) {
        reads_before = reads_before || synapses->reads_sources(true);
        plan.meet_before_resets = plan.meet_before_resets || synapses->reads_sources(false);
        plan.fences = plan.fences || synapses->single();
        const std::optional<std::int64_t> delay = synapses->shortest_delay();
        if (delay) {
            shortest = std::min(shortest.value_or(*delay), *delay);
        }
    }
    plan.meet_before_resets = plan.meet_before_resets || plan.fences;
    plan.meet_before_reads = plan.meet_before_advance = reads_before || plan.fences;
    plan.immediate = plan.meet_before_resets || plan.meet_before_reads || shortest == 0;
    plan.epoch = plan.immediate
                     ? 1
                     : std::clamp<std::int64_t>(shortest.value_or(longest_epoch), 1, longest_epoch);
    plan.steps_apart = plan.epoch;
    if (plan.members == 1) { // nothing to wait for
        plan.fences = plan.meet_before_resets = false;
        plan.meet_before_reads = plan.meet_before_advance = false;
        plan.immediate = true;
        plan.epoch = 1;
    }
}

/// Whether the targets' part of synapses may advance together with its sums: nobody samples its
/// values between the two, and it reads no sums, which others may not have finished.
bool NetworkState::may_join(const SynapseState& synapses) const {
    if (synapses.table().sum_and_advance == nullptr) {
        return false;
    }
    for (const auto& recorder : recorders_) {
        if (&recorder->population() == synapses.values().get()) {
            return false;
        }
    }
    for (std::uint32_t f = 0; f < synapses.table().foreign_count; ++f) {
        const hhk_foreign& row = synapses.table().foreign[f];
        const kernel::PopulationState& side =
            row.space == HHK_PRE ? synapses.pre() : synapses.post();
        for (std::uint32_t g = 0; (row.access & HHK_READ) != 0 && g < side.table().field_count;
             ++g) {
            const hhk_field& field = side.table().fields[g];
            if (std::strcmp(row.name, field.name) == 0 &&
                (field.role == HHK_INPUT || is_summed(side, g))) {
                return false;
            }
        }
    }
    return true;
}

// --- events ------------------------------------------------------------------------------------

/// The stream of an event, made if need be; and its number.
std::uint32_t NetworkState::stream_of(kernel::PopulationState& population, std::uint32_t event) {
    auto& streams = step_plan_.streams;
    for (std::uint32_t s = 0; s < streams.size(); ++s) {
        if (streams[s]->population == &population && streams[s]->event == event) {
            return s;
        }
    }
    auto stream = std::make_unique<EventStream>();
    stream->population = &population;
    stream->event = event;
    for (auto& lists : stream->lists) {
        lists.resize(static_cast<std::size_t>(step_plan_.members));
        for (EventStream::Lists& own : lists) {
            own.steps.resize(static_cast<std::size_t>(step_plan_.epoch));
        }
    }
    streams.push_back(std::move(stream));
    for (MemberPlan& plan : step_plan_.plans) {
        plan.own_listeners.emplace_back();
        plan.listeners.emplace_back();
    }
    return static_cast<std::uint32_t>(streams.size() - 1);
}

/// Pathways of the whole network by order, then name.
void NetworkState::plan_paths() {
    std::vector<PathEntry> entries;
    for (const auto& synapses : synapses_) {
        for (std::uint32_t p = 0; p < synapses->table().pathway_count; ++p) {
            const hhk_pathway& row = synapses->table().pathways[p];
            if (row.deliver != nullptr || row.deliver_entities != nullptr) {
                entries.push_back(
                    {row.order, synapses->name() + "." + row.name, p, synapses.get()});
            }
        }
    }
    std::sort(entries.begin(), entries.end(), [](const PathEntry& a, const PathEntry& b) {
        return std::tie(a.order, a.name) < std::tie(b.order, b.name);
    });
    for (MemberPlan& plan : step_plan_.plans) {
        plan.words = (entries.size() + 63) / 64;
        plan.always.assign(plan.words, 0);
    }
    std::int64_t longest = 1;
    for (std::uint32_t n = 0; n < entries.size(); ++n) {
        plan_path(entries[n], n);
        for (const auto& member : entries[n].synapses->members()) {
            longest = std::max(longest, member->arrivals[entries[n].pathway].length());
        }
    }
    plan_due(longest);
}

void NetworkState::plan_path(const PathEntry& entry, std::uint32_t number) {
    const hhk_pathway& row = entry.synapses->table().pathways[entry.pathway];
    const bool single = entry.synapses->single();
    Path path;
    path.every_step = row.event == nullptr || *row.event == '\0';
    path.fence = step_plan_.members > 1 && (single || conflicts(*entry.synapses));
    path.deliver = row.deliver;
    const hhk_block_fn* const by_count = entry.synapses->table().by_count;
    path.by_count = by_count == nullptr ? nullptr : by_count[entry.pathway];
    path.entities = row.deliver_entities;
    std::uint32_t stream = 0;
    if (!path.every_step) {
        kernel::PopulationState& side =
            row.space == HHK_PRE ? entry.synapses->pre() : entry.synapses->post();
        stream = stream_of(side, kernel::find_event(side.table(), row.event, side.name()));
    }
    for (std::size_t m = 0; m < step_plan_.plans.size(); ++m) {
        MemberPlan& plan = step_plan_.plans[m];
        path.mine = !single || m == 0;
        if (path.mine) {
            synapse::Member& member = *entry.synapses->members()[m];
            const synapse::Part& part = entry.synapses->layout().parts[m];
            path.arrivals = &member.arrivals[entry.pathway];
            path.context = &member.context;
            path.fault = &member.fault;
            path.all = {part.begin, part.end};
            if (!path.every_step) {
                const bool own = row.space == HHK_POST && !single;
                (own ? plan.own_listeners : plan.listeners)[stream].push_back(number);
            }
        }
        if (path.every_step || path.fence) {
            plan.always[number / 64] |= std::uint64_t{1} << (number % 64);
        }
        plan.paths.push_back(path);
    }
}

/// The ring that tells which paths have something in a step; what is under way since the run before
/// is in it.
void NetworkState::plan_due(std::int64_t longest) {
    const auto length = std::bit_ceil(static_cast<std::uint64_t>(longest) + 1);
    for (MemberPlan& plan : step_plan_.plans) {
        plan.due_mask = static_cast<std::int64_t>(length) - 1;
        plan.due.assign(plan.words * length, 0);
        for (std::uint32_t n = 0; n < plan.paths.size(); ++n) {
            const Path& path = plan.paths[n];
            for (std::int64_t ahead = 0; path.mine && ahead < path.arrivals->length(); ++ahead) {
                if (path.arrivals->has(step_ + ahead)) {
                    plan.mark(n, step_ + ahead);
                }
            }
        }
        for (std::uint32_t s = 0; s < step_plan_.streams.size(); ++s) {
            if (!plan.listeners[s].empty()) {
                plan.pushed_streams.push_back(s);
            }
        }
    }
}

/// Does an object read variables of its sources, which arrivals of any object write?
bool NetworkState::conflicts(const synapse::SynapseState& synapses) const {
    const auto touches = [](const hhk_synapse& table, std::uint8_t space, unsigned access,
                            const char* name) {
        for (std::uint32_t f = 0; f < table.foreign_count; ++f) {
            const hhk_foreign& row = table.foreign[f];
            if (row.space == space && (row.access & access) != 0 &&
                std::strcmp(row.name, name) == 0) {
                return true;
            }
        }
        return false;
    };
    constexpr unsigned writes = HHK_ADD | HHK_WRITE;
    for (const auto& other : synapses_) {
        for (std::uint32_t f = 0; f < synapses.table().foreign_count; ++f) {
            const hhk_foreign& row = synapses.table().foreign[f];
            const bool reads_source = row.space == HHK_PRE && (row.access & HHK_READ) != 0;
            const bool writes_target = row.space == HHK_POST && (row.access & writes) != 0;
            if ((reads_source && &other->post() == &synapses.pre() &&
                 touches(other->table(), HHK_POST, writes, row.name)) ||
                (writes_target && &other->pre() == &synapses.post() &&
                 touches(other->table(), HHK_PRE, HHK_READ, row.name))) {
                return true;
            }
        }
    }
    return false;
}

// --- tiles -------------------------------------------------------------------------------------

static bool guards(const synapse::SynapseState& synapses, const kernel::PopulationState& target) {
    for (std::uint32_t f = 0; &synapses.post() == &target && f < synapses.table().foreign_count;
         ++f) {
        if ((synapses.table().foreign[f].access & HHK_GUARDED) != 0) {
            return true;
        }
    }
    return false;
}

static Guard guard_of(const Tile& tile) {
    Guard guard;
    for (std::uint32_t f = 0; f < tile.model->field_count; ++f) {
        char* data = tile.context.slab + tile.context.offsets[f];
        if (tile.model->fields[f].role == HHK_LAST_SPIKE) {
            guard.last_spike = reinterpret_cast<std::int64_t*>(data);
        } else if (tile.model->fields[f].role == HHK_NOT_REFRACTORY) {
            guard.not_refractory = reinterpret_cast<std::uint8_t*>(data);
        }
    }
    for (std::uint32_t e = 0; e < tile.model->event_count; ++e) {
        if (tile.model->events[e].sets_last_spike != 0) {
            guard.events |= std::uint64_t{1} << e;
        }
    }
    return guard;
}

static void add_clear(MemberPlan& plan, const Tile& tile, std::uint32_t field) {
    const auto size =
        static_cast<std::int64_t>(kernel::element_size(*tile.model, tile.model->fields[field]));
    plan.clears.push_back(
        {tile.context.slab + tile.context.offsets[field] + tile.block.begin * size,
         static_cast<std::size_t>((tile.block.end - tile.block.begin) * size)});
}

void NetworkState::plan_tiles(std::size_t m) {
    MemberPlan& plan = step_plan_.plans[m];
    for (std::size_t t = shares_[m]; t < shares_[m + 1]; ++t) {
        Tile& tile = *tiles_[t];
        std::vector<StreamOfTile> streams;
        for (std::uint32_t s = 0; s < step_plan_.streams.size(); ++s) {
            EventStream& stream = *step_plan_.streams[s];
            if (stream.population == tile.population) {
                streams.push_back({&stream, s, stream.event});
            }
        }
        plan.streams.push_back(std::move(streams));
        const bool guarded =
            std::any_of(synapses_.begin(), synapses_.end(),
                        [&](const auto& synapses) { return guards(*synapses, *tile.population); });
        plan.guards.push_back(guarded ? guard_of(tile) : Guard{});
        for (std::uint32_t f = 0; f < tile.model->field_count; ++f) {
            if (tile.model->fields[f].role == HHK_INPUT || is_summed(*tile.population, f)) {
                add_clear(plan, tile, f);
            }
        }
        for (const auto& stimulus : stimuli_) {
            if (&stimulus->target() == tile.population && stimulus->is_input()) {
                stimulus::InputDrive drive;
                drive.series = &stimulus->series();
                drive.field = tile.population->field(stimulus->field());
                for (const std::int64_t i : stimulus->indices()) {
                    if (i >= tile.block.begin && i < tile.block.end) {
                        drive.indices.push_back(i);
                    }
                }
                if (!drive.indices.empty()) {
                    plan.drives.push_back(std::move(drive));
                }
            }
        }
    }
    plan.fired.reserve(plan.streams.size());
}

/// A variable that a sum sets, though it is no input.
bool NetworkState::is_summed(const kernel::PopulationState& population, std::uint32_t field) const {
    for (const auto& synapses : synapses_) {
        for (std::uint32_t f = 0; f < synapses->table().foreign_count; ++f) {
            const hhk_foreign& row = synapses->table().foreign[f];
            const kernel::PopulationState& side =
                row.space == HHK_PRE ? synapses->pre() : synapses->post();
            if ((row.access & HHK_SUMMED) != 0 && &side == &population &&
                std::strcmp(row.name, population.table().fields[field].name) == 0) {
                return true;
            }
        }
    }
    return false;
}

void NetworkState::plan_sums(std::size_t m) {
    MemberPlan& plan = step_plan_.plans[m];
    plan.sums.resize(1);
    std::vector<SynapseState*> ordered;
    for (const auto& synapses : synapses_) {
        ordered.push_back(synapses.get());
    }
    std::sort(ordered.begin(), ordered.end(), [](const SynapseState* a, const SynapseState* b) {
        return a->name() < b->name(); // sums have one order, whatever the order of making
    });
    for (SynapseState* synapses : ordered) {
        const bool single = synapses->single();
        const bool fence = single && step_plan_.members > 1;
        if (fence) {
            plan.sums.resize(plan.sums.size() + 1);
        }
        if (!single || m == 0) {
            synapse::Member& member = *synapses->members()[m];
            for (synapse::Call& call : member.sums) {
                plan.sums.back().push_back(&call);
            }
            plan.contexts.push_back(&member.context);
            if (member.rounds != nullptr) {
                plan.contexts.push_back(&member.rounds->context());
            }
            if (!member.signals.empty()) {
                plan.delayed.push_back({synapses, m});
            }
            for (synapse::Call& call : member.advances) {
                plan.advances.push_back(&call);
            }
        }
        if (fence) {
            plan.sums.resize(plan.sums.size() + 1);
        }
    }
}

/// Recorders of synapses sample with the thread that owns them.
void NetworkState::attach_synapse_recorders() {
    for (const auto& recorder : recorders_) {
        for (const auto& synapses : synapses_) {
            if (synapses->values().get() != &recorder->population()) {
                continue;
            }
            synapses->find_places();
            recorder->start(options_.dt, step_); // again: planning may have moved the values
            for (std::size_t m = 0; m < synapses->members().size(); ++m) {
                record::Probes probes;
                const synapse::Part& part = synapses->layout().parts[m];
                switch (recorder->space()) {
                case HHK_EACH:
                    recorder->attach(part.begin, part.end, probes);
                    break;
                case HHK_PER_POST:
                    recorder->attach(synapses->layout().bounds[m], synapses->layout().bounds[m + 1],
                                     probes);
                    break;
                default:
                    recorder->attach(0, m == 0 ? synapses->pre().count() : 0, probes);
                }
                MemberPlan& plan = step_plan_.plans[m];
                plan.probes.insert(plan.probes.end(), probes.before.begin(), probes.before.end());
            }
        }
    }
}

} // namespace hodg::sim
