// SPDX-License-Identifier: MIT
#include "connect/row_chunks.h"

#include "base/thread_team.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>
#include <utility>

namespace hodg::connect {

static constexpr double cost_for_threads = 2e6;
static constexpr int most_threads = 16;
static constexpr std::int64_t pieces = 256;

void in_pieces(std::int64_t count, double cost,
               const std::function<void(std::int64_t, std::int64_t)>& work) {
    const int threads =
        std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, most_threads);
    if (threads == 1 || cost < cost_for_threads) {
        work(0, count);
        return;
    }
    const std::int64_t length = std::max<std::int64_t>(1, (count + pieces - 1) / pieces);
    std::atomic<std::int64_t> next{0};
    base::ThreadTeam team(threads);
    team.run([&](int) {
        for (std::int64_t first = next.fetch_add(length); first < count;
             first = next.fetch_add(length)) {
            work(first, std::min(first + length, count));
        }
    });
}

namespace {

/// Targets that come piece by piece, with room for as many as are expected.
class Joined {
public:
    explicit Joined(double expected)
        : targets_(static_cast<std::size_t>(expected + 6 * std::sqrt(expected))) {}

    void append(const std::vector<std::int32_t>& chunk) {
        if (targets_.size() - size_ < chunk.size()) {
            base::Array<std::int32_t> more(
                std::max(size_ + chunk.size(), targets_.size() + targets_.size() / 2));
            std::copy_n(targets_.data(), size_, more.data());
            targets_ = std::move(more);
        }
        std::copy(chunk.begin(), chunk.end(), targets_.data() + size_);
        size_ += chunk.size();
    }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] base::Array<std::int32_t> take() {
        targets_.shrink(size_);
        return std::move(targets_);
    }

private:
    base::Array<std::int32_t> targets_;
    std::size_t size_ = 0;
};

} // namespace

/// So many of a chunk, and so many chunks before they are put together: what they take is used
/// again and again.
static constexpr double chunk_size = 1 << 16;
static constexpr std::int64_t wave = 64;

Rows make_rows(std::int64_t sources, double expected, bool parallel, const RowMaker& row) {
    std::int64_t length = std::max<std::int64_t>(1, (sources + pieces - 1) / pieces);
    if (expected > chunk_size) {
        const double fitting = chunk_size * static_cast<double>(sources) / expected;
        length = std::clamp<std::int64_t>(static_cast<std::int64_t>(fitting), 1, length);
    }
    std::vector<std::vector<std::int32_t>> chunks(wave);
    Rows rows;
    rows.begin.resize(static_cast<std::size_t>(sources) + 1);
    Joined joined(expected);
    for (std::int64_t begin = 0; begin < sources; begin += wave * length) {
        const std::int64_t end = std::min(begin + wave * length, sources);
        const auto fill = [&](std::int64_t first, std::int64_t last) {
            for (std::int64_t c = first; c < last; ++c) {
                std::vector<std::int32_t>& chunk = chunks[static_cast<std::size_t>(c)];
                chunk.clear();
                for (std::int64_t s = begin + c * length;
                     s < std::min(begin + (c + 1) * length, end); ++s) {
                    const std::size_t before = chunk.size();
                    row(s, chunk);
                    rows.begin[static_cast<std::size_t>(s)] =
                        static_cast<std::uint32_t>(chunk.size() - before);
                }
            }
        };
        const std::int64_t count = (end - begin + length - 1) / length;
        if (parallel) {
            in_pieces(count,
                      expected * static_cast<double>(end - begin) / static_cast<double>(sources),
                      fill);
        } else {
            fill(0, count);
        }
        for (std::int64_t c = 0; c < count; ++c) {
            joined.append(chunks[static_cast<std::size_t>(c)]);
        }
        require_room(static_cast<double>(joined.size()));
    }
    std::uint32_t sum = 0; // lengths become the places where rows begin
    for (std::uint32_t& begin : rows.begin) {
        sum += std::exchange(begin, sum);
    }
    rows.targets = joined.take();
    return rows;
}

} // namespace hodg::connect
