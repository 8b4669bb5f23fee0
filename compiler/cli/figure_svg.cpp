// SPDX-License-Identifier: MIT
// Scalable pictures: one panel under another over a common time axis. A trace has at most two
// points per pixel column, its lowest and highest, so that a long run stays a small file.
#include "cli/figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace hhc::cli {
namespace {

constexpr double width = 820;
constexpr double left = 78;
constexpr double right = 24;
constexpr double panel_height = 190;
constexpr double raster_height = 150;
constexpr double gap = 26;
constexpr double top = 44;
constexpr double bottom = 52;
constexpr std::array colours = {"#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e",
                                "#17becf", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22"};

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '&':
            result += "&amp;";
            break;
        case '"':
            result += "&quot;";
            break;
        default:
            result += c;
        }
    }
    return result;
}

struct Axis {
    double low = 0;
    double high = 1;
    double from = 0; // pixels
    double to = 1;

    [[nodiscard]] double operator()(double value) const {
        return from + (value - low) / (high - low) * (to - from);
    }
};

/// Range of the finite values with a margin; something sensible where there is none.
Axis value_axis(const Panel& panel, double from, double to) {
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
    if (!(low <= high)) {
        low = 0;
        high = 1;
    }
    if (high - low < 1e-12 * std::max(std::abs(low), std::abs(high)) || high == low) {
        const double half = low == 0 ? 1.0 : 0.1 * std::abs(low);
        low -= half;
        high += half;
    }
    const double margin = 0.05 * (high - low);
    return {low - margin, high + margin, from, to};
}

std::string tick_text(double value, double step) {
    const double clean = std::abs(value) < 1e-9 * step ? 0.0 : value;
    return fmt::format("{:.6g}", clean);
}

class Svg {
public:
    explicit Svg(const Figure& figure) : figure_(figure) {}

    std::string draw();

private:
    void frame(double y, double height, std::string_view name);
    void time_axis(double y, double height, bool labelled);
    void panel(const Panel& panel, double y, bool is_last);
    void trace(const Trace& trace, const Axis& y, const char* colour);
    void legend(const Panel& panel, double y);
    void raster(double y, bool is_last);
    void text(double x, double y, std::string_view anchor, std::string_view what,
              std::string_view more = {}) {
        out_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x,
                            y, anchor, more, escaped(what));
    }

    const Figure& figure_;
    Axis time_;
    double time_scale_ = 1e3; // axis in ms
    std::string out_;
};

void Svg::frame(double y, double height, std::string_view name) {
    out_ += fmt::format("<rect x=\"{}\" y=\"{:.1f}\" width=\"{}\" height=\"{:.1f}\" fill=\"none\" "
                        "stroke=\"#333\"/>\n",
                        left, y, width - left - right, height);
    const double middle = y + height / 2;
    text(18, middle, "middle", name, fmt::format(" transform=\"rotate(-90 18 {:.1f})\"", middle));
}

void Svg::time_axis(double y, double height, bool labelled) {
    const std::vector<double> marks = ticks(time_.low, time_.high, 8);
    const double step = marks.size() > 1 ? marks[1] - marks[0] : 1;
    for (const double mark : marks) {
        const double x = time_(mark);
        out_ += fmt::format("<line x1=\"{0:.1f}\" y1=\"{1:.1f}\" x2=\"{0:.1f}\" y2=\"{2:.1f}\" "
                            "stroke=\"#ddd\"/>\n",
                            x, y, y + height);
        if (labelled) {
            text(x, y + height + 17, "middle", tick_text(mark, step));
        }
    }
    if (labelled) {
        text((left + width - right) / 2, y + height + 38, "middle",
             time_scale_ == 1 ? "time (s)" : "time (ms)");
    }
}

void Svg::trace(const Trace& trace, const Axis& y, const char* colour) {
    std::string points;
    bool open = false;
    const auto add = [&](std::size_t k) {
        points += fmt::format("{}{:.1f} {:.1f}", open ? "L" : "M",
                              time_(figure_.times[k] * time_scale_), y(trace.values[k]));
        open = true;
    };
    const std::size_t count = trace.values.size();
    const auto columns = static_cast<std::size_t>(width - left - right);
    const std::size_t chunk = std::max<std::size_t>(1, count / columns);
    for (std::size_t begin = 0; begin < count; begin += chunk) {
        const std::size_t end = std::min(begin + chunk, count);
        std::size_t low = end;
        std::size_t high = end;
        for (std::size_t k = begin; k < end; ++k) {
            if (std::isfinite(trace.values[k])) {
                low = low == end || trace.values[k] < trace.values[low] ? k : low;
                high = high == end || trace.values[k] > trace.values[high] ? k : high;
            }
        }
        if (low == end) {
            open = false; // a hole where the values are not finite
            continue;
        }
        add(std::min(low, high));
        if (low != high) {
            add(std::max(low, high));
        }
    }
    out_ += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.2\" "
                        "stroke-linejoin=\"round\"/>\n",
                        points, colour);
}

