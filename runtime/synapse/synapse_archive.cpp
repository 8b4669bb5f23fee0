// SPDX-License-Identifier: MIT
// The part of SynapseState that saves and restores: in order of numbers, so that a network may go
// on with another number of threads.
#include "archive/archive.h"
#include "base/fail.h"
#include "synapse/synapse_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace hodg::synapse {

using base::Code;
using base::fail;

// --- saving ------------------------------------------------------------------------------------

void SynapseState::save_delays(const archive::Out& out) const {
    std::size_t number = 0;
    for (const auto& [name, delay] : delays_) {
        const archive::Out one = out.in(fmt::format("{}", number++));
        one.put_text("pathway", name);
        one.put("given", static_cast<std::int64_t>(delay.given));
        one.put("round_nearest", static_cast<std::int64_t>(delay.round_nearest));
        one.put("seconds", delay.seconds);
        one.put("steps", delay.steps);
        const DelaySteps from_routes = delay.in_routes ? delays_in_routes(name) : DelaySteps();
        const DelaySteps& steps = delay.in_routes ? from_routes : delay.each_steps;
        std::vector<std::int32_t> each(steps.size());
        for (std::size_t n = 0; n < each.size(); ++n) {
            each[n] = steps[n];
        }
        one.put("each", each);
    }
    out.put("count", static_cast<std::int64_t>(delays_.size()));
}

void SynapseState::save(const archive::Out& out) {
    out.put_text("name", name_);
    out.put_text("pre", pre_->name());
    out.put_text("post", post_->name());
    out.put("pre_entities", pre_entities_);
    out.put("post_entities", post_entities_);
    std::vector<std::int32_t> sources(static_cast<std::size_t>(size()));
    std::vector<std::int32_t> targets(sources.size());
    for_each([&](std::size_t number, std::int32_t source, std::int32_t target) {
        sources[number] = source;
        targets[number] = target;
    });
    out.put("sources", sources);
    out.put("targets", targets);
    save_delays(out.in("delays"));
    std::vector<std::int64_t> heads; // pathway, step, numbers, entities
    std::vector<std::uint32_t> numbers;
    std::vector<std::uint32_t> entities;
    std::vector<Pending> all = events_under_way();
    all.insert(all.begin(), pending_.begin(), pending_.end());
    for (const Pending& pending : all) {
        heads.insert(heads.end(), {static_cast<std::int64_t>(pending.pathway), pending.step,
                                   static_cast<std::int64_t>(pending.numbers.size()),
                                   static_cast<std::int64_t>(pending.entities.size())});
        numbers.insert(numbers.end(), pending.numbers.begin(), pending.numbers.end());
        entities.insert(entities.end(), pending.entities.begin(), pending.entities.end());
    }
    out.put("under_way", heads);
    out.put("under_way_numbers", numbers);
    out.put("under_way_entities", entities);
    const std::vector<Signal>& signals =
        members_.empty() ? old_signals_ : members_.front()->signals;
    for (std::size_t n = 0; n < signals.size(); ++n) {
        out.put(fmt::format("signal/{}", n), signals[n].past(step_));
    }
    arrange();
    find_places();
    values_->save(out.in("values"));
}

// --- restoring ---------------------------------------------------------------------------------

void SynapseState::check(const archive::In& in, bool same_model) const {
    const auto refuse = [&](std::string_view reason) {
        fail(Code::SaveMismatch,
             fmt::format("`{}` cannot be restored from `{}`: {}", name_, in.title(), reason));
    };
    for (const auto& [side, population] : {std::pair("pre", pre_), std::pair("post", post_)}) {
        if (in.text(side) != population->name()) {
            refuse(fmt::format("it connects `{}` here and `{}` there", population->name(),
                               in.text(side)));
        }
    }
    if (in.get<std::int64_t>("pre_entities") != pre_entities_ ||
        in.get<std::int64_t>("post_entities") != post_entities_) {
        refuse("it connects other subgroups");
    }
    require_bound();
    values_->check(in.in("values"), same_model);
    const auto sources = in.get<std::int32_t>("sources");
    const auto targets = in.get<std::int32_t>("targets", sources.size());
    const auto outside = [](std::span<const std::int32_t> entities, std::int64_t count) {
        return std::any_of(entities.begin(), entities.end(),
                           [&](std::int32_t i) { return i < 0 || i >= count; });
    };
    if (outside(sources, pre_->count()) || outside(targets, post_->count())) {
        in.damaged(fmt::format("synapses of `{}` connect neurons that do not exist", name_));
    }
    if (in.in("values").one<std::int64_t>("each") != static_cast<std::int64_t>(sources.size())) {
        in.damaged(fmt::format("`{}` has values for another number of synapses", name_));
    }
}

