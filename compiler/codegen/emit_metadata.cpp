// SPDX-License-Identifier: MIT
#include "codegen/emit_metadata.h"

#include "codegen/model_hash.h"
#include "ir/host_states.h"
#include "support/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

namespace hhc::codegen {
namespace {

/// A C++ string literal; long texts as several adjacent ones, a line of the text on each.
std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        switch (c) {
        case '"':
            result += "\\\"";
            break;
        case '\\':
            result += "\\\\";
            break;
        case '\n':
            result += "\\n\"\n    \"";
            break;
        case '?': // no trigraphs
            result += "\\?";
            break;
        default:
            if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
                result += fmt::format("\\{:03o}", static_cast<unsigned>(c));
            } else {
                result += c;
            }
        }
    }
    return result + '"';
}

std::string number(double value) {
    if (std::isnan(value)) {
        return "__builtin_nan(\"\")";
    }
    if (std::isinf(value)) {
        return value > 0 ? "__builtin_inf()" : "-__builtin_inf()";
    }
    return shortest_cpp(value);
}

std::string exponents(const units::Dimension& dimension) {
    std::string numerators;
    std::string denominators;
    for (const Rational& exponent : dimension.exponents()) {
        const char* comma = numerators.empty() ? "" : ", ";
        numerators += comma + std::to_string(exponent.numerator());
        denominators += comma + std::to_string(exponent.denominator());
    }
    return fmt::format("{{{{{}}}, {{{}}}}}", numerators, denominators);
}

template <class Item> std::string common_part(const Item& item) {
    return fmt::format("{}, {}, {}, {}, {}, {}, {}, {}", quoted(item.name), quoted(item.unit),
                       number(item.unit_scale), number(item.default_value),
                       exponents(item.dimension), static_cast<int>(item.storage), item.role,
                       item.flags);
}

std::string flag_index(ir::UniformId id) {
    return id ? std::to_string(id.index) : "-1";
}

/// "static const TYPE NAME[] = { rows };", or nothing for an empty table, and how to point at it.
std::string array(std::string& text, std::string_view type, const std::string& name,
                  const std::vector<std::string>& rows) {
    if (rows.empty()) {
        return "nullptr";
    }
    text += fmt::format("static const {} {}[] = {{\n", type, name);
    for (const std::string& row : rows) {
        text += fmt::format("    {{{}}},\n", row);
    }
    text += "};\n";
    return name;
}

std::string function_or_null(const std::string& name) {
    return name.empty() ? "nullptr" : name;
}

/// A table of functions, null where the name is empty; the name of the table, or null for none.
std::string functions(std::string& text, const std::string& table,
                      const std::vector<std::string>& names) {
    if (std::ranges::all_of(names, [](const std::string& name) { return name.empty(); })) {
        return "nullptr";
    }
    text += fmt::format("static const hhk_block_fn {}[] = {{", table);
    for (std::size_t k = 0; k < names.size(); ++k) {
        text += (k == 0 ? "" : ", ") + function_or_null(names[k]);
    }
    text += "};\n";
    return table;
}

constexpr std::uint32_t sums_by_target = 4; // HHK_SUMS_BY_TARGET

const char* space_name(ir::Space space) {
    constexpr std::array<const char*, 5> names = {"HHK_EACH", "HHK_PRE", "HHK_POST", "HHK_PER_PRE",
                                                  "HHK_PER_POST"};
    return names[static_cast<std::size_t>(space)];
}

/// The tables of a synapse; returns the name of its hhk_synapse.
std::string emit_synapse(std::string& text, const ir::Module& module, const HookNames& hooks,
                         const std::string& model) {
    std::vector<std::string> foreign;
    for (const ir::Foreign& each : module.foreign) {
        foreign.push_back(
            fmt::format("{}, {}, {}, {}, {}, {}, {}", quoted(each.name), exponents(each.dimension),
                        space_name(each.space), static_cast<int>(each.storage), each.access,
                        each.uniform ? 1 : 0, each.into ? std::to_string(each.into.index) : "-1"));
    }
    std::vector<std::string> pathways;
    for (std::size_t k = 0; k < module.pathways.size(); ++k) {
        const ir::Pathway& each = module.pathways[ir::PathwayId(k)];
        pathways.push_back(fmt::format(
            "{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}", quoted(each.name), quoted(each.event),
            space_name(each.space), each.order, number(each.delay), each.indexed ? 1 : 0,
            each.sequential ? 1 : 0, each.writes_pre ? 1 : 0, each.one_delay ? 1 : 0,
            function_or_null(hooks.deliver[k]), function_or_null(hooks.deliver_entities[k])));
    }
    const std::string foreign_table = array(text, "hhk_foreign", model + "_foreign", foreign);
    const std::string pathway_table = array(text, "hhk_pathway", model + "_pathways", pathways);
    const std::string count_table = functions(text, model + "_by_count", hooks.by_count);
    std::vector<std::string> alike;
    if (std::ranges::any_of(hooks.alike, [](std::uint64_t fields) { return fields != 0; })) {
        for (const std::uint64_t fields : hooks.alike) {
            alike.push_back(fmt::format("{:#x}", fields));
        }
    }
    const std::string alike_table = array(text, "uint64_t", model + "_alike", alike);
    const auto by_space = [](const HookNames::BySpace& names) {
        std::string list;
        for (const std::string& name : names) {
            list += (list.empty() ? "" : ", ") + function_or_null(name);
        }
        return "{" + list + "}";
    };
    text += fmt::format("static const hhk_synapse {}_synapse = {{\n"
                        "    sizeof(hhk_synapse), {}, {}, {}, {}, {},\n    {},\n    {},\n    {},\n"
                        "    {},\n    {},\n    {},\n    {},\n    {}}};\n",
                        model, foreign.size(), pathways.size(),
                        module.uses() | (hooks.sums_by_target ? sums_by_target : 0), foreign_table,
                        pathway_table, by_space(hooks.space_prepare), by_space(hooks.space_init),
                        by_space(hooks.space_advance), by_space(hooks.space_sum),
                        function_or_null(hooks.sum_and_advance),
                        function_or_null(hooks.sum_in_rounds), count_table, alike_table);
    return model + "_synapse";
}

