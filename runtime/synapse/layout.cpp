// SPDX-License-Identifier: MIT
#include "synapse/layout.h"

#include "abi/kernel_abi.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace hodg::synapse {

/// Stable sort of the synapses of one source by delay.
class RowSorter {
public:
    RowSorter(Layout& layout, const DelaySteps& delays) : layout_(layout), delays_(delays) {}

    void sort(std::uint32_t begin, std::uint32_t end) {
        entries_.clear();
        bool sorted = true;
        for (std::uint32_t at = begin; at < end; ++at) {
            const std::int32_t delay = delays_[layout_.creation[at]];
            sorted = sorted && (entries_.empty() || entries_.back().delay <= delay);
            entries_.push_back({delay, layout_.post[at], layout_.creation[at]});
        }
        if (sorted) {
            return;
        }
        const auto [least, most] =
            std::minmax_element(entries_.begin(), entries_.end(),
                                [](const Entry& a, const Entry& b) { return a.delay < b.delay; });
        const std::int32_t first = least->delay;
        const auto range = static_cast<std::size_t>(most->delay - first) + 1;
        if (range <= 4 * entries_.size() + 64) {
            starts_.assign(range + 1, begin);
            for (const Entry& entry : entries_) {
                ++starts_[static_cast<std::size_t>(entry.delay - first) + 1];
            }
            for (std::size_t d = 1; d <= range; ++d) {
                starts_[d] += starts_[d - 1] - begin;
            }
            for (const Entry& entry : entries_) {
                put(starts_[static_cast<std::size_t>(entry.delay - first)]++, entry);
            }
            return;
        }
        std::stable_sort(entries_.begin(), entries_.end(),
                         [](const Entry& a, const Entry& b) { return a.delay < b.delay; });
        for (const Entry& entry : entries_) {
            put(begin++, entry);
        }
    }

private:
    struct Entry {
        std::int32_t delay;
        std::int32_t post;
        std::uint32_t creation;
    };

    void put(std::uint32_t at, const Entry& entry) {
        layout_.post[at] = entry.post;
        layout_.creation[at] = entry.creation;
    }

    Layout& layout_;
    const DelaySteps& delays_;
    std::vector<Entry> entries_;
    std::vector<std::uint32_t> starts_;
};

/// Part of every target.
static std::vector<std::uint16_t> parts_of(const std::vector<std::int64_t>& bounds) {
    std::vector<std::uint16_t> part(static_cast<std::size_t>(bounds.back()));
    for (std::size_t p = 0; p + 1 < bounds.size(); ++p) {
        std::fill(part.begin() + bounds[p], part.begin() + bounds[p + 1],
                  static_cast<std::uint16_t>(p));
    }
    return part;
}

/// Counts of each part and source become the places where rows begin.
static void place_rows(Layout& layout) {
    std::uint32_t at = 0;
    for (Part& part : layout.parts) {
        at = (at + HHK_BLOCK - 1) / HHK_BLOCK * HHK_BLOCK;
        part.begin = at;
        for (std::uint32_t& row : part.rows) {
            at += std::exchange(row, at);
        }
        part.end = at;
    }
}

/// Entries between the parts say what vectors that reach beyond an end may read.
static void fill_gaps(Layout& layout) {
    for (std::size_t p = 0; p < layout.parts.size(); ++p) {
        const Part& part = layout.parts[p];
        const std::uint32_t next =
            p + 1 < layout.parts.size()
                ? layout.parts[p + 1].begin
                : static_cast<std::uint32_t>((std::uint64_t{part.end} + HHK_PADDING - 1) /
                                             HHK_PADDING * HHK_PADDING);
        for (std::uint32_t at = part.end; part.end > part.begin && at < next; ++at) {
            layout.post.data()[at] = layout.post[part.end - 1];
            if (!layout.creation.empty()) {
                layout.creation.data()[at] = layout.creation[part.end - 1];
            }
            if (!layout.within.empty()) {
                layout.within.data()[at] = layout.within[part.end - 1];
            }
        }
    }
}

/// Every source has so few synapses that two bytes number them.
static bool has_short_rows(const std::vector<std::uint32_t>& begin) {
    for (std::size_t s = 0; s + 1 < begin.size(); ++s) {
        if (begin[s + 1] - begin[s] > std::numeric_limits<std::uint16_t>::max()) {
            return false;
        }
    }
    return true;
}

