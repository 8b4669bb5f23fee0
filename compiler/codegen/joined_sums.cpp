// SPDX-License-Identifier: MIT
// Kernels of a synapse made of two: sums with what follows them per target in the same pass.
#include "codegen/kernel_writer.h"

#include <algorithm>
#include <optional>

namespace hhc::codegen {

using ir::KernelKind;

KernelBody KernelWriter::run_as_local() {
    open("{");
    population_values();
    pointers();
    open("const auto sum = [&](int64_t i) __attribute__((always_inline)) {");
    values_of_entities(stages_.front());
    synapse_stores();
    close();
    say(";");
    KernelBody body;
    body.text = text_.take();
    body.lines = std::move(lines_);
    return body;
}

KernelBody KernelWriter::run_in_rounds() {
    open("{");
    population_values();
    pointers();
    rounds_of_targets();
    finish();
    close();
    KernelBody body;
    body.text = text_.take();
    body.lines = std::move(lines_);
    return body;
}

/// The advance must not read what sums add to: others' sums may come later.
static bool reads_sums(const ir::Module& module, const ir::Kernel& kernel) {
    constexpr unsigned sums = ir::access::add | ir::access::summed;
    return std::ranges::any_of(kernel.values, [&](const ir::Value& value) {
        return value.op == ir::Op::LoadForeign &&
               (module.foreign[ir::ForeignId(value.symbol)].access & sums) != 0;
    });
}

/// The body of `rest`, which calls that of `first`.
static KernelBody local_then(KernelWriter& first, const KernelBody& rest) {
    KernelBody body = first.run_as_local();
    body.text += rest.text + "}\n";
    body.lines.insert(body.lines.end(), rest.lines.begin(), rest.lines.end());
    body.lines.emplace_back();
    return body;
}

std::optional<KernelBody> emit_sum_and_advance(const ir::Module& module, const Options& options) {
    const ir::Kernel* const sum = module.find(KernelKind::Sum, ir::Space::PerPost);
    const ir::Kernel* const advance = module.find(KernelKind::Advance, ir::Space::PerPost);
    if (!module.is_synapse || sum == nullptr || advance == nullptr ||
        module.find(KernelKind::Advance, ir::Space::Each) != nullptr ||
        module.find(KernelKind::Advance, ir::Space::PerPre) != nullptr ||
        reads_sums(module, *advance)) {
        return std::nullopt;
    }
    KernelWriter first(module, *sum, options);
    KernelWriter second(module, *advance, options);
    if (!first.is_plain() || first.is_single() || second.is_single()) {
        return std::nullopt;
    }
    second.call("sum");
    return local_then(first, second.run());
}

std::optional<KernelBody> emit_sum_in_rounds(const ir::Module& module, const Options& options) {
    const ir::Kernel* const sum = module.find(KernelKind::Sum, ir::Space::Each);
    const ir::Kernel* const rest = module.find(KernelKind::Sum, ir::Space::PerPost);
    if (!module.is_synapse || sum == nullptr || options.vector_width == 1 ||
        module.find(KernelKind::Advance, ir::Space::PerPost) != nullptr) {
        return std::nullopt;
    }
    const KernelWriter usual(module, *sum, options);
    if (!usual.sums_into_targets() || usual.knows_its_place()) {
        return std::nullopt;
    }
    KernelWriter rounds(module, *sum, options, true);
    if (rest == nullptr) {
        return rounds.run_in_rounds();
    }
    KernelWriter after(module, *rest, options);
    if (!after.is_plain() || after.is_single()) {
        return std::nullopt;
    }
    rounds.call("sum");
    return local_then(after, rounds.run_in_rounds());
}

} // namespace hhc::codegen
