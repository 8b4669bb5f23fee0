// SPDX-License-Identifier: MIT
#include "diag/explanations.h"

#include "support/suggest.h"

#include <fmt/format.h>

namespace hhc::diag {
namespace {

std::string indented(std::string_view text) {
    std::string result;
    bool start = true;
    for (const char c : text) {
        result += start && c != '\n' ? "    " : "";
        result += c;
        start = c == '\n';
    }
    return result;
}

const CodeInfo* find_code(std::string_view code) {
    for (const CodeInfo& row : explained_codes()) {
        if (row.code == code) {
            return &row;
        }
    }
    return nullptr;
}

std::string_view severity_word(Severity severity) {
    return severity == Severity::Error     ? "error"
           : severity == Severity::Warning ? "warning"
                                           : "note";
}

} // namespace

const std::vector<CodeInfo>& explained_codes() {
    static const std::vector<CodeInfo> table = {
#define HHC_CODE(name, code, severity, headline) {#name, code, Severity::severity, headline},
#include "diag/codes.def"

#include "hodg/codes.def"
#undef HHC_CODE
    };
    return table;
}

const std::vector<Explanation>& all_explanations() {
    static const std::vector<Explanation> table = {
#define HHC_EXPLAIN(code, text, bad, good) {code, text, bad, good},
#include "diag/explanations/hh1.def"
#include "diag/explanations/hh2.def"
#include "diag/explanations/hh3.def"
#include "diag/explanations/hh4.def"
#include "diag/explanations/hh5.def"
#include "diag/explanations/hh6.def"
#include "diag/explanations/hh8.def"
#include "diag/explanations/hh9.def"
#undef HHC_EXPLAIN
    };
    return table;
}

std::string explain(std::string_view code) {
    const CodeInfo* row = find_code(code);
    if (row == nullptr) {
        std::vector<std::string> codes;
        for (const CodeInfo& known : explained_codes()) {
            codes.emplace_back(known.code);
        }
        const std::string hint = did_you_mean(nearest_names(code, codes));
        return fmt::format("{} is no code of this compiler{}\n", code,
                           hint.empty() ? "" : "; " + hint);
    }
    std::string page =
        fmt::format("{} ({}): {}\n", row->code, severity_word(row->severity), row->headline);
    for (const Explanation& explanation : all_explanations()) {
        if (explanation.code != code) {
            continue;
        }
        page += fmt::format("\n{}\n", explanation.text);
        if (!explanation.bad.empty()) {
            page += fmt::format("\nWrong:\n\n{}\n", indented(explanation.bad));
        }
        if (!explanation.good.empty()) {
            page += fmt::format("\nRight:\n\n{}\n", indented(explanation.good));
        }
    }
    return page;
}

} // namespace hhc::diag
