// SPDX-License-Identifier: MIT
// A simulation as characters in a terminal and as comma-separated values.
#include "cli/figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hhc::cli {
namespace {

constexpr std::size_t columns = 72;
constexpr std::size_t rows = 16;
using Canvas = std::vector<std::string>;

std::size_t column_of(double time, double duration) {
    const double place = duration > 0 ? time / duration * static_cast<double>(columns) : 0;
    return std::min(columns - 1, static_cast<std::size_t>(std::max(place, 0.0)));
}

void draw_trace(Canvas& canvas, const Figure& figure, const Trace& trace, double low, double high) {
    for (std::size_t k = 0; k < trace.values.size(); ++k) {
        if (std::isfinite(trace.values[k])) {
            const double place = (trace.values[k] - low) / (high - low);
            const auto row = static_cast<std::size_t>(
                std::lround((1.0 - place) * static_cast<double>(rows - 1)));
            canvas[std::min(row, rows - 1)][column_of(figure.times[k], figure.duration)] = '*';
        }
    }
}

std::string framed(const Canvas& canvas, const std::string& high, const std::string& low,
                   double duration) {
    const std::size_t margin = std::max(high.size(), low.size());
    std::string text;
    for (std::size_t r = 0; r < rows; ++r) {
        const std::string label = r == 0 ? high : r + 1 == rows ? low : "";
        text += fmt::format("{:>{}} |{}\n", label, margin, canvas[r]);
    }
    text += fmt::format("{:>{}} +{}\n", "", margin, std::string(columns, '-'));
    const std::string end = fmt::format("{:g} ms", duration * 1e3);
    return text + fmt::format("{:>{}}  0{:>{}}\n", "", margin, end, columns - 1);
}

} // namespace

std::string to_text(const Figure& figure) {
    Canvas canvas(rows, std::string(columns, ' '));
    if (figure.panels.empty()) {
        const double last = static_cast<double>(std::max<std::int64_t>(figure.entities, 2) - 1);
        for (std::size_t k = 0; k < figure.spike_times.size(); ++k) {
            const double place = figure.spike_indices[k] / last;
            const auto row = static_cast<std::size_t>(
                std::lround((1.0 - place) * static_cast<double>(rows - 1)));
            canvas[row][column_of(figure.spike_times[k], figure.duration)] = '|';
        }
        return "neuron\n" +
               framed(canvas, fmt::format("{}", figure.entities - 1), "0", figure.duration);
    }
    const Panel& panel = figure.panels.front();
    double low = INFINITY;
    double high = -INFINITY;
    for (const Trace& trace : panel.traces) {
        for (const double value : trace.values) {
            if (std::isfinite(value)) {
                low = std::min(low, value);
                high = std::max(high, value);
            }
        }
    }
    if (!(low < high)) {
        low = std::isfinite(low) ? low - 1 : -1;
        high = low + 2;
    }
    for (const Trace& trace : panel.traces) {
        draw_trace(canvas, figure, trace, low, high);
    }
    const std::string head =
        panel.unit == "1" ? panel.title : fmt::format("{} ({})", panel.title, panel.unit);
    return head + "\n" +
           framed(canvas, fmt::format("{:.4g}", high), fmt::format("{:.4g}", low), figure.duration);
}

std::string to_csv(const Figure& figure) {
    std::string text = "t (s)";
    for (const Panel& panel : figure.panels) {
        for (const Trace& trace : panel.traces) {
            text += panel.unit == "1" ? fmt::format(",{}", trace.label)
                                      : fmt::format(",{} ({})", trace.label, panel.unit);
        }
    }
    text += '\n';
    for (std::size_t k = 0; k < figure.times.size(); ++k) {
        text += fmt::format("{}", figure.times[k]);
        for (const Panel& panel : figure.panels) {
            for (const Trace& trace : panel.traces) {
                text += fmt::format(",{}", trace.values[k]);
            }
        }
        text += '\n';
    }
    return text;
}

std::string spikes_to_csv(const Figure& figure) {
    std::string text = "t (s),neuron\n";
    for (std::size_t k = 0; k < figure.spike_times.size(); ++k) {
        text += fmt::format("{},{}\n", figure.spike_times[k], figure.spike_indices[k]);
    }
    return text;
}

} // namespace hhc::cli