void SynapseState::restore_delays(const archive::In& in) {
    delays_.clear();
    const auto count = in.one<std::int64_t>("count");
    for (std::int64_t number = 0; number < count; ++number) {
        const archive::In one = in.in(fmt::format("{}", number));
        Delay delay;
        delay.given = one.one<std::int64_t>("given") != 0;
        delay.round_nearest = one.one<std::int64_t>("round_nearest") != 0;
        delay.seconds = one.one<double>("seconds");
        delay.steps = delay.shortest = delay.longest = one.one<std::int64_t>("steps");
        const auto each = one.get<std::int32_t>("each");
        constexpr std::int32_t most_steps = 1 << 24;
        const auto bad = [](std::int64_t steps) { return steps < 0 || steps > most_steps; };
        if (bad(delay.steps) || std::any_of(each.begin(), each.end(), bad) ||
            (!each.empty() && static_cast<std::int64_t>(each.size()) != size())) {
            in.damaged(fmt::format("delays of `{}` make no sense", name_));
        }
        if (!each.empty()) {
            const auto [least, most] = std::minmax_element(each.begin(), each.end());
            delay.shortest = *least;
            delay.longest = *most;
            delay.each_steps = DelaySteps(each.size(), delay.longest);
            for (std::size_t n = 0; n < each.size(); ++n) {
                delay.each_steps.set(n, each[n]);
            }
        }
        delay.converted = true;
        delays_[one.text("pathway")] = std::move(delay);
    }
    delays_changed_ = true;
}

void SynapseState::restore_pending_events(const archive::In& in) {
    const auto heads = in.get<std::int64_t>("under_way");
    const auto numbers = in.get<std::uint32_t>("under_way_numbers");
    const auto entities = in.get<std::uint32_t>("under_way_entities");
    auto next_number = numbers.begin();
    auto next_entity = entities.begin();
    constexpr std::int64_t most_steps = 1 << 24;
    for (std::size_t at = 0; at + 4 <= heads.size(); at += 4) {
        const auto pathway = static_cast<std::size_t>(heads[at]);
        const auto items = heads[at + 2];
        const auto others = heads[at + 3];
        if (heads[at] < 0 || pathway >= table().pathway_count || heads[at + 1] < step_ ||
            heads[at + 1] > step_ + most_steps || items < 0 ||
            items > numbers.end() - next_number || others < 0 ||
            others > entities.end() - next_entity) {
            in.damaged(fmt::format("events under way in `{}` make no sense", name_));
        }
        Pending pending;
        pending.pathway = pathway;
        pending.step = heads[at + 1];
        pending.numbers.assign(next_number, next_number + items);
        pending.entities.assign(next_entity, next_entity + others);
        next_number += items;
        next_entity += others;
        const bool by_target = table().pathways[pathway].space == HHK_POST;
        const std::int64_t side = (by_target ? post_ : pre_)->count();
        if (std::any_of(pending.numbers.begin(), pending.numbers.end(),
                        [&](std::uint32_t n) { return std::int64_t{n} >= size(); }) ||
            std::any_of(pending.entities.begin(), pending.entities.end(),
                        [&](std::uint32_t e) { return std::int64_t{e} >= side; })) {
            in.damaged(fmt::format("events under way in `{}` go nowhere", name_));
        }
        pending_.push_back(std::move(pending));
    }
}

void SynapseState::restore_connections(const archive::In& in) {
    const auto sources = in.get<std::int32_t>("sources");
    const auto targets = in.get<std::int32_t>("targets", sources.size());
    base::Array<std::int32_t> from(sources.size());
    base::Array<std::int32_t> to(sources.size());
    std::copy(sources.begin(), sources.end(), from.data());
    std::copy(targets.begin(), targets.end(), to.data());
    members_.clear();
    pending_.clear();
    old_signals_.clear();
    layout_ = {};
    sources_.clear();
    arranged_ = false;
    connectivity_ = Connectivity(std::move(from), std::move(to));
    value_count_ = sources.size();
    value_places_ = nullptr;
    values_->places = nullptr;
    values_->numbered = size();
    values_->reshape({size(), 0, 0, pre_->count(), post_->count()}, 1, {});
}

void SynapseState::restore(const archive::In& in, std::uint64_t seed) {
    seed_ = seed;
    restore_connections(in);
    restore_delays(in.in("delays"));
    restore_pending_events(in);
    values_->restore(in.in("values"), seed);
    std::size_t n = 0;
    for (std::uint32_t f = 0; f < table().foreign_count; ++f) {
        const hhk_foreign& foreign = table().foreign[f];
        const std::string place = fmt::format("signal/{}", n);
        if ((foreign.access & HHK_DELAYED) == 0 || !in.has(place)) {
            continue;
        }
        ++n;
        const auto field = static_cast<std::uint32_t>(foreign.into);
        const std::size_t size =
            kernel::element_size(values_->table(), values_->table().fields[field]);
        const std::int64_t sources = foreign.uniform != 0 ? 1 : pre_->count();
        const std::vector<char> past = in.get<char>(place);
        if (past.size() % (static_cast<std::size_t>(sources) * size) != 0) {
            in.damaged(fmt::format("past values in `{}` have the wrong size", name_));
        }
        old_signals_.emplace_back(sources, size, step_, past);
    }
    changed();
}

} // namespace hodg::synapse
