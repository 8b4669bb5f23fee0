// SPDX-License-Identifier: MIT
#include "codegen/stage_balance.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <numeric>

namespace hhc::codegen {
namespace {

/// Cycles that a stage costs beside its operations, and a value that comes from another one.
constexpr int price_of_stage = 3;
constexpr int price_of_value = 1;
/// From memory to the first operation.
constexpr int chain_of_load = 10;
/// Moves that are tried for each chunk, and for all of them at most.
constexpr std::size_t moves_each = 150;
constexpr std::size_t moves_at_most = 3'000;
/// A worse place is taken if it is worse by less than this many cycles, at first.
constexpr int first_tolerance = 12;

/// Dueck and Scheuer, Threshold accepting, J Comput Phys 90:161 (1990), with a fixed sequence of
/// moves. A slot is a stage or empty; there are two for each chunk.
class Search {
public:
    Search(const std::vector<Operation>& operations, const Units& units)
        : operations_(operations), units_(units), chain_(operations.size(), 0) {
        for (std::size_t k = 0; k < operations.size(); ++k) {
            const std::size_t chunk = operations[k].chunk;
            if (chunk >= chunks_.size()) {
                chunks_.resize(chunk + 1);
            }
            chunks_[chunk].own.push_back(k);
        }
        for (std::size_t k = 0; k < operations.size(); ++k) {
            const std::size_t own = operations[k].chunk;
            for (const std::size_t argument : operations[k].arguments) {
                const std::size_t other = operations[argument].chunk;
                if (other != own) {
                    add_once(chunks_[own].needs, other);
                    add_once(chunks_[other].users, own);
                    add_once(chunks_[own].foreign, argument);
                }
            }
        }
        slots_.resize(2 * chunks_.size());
        prices_.assign(slots_.size(), 0);
        for (std::size_t c = 0; c < chunks_.size(); ++c) {
            chunks_[c].slot = 2 * c;
            slots_[2 * c].push_back(c);
            prices_[2 * c] = price(2 * c);
        }
    }

    Balance run() {
        const std::size_t moves = std::min(moves_each * chunks_.size(), moves_at_most);
        int total = std::accumulate(prices_.begin(), prices_.end(), 0);
        for (const Chunk& chunk : chunks_) {
            total += price_of_value * static_cast<int>(chunk.foreign.size());
        }
        Balance best{places(), total};
        for (std::size_t m = 0; m < moves; ++m) {
            const int tolerance =
                first_tolerance - static_cast<int>(first_tolerance * m / moves) - 1;
            total += try_move(number_below(chunks_.size()), tolerance);
            if (total < best.cycles) {
                best = {places(), total};
            }
        }
        return best;
    }

private:
    struct Chunk {
        std::vector<std::size_t> own;     // operations
        std::vector<std::size_t> foreign; // operations of other chunks that it needs
        std::vector<std::size_t> needs;   // chunks
        std::vector<std::size_t> users;
        std::size_t slot = 0;
    };

    static void add_once(std::vector<std::size_t>& list, std::size_t value) {
        if (std::ranges::find(list, value) == list.end()) {
            list.push_back(value);
        }
    }

    /// Of a fixed sequence (Knuth's MMIX).
    std::size_t number_below(std::size_t count) {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        return static_cast<std::size_t>((state_ >> 33U) % count);
    }

    [[nodiscard]] int price(std::size_t slot) {
        Work sum;
        int longest = 0;
        for (const std::size_t chunk : slots_[slot]) {
            for (const std::size_t k : chunks_[chunk].own) {
                const Operation& operation = operations_[k];
                int begin = chain_of_load;
                for (const std::size_t argument : operation.arguments) {
                    if (chunks_[operations_[argument].chunk].slot == slot) {
                        begin = std::max(begin, chain_[argument]);
                    }
                }
                chain_[k] = begin + operation.work.latency;
                longest = std::max(longest, chain_[k]);
                sum += operation.work;
            }
        }
        return slots_[slot].empty() ? 0 : cycles(sum, longest, units_) + price_of_stage;
    }

    /// What crosses from stage to stage to or from this chunk.
    [[nodiscard]] int crossings(std::size_t chunk) const {
        int count = 0;
        const auto add = [&](const Chunk& user, bool all) {
            for (const std::size_t k : user.foreign) {
                const std::size_t from = operations_[k].chunk;
                count += (all || from == chunk) && chunks_[from].slot != user.slot ? 1 : 0;
            }
        };
        add(chunks_[chunk], true);
        for (const std::size_t user : chunks_[chunk].users) {
            add(chunks_[user], false);
        }
        return price_of_value * count;
    }

    void put(std::size_t chunk, std::size_t slot) {
        std::erase(slots_[chunks_[chunk].slot], chunk);
        std::vector<std::size_t>& there = slots_[slot];
        there.insert(std::ranges::upper_bound(there, chunk), chunk);
        chunks_[chunk].slot = slot;
    }

    /// How much worse everything is after a move, if one was made.
    int try_move(std::size_t chunk, int tolerance) {
        const std::size_t old = chunks_[chunk].slot;
        std::size_t first = 0;
        std::size_t last = slots_.size() - 1;
        for (const std::size_t other : chunks_[chunk].needs) {
            first = std::max(first, chunks_[other].slot);
        }
        for (const std::size_t other : chunks_[chunk].users) {
            last = std::min(last, chunks_[other].slot);
        }
        const std::size_t slot = first + number_below(last - first + 1);
        if (slot == old) {
            return 0;
        }
        const int before = prices_[old] + prices_[slot] + crossings(chunk);
        put(chunk, slot);
        const int left = price(old);
        const int joined = price(slot);
        const int change = left + joined + crossings(chunk) - before;
        if (change > tolerance) {
            put(chunk, old);
            return 0;
        }
        prices_[old] = left;
        prices_[slot] = joined;
        return change;
    }

    [[nodiscard]] std::vector<std::size_t> places() const {
        std::vector<std::size_t> result;
        std::ranges::transform(chunks_, std::back_inserter(result), &Chunk::slot);
        return result;
    }

    const std::vector<Operation>& operations_;
    Units units_;
    std::vector<Chunk> chunks_;
    std::vector<std::vector<std::size_t>> slots_; // chunks in order
    std::vector<int> prices_;                     // by slot
    std::vector<int> chain_;                      // cycles until a value is there
    std::uint64_t state_ = 1;
};

} // namespace

Balance balanced_stages(const std::vector<Operation>& operations, const Units& units) {
    if (operations.empty()) {
        return {};
    }
    Balance found = Search(operations, units).run();
    std::vector<std::size_t> used = found.stages;
    std::ranges::sort(used);
    used.erase(std::ranges::unique(used).begin(), used.end());
    for (std::size_t& stage : found.stages) {
        stage = static_cast<std::size_t>(std::ranges::lower_bound(used, stage) - used.begin());
    }
    return found;
}

} // namespace hhc::codegen
