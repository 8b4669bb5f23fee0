// SPDX-License-Identifier: MIT
// Pathways whose statements read and write nothing but their target, and parameters of the synapse
// that may have one value in all of them: which synapse brings an event does not matter, only how
// many do. Vectors of targets do them once for every arrival.
#include "codegen/kernel_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

namespace hhc::codegen {

using ir::KernelKind;
using ir::Space;
using ir::ValueId;

/// Of 64: up to so many are looked for one after the other.
static constexpr int few_lanes = 2;

/// A parameter of synapses that nothing but assignments changes.
static bool is_parameter(const ir::Module& module, ir::FieldId id) {
    constexpr std::size_t most = 64; // alike_fields has a bit for each
    const ir::Field& field = module.fields[id];
    return id.index < most && field.space == Space::Each && field.role == ir::role::parameter &&
           field.storage == ir::Storage::Real &&
           std::ranges::none_of(
               module.kernels,
               [&](const ir::Kernel& kernel) {
                   return std::ranges::any_of(kernel.stores, [&](const ir::FieldStore& store) {
                       return store.field == id;
                   });
               });
}

std::uint64_t alike_fields(const ir::Module& module, const ir::Kernel& kernel) {
    std::uint64_t fields = 0;
    for (const ir::Value& value : kernel.values) {
        if (value.op == ir::Op::LoadField &&
            module.fields[ir::FieldId(value.symbol)].space == Space::Each) {
            fields |= std::uint64_t{1} << value.symbol;
        }
    }
    return fields;
}

/// The variable of a synapse or its source that the statements use, or one that takes no vectors;
/// empty if there is none.
static std::string other_variable(const ir::Module& module, const ir::Kernel& kernel) {
    for (const ir::Value& value : kernel.values) {
        if (value.op == ir::Op::LoadField) {
            const ir::FieldId id(value.symbol);
            if (module.fields[id].space != Space::PerPost && !is_parameter(module, id)) {
                return module.fields[id].name;
            }
        }
        if (value.op == ir::Op::LoadForeign) {
            const ir::Foreign& foreign = module.foreign[ir::ForeignId(value.symbol)];
            if (foreign.space != Space::Post) {
                return ir::text(foreign);
            }
        }
    }
    for (const ir::FieldStore& store : kernel.stores) {
        const ir::Field& field = module.fields[store.field];
        if (field.space != Space::PerPost || field.storage != ir::Storage::Real) {
            return field.name;
        }
    }
    for (const ir::ForeignStore& store : kernel.foreign_stores) {
        const ir::Foreign& foreign = module.foreign[store.foreign];
        if (foreign.space != Space::Post || foreign.storage != ir::Storage::Real) {
            return ir::text(foreign);
        }
    }
    return {};
}

/// The pathway as a kernel over targets.
static ir::Kernel over_targets(const ir::Kernel& kernel) {
    ir::Kernel copy = kernel;
    copy.space = Space::PerPost;
    copy.pathway = {};
    return copy;
}

std::string why_not_counted(const ir::Module& module, const ir::Kernel& kernel) {
    if (const std::string name = other_variable(module, kernel); !name.empty()) {
        return fmt::format("`{}` may differ between the synapses of a target", name);
    }
    const Options options;
    const KernelWriter usual(module, kernel, options);
    if (!usual.is_plain()) {
        return "its results are looked at for faults";
    }
    const ir::Kernel copy = over_targets(kernel);
    if (usual.knows_its_place() || KernelWriter(module, copy, options).is_single()) {
        return "it depends on the synapse that brings the event";
    }
    return {};
}

/// Lanes at which nothing arrives keep what they have.
void KernelWriter::target_stores() {
    const auto one = [&](const std::string& at, const auto& store) {
        const std::string value = values_.operand(store.value, Lanes::Vector);
        const std::string now = fmt::format("hhk_load({} + i)", at);
        const std::string condition =
            store.mask
                ? fmt::format("hhk_and(happened, {})", values_.operand(store.mask, Lanes::Vector))
                : "happened";
        say(fmt::format("hhk_store({} + i, hhk_select({}, {}, {}));", at, condition,
                        store.add ? now + " + " + value : value, now),
            kernel_.values[store.value].span);
    };
    for (const ir::FieldStore& store : kernel_.stores) {
        one(values_.pointer(store.field), store);
    }
    for (const ir::ForeignStore& store : kernel_.foreign_stores) {
        one(values_.pointer(store.foreign), store);
    }
}

KernelBody KernelWriter::run_by_count() {
    const std::string counts = values_.names().make("counts");
    const std::string round = values_.names().make("round");
    const std::string once = values_.names().make("once");
    open("{");
    population_values();
    pointers();
    open(fmt::format(
        "const auto {} = [&](int64_t i, Mask happened) __attribute__((always_inline)) {{", once));
    values_of_entities(stages_.front());
    target_stores();
    close();
    say(";");
    open("for (int64_t word = block->begin; word < block->end; word += 64) {");
    say("const int64_t stop = word + 64 < block->end ? word + 64 : block->end;");
    say(fmt::format("uint8_t* const {} = block->counts + (word - block->begin);", counts));
    say(fmt::format("uint64_t left = hhk_counts_above({}, 0);", counts));
    open("if (left == 0) {");
    say("continue;");
    close();
    open(fmt::format("for (int {0} = 1; left != 0; left = hhk_counts_above({1}, {0}++)) {{", round,
                     counts));
    open(fmt::format("if (__builtin_popcountll(left) > {}) {{", few_lanes));
    open("for (int64_t i = word; i < stop; i += HHK_WIDTH) {");
    say(fmt::format("{}(i, hhk_mask_of(left >> (i - word)));", once));
    close();
    say("continue;");
    close();
    open("while (left != 0) {");
    say("const int64_t lane = __builtin_ctzll(left) / HHK_WIDTH * HHK_WIDTH;");
    say(fmt::format("{}(word + lane, hhk_mask_of(left >> lane));", once));
    say("left &= ~(hhk_every_lane << lane);");
    close();
    close();
    say(fmt::format("__builtin_memset({}, 0, 64);", counts));
    close();
    finish();
    close();
    KernelBody body;
    body.text = text_.take();
    body.lines = std::move(lines_);
    return body;
}

std::optional<KernelBody> emit_by_count(const ir::Module& module, const ir::Kernel& kernel,
                                        const Options& options) {
    if (!module.is_synapse || kernel.kind != KernelKind::Deliver ||
        !why_not_counted(module, kernel).empty()) {
        return std::nullopt;
    }
    const ir::Kernel copy = over_targets(kernel);
    return KernelWriter(module, copy, options).run_by_count();
}

} // namespace hhc::codegen
