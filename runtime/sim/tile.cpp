// SPDX-License-Identifier: MIT
#include "sim/tile.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace hodg::sim {

void advance_tile(Tile& tile, std::int64_t step) {
    tile.context.step = step;
    tile.context.t = static_cast<double>(step) * tile.context.dt;
    for (const record::Probe& probe : tile.probes.before) {
        probe.call(probe.self, step);
    }
    tile.block.any_event = 0;
    tile.block.fault = 0;
    if (tile.solver != nullptr) [[unlikely]] {
        tile.solver->advance(tile.context, tile.block);
    }
    tile.advance(&tile.context, &tile.block);
    if (tile.block.fault != 0 && tile.fault == 0) [[unlikely]] {
        tile.fault = tile.block.fault;
        tile.fault_step = step;
    }
    if (tile.block.any_event != 0) {
        for (const record::Probe& probe : tile.probes.after) {
            if ((probe.events & tile.block.any_event) != 0) {
                probe.call(probe.self, step);
            }
        }
    }
}

/// Runs the statements of one event for each run of neighbouring words with a bit.
static void finish_event(Tile& tile, std::uint32_t event) {
    std::uint64_t* bits = tile.context.event_bits[event];
    const std::int64_t first = tile.block.begin / HHK_BLOCK;
    const std::int64_t last = (tile.block.end + HHK_BLOCK - 1) / HHK_BLOCK;
    const bool has_statements = (tile.statements >> event & 1U) != 0;
    std::int64_t word = first;
    while (word < last) {
        if (bits[word] == 0) {
            ++word;
            continue;
        }
        const std::int64_t begin = word;
        while (word < last && bits[word] != 0) {
            ++word;
        }
        if (has_statements) {
            hhk_block block{};
            block.begin = begin * HHK_BLOCK;
            block.end = std::min(word * HHK_BLOCK, tile.block.end);
            block.event = static_cast<std::int32_t>(event);
            tile.model->on_event[event](&tile.context, &block);
            if (block.fault != 0) [[unlikely]] {
                tile.fault = block.fault;
                tile.fault_step = std::min(tile.fault_step, tile.context.step);
            }
        }
        std::fill(bits + begin, bits + word, 0);
    }
}

void finish_tile(Tile& tile) {
    for (std::uint64_t events = tile.block.any_event; events != 0; events &= events - 1) {
        finish_event(tile, static_cast<std::uint32_t>(std::countr_zero(events)));
    }
}

void run_tile(Tile& tile, std::int64_t begin, std::int64_t end) {
    for (std::int64_t step = begin; step < end; ++step) {
        advance_tile(tile, step);
        if (tile.block.any_event != 0) {
            finish_tile(tile);
        }
        if (tile.fault != 0) [[unlikely]] {
            return;
        }
    }
}

/// True when an exponent of `count` numbers is all ones. Integers, so that the loop is vectors.
template <class Bits> static bool any_special(const char* data, std::int64_t count, Bits exponent) {
    Bits found = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        Bits bits;
        std::memcpy(&bits, data + i * static_cast<std::int64_t>(sizeof(Bits)), sizeof(Bits));
        found |= static_cast<Bits>((bits & exponent) == exponent ? 1 : 0);
    }
    return found != 0;
}

void check_finite(Tile& tile, std::int64_t step) {
    const hhk_model& model = *tile.model;
    const std::int64_t begin = tile.block.begin;
    const std::int64_t count = std::min(tile.block.end, tile.context.count) - begin;
    for (std::uint32_t f = 0; f < model.field_count; ++f) {
        if (model.fields[f].role != HHK_STATE || model.fields[f].type != HHK_REAL) {
            continue;
        }
        const char* data = tile.context.slab + tile.context.offsets[f] + begin * model.real_size;
        const bool bad = model.real_size == 8
                             ? any_special<std::uint64_t>(data, count, 0x7ff0000000000000U)
                             : any_special<std::uint32_t>(data, count, 0x7f800000U);
        if (bad && tile.fault == 0) {
            tile.fault = 1;
            tile.fault_step = step;
            tile.late_fault = true;
        }
    }
}

} // namespace hodg::sim
