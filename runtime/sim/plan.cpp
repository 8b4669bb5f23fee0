// SPDX-License-Identifier: MIT
// The part of NetworkState that lays out a step: tiles, their probes, and who owns which.
#include "base/fail.h"
#include "kernel/slab.h"
#include "sim/network_state.h"

#include <fmt/format.h>

#include <algorithm>

namespace hodg::sim {

using base::Code;
using base::fail;

/// A tile shall stay in the second-level cache while it goes through a stretch.
static constexpr std::int64_t tile_bytes = std::int64_t{128} * 1024;
/// Below this many entities a tile is not cut for the sake of threads.
static constexpr std::int64_t smallest_share = 128;

/// Bytes of a population whose last spikes are better kept as bits.
static constexpr std::int64_t rests_pay_from = std::int64_t{1} << 20;

static std::int64_t entity_bytes(const hhk_model& model) {
    std::int64_t bytes = 1;
    for (std::uint32_t f = 0; f < model.field_count; ++f) {
        bytes += static_cast<std::int64_t>(kernel::element_size(model, model.fields[f]));
    }
    return bytes;
}

static std::int32_t advance_nothing(const hhk_context* /*context*/, hhk_block* /*block*/) {
    return HHK_OK;
}

bool NetworkState::plan_is_current() const {
    std::uint64_t revision = 0;
    for (const Population& population : populations_) {
        revision += population.state()->revision();
    }
    for (const auto& synapses : synapses_) {
        revision += synapses->revision();
    }
    return plan_made_ && revision == plan_revision_ &&
           std::none_of(synapses_.begin(), synapses_.end(),
                        [](const auto& synapses) { return synapses->outgrew_plan(); });
}

void NetworkState::make_plan() {
    if (options_.make_code) {
        options_.make_code(tables());
    }
    tiles_.clear();
    entities_ = 0;
    lockstep_ = !synapses_.empty() || !stimuli_.empty();
    plan_revision_ = 0;
    for (const auto& recorder : recorders_) {
        if (recorder->population().network != this) {
            fail(Code::MissingPopulation,
                 fmt::format("a recorder records `{}`, which is not part of the network",
                             recorder->population().name()),
                 "add the population too");
        }
        recorder->start(options_.dt, step_);
    }
    for (const Population& population : populations_) {
        kernel::PopulationState& state = *population.state();
        plan_revision_ += state.revision();
        kernel::HostSolver* solver = state.host_solver();
        lockstep_ = lockstep_ || (solver != nullptr && solver->reads_others());
        if (state.table().needs_host_solver > HHK_HOST_STATES && solver == nullptr) {
            fail(Code::NeedsSolver,
                 fmt::format("model `{}` of `{}` needs a solver that this version lacks",
                             state.table().name, state.name()));
        }
        for (const kernel::Link& link : state.links()) {
            const auto source = link.source.lock();
            if (source != nullptr && source->network != this) {
                fail(Code::MissingPopulation,
                     fmt::format("`{}` of `{}` is linked to `{}`, which is not part of the network",
                                 state.table().fields[link.field].name, state.name(),
                                 source->name()));
            }
            lockstep_ = lockstep_ || !link.is_static();
        }
        make_tiles(state);
    }
    share_tiles();
    if (lockstep_) {
        make_step_plan();
        make_rests();
    }
    for (const auto& synapses : synapses_) { // last: planning them changes it
        plan_revision_ += synapses->revision();
    }
    plan_made_ = true;
}

/// Stretches of entities of about tile_bytes, or what a solver of the host keeps together.
std::vector<kernel::HostSolver::Piece>
NetworkState::pieces_of(const kernel::PopulationState& state) const {
    if (state.host_solver() != nullptr) {
        return state.host_solver()->pieces();
    }
    const hhk_model& model = state.table();
    std::int64_t length = tile_bytes / entity_bytes(model);
    if (options_.threads > 1) {
        length = std::min(
            length, std::max(smallest_share, state.count() / (std::int64_t{4} * options_.threads)));
    }
    length = std::max<std::int64_t>(HHK_BLOCK, length / HHK_BLOCK * HHK_BLOCK);
    const std::int64_t width = std::max<std::int64_t>(1, model.vector_width);
    const std::int64_t whole = (state.count() + width - 1) / width * width; // at most padded
    std::vector<kernel::HostSolver::Piece> pieces;
    for (std::int64_t begin = 0; begin < state.count(); begin += length) {
        pieces.push_back({begin, std::min(begin + length, whole), nullptr});
    }
    return pieces;
}

void NetworkState::make_tiles(kernel::PopulationState& state) {
    const hhk_model& model = state.table();
    for (const kernel::HostSolver::Piece& piece : pieces_of(state)) {
        auto tile = std::make_unique<Tile>();
        tile->context = state.context();
        tile->context.reserved[0] = piece.self;
        tile->block.begin = piece.begin;
        tile->block.end = piece.end;
        tile->advance = state.host_solver() != nullptr ? state.host_solver()->advance()
                        : model.advance == nullptr     ? advance_nothing
                                                       : model.advance;
        tile->model = &model;
        if (model.needs_host_solver == HHK_HOST_STATES) {
            tile->solver = std::make_unique<solvers::CvodeSolver>(model);
        }
        for (std::uint32_t e = 0; e < model.event_count; ++e) {
            if (model.on_event != nullptr && model.on_event[e] != nullptr) {
                tile->statements |= std::uint64_t{1} << e;
            }
        }
        tile->population = &state;
        for (const auto& recorder : recorders_) {
            if (&recorder->population() == &state) {
                recorder->attach(piece.begin, std::min(piece.end, state.count()), tile->probes);
            }
        }
        if (tile->solver != nullptr) {
            tile->solver->watch(tile->probes.crossings);
        } else if (state.host_solver() != nullptr) {
            state.host_solver()->watch(piece.self, tile->probes.crossings);
        }
        tiles_.push_back(std::move(tile));
    }
    entities_ += state.count();
}

/// Where tiles go through many steps at a time, or stay in the cache from one to the next, a field
/// more costs nothing.
void NetworkState::make_rests() {
    const kernel::PopulationState* population = nullptr;
    Rests::Bits bits;
    for (const auto& tile : tiles_) {
        if (tile->population != population) {
            population = tile->population;
            const bool pays = Rests::field_of(*tile->model) != nullptr &&
                              tile->advance == tile->model->advance &&
                              population->count() * entity_bytes(*tile->model) >= rests_pay_from;
            bits = pays ? Rests::bits_for(population->padded()) : nullptr;
        }
        if (bits != nullptr) {
            tile->rests =
                std::make_unique<Rests>(tile->context, bits, tile->block.begin, tile->block.end);
        }
    }
}

/// Neighbouring tiles go to one thread, in equal numbers of bytes.
void NetworkState::share_tiles() {
    const auto cost = [](const Tile& tile) {
        return static_cast<double>((tile.block.end - tile.block.begin) *
                                   static_cast<std::int64_t>(tile.model->field_count + 4));
    };
    double total = 0;
    for (const auto& tile : tiles_) {
        total += cost(*tile);
    }
    shares_.assign(1, 0);
    double sum = 0;
    for (std::size_t t = 0; t < tiles_.size(); ++t) {
        const double half = cost(*tiles_[t]) / 2;
        while (shares_.size() < static_cast<std::size_t>(options_.threads) &&
               sum + half >= total * static_cast<double>(shares_.size()) / options_.threads) {
            shares_.push_back(t);
        }
        sum += 2 * half;
    }
    shares_.resize(static_cast<std::size_t>(options_.threads) + 1, tiles_.size());
}

} // namespace hodg::sim
