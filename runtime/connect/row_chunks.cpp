// SPDX-License-Identifier: MIT
#include "connect/row_chunks.h"

#include "base/thread_team.h"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <thread>

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

Rows make_rows(std::int64_t sources, double expected, bool parallel, const RowMaker& row) {
    const std::int64_t length = std::max<std::int64_t>(1, (sources + pieces - 1) / pieces);
    const std::int64_t chunk_count = (sources + length - 1) / length;
    std::vector<std::vector<std::int32_t>> chunks(static_cast<std::size_t>(chunk_count));
    std::vector<std::uint64_t> lengths(static_cast<std::size_t>(sources));
    const auto fill = [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t c = first; c < last; ++c) {
            std::vector<std::int32_t>& chunk = chunks[static_cast<std::size_t>(c)];
            for (std::int64_t s = c * length; s < std::min((c + 1) * length, sources); ++s) {
                const std::size_t before = chunk.size();
                row(s, chunk);
                lengths[static_cast<std::size_t>(s)] = chunk.size() - before;
            }
        }
    };
    if (parallel) {
        in_pieces(chunk_count, expected, fill);
    } else {
        fill(0, chunk_count);
    }
    require_room(
        static_cast<double>(std::accumulate(lengths.begin(), lengths.end(), std::uint64_t{0})));
    Rows rows;
    rows.begin.resize(static_cast<std::size_t>(sources) + 1);
    std::uint64_t sum = 0;
    for (std::size_t s = 0; s < lengths.size(); ++s) {
        rows.begin[s] = static_cast<std::uint32_t>(sum);
        sum += lengths[s];
    }
    rows.begin.back() = static_cast<std::uint32_t>(sum);
    rows.targets = base::Array<std::int32_t>(sum);
    std::int32_t* to = rows.targets.data();
    for (std::vector<std::int32_t>& chunk : chunks) {
        to = std::copy(chunk.begin(), chunk.end(), to);
        std::vector<std::int32_t>().swap(chunk);
    }
    return rows;
}

} // namespace hodg::connect
