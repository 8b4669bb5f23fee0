// SPDX-License-Identifier: MIT
#include "cli/unified_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace hhc::cli {
namespace {

constexpr std::size_t context_lines = 3;

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return lines;
}

/// One line of the script that turns one text into the other.
struct Edit {
    char kind; // ' ', '-', '+'
    std::string_view line;
};

/// Furthest points of each diagonal, one vector per number of changes.
std::vector<std::vector<std::ptrdiff_t>> search(const Lines& a, const Lines& b) {
    const auto n = static_cast<std::ptrdiff_t>(a.size());
    const auto m = static_cast<std::ptrdiff_t>(b.size());
    const std::ptrdiff_t most = n + m;
    std::vector<std::ptrdiff_t> reach(2 * static_cast<std::size_t>(most) + 2, 0);
    const auto at = [&](std::ptrdiff_t k) -> std::ptrdiff_t& {
        return reach[static_cast<std::size_t>(k + most)];
    };
    std::vector<std::vector<std::ptrdiff_t>> history;
    for (std::ptrdiff_t changes = 0; changes <= most; ++changes) {
        history.push_back(reach);
        for (std::ptrdiff_t k = -changes; k <= changes; k += 2) {
            const bool down = k == -changes || (k != changes && at(k - 1) < at(k + 1));
            std::ptrdiff_t x = down ? at(k + 1) : at(k - 1) + 1;
            std::ptrdiff_t y = x - k;
            while (x < n && y < m &&
                   a[static_cast<std::size_t>(x)] == b[static_cast<std::size_t>(y)]) {
                ++x;
                ++y;
            }
            at(k) = x;
            if (x >= n && y >= m) {
                return history;
            }
        }
    }
    return history;
}

std::vector<Edit> edits(const Lines& a, const Lines& b) {
    const auto history = search(a, b);
    auto x = static_cast<std::ptrdiff_t>(a.size());
    auto y = static_cast<std::ptrdiff_t>(b.size());
    const std::ptrdiff_t most = x + y;
    std::vector<Edit> made;
    const auto keep = [&] {
        --x;
        --y;
        made.push_back({' ', a[static_cast<std::size_t>(x)]});
    };
    for (auto changes = static_cast<std::ptrdiff_t>(history.size()) - 1; changes > 0; --changes) {
        const auto& reach = history[static_cast<std::size_t>(changes)];
        const auto at = [&](std::ptrdiff_t k) { return reach[static_cast<std::size_t>(k + most)]; };
        const std::ptrdiff_t k = x - y;
        const bool down = k == -changes || (k != changes && at(k - 1) < at(k + 1));
        const std::ptrdiff_t from = down ? at(k + 1) : at(k - 1);
        while (x > from + (down ? 0 : 1) && y > 0) {
            keep();
        }
        if (down) {
            --y;
            made.push_back({'+', b[static_cast<std::size_t>(y)]});
        } else {
            --x;
            made.push_back({'-', a[static_cast<std::size_t>(x)]});
        }
    }
    while (x > 0 && y > 0) {
        keep();
    }
    std::reverse(made.begin(), made.end());
    return made;
}

struct Hunk {
    std::size_t begin = 0;
    std::size_t end = 0; // in the edits
};

std::vector<Hunk> hunks_of(const std::vector<Edit>& script) {
    std::vector<Hunk> hunks;
    for (std::size_t i = 0; i < script.size(); ++i) {
        if (script[i].kind == ' ') {
            continue;
        }
        const std::size_t begin = i - std::min(i, context_lines);
        const std::size_t end = std::min(script.size(), i + 1 + context_lines);
        if (!hunks.empty() && begin <= hunks.back().end) {
            hunks.back().end = end;
        } else {
            hunks.push_back({begin, end});
        }
    }
    return hunks;
}

} // namespace

std::string unified_diff(std::string_view name, std::string_view before, std::string_view after) {
    const std::vector<Edit> script = edits(lines_of(before), lines_of(after));
    const std::vector<Hunk> hunks = hunks_of(script);
    if (hunks.empty()) {
        return {};
    }
    std::string result = fmt::format("--- {}\n+++ {} (formatted)\n", name, name);
    std::size_t old_line = 1;
    std::size_t new_line = 1;
    std::size_t at = 0;
    for (const Hunk& hunk : hunks) {
        for (; at < hunk.begin; ++at) {
            ++old_line;
            ++new_line;
        }
        std::string lines;
        const std::size_t old_start = old_line;
        const std::size_t new_start = new_line;
        for (; at < hunk.end; ++at) {
            old_line += script[at].kind != '+' ? 1 : 0;
            new_line += script[at].kind != '-' ? 1 : 0;
            lines += script[at].kind;
            lines += script[at].line;
            lines += script[at].line.ends_with('\n') ? "" : "\n\\ No newline at end of file\n";
        }
        const std::size_t old_count = old_line - old_start;
        const std::size_t new_count = new_line - new_start;
        result += fmt::format("@@ -{},{} +{},{} @@\n{}", old_start - (old_count == 0 ? 1 : 0),
                              old_count, new_start - (new_count == 0 ? 1 : 0), new_count, lines);
    }
    return result;
}

} // namespace hhc::cli