/// Numbers as places within the numbers of a source, of two bytes, where every source's fit.
static void count_within_sources(Layout& layout, std::vector<std::uint32_t> first) {
    if (!has_short_rows(first)) {
        return;
    }
    layout.within = base::Array<std::uint16_t>(layout.stored());
    layout.for_each([&](std::uint32_t at, std::int32_t source) {
        layout.within[at] = static_cast<std::uint16_t>(layout.creation[at] -
                                                       first[static_cast<std::size_t>(source)]);
    });
    layout.first = std::move(first);
    layout.creation.clear();
}

/// Places in a row by delay, equal ones as they are; returns whether that changes anything. `order`
/// is as long as the row.
static bool order_by_delay(std::span<const std::int32_t> delays, std::vector<std::uint16_t>& order,
                           std::vector<std::uint32_t>& starts) {
    std::iota(order.begin(), order.end(), std::uint16_t{0});
    if (std::is_sorted(delays.begin(), delays.end())) {
        return false;
    }
    const auto [least, most] = std::minmax_element(delays.begin(), delays.end());
    const auto range = static_cast<std::size_t>(*most - *least) + 1;
    if (range > 4 * delays.size() + 64) {
        std::stable_sort(order.begin(), order.end(),
                         [&](std::uint16_t a, std::uint16_t b) { return delays[a] < delays[b]; });
        return true;
    }
    const std::int32_t first = *least;
    starts.assign(range + 1, 0);
    for (const std::int32_t delay : delays) {
        ++starts[static_cast<std::size_t>(delay - first) + 1];
    }
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    for (std::size_t k = 0; k < delays.size(); ++k) {
        order[starts[static_cast<std::size_t>(delays[k] - first)]++] =
            static_cast<std::uint16_t>(k);
    }
    return true;
}

/// Rows of one part that are short enough are sorted where they are: nothing is held twice.
static void sort_rows(Layout& layout, const DelaySteps& delays) {
    layout.within = base::Array<std::uint16_t>(layout.stored());
    const std::vector<std::uint32_t>& rows = layout.parts[0].rows;
    std::vector<std::int32_t> own; // delays, then targets, of a row
    std::vector<std::uint16_t> order;
    std::vector<std::uint32_t> starts;
    bool moved = false;
    for (std::size_t s = 0; s + 1 < rows.size(); ++s) {
        const std::size_t size = rows[s + 1] - rows[s];
        order.resize(size);
        own.resize(size);
        for (std::size_t k = 0; k < size; ++k) {
            own[k] = delays[rows[s] + k];
        }
        if (order_by_delay(own, order, starts)) {
            moved = true;
            std::copy_n(layout.post.data() + rows[s], size, own.begin());
            for (std::size_t k = 0; k < size; ++k) {
                layout.post[rows[s] + k] = own[order[k]];
            }
        }
        std::copy(order.begin(), order.end(), layout.within.data() + rows[s]);
    }
    if (moved) {
        layout.first = rows;
    } else {
        layout.within.clear();
    }
    fill_gaps(layout);
}