using Members = std::vector<std::pair<std::string_view, std::string>>;

/// Writes the tables of variables, and adds to `members` what points to them and the texts.
void add_interface(std::string& text, const ir::Module& module, const std::string& model,
                   Members& members) {
    std::vector<std::string> fields;
    for (const ir::Field& field : module.fields) {
        fields.push_back(fmt::format("{}, {}, {{}}, {}, {}, {}", common_part(field),
                                     space_name(field.space), field.rest ? field.rest.index + 1 : 0,
                                     flag_index(field.init_flag), flag_index(field.stagger_flag)));
    }
    std::vector<std::string> uniforms;
    for (const ir::Uniform& uniform : module.uniforms) {
        uniforms.push_back(common_part(uniform) + ", {}");
    }
    std::vector<std::string> tables;
    for (const ir::Table& table : module.tables) {
        tables.push_back(fmt::format("{}, {}, {}, {}", quoted(table.name),
                                     exponents(table.dimension), table.per_entity ? 1 : 0,
                                     table.hidden));
    }
    std::vector<std::string> events;
    for (const ir::Event& event : module.events) {
        events.push_back(fmt::format("{}, {}, {}", quoted(event.name),
                                     event.sets_last_spike ? 1 : 0, event.has_statements ? 1 : 0));
    }
    members.emplace_back("field_count", std::to_string(fields.size()));
    members.emplace_back("uniform_count", std::to_string(uniforms.size()));
    members.emplace_back("table_count", std::to_string(tables.size()));
    members.emplace_back("event_count", std::to_string(events.size()));
    members.emplace_back("fields", array(text, "hhk_field", model + "_fields", fields));
    members.emplace_back("uniforms", array(text, "hhk_uniform", model + "_uniforms", uniforms));
    members.emplace_back("tables", array(text, "hhk_table", model + "_tables", tables));
    members.emplace_back("events", array(text, "hhk_event", model + "_events", events));
    members.emplace_back("description", quoted(module.description));
}

} // namespace

std::string emit_tables(const ir::Module& module, const HookNames& hooks,
                        const TableOptions& options) {
    const std::string& model = options.identifier;
    std::string text;
    Members interface;
    if (options.stand_alone) {
        add_interface(text, module, model, interface);
    }
    const std::string on_event = functions(text, model + "_on_event", hooks.on_event);
    const std::string synapse =
        module.is_synapse ? emit_synapse(text, module, hooks, model) : std::string();
    text += fmt::format("extern \"C\" __attribute__((visibility(\"default\"))) const hhk_model "
                        "hhk_model_{} = {{\n",
                        model);
    const auto member = [&](std::string_view name, const std::string& value) {
        text += fmt::format("    .{} = {},\n", name, value);
    };
    const auto words = [](const std::array<std::uint64_t, 2>& hash) {
        return fmt::format("{{{:#018x}, {:#018x}}}", hash[0], hash[1]);
    };
    member("size", "sizeof(hhk_model)");
    member("abi_version", "HHK_ABI_VERSION");
    member("name", quoted(module.name));
    member("required_features", quoted(options.required_features));
    member("vector_width", std::to_string(options.vector_width));
    member("real_size", std::to_string(module.real_size));
    member("random_scheme", std::to_string(random_scheme));
    member("needs_host_solver", module.is_cell                ? "HHK_HOST_CABLE"
                                : ir::has_host_states(module) ? "HHK_HOST_STATES"
                                                              : "HHK_HOST_NONE");
    member("interface_hash", words(interface_hash(module)));
    member("code_hash", words(options.code_hash));
    for (const auto& [name, value] : interface) {
        member(name, value);
    }
    member("self", "nullptr");
    member("prepare", function_or_null(hooks.prepare));
    member("prepare_entities", function_or_null(hooks.prepare_entities));
    member("init", function_or_null(hooks.init));
    member("half_step", function_or_null(hooks.half_step));
    member("advance", function_or_null(hooks.advance));
    member("on_event", on_event);
    member("observe", function_or_null(hooks.observe));
    member("rhs", function_or_null(hooks.rhs));
    member("jacobian", function_or_null(hooks.jacobian));
    member("linear", function_or_null(hooks.linear));
    member("synapse", synapse.empty() ? "nullptr" : "&" + synapse);
    text += "};\n";
    return text;
}

} // namespace hhc::codegen
