// SPDX-License-Identifier: MIT
#include "codegen/prelude_text.h"

#include <algorithm>
#include <cctype>
#include <unordered_map>
#include <vector>

namespace hhc::codegen {

namespace {

bool is_name_char(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Calls visit(name) for every hhk_ name in the text.
template <class Visit> void for_each_name(std::string_view text, Visit visit) {
    for (std::size_t at = text.find("hhk_"); at != std::string_view::npos;) {
        std::size_t end = at;
        while (end < text.size() && is_name_char(text[end])) {
            ++end;
        }
        if (at == 0 || !is_name_char(text[at - 1])) {
            visit(text.substr(at, end - at));
        }
        at = text.find("hhk_", end);
    }
}

/// Where each name is first written, and which earlier sections each section needs. A name is
/// defined before it is used, so its first place is its definition.
struct Index {
    std::unordered_map<std::string_view, std::size_t> section_of;
    std::vector<std::vector<bool>> needs;

    Index() {
        const auto sections = prelude_sections();
        needs.resize(sections.size());
        for (std::size_t i = 0; i < sections.size(); ++i) {
            needs[i].resize(sections.size());
            needs[i][0] = true;
            for_each_name(sections[i].text, [&](std::string_view name) {
                needs[i][section_of.try_emplace(name, i).first->second] = true;
            });
        }
    }
};

const Index& index() {
    static const Index instance;
    return instance;
}

} // namespace

std::string_view prelude_text() {
    static const std::string whole = [] {
        std::string text;
        for (const PreludeSection& section : prelude_sections()) {
            text += section.text;
        }
        return text;
    }();
    return whole;
}

std::string prelude_text(std::span<const std::string_view> functions) {
    const auto sections = prelude_sections();
    std::vector<bool> wanted(sections.size());
    wanted[0] = true;
    for (const std::string_view function : functions) {
        const auto found = index().section_of.find(function);
        if (found != index().section_of.end()) {
            wanted[found->second] = true;
        }
    }
    for (std::size_t i = sections.size(); i-- > 0;) {
        for (std::size_t j = 0; wanted[i] && j < i; ++j) {
            wanted[j] = wanted[j] || index().needs[i][j];
        }
    }
    std::string text;
    for (std::size_t i = 0; i < sections.size(); ++i) {
        if (wanted[i]) {
            text += sections[i].text;
        }
    }
    return text;
}

} // namespace hhc::codegen
