// SPDX-License-Identifier: MIT
#include "base/fail.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace hodg {

static std::string full_text(const std::string& code, const std::string& message,
                             const std::string& hint) {
    return hint.empty() ? fmt::format("{}: {}", code, message)
                        : fmt::format("{}: {} ({})", code, message, hint);
}

Error::Error(std::string code, std::string message, std::string hint)
    : std::runtime_error(full_text(code, message, hint)), code_(std::move(code)),
      message_(std::move(message)), hint_(std::move(hint)) {}

SimulationError::SimulationError(std::string code, std::string message, std::string hint,
                                 Fault fault)
    : Error(std::move(code), std::move(message), std::move(hint)), fault_(std::move(fault)) {}

NeedsPerEntity::NeedsPerEntity(std::string variable, std::string message)
    : Error(base::code_text(base::Code::OneValueOnly), std::move(message),
            "compile the model with this parameter per entity"),
      variable_(std::move(variable)) {}

} // namespace hodg

namespace hodg::base {

const char* code_text(Code code) {
#define HHC_CODE(name, text, severity, headline)                                                   \
    case Code::name:                                                                               \
        return text;
    switch (code) {
#include "hodg/codes.def"
    }
#undef HHC_CODE
    return "HH9001";
}

void fail(Code code, std::string message, std::string hint) {
    throw Error(code_text(code), std::move(message), std::move(hint));
}

/// Number of single-character edits, swaps of neighbours included.
static std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        last[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t swap_or_keep = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, swap_or_keep});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

std::string suggest(std::string_view wrong, std::span<const std::string> choices) {
    const std::string* best = nullptr;
    std::size_t best_distance = std::max<std::size_t>(1, wrong.size() / 3) + 1;
    for (const std::string& choice : choices) {
        const std::size_t distance = edit_distance(wrong, choice);
        if (distance < best_distance) {
            best_distance = distance;
            best = &choice;
        }
    }
    if (best != nullptr) {
        return fmt::format("did you mean `{}`?", *best);
    }
    if (choices.empty()) {
        return {};
    }
    constexpr std::size_t listed = 12;
    const auto first = choices.first(std::min(listed, choices.size()));
    return fmt::format("there are: {}{}", fmt::join(first, ", "),
                       choices.size() > listed ? ", ..." : "");
}

} // namespace hodg::base