Layout lay_out(Connectivity connectivity, std::int64_t sources, std::vector<std::int64_t> bounds,
               const DelaySteps& delays) {
    Layout layout;
    layout.bounds = std::move(bounds);
    layout.synapses = connectivity.size();
    layout.parts.resize(layout.bounds.size() - 1);
    if (connectivity.in_rows() && layout.parts.size() == 1 &&
        (delays.empty() || has_short_rows(connectivity.rows().begin))) {
        layout.parts[0].rows = std::move(connectivity.rows().begin);
        layout.parts[0].end = layout.parts[0].rows.back();
        layout.post = std::move(connectivity.rows().targets);
        delays.empty() ? fill_gaps(layout) : sort_rows(layout, delays);
        return layout;
    }
    for (Part& part : layout.parts) {
        part.rows.assign(static_cast<std::size_t>(sources) + 1, 0);
    }
    const std::vector<std::uint16_t> part_of = parts_of(layout.bounds);
    connectivity.for_each([&](std::size_t, std::int32_t source, std::int32_t target) {
        ++layout.parts[part_of[static_cast<std::size_t>(target)]]
              .rows[static_cast<std::size_t>(source)];
    });
    place_rows(layout);
    std::vector<std::vector<std::uint32_t>> next;
    for (const Part& part : layout.parts) {
        next.push_back(part.rows);
    }
    layout.post = base::Array<std::int32_t>(layout.stored());
    layout.creation = base::Array<std::uint32_t>(layout.stored());
    connectivity.for_each([&](std::size_t number, std::int32_t source, std::int32_t target) {
        const std::uint32_t at =
            next[part_of[static_cast<std::size_t>(target)]][static_cast<std::size_t>(source)]++;
        layout.post[at] = target;
        layout.creation[at] = static_cast<std::uint32_t>(number);
    });
    if (!delays.empty()) {
        RowSorter sorter(layout, delays);
        for (const Part& part : layout.parts) {
            for (std::size_t s = 0; s + 1 < part.rows.size(); ++s) {
                sorter.sort(part.rows[s], part.rows[s + 1]);
            }
        }
    }
    const bool in_rows = connectivity.in_rows();
    std::vector<std::uint32_t> first =
        in_rows ? std::move(connectivity.rows().begin) : std::vector<std::uint32_t>();
    connectivity = {}; // its room is needed for what comes
    bool identity = layout.stored() == layout.synapses;
    for (std::uint32_t at = 0; identity && at < layout.stored(); ++at) {
        identity = layout.creation[at] == at;
    }
    if (identity) {
        layout.creation.clear();
    } else if (in_rows) {
        count_within_sources(layout, std::move(first));
    }
    fill_gaps(layout);
    return layout;
}

std::int32_t Layout::source_of(std::uint32_t place) const {
    std::size_t p = 0;
    while (p + 1 < parts.size() && place >= parts[p + 1].begin) {
        ++p;
    }
    const std::vector<std::uint32_t>& rows = parts[p].rows;
    const auto next = std::upper_bound(rows.begin(), rows.end() - 1, place);
    return static_cast<std::int32_t>(next - rows.begin()) - 1;
}

void Layout::numbers(std::uint32_t first, std::span<std::uint32_t> found,
                     std::uint32_t none) const {
    std::size_t p = 0;
    std::size_t s = 0;
    for (std::size_t k = 0; k < found.size(); ++k) {
        const auto place = static_cast<std::uint32_t>(first + k);
        while (p + 1 < parts.size() && place >= parts[p + 1].begin) {
            ++p;
            s = 0;
        }
        const Part& part = parts[p];
        if (part.begin == part.end) {
            found[k] = none;
            continue;
        }
        const std::uint32_t here = std::min(place, part.end - 1);
        if (s == 0) {
            s = static_cast<std::size_t>(
                std::upper_bound(part.rows.begin(), part.rows.end() - 1, here) - part.rows.begin() -
                1);
        }
        while (part.rows[s + 1] <= here) {
            ++s;
        }
        found[k] = number(here, static_cast<std::int32_t>(s));
    }
}

Connectivity take_apart(Layout layout) {
    if (layout.parts.empty()) {
        return {};
    }
    if (!layout.sorted()) {
        return Connectivity(connect::Rows{std::move(layout.parts[0].rows), std::move(layout.post)});
    }
    if (!layout.within.empty()) {
        base::Array<std::int32_t> targets(layout.synapses);
        layout.for_each([&](std::uint32_t at, std::int32_t source) {
            targets[layout.number(at, source)] = layout.post[at];
        });
        return Connectivity(connect::Rows{std::move(layout.first), std::move(targets)});
    }
    base::Array<std::int32_t> sources(layout.synapses);
    base::Array<std::int32_t> targets(layout.synapses);
    layout.for_each([&](std::uint32_t at, std::int32_t source) {
        sources[layout.creation[at]] = source;
        targets[layout.creation[at]] = layout.post[at];
    });
    return {std::move(sources), std::move(targets)};
}

std::vector<std::uint32_t> places_of(const Layout& layout) {
    std::vector<std::uint32_t> places(layout.synapses);
    layout.for_each(
        [&](std::uint32_t at, std::int32_t source) { places[layout.number(at, source)] = at; });
    return places;
}

} // namespace hodg::synapse
