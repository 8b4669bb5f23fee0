// SPDX-License-Identifier: MIT
#include "codegen/prelude_text.h"

#include "codegen/embedded_text.h"

#include <unordered_map>
#include <vector>

namespace hhc::codegen {

namespace {

constexpr std::string_view prefix = "hhk_";

bool is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Calls visit(name, depth, next) for every hhk_ name: how deep in brackets of any kind it stands,
/// and the first character after it that is not blank.
template <class Visit> void for_each_name(std::string_view text, Visit visit) {
    int depth = 0;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (!is_name_char(c)) {
            depth += (c == '(' || c == '{' || c == '[') - (c == ')' || c == '}' || c == ']');
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < text.size() && is_name_char(text[end])) {
            ++end;
        }
        const std::string_view name = text.substr(at, end - at);
        if (name.starts_with(prefix)) {
            const std::size_t next = text.find_first_not_of(" \n", end);
            visit(name, depth, next < text.size() ? text[next] : ' ');
        }
        at = end;
    }
}

/// Outside all brackets a name is being defined when it is followed by its parameters, its value or
/// its body; a type that begins a declaration is followed by another name or `::`.
bool defines(int depth, char next) {
    return depth == 0 && std::string_view("(={[;_").find(next) != std::string_view::npos;
}

bool is_left_out(std::string_view name, const PreludeUse& use) {
    return (!use.float32 && name.ends_with("_f32")) || (!use.fast && name.starts_with("hhk_fast_"));
}

/// The units of the prelude and of the support in order, and what each one needs.
class Units {
public:
    Units() {
        for (const PreludeSection& section : prelude_sections()) {
            split(section.text);
        }
        split(kernel_support_text());
        for (std::size_t i = 0; i < units_.size(); ++i) {
            for_each_name(units_[i].text, [&](std::string_view name, int depth, char next) {
                if (defines(depth, next)) {
                    definitions_[name].push_back(i);
                }
            });
        }
    }

    /// Marks the units that define the name, and those that these need.
    void mark(std::string_view name, const PreludeUse& use, std::vector<bool>& wanted) const {
        std::vector<std::string_view> open{name};
        while (!open.empty()) {
            const std::string_view next = open.back();
            open.pop_back();
            const auto found = definitions_.find(next);
            if (found == definitions_.end() || is_left_out(next, use)) {
                continue;
            }
            for (const std::size_t i : found->second) {
                if (!wanted[i]) {
                    wanted[i] = true;
                    open.insert(open.end(), units_[i].names.begin(), units_[i].names.end());
                }
            }
        }
    }

    [[nodiscard]] std::size_t size() const { return units_.size(); }

    /// Units without a name (macros, pragmas) are always needed.
    [[nodiscard]] std::string text(const std::vector<bool>& wanted) const {
        std::string result;
        for (std::size_t i = 0; i < units_.size(); ++i) {
            if (wanted[i] || units_[i].names.empty()) {
                result += units_[i].text;
            }
        }
        return result;
    }

private:
    struct Unit {
        std::string_view text;
        std::vector<std::string_view> names;
    };

    void split(std::string_view text) {
        while (!text.empty()) {
            const std::size_t blank = text.find("\n\n");
            const std::size_t length = blank == std::string_view::npos ? text.size() : blank + 1;
            Unit unit{text.substr(0, length), {}};
            for_each_name(unit.text,
                          [&](std::string_view name, int, char) { unit.names.push_back(name); });
            units_.push_back(std::move(unit));
            text.remove_prefix(blank == std::string_view::npos ? length : length + 1);
        }
    }

    std::vector<Unit> units_;
    std::unordered_map<std::string_view, std::vector<std::size_t>> definitions_;
};

const Units& units() {
    static const Units instance;
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

std::string prelude_text(std::span<const std::string_view> names, const PreludeUse& use) {
    std::vector<bool> wanted(units().size());
    for (const std::string_view name : names) {
        units().mark(name, use, wanted);
    }
    return units().text(wanted);
}

std::string prelude_text_for(std::string_view code) {
    std::vector<bool> wanted(units().size());
    for_each_name(code, [&](std::string_view name, int, char) { units().mark(name, {}, wanted); });
    return units().text(wanted);
}

} // namespace hhc::codegen
