// SPDX-License-Identifier: MIT
// Connectivity and values of synapses; delays.cpp has their delays, members.cpp makes what a run
// needs of them.
#include "synapse/synapse_state.h"

#include "base/fail.h"
#include "kernel/variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>
#include <utility>

namespace hodg::synapse {

using base::Code;
using base::fail;

static void check_subgroup(const PopulationState& population,
                           const std::vector<std::int64_t>& entities) {
    for (const std::int64_t entity : entities) {
        if (entity < 0 || entity >= population.count()) {
            fail(Code::IndexOutOfRange, fmt::format("index {} of `{}`, which has {} entities",
                                                    entity, population.name(), population.count()));
        }
    }
}

SynapseState::SynapseState(std::shared_ptr<PopulationState> pre,
                           std::shared_ptr<PopulationState> post, std::string name,
                           std::vector<std::int64_t> pre_entities,
                           std::vector<std::int64_t> post_entities)
    : pre_(std::move(pre)), post_(std::move(post)), name_(std::move(name)), named_(!name_.empty()),
      pre_entities_(std::move(pre_entities)), post_entities_(std::move(post_entities)) {
    check_subgroup(*pre_, pre_entities_);
    check_subgroup(*post_, post_entities_);
    if (!named_) {
        name_ = "synapses";
    }
}

void SynapseState::set_name(std::string name) {
    name_ = std::move(name);
    named_ = true;
    if (bound()) {
        values_->set_name(name_);
    }
    changed();
}

void SynapseState::join(const void* network_id, double dt, std::uint64_t seed) {
    network = network_id;
    dt_ = dt;
    seed_ = seed;
    convert_delays();
    if (bound()) {
        values_->join(network_id, dt, seed);
    }
    changed();
}

void SynapseState::leave() {
    network = nullptr;
    if (bound()) {
        values_->network = nullptr;
    }
}

// --- connectivity ------------------------------------------------------------------------------

std::int64_t SynapseState::size() const {
    return static_cast<std::int64_t>(arranged_ ? layout_.synapses : connectivity_.size());
}

void SynapseState::connect(std::span<const std::int32_t> sources,
                           std::span<const std::int32_t> targets) {
    if (sources.size() != targets.size()) {
        fail(Code::WrongLength, fmt::format("`{}` was given {} sources and {} targets", name_,
                                            sources.size(), targets.size()));
    }
    connect::require_room(static_cast<double>(sources.size()) + static_cast<double>(size()));
    const auto check = [&](std::span<const std::int32_t> indices, std::size_t count,
                           const char* side) {
        for (const std::int32_t i : indices) {
            if (i < 0 || static_cast<std::size_t>(i) >= count) {
                fail(Code::IndexOutOfRange,
                     fmt::format("index {} of the {} of `{}`, of which there are {}", i, side,
                                 name_, count));
            }
        }
    };
    const auto map = [](std::span<const std::int32_t> indices,
                        const std::vector<std::int64_t>& entities) {
        base::Array<std::int32_t> mapped(indices.size());
        for (std::size_t k = 0; k < indices.size(); ++k) {
            mapped[k] =
                entities.empty()
                    ? indices[k]
                    : static_cast<std::int32_t>(entities[static_cast<std::size_t>(indices[k])]);
        }
        return mapped;
    };
    const auto count = [](const PopulationState& side, const std::vector<std::int64_t>& entities) {
        return entities.empty() ? static_cast<std::size_t>(side.count()) : entities.size();
    };
    check(sources, count(*pre_, pre_entities_), "sources");
    check(targets, count(*post_, post_entities_), "targets");
    take_apart();
    if (connectivity_.size() == 0) {
        connectivity_ = Connectivity(map(sources, pre_entities_), map(targets, post_entities_));
    } else {
        connectivity_.append(map(sources, pre_entities_).view(),
                             map(targets, post_entities_).view());
    }
    changed();
}

/// Position in `entities` of each entity, or -1.
static std::vector<std::int32_t> positions_in(const std::vector<std::int64_t>& entities,
                                              std::int64_t count) {
    std::vector<std::int32_t> position(static_cast<std::size_t>(count), -1);
    for (std::size_t k = 0; k < entities.size(); ++k) {
        position[static_cast<std::size_t>(entities[k])] = static_cast<std::int32_t>(k);
    }
    return position;
}

/// Rows of positions among ascending entities as rows of all entities: nothing else moves.
static connect::Rows rows_of_all(connect::Rows rows, const std::vector<std::int64_t>& entities,
                                 std::int64_t count) {
    std::vector<std::uint32_t> begin(static_cast<std::size_t>(count) + 1, rows.begin.back());
    std::size_t entity = 0;
    for (std::size_t k = 0; k < entities.size(); ++k) {
        for (; entity <= static_cast<std::size_t>(entities[k]); ++entity) {
            begin[entity] = rows.begin[k];
        }
    }
    rows.begin = std::move(begin);
    return rows;
}

void SynapseState::connect(const ConnectRule& rule, const ConnectOptions& options) {
    const auto all = [](const PopulationState& side, std::vector<std::int64_t> entities) {
        if (entities.empty()) {
            entities.resize(static_cast<std::size_t>(side.count()));
            std::iota(entities.begin(), entities.end(), 0);
        }
        return entities;
    };
    const std::vector<std::int64_t> from = all(*pre_, pre_entities_);
    const std::vector<std::int64_t> to = all(*post_, post_entities_);
    connect::Sides sides;
    sides.sources = static_cast<std::int64_t>(from.size());
    sides.targets = static_cast<std::int64_t>(to.size());
    if (pre_ == post_) {
        const std::vector<std::int32_t> position = positions_in(to, post_->count());
        for (const std::int64_t entity : from) {
            sides.same.push_back(position[static_cast<std::size_t>(entity)]);
        }
    }
    connect::Rows rows = connect::make(rule, sides, options);
    connect::require_room(static_cast<double>(rows.targets.size()) + static_cast<double>(size()));
    if (!post_entities_.empty()) {
        for (std::size_t k = 0; k < rows.targets.size(); ++k) {
            rows.targets[k] =
                static_cast<std::int32_t>(to[static_cast<std::size_t>(rows.targets[k])]);
        }
    }
    take_apart();
    changed();
    if (pre_entities_.empty()) {
        connectivity_.append(std::move(rows));
        return;
    }
    const bool ascend = std::ranges::adjacent_find(from, std::greater_equal<>()) == from.end();
    if (ascend) {
        connectivity_.append(rows_of_all(std::move(rows), from, pre_->count()));
        return;
    }
    base::Array<std::int32_t> sources(rows.targets.size());
    for (std::size_t s = 0; s < from.size(); ++s) {
        std::fill(sources.data() + rows.begin[s], sources.data() + rows.begin[s + 1],
                  static_cast<std::int32_t>(from[s]));
    }
    connectivity_.append(sources.view(), rows.targets.view());
}

// --- values ------------------------------------------------------------------------------------

void SynapseState::require_bound() const {
    if (!bound()) {
        fail(Code::NotBound, fmt::format("`{}` has no model yet", name_));
    }
}

void SynapseState::bind(Model model) {
    if (model.table().synapse == nullptr) {
        fail(Code::BadForeign,
             fmt::format("`{}` was given `{}`, which is no synapse", name_, model.name()));
    }
    if (bound()) {
        collect_pending();
        values_->rebind(std::move(model));
    } else {
        values_ = std::make_shared<PopulationState>(
            std::move(model), kernel::Counts{0, 0, 0, pre_->count(), post_->count()}, 1, name_);
        if (named_) {
            values_->set_name(name_);
        }
        if (network != nullptr) {
            values_->join(network, dt_, seed_);
        }
    }
    for (const auto& [name, delay] : delays_) {
        if (delay.given && !has_pathway(name)) {
            fail(Code::UnknownPathway,
                 fmt::format("`{}` was given a delay of pathway `{}`, which it has not", name_,
                             name));
        }
    }
    std::erase_if(delays_, [](const auto& entry) { return !entry.second.given; });
    convert_delays();
    delays_changed_ = true;
    changed();
}

void SynapseState::take_apart() {
    if (!arranged_) {
        return;
    }
    collect_pending();
    value_count_ = layout_.synapses;
    value_places_ = nullptr;
    if (layout_.sorted()) {
        value_places_ = std::make_shared<std::vector<std::uint32_t>>(places_of(layout_));
    }
    connectivity_ = synapse::take_apart(std::move(layout_));
    layout_ = {};
    sources_.clear();
    numbers_.clear();
    arranged_ = false;
}

void SynapseState::arrange() {
    require_bound();
    if (!arranged_) {
        rearrange({0, post_->count()});
    }
}

void SynapseState::rearrange(std::vector<std::int64_t> bounds) {
    take_apart();
    convert_delays();
    const Delay* sorting = sorting_delay();
    static const DelaySteps none;
    layout_ = lay_out(std::move(connectivity_), pre_->count(), std::move(bounds),
                      sorting == nullptr ? none : sorting->each_steps);
    connectivity_ = {};
    arranged_ = true;
    delays_changed_ = false;
    const int copies = static_cast<int>(layout_.parts.size());
    const std::int64_t stored = layout_.stored();
    const bool unmoved = value_places_ == nullptr && !layout_.sorted() &&
                         value_count_ == layout_.synapses && values_->count() == stored;
    if (!unmoved || copies != values_->pre_copies()) {
        const auto from = [&](std::int64_t first, std::span<std::uint32_t> sources) {
            layout_.numbers(static_cast<std::uint32_t>(first), sources, PopulationState::no_source);
            for (std::uint32_t& source : sources) {
                if (source >= value_count_) { // also of a gap before all synapses
                    source = PopulationState::no_source;
                } else if (value_places_ != nullptr) {
                    source = (*value_places_)[source];
                }
            }
        };
        values_->reshape({stored, 0, 0, pre_->count(), post_->count()}, copies, from);
    }
    values_->places = nullptr;
    values_->numbered = size();
    value_places_ = nullptr;
    fill_given();
    fill_gaps();
}

void SynapseState::find_places() {
    if (values_->places == nullptr && layout_.sorted()) {
        values_->places = std::make_shared<std::vector<std::uint32_t>>(places_of(layout_));
    }
}

/// N_incoming, N_outgoing and delay, where the model reads them.
void SynapseState::fill_given() {
    for (std::uint32_t f = 0; f < values_->table().field_count; ++f) {
        const hhk_field& row = values_->table().fields[f];
        if (row.role != HHK_GIVEN) {
            continue;
        }
        const kernel::FieldMemory field = values_->field(f);
        if (row.space == HHK_EACH) {
            const std::vector<double> seconds = delay_seconds("pre");
            layout_.for_each([&](std::uint32_t at, std::int32_t source) {
                field.write(at,
                            seconds.size() == 1 ? seconds[0] : seconds[layout_.number(at, source)]);
            });
        } else {
            std::vector<std::int64_t> counts(static_cast<std::size_t>(values_->count_of(f)));
            const bool by_source = row.space == HHK_PER_PRE;
            layout_.for_each([&](std::uint32_t at, std::int32_t source) {
                ++counts[static_cast<std::size_t>(by_source ? source : layout_.post[at])];
            });
            for (std::size_t i = 0; i < counts.size(); ++i) {
                field.write(static_cast<std::int64_t>(i), static_cast<double>(counts[i]));
            }
        }
        values_->refresh_padding(f);
    }
}

/// Places between parts hold copies of the last synapse before, so that vectors find values.
void SynapseState::fill_gaps() {
    for (std::size_t p = 0; p + 1 < layout_.parts.size(); ++p) {
        const Part& part = layout_.parts[p];
        for (std::uint32_t f = 0; part.end > part.begin && f < values_->table().field_count; ++f) {
            if (values_->table().fields[f].space != HHK_EACH) {
                continue;
            }
            const std::size_t size =
                kernel::element_size(values_->table(), values_->table().fields[f]);
            char* data = values_->slab()->field(f);
            for (std::size_t at = part.end; at < layout_.parts[p + 1].begin; ++at) {
                std::memcpy(data + at * size, data + (part.end - std::size_t{1}) * size, size);
            }
        }
    }
}

/// Every thread has its own values of PER_PRE; all have those of the first.
void SynapseState::copy_per_source() const {
    for (std::uint32_t f = 0; f < values_->table().field_count; ++f) {
        if (values_->table().fields[f].space != HHK_PER_PRE) {
            continue;
        }
        const std::size_t bytes =
            kernel::element_size(values_->table(), values_->table().fields[f]) *
            static_cast<std::size_t>(values_->padded_of(f));
        char* first = values_->slab()->field(f);
        for (std::size_t p = 1; p < layout_.parts.size(); ++p) {
            std::memcpy(first + p * bytes, first, bytes);
        }
    }
}

void SynapseState::preview() {
    arrange();
    pre_->preview_initial_values();
    post_->preview_initial_values();
    refresh_context();
    values_->preview_initial_values();
}

std::size_t SynapseState::bytes() const {
    std::size_t sum =
        layout_.bytes() + sources_.bytes() + numbers_.bytes() + signal_delays_.bytes();
    for (std::uint32_t f = 0; bound() && f < values_->table().field_count; ++f) {
        if (values_->table().fields[f].space == HHK_EACH) {
            sum += kernel::element_size(values_->table(), values_->table().fields[f]) *
                   layout_.synapses;
        }
    }
    for (const auto& [name, delay] : delays_) {
        sum += delay.each_steps.bytes() + delay.each.size() * sizeof(double);
    }
    for (const auto& member : members_) {
        for (const Arrivals& arrivals : member->arrivals) {
            sum += arrivals.routes().bytes();
        }
    }
    return sum;
}

std::uint64_t SynapseState::revision() const {
    return revision_ + (bound() ? values_->revision() : 0);
}

} // namespace hodg::synapse
