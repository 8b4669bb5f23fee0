// SPDX-License-Identifier: MIT
#include "solvers/scratch_group.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>

namespace hodg::solvers {

static constexpr std::string_view mark = "solved:";

std::vector<SolvedState> solved_states(const hhk_model& model) {
    std::vector<SolvedState> states;
    for (std::uint32_t f = 0; f < model.field_count; ++f) {
        const std::string_view name = model.fields[f].name;
        if (!name.starts_with(mark)) {
            continue;
        }
        for (std::uint32_t s = 0; s < model.field_count; ++s) {
            if (name.substr(mark.size()) == model.fields[s].name) {
                states.push_back({s, f});
            }
        }
    }
    return states;
}

/// One row is left of a table.
void hold_tables(const hhk_context& context, std::vector<hhk_table_data>& held) {
    for (std::size_t k = 0; k < held.size(); ++k) {
        hhk_table_data data = context.tables[k];
        if (data.rows > 0) {
            const double row = std::floor((context.t + 0.001 * context.dt) / data.dt);
            const double last = static_cast<double>(data.rows - 1);
            data.values += static_cast<std::int64_t>(std::clamp(row, 0.0, last)) * data.columns;
            data.rows = 1;
        }
        held[k] = data;
    }
}

ScratchGroup::ScratchGroup(const hhk_model& model) : model_(model), states_(solved_states(model)) {
    std::size_t size = 0;
    for (std::uint32_t f = 0; f < model.field_count; ++f) {
        offsets_.push_back(static_cast<std::int64_t>(size));
        size += (bytes(f) * HHK_PADDING + 63) / 64 * 64;
    }
    slab_.resize(size + 64);
    const std::size_t count = states_.size();
    outputs_.resize(std::max<std::size_t>(1, count * count) * HHK_PADDING);
    output_rows_.resize(std::max<std::size_t>(1, count * count));
    tables_.resize(model.table_count);
    const auto misaligned = reinterpret_cast<std::uintptr_t>(slab_.data()) % 64;
    for (std::int64_t& offset : offsets_) {
        offset += static_cast<std::int64_t>((64 - misaligned) % 64);
    }
    shifted_ = offsets_;
}

std::size_t ScratchGroup::bytes(std::uint32_t field) const {
    switch (model_.fields[field].type) {
    case HHK_INTEGER:
        return 4;
    case HHK_BOOLEAN:
        return 1;
    case HHK_STEP:
        return 8;
    default:
        return model_.real_size;
    }
}

const char* ScratchGroup::place(std::uint32_t field, std::int64_t lane) const {
    return slab_.data() + offsets_[field] + lane * static_cast<std::int64_t>(bytes(field));
}

char* ScratchGroup::place(std::uint32_t field, std::int64_t lane) {
    return slab_.data() + offsets_[field] + lane * static_cast<std::int64_t>(bytes(field));
}

double ScratchGroup::read(const char* place) const {
    if (model_.real_size == sizeof(float)) {
        float value = 0;
        std::memcpy(&value, place, sizeof(value));
        return value;
    }
    double value = 0;
    std::memcpy(&value, place, sizeof(value));
    return value;
}

void ScratchGroup::write(char* place, double value) const {
    if (model_.real_size == sizeof(float)) {
        const auto rounded = static_cast<float>(value);
        std::memcpy(place, &rounded, sizeof(rounded));
        return;
    }
    std::memcpy(place, &value, sizeof(value));
}

void ScratchGroup::take(const hhk_context& context, std::int64_t first) {
    first_ = first;
    context_ = context;
    hold_tables(context, tables_);
    for (std::uint32_t f = 0; f < model_.field_count; ++f) {
        const auto size = static_cast<std::int64_t>(bytes(f));
        std::memcpy(place(f, 0), context.slab + context.offsets[f] + first * size,
                    static_cast<std::size_t>(size) * HHK_PADDING);
        shifted_[f] = offsets_[f] - first * size; // so that entity `first` is lane 0
    }
    taken_ = slab_;
    for (std::size_t k = 0; k < output_rows_.size(); ++k) {
        output_rows_[k] = outputs_.data() + k * HHK_PADDING - first;
    }
    context_.slab = slab_.data();
    context_.offsets = shifted_.data();
    context_.tables = tables_.data();
    context_.outputs = output_rows_.data();
}

void ScratchGroup::give_back(const hhk_context& context) const {
    for (const SolvedState& one : states_) {
        const std::size_t size = bytes(one.solved);
        std::memcpy(context.slab + context.offsets[one.solved] +
                        first_ * static_cast<std::int64_t>(size),
                    place(one.solved, 0), size * HHK_PADDING);
    }
}

double ScratchGroup::state(std::size_t i, std::int64_t lane) const {
    return read(place(states_[i].state, lane));
}

void ScratchGroup::set_state(std::size_t i, std::int64_t lane, double value) {
    write(place(states_[i].state, lane), value);
}

void ScratchGroup::restore(std::size_t i, std::int64_t lane) {
    char* at = place(states_[i].state, lane);
    std::memcpy(at, taken_.data() + (at - slab_.data()), bytes(states_[i].state));
}

void ScratchGroup::set_solved(std::size_t i, std::int64_t lane, double value) {
    write(place(states_[i].solved, lane), value);
}

void ScratchGroup::call(hhk_block_fn hook) {
    hhk_block block{};
    block.begin = first_;
    block.end = first_ + HHK_PADDING;
    hook(&context_, &block);
}

} // namespace hodg::solvers
