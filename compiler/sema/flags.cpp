// SPDX-License-Identifier: MIT
#include "sema/flags.h"

#include "support/suggest.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace hhc::sema {

namespace {

/// Bits of FlagContext.
enum Where : unsigned {
    OnOde = 1,
    OnSubexpression = 2,
    OnParameter = 4,
    OnInput = 8,
    OnSynapseOde = 16,
    OnSynapseSubexpression = 32,
    OnSynapseParameter = 64,
};
constexpr unsigned OnAnySubexpression = OnSubexpression | OnSynapseSubexpression;
constexpr unsigned OnAnyParameter = OnParameter | OnSynapseParameter;

struct Row {
    std::string_view text;
    unsigned where;
    void (*set)(ReadFlags&);
};

constexpr std::array<Row, 10> rows = {{
    {"constant", OnAnyParameter, [](ReadFlags& f) { f.flags.constant = true; }},
    {"shared", OnAnySubexpression | OnAnyParameter, [](ReadFlags& f) { f.flags.shared = true; }},
    {"constant over dt", OnAnySubexpression, [](ReadFlags& f) { f.constant_over_dt = true; }},
    {"unless refractory", OnOde, [](ReadFlags& f) { f.flags.unless_refractory = true; }},
    {"outward", OnAnySubexpression, [](ReadFlags& f) { f.flags.outward = true; }},
    {"linked", OnParameter, [](ReadFlags& f) { f.linked = true; }},
    {"summed", OnParameter | OnSynapseSubexpression, [](ReadFlags& f) { f.flags.summed = true; }},
    {"point current", OnOde | OnSubexpression | OnParameter | OnInput,
     [](ReadFlags& f) { f.flags.point_current = true; }},
    {"event-driven", OnSynapseOde, [](ReadFlags& f) { f.flags.event_driven = true; }},
    {"clock-driven", OnSynapseOde, [](ReadFlags& f) { f.flags.clock_driven = true; }},
}};

std::string places(unsigned where) {
    static constexpr std::array<std::pair<unsigned, std::string_view>, 7> names = {{
        {OnOde, "a differential equation"},
        {OnSubexpression, "a subexpression"},
        {OnParameter, "a parameter"},
        {OnInput, "an input"},
        {OnSynapseOde, "a differential equation of a synapse"},
        {OnSynapseSubexpression, "a definition in a synapse"},
        {OnSynapseParameter, "a parameter of a synapse"},
    }};
    std::vector<std::string_view> list;
    for (const auto& [bit, name] : names) {
        if ((where & bit) != 0) {
            list.push_back(name);
        }
    }
    std::string result;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string_view between = i == 0 ? "" : i + 1 == list.size() ? " or " : ", ";
        result += std::string(between) + std::string(list[i]);
    }
    return result;
}

/// The places of flags in the kind of block that `where` is of.
unsigned side(unsigned where) {
    constexpr unsigned synapses = OnSynapseOde | OnSynapseSubexpression | OnSynapseParameter;
    return (where & synapses) != 0 ? synapses : ~synapses;
}

/// "`constant`, `shared` or `linked`"
std::string flags_of(unsigned here) {
    std::vector<std::string_view> list;
    for (const Row& row : rows) {
        if ((row.where & here) != 0) {
            list.push_back(row.text);
        }
    }
    std::string result;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string_view between = i == 0 ? "" : i + 1 == list.size() ? " or " : ", ";
        result += std::string(between) + "`" + std::string(list[i]) + "`";
    }
    return result;
}

/// `constant shared`: flags with the comma forgotten; empty if it is something else.
std::string parted(const std::string& text) {
    for (const Row& first : rows) {
        for (const Row& second : rows) {
            if (text == std::string(first.text) + " " + std::string(second.text)) {
                return std::string(first.text) + ", " + std::string(second.text);
            }
        }
    }
    return {};
}

void check_conflicts(const std::vector<ast::Flag>& written, ReadFlags& read, diag::Sink& sink) {
    if (read.flags.shared && read.linked) {
        sink.report(diag::Code::FlagConflict, written.front().span,
                    "`shared` and `linked` exclude each other");
        read.linked = false;
    }
    if (read.flags.event_driven && read.flags.clock_driven) {
        sink.report(diag::Code::FlagConflict, written.front().span,
                    "`event-driven` and `clock-driven` exclude each other");
        read.flags.clock_driven = false;
    }
    if (read.flags.summed && read.constant_over_dt) {
        sink.report(diag::Code::FlagConflict, written.front().span,
                    "`summed` stands with no other flag but `point current`");
        read.constant_over_dt = false;
    }
    if (read.flags.summed && (read.flags.constant || read.flags.shared || read.linked)) {
        sink.report(diag::Code::FlagConflict, written.front().span,
                    "`summed` stands with no other flag but `point current`");
        read.flags.constant = read.flags.shared = read.linked = false;
    }
}

} // namespace

ReadFlags read_flags(const std::vector<ast::Flag>& flags, FlagContext context, diag::Sink& sink) {
    ReadFlags result;
    const unsigned here = 1U << static_cast<unsigned>(context);
    std::vector<std::string> known;
    for (const Row& row : rows) {
        known.emplace_back(row.text);
    }
    for (const ast::Flag& flag : flags) {
        const Row* found = nullptr;
        for (const Row& row : rows) {
            found = row.text == flag.text ? &row : found;
        }
        if (found == nullptr) {
            auto problem = sink.report(diag::Code::UnknownFlag, flag.span,
                                       "there is no flag `" + flag.text + "`");
            const std::vector<std::string> near = nearest_names(flag.text, known);
            if (const std::string both = parted(flag.text); !both.empty()) {
                problem.fix(flag.span, both, "flags are parted by commas");
            } else if (near.empty() && !flags_of(here).empty()) {
                problem.note(places(here) + " can be " + flags_of(here));
            } else if (!near.empty()) {
                problem.fix(flag.span, near.front(), did_you_mean(near));
            }
            continue;
        }
        if ((found->where & here) == 0) {
            sink.report(diag::Code::FlagContext, flag.span,
                        "`" + flag.text + "` does not apply to " + places(here))
                .note("it belongs to " + places((found->where & side(here)) != 0
                                                    ? found->where & side(here)
                                                    : found->where));
            continue;
        }
        const auto same = [&](const ast::Flag& other) { return other.text == flag.text; };
        if (&*std::find_if(flags.begin(), flags.end(), same) != &flag) {
            sink.report(diag::Code::RepeatedFlag, flag.span, "`" + flag.text + "` is given twice")
                .note("one of the two was perhaps meant to be another flag: " + places(here) +
                      " can be " + flags_of(here));
        }
        found->set(result);
    }
    check_conflicts(flags, result, sink);
    return result;
}

} // namespace hhc::sema
