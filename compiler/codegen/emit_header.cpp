// SPDX-License-Identifier: MIT
#include "codegen/emit_header.h"

#include "codegen/cpp_names.h"
#include "codegen/embedded_text.h"
#include "support/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace hhc::codegen {
namespace {

constexpr std::string_view how_to = R"(
/* How to run a model.
 *
 * 1. Open the library and look up HHK_LIBRARY_SYMBOL, or link it and use hhk_library_v1. Refuse
 *    another abi_version, and a model whose required_features this CPU lacks.
 * 2. Make a slab: for every field an array of `count` values, rounded up to a multiple of
 *    HHK_PADDING, at offsets that are multiples of 64. Real values have real_size bytes, integers
 *    4, booleans 1, steps 8. Set each field to its default_value, steps to HHK_NEVER, and keep the
 *    padding equal to the last entity. Make an array of uniforms from their default_value, and for
 *    every event one 64-bit word per 64 entities.
 * 3. Call, if they are not null: prepare; prepare_entities; init (the init_flag uniforms of the
 *    fields that it shall set at 1, later at 0); half_step (likewise with stagger_flag).
 * 4. Every step k: set context.step = k and context.t = k*dt; call advance on blocks that begin at
 *    multiples of HHK_BLOCK; where bit e of block.any_event is set, call on_event[e] (if not null)
 *    with block.event = e.
 *
 * examples/c_host of hodgpy does exactly this. */
)";

std::string upper(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return result;
}

/// Text within a C comment.
std::string comment(std::string_view text) {
    std::string result(text);
    for (std::size_t at = result.find("*/"); at != std::string::npos; at = result.find("*/", at)) {
        result.replace(at, 2, "* /");
    }
    return result;
}

/// enum NAME_KINDs { NAME_KIND_v = 0, ... }: names keep their case, as `v` and `V` may both exist.
template <class Items, class Describe>
std::string indices(const std::string& model, std::string_view kind, const Items& items,
                    Describe describe) {
    if (items.empty()) {
        return {};
    }
    Names names(Names::Reserved::Nothing); // the prefix keeps them apart from keywords
    std::string text = fmt::format("\nenum {}_{} {{\n", model, kind);
    std::size_t index = 0;
    for (const auto& item : items) {
        text += fmt::format("    {}_{}_{} = {}, /* {} */\n", upper(model), upper(kind),
                            names.make(item.name), index++, comment(describe(item)));
    }
    return text + fmt::format("    {}_{}_COUNT = {}\n}};\n", upper(model), upper(kind), index);
}

std::string unit_of(std::string_view unit) {
    return unit == "1" ? std::string("a number") : fmt::format("shown in {}, stored in SI", unit);
}

std::string model_part(const ir::Module& module, const std::string& model) {
    std::string text = fmt::format("\n/* ---- {} ---- */\n", comment(module.name));
    text += indices(model, "field", module.fields, [](const ir::Field& field) {
        return fmt::format("{}: {}", field.name, unit_of(field.unit));
    });
    text += indices(model, "uniform", module.uniforms, [](const ir::Uniform& uniform) {
        return fmt::format("{}: {}, default {}", uniform.name, unit_of(uniform.unit),
                           shortest(uniform.default_value));
    });
    text += indices(model, "table", module.tables, [](const ir::Table& table) {
        return table.name + (table.per_entity ? ": f(t, i)" : ": f(t)");
    });
    text += indices(model, "event", module.events, [](const ir::Event& event) {
        return event.name + (event.has_statements ? ": has statements" : "");
    });
    return text + fmt::format("\nextern const hhk_model hhk_model_{};\n", model);
}

} // namespace

std::string emit_c_header(std::span<const ir::Module* const> modules) {
    std::string text = "/* Made by hhc: models as a C program sees them. */\n";
    text += abi_header();
    text += how_to;
    text += "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\nextern const hhk_library "
            "hhk_library_v1;\n";
    Names names;
    for (const ir::Module* module : modules) {
        text += model_part(*module, names.make(module->name));
    }
    return text + "\n#ifdef __cplusplus\n}\n#endif\n";
}

} // namespace hhc::codegen
