// SPDX-License-Identifier: MIT
// What a simulation gave, as a picture and as a table: traces over time and spikes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hhc::cli {

struct Trace {
    std::string label;          // "v[3]"
    std::vector<double> values; // one per time
};

/// Traces that share a y axis.
struct Panel {
    std::string title; // "v"
    std::string unit;  // "mV", "1": none
    std::vector<Trace> traces;
};

struct Figure {
    std::string title;
    double duration = 0;       // seconds
    std::vector<double> times; // seconds
    std::vector<Panel> panels;
    std::vector<double> spike_times; // seconds
    std::vector<std::int32_t> spike_indices;
    std::int64_t entities = 0;
    bool raster = false;
};

[[nodiscard]] std::string to_svg(const Figure& figure);
/// Characters for a terminal: the first panel, or the raster.
[[nodiscard]] std::string to_text(const Figure& figure);
/// "t (s),v[0] (mV),..." and one line per time.
[[nodiscard]] std::string to_csv(const Figure& figure);
[[nodiscard]] std::string spikes_to_csv(const Figure& figure);

/// Round numbers from `low` to `high`, about `count` of them, ascending.
[[nodiscard]] std::vector<double> ticks(double low, double high, int count);

} // namespace hhc::cli
