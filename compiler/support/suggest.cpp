// SPDX-License-Identifier: MIT
#include "support/suggest.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace hhc {
namespace {

std::size_t replace_cost(char a, char b) {
    if (a == b) {
        return 0;
    }
    const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
    return lower(a) == lower(b) ? 1 : 2;
}

bool same_but_for_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return replace_cost(x, y) < 2;
           });
}

} // namespace

std::size_t spelling_distance(std::string_view a, std::string_view b) {
    const std::size_t width = b.size() + 1;
    std::vector<std::size_t> rows((a.size() + 1) * width);
    const auto at = [&](std::size_t i, std::size_t j) -> std::size_t& {
        return rows[i * width + j];
    };
    for (std::size_t i = 0; i <= a.size(); ++i) {
        at(i, 0) = 2 * i;
    }
    for (std::size_t j = 0; j <= b.size(); ++j) {
        at(0, j) = 2 * j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            std::size_t best = at(i - 1, j - 1) + replace_cost(a[i - 1], b[j - 1]);
            best = std::min({best, at(i - 1, j) + 2, at(i, j - 1) + 2});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                best = std::min(best, at(i - 2, j - 2) + 2);
            }
            at(i, j) = best;
        }
    }
    return at(a.size(), b.size());
}

std::vector<std::string> nearest_names(std::string_view name,
                                       const std::vector<std::string>& candidates,
                                       std::size_t count) {
    constexpr std::size_t longest = 64; // nobody misspells more than that by a letter or two
    if (name.size() > longest) {
        return {};
    }
    const std::size_t reach = name.size() <= 2 ? 2 : 2 * std::max<std::size_t>(1, name.size() / 3);
    std::vector<std::pair<std::size_t, std::string>> found;
    for (const std::string& candidate : candidates) {
        const std::size_t distance = spelling_distance(name, candidate);
        if (candidate != name && distance <= name.size() && same_but_for_case(name, candidate)) {
            found.emplace_back(1, candidate);
            continue;
        }
        const bool shares = distance <= 1 || distance < 2 * std::min(name.size(), candidate.size());
        if (candidate != name && distance <= reach && shares) {
            found.emplace_back(distance, candidate);
        }
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> names;
    for (const auto& [distance, candidate] : found) {
        if (names.size() < count && distance <= found.front().first + 1) {
            names.push_back(candidate);
        }
    }
    return names;
}

std::string did_you_mean(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        text += i == 0 ? "did you mean " : (i + 1 == names.size() ? " or " : ", ");
        text += "`" + names[i] + "`";
    }
    return text.empty() ? text : text + "?";
}

} // namespace hhc
