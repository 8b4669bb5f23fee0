// SPDX-License-Identifier: MIT
#include "synapse/rounds.h"

#include "kernel/slab.h"

#include <algorithm>
#include <cstring>

namespace hodg::synapse {

static constexpr std::int32_t none = -1;

/// Of one field, in whole cache lines.
static std::size_t row_bytes(const hhk_model& model, std::uint32_t field, std::size_t places) {
    constexpr std::size_t line = 64;
    return (places * kernel::element_size(model, model.fields[field]) + line - 1) / line * line;
}

Rounds::Rounds(const Places& places, hhk_range targets, std::int64_t lanes)
    : targets_(targets), lanes_(lanes),
      synapses_(static_cast<std::int64_t>(places.by_target.size())) {
    const auto target_of = [&](const hhk_range& own) {
        const std::uint32_t first = places.by_target[static_cast<std::size_t>(own.begin)];
        return places.post[first] - targets.begin;
    };
    counts_.assign(static_cast<std::size_t>(targets.end - targets.begin), 0);
    for (const hhk_range& own : places.ranges) {
        counts_[static_cast<std::size_t>(target_of(own))] =
            static_cast<std::int32_t>(own.end - own.begin);
    }
    for (auto group = counts_.begin(); group < counts_.end(); group += lanes) {
        const std::int64_t begin = places_needed();
        const std::int64_t rounds = *std::max_element(group, group + lanes);
        groups_.push_back({begin, begin + rounds * lanes});
    }
    if (!pays()) {
        return;
    }
    place_.assign(static_cast<std::size_t>(places_needed()), none);
    pre_.assign(place_.size(), 0);
    for (const hhk_range& own : places.ranges) {
        const std::int64_t target = target_of(own);
        std::int64_t at = groups_[static_cast<std::size_t>(target / lanes)].begin + target % lanes;
        for (std::int64_t k = own.begin; k < own.end; ++k, at += lanes) {
            const std::uint32_t place = places.by_target[static_cast<std::size_t>(k)];
            place_[static_cast<std::size_t>(at)] = static_cast<std::int32_t>(place);
            pre_[static_cast<std::size_t>(at)] = places.pre.empty() ? 0 : places.pre[place];
        }
    }
}

std::int64_t Rounds::places_needed() const {
    return groups_.empty() ? 0 : groups_.back().end;
}

bool Rounds::pays() const {
    constexpr std::int64_t lanes_a_synapse = 3;
    return places_needed() <= lanes_a_synapse * synapses_;
}

void Rounds::point(const hhk_context& stored) {
    const hhk_model& model = *stored.model;
    context_ = stored;
    offsets_.assign(stored.offsets, stored.offsets + model.field_count);
    std::size_t bytes = 0;
    for (std::uint32_t f = 0; f < model.field_count; ++f) {
        if (model.fields[f].space == HHK_EACH) {
            bytes += row_bytes(model, f, place_.size());
        }
    }
    values_.assign(bytes, 0);
    context_.offsets = offsets_.data();
    context_.pre = pre_.data();
    context_.post = counts_.data();
    refresh(stored, true);
    is_new_ = true;
}

template <std::size_t size> void Rounds::copy_field(const char* from, char* row) const {
    for (std::size_t k = 0; k < place_.size(); ++k) {
        if (place_[k] != none) {
            std::memcpy(row + k * size, from + static_cast<std::size_t>(place_[k]) * size, size);
        }
    }
}

void Rounds::refresh(const hhk_context& stored, bool assigned) {
    const hhk_model& model = *stored.model;
    const bool copies = assigned || is_new_ || stored.slab != context_.slab;
    is_new_ = false;
    context_.slab = stored.slab;
    context_.uniforms = stored.uniforms;
    context_.tables = stored.tables;
    context_.foreign = stored.foreign;
    char* row = values_.data();
    for (std::uint32_t f = 0; f < model.field_count; ++f) {
        if (model.fields[f].space != HHK_EACH) {
            offsets_[f] = stored.offsets[f];
            continue;
        }
        const char* from = stored.slab + stored.offsets[f];
        const std::size_t size = kernel::element_size(model, model.fields[f]);
        if (copies) {
            size == 1   ? copy_field<1>(from, row)
            : size == 4 ? copy_field<4>(from, row)
                        : copy_field<8>(from, row);
        }
        offsets_[f] = row - stored.slab;
        row += row_bytes(model, f, place_.size());
    }
}

hhk_block Rounds::block() const {
    hhk_block block{};
    block.begin = targets_.begin;
    block.end = targets_.end;
    block.ranges = groups_.data();
    block.range_count = static_cast<std::int64_t>(groups_.size());
    return block;
}

} // namespace hodg::synapse
