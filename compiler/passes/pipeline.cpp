// SPDX-License-Identifier: MIT
#include "passes/pipeline.h"

#include "ir/rest.h"
#include "ir/verify.h"
#include "passes/approximate_gates.h"
#include "passes/divide_by_quotients.h"
#include "passes/eliminate_common.h"
#include "passes/expand_powers.h"
#include "passes/fold_constants.h"
#include "passes/fold_exponential_families.h"
#include "passes/form_fma.h"
#include "passes/fuse_arguments.h"
#include "passes/gather_updates.h"
#include "passes/group_factors.h"
#include "passes/hoist_invariants.h"
#include "passes/invert_exprel.h"
#include "passes/join_divisions.h"
#include "passes/open_tangents.h"
#include "passes/recognise_singularities.h"
#include "passes/remove_dead.h"
#include "passes/share_divisions.h"
#include "passes/simplify_algebra.h"
#include "passes/use_powers_of_two.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace hhc::passes {
namespace {

constexpr std::array passes = {
#define HHC_PASS(function, purpose) Pass{#function, purpose, &function},
#include "passes/passes.def"
#undef HHC_PASS
};

} // namespace

std::span<const Pass> all_passes() {
    return passes;
}

const Pass* find_pass(std::string_view name) {
    const auto* found = std::ranges::find(passes, name, &Pass::name);
    return found == passes.end() ? nullptr : found;
}

const std::vector<std::string_view>& usual_passes() {
    static const std::vector<std::string_view> order = {
        // Literals first: the forms that later passes look for are then in one piece.
        "fold_constants",
        // Before singularities, which would not see x/(exp(x) - 1) behind a power.
        "expand_powers",
        // Needs exp(u) - 1 as the user wrote it: before anything rewrites divisions or
        // exponentials.
        "recognise_singularities",
        // Cleans up the signs that it leaves, and gives families one spelling.
        "simplify_algebra",
        // Makes rates and sigmoids, which join families.
        "invert_exprel",
        "open_tangents",
        // So that a family sees each exponential once.
        "eliminate_common",
        // Rates in their closed form, singularities removed, before families make powers of them.
        "approximate_gates",
        // After singularities (rates join families), before divisions (it makes and needs
        // quotients).
        "fold_exponential_families",
        // Before the next one, which then shares what is divided by.
        "divide_by_quotients",
        // Makes reciprocals of parameters, which hoisting then takes out of the loop.
        "share_divisions",
        // After families, which compare arguments as they were written.
        "fuse_arguments",
        // After divisions have become factors.
        "group_factors",
        // After the last that knows exponentials by name or moves their factors; makes invariants.
        "use_powers_of_two",
        // After all that makes divisions or takes them away; before sums and products are fused.
        "join_divisions",
        // After divisions have become factors; makes invariants.
        "gather_updates",
        // After all that makes or finds invariants.
        "hoist_invariants",
        // After hoisting: a hoisted product is a load and must not be fused into the loop.
        "form_fma",
        // Last: what the others left behind.
        "remove_dead",
    };
    return order;
}

namespace {

std::optional<std::vector<const Pass*>> choose(const PipelineOptions& options, diag::Sink& sink) {
    std::vector<const Pass*> chosen;
    bool known = true;
    const auto add = [&](std::string_view name) {
        const Pass* pass = find_pass(name);
        if (pass == nullptr) {
            std::string names;
            for (const Pass& each : passes) {
                names += fmt::format("{}`{}`", names.empty() ? "" : ", ", each.name);
            }
            sink.report(diag::Code::UnknownPass, Span(), fmt::format("there is no pass `{}`", name))
                .note("the passes are " + names);
            known = false;
        }
        chosen.push_back(pass);
    };
    if (options.only) {
        std::ranges::for_each(*options.only, add);
    } else {
        std::ranges::for_each(usual_passes(), add);
    }
    return known ? std::optional(chosen) : std::nullopt;
}

} // namespace

std::vector<PassReport> run_passes(ir::Module& module, const PipelineOptions& options,
                                   diag::Sink& sink) {
    std::vector<PassReport> reports;
    const auto chosen = choose(options, sink);
    if (!chosen) {
        return reports;
    }
    ir::forget_rest(module);
    if (options.verify) {
        ir::check_verified(module, "lowering");
    }
    const Context context{options, sink};
    for (const Pass* pass : *chosen) {
        const auto start = std::chrono::steady_clock::now();
        const bool changed = pass->run(module, context);
        const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
        reports.push_back({pass->name, spent.count(), changed});
        if (options.verify) {
            ir::check_verified(module, std::string(pass->name));
        }
        if (options.after) {
            options.after(reports.size(), *pass, module);
        }
    }
    ir::note_rest(module);
    return reports;
}

} // namespace hhc::passes
