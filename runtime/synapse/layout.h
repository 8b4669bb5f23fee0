// SPDX-License-Identifier: MIT
// Where synapses are stored: sorted by the part of the targets that a thread owns, then source,
// delay, and number. So what a spike reaches is one piece of memory for each thread and delay.
#pragma once

#include "base/array.h"
#include "synapse/connectivity.h"

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace hodg::synapse {

/// The synapses of one part of the targets, stored one after the other.
struct Part {
    std::uint32_t begin = 0; // a multiple of HHK_BLOCK
    std::uint32_t end = 0;
    std::vector<std::uint32_t> rows; // per source, and one more: where its synapses begin
};

struct Layout {
    std::vector<Part> parts;
    base::Array<std::int32_t> post;      // target of each stored synapse
    base::Array<std::uint32_t> creation; // number of each, unless `within` or the place says it
    base::Array<std::uint16_t> within;   // or number of each among those of its source
    std::vector<std::uint32_t> first;    // with `within`: where the numbers of each source begin
    std::vector<std::int64_t> bounds;    // targets [bounds[p], bounds[p + 1]) are of part p
    std::size_t synapses = 0;

    /// Places, gaps between parts included.
    [[nodiscard]] std::uint32_t stored() const { return parts.empty() ? 0 : parts.back().end; }
    /// Numbers are not places.
    [[nodiscard]] bool sorted() const { return !creation.empty() || !within.empty(); }
    [[nodiscard]] std::uint32_t number(std::uint32_t place, std::int32_t source) const {
        if (!within.empty()) {
            return first[static_cast<std::size_t>(source)] + within[place];
        }
        return creation.empty() ? place : creation[place];
    }
    /// Without the source, which then has to be looked for.
    [[nodiscard]] std::uint32_t number(std::uint32_t place) const {
        return number(place, within.empty() ? 0 : source_of(place));
    }
    [[nodiscard]] std::int32_t source_of(std::uint32_t place) const;
    /// Numbers of the places from `first` on; in a gap, that of the last synapse before it, or
    /// `none` where there is none.
    void numbers(std::uint32_t first, std::span<std::uint32_t> found, std::uint32_t none) const;
    [[nodiscard]] std::size_t bytes() const {
        return post.bytes() + creation.bytes() + within.bytes();
    }
    /// visit(place, source) for every synapse as it is stored.
    template <class Visit> void for_each(const Visit& visit) const {
        for (const Part& part : parts) {
            for (std::size_t s = 0; s + 1 < part.rows.size(); ++s) {
                for (std::uint32_t at = part.rows[s]; at < part.rows[s + 1]; ++at) {
                    visit(at, static_cast<std::int32_t>(s));
                }
            }
        }
    }
};

/// Steps of delay of each synapse in order of numbers; empty where all have the same. Two bytes
/// each while they fit.
class DelaySteps {
public:
    DelaySteps() = default;
    DelaySteps(std::size_t size, std::int64_t longest) {
        if (longest <= std::numeric_limits<std::uint16_t>::max()) {
            narrow_ = base::Array<std::uint16_t>(size);
        } else {
            wide_ = base::Array<std::int32_t>(size);
        }
    }
    [[nodiscard]] std::size_t size() const { return narrow_.size() + wide_.size(); }
    [[nodiscard]] bool empty() const { return size() == 0; }
    [[nodiscard]] std::size_t bytes() const { return narrow_.bytes() + wide_.bytes(); }
    [[nodiscard]] std::int32_t operator[](std::size_t number) const {
        return wide_.empty() ? narrow_[number] : wide_[number];
    }
    void set(std::size_t number, std::int64_t steps) {
        if (wide_.empty()) {
            narrow_[number] = static_cast<std::uint16_t>(steps);
        } else {
            wide_[number] = static_cast<std::int32_t>(steps);
        }
    }
    void clear() {
        narrow_.clear();
        wide_.clear();
    }

private:
    base::Array<std::uint16_t> narrow_;
    base::Array<std::int32_t> wide_;
};

/// Consumes `connectivity`.
[[nodiscard]] Layout lay_out(Connectivity connectivity, std::int64_t sources,
                             std::vector<std::int64_t> bounds, const DelaySteps& delays);

/// The way back: consumes the layout.
[[nodiscard]] Connectivity take_apart(Layout layout);

/// Place of each number.
[[nodiscard]] std::vector<std::uint32_t> places_of(const Layout& layout);

} // namespace hodg::synapse