void Svg::legend(const Panel& panel, double y) {
    double x = width - right;
    for (std::size_t k = std::min(panel.traces.size(), colours.size()); k-- > 0;) {
        const std::string& label = panel.traces[k].label;
        text(x, y - 6, "end", label, fmt::format(" fill=\"{}\"", colours[k]));
        x -= 7.0 * static_cast<double>(label.size()) + 10;
    }
}

void Svg::panel(const Panel& panel, double y, bool is_last) {
    const Axis axis = value_axis(panel, y + panel_height, y);
    time_axis(y, panel_height, is_last);
    const std::vector<double> marks = ticks(axis.low, axis.high, 7);
    const double step = marks.size() > 1 ? marks[1] - marks[0] : 1;
    for (const double mark : marks) {
        out_ += fmt::format("<line x1=\"{0}\" y1=\"{1:.1f}\" x2=\"{2}\" y2=\"{1:.1f}\" "
                            "stroke=\"#ddd\"/>\n",
                            left, axis(mark), width - right);
        text(left - 7, axis(mark) + 4, "end", tick_text(mark, step));
    }
    for (std::size_t k = 0; k < panel.traces.size(); ++k) {
        trace(panel.traces[k], axis, colours[k % colours.size()]);
    }
    if (panel.traces.size() > 1) {
        legend(panel, y);
    }
    frame(y, panel_height,
          panel.unit == "1" ? panel.title : fmt::format("{} ({})", panel.title, panel.unit));
}

void Svg::raster(double y, bool is_last) {
    time_axis(y, raster_height, is_last);
    const double last = static_cast<double>(std::max<std::int64_t>(figure_.entities, 2) - 1);
    const Axis axis{-0.02 * last - 0.5, 1.02 * last + 0.5, y + raster_height, y};
    const double size = std::clamp(raster_height / static_cast<double>(figure_.entities), 0.8, 3.0);
    std::string dots;
    for (std::size_t k = 0; k < figure_.spike_times.size(); ++k) {
        dots += fmt::format("M{:.1f} {:.1f}h0", time_(figure_.spike_times[k] * time_scale_),
                            axis(figure_.spike_indices[k]));
    }
    out_ += fmt::format("<path d=\"{}\" stroke=\"#222\" stroke-width=\"{:.1f}\" "
                        "stroke-linecap=\"round\"/>\n",
                        dots, size);
    for (const double mark : {0.0, last}) {
        if (figure_.entities > 1 || mark == 0) {
            text(left - 7, axis(mark) + 4, "end", fmt::format("{:.0f}", mark));
        }
    }
    frame(y, raster_height, "neuron");
}

std::string Svg::draw() {
    time_scale_ = figure_.duration > 5 ? 1 : 1e3;
    time_ = {0, std::max(figure_.duration * time_scale_, 1e-9), left, width - right};
    const std::size_t panels = figure_.panels.size();
    const std::size_t rows = panels + (figure_.raster ? 1 : 0);
    double height = top + bottom + static_cast<double>(panels) * panel_height +
                    (figure_.raster ? raster_height : 0) +
                    gap * static_cast<double>(rows == 0 ? 0 : rows - 1);
    out_ = fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1:.0f}\" "
                       "width=\"{0}\" height=\"{1:.0f}\" font-family=\"sans-serif\" "
                       "font-size=\"12\" fill=\"#111\">\n<rect width=\"100%\" height=\"100%\" "
                       "fill=\"white\"/>\n",
                       width, height);
    text(left, 22, "start", figure_.title, " font-size=\"14\"");
    double y = top;
    for (std::size_t k = 0; k < panels; ++k) {
        panel(figure_.panels[k], y, k + 1 == rows);
        y += panel_height + gap;
    }
    if (figure_.raster) {
        raster(y, true);
    }
    return out_ + "</svg>\n";
}

} // namespace

std::vector<double> ticks(double low, double high, int count) {
    if (!(high > low) || !std::isfinite(high - low)) {
        return {};
    }
    const double raw = (high - low) / count;
    const double power = std::pow(10.0, std::floor(std::log10(raw)));
    double step = 10 * power;
    for (const double nice : {1.0, 2.0, 5.0}) {
        if (raw <= nice * power) {
            step = nice * power;
            break;
        }
    }
    std::vector<double> result;
    for (double k = std::ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k += 1) {
        result.push_back(k * step);
    }
    return result;
}

std::string to_svg(const Figure& figure) {
    return Svg(figure).draw();
}

} // namespace hhc::cli
