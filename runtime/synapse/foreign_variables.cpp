// SPDX-License-Identifier: MIT
// Variables of both populations, as kernels of synapses reach them.
#include "base/fail.h"
#include "kernel/variables.h"
#include "synapse/synapse_state.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

namespace hodg::synapse {

using base::Code;
using base::fail;
char* SynapseState::resolve(const hhk_foreign& foreign) const {
    PopulationState& population = foreign.space == HHK_PRE ? *pre_ : *post_;
    const hhk_model& model = population.table();
    const auto require_dimension = [&](const hhk_dimension& dimension) {
        for (int d = 0; d < 7; ++d) {
            if (dimension.numerator[d] * foreign.dimension.denominator[d] !=
                foreign.dimension.numerator[d] * dimension.denominator[d]) {
                fail(Code::BadForeign,
                     fmt::format("`{}` was compiled for another unit of `{}` of `{}`", name_,
                                 foreign.name, population.name()));
            }
        }
    };
    for (std::uint32_t f = 0; f < model.field_count; ++f) {
        if (std::strcmp(model.fields[f].name, foreign.name) == 0 && foreign.uniform == 0) {
            require_dimension(model.fields[f].dimension);
            if (model.fields[f].type == foreign.type &&
                (foreign.type != HHK_REAL || model.real_size == values_->table().real_size)) {
                return population.slab()->field(f);
            }
        }
    }
    for (std::uint32_t u = 0; u < model.uniform_count; ++u) {
        if (std::strcmp(model.uniforms[u].name, foreign.name) == 0 && foreign.uniform != 0) {
            require_dimension(model.uniforms[u].dimension);
            return reinterpret_cast<char*>(&population.uniforms()[u]);
        }
    }
    fail(Code::BadForeign,
         fmt::format("`{}` was compiled for a population with `{}` {}, which `{}` has not", name_,
                     foreign.name, foreign.uniform != 0 ? "for all neurons" : "per neuron",
                     population.name()),
         "compile the synapses again for these populations");
}

/// Sources of places are kept for kernels that read them.
bool SynapseState::needs_pre() const {
    bool needed = keep_sources_ || (table().uses & HHK_USES_PRE) != 0;
    for (std::uint32_t f = 0; f < table().foreign_count; ++f) {
        needed = needed || table().foreign[f].space == HHK_PRE;
    }
    for (std::uint32_t f = 0; f < values_->table().field_count; ++f) {
        needed = needed || values_->table().fields[f].space == HHK_PER_PRE;
    }
    return needed;
}

void SynapseState::refresh_context() {
    foreign_.clear();
    for (std::uint32_t f = 0; f < table().foreign_count; ++f) {
        foreign_.push_back(resolve(table().foreign[f]));
    }
    if (sources_.empty() && layout_.stored() > 0 && needs_pre()) {
        sources_ = base::Array<std::int32_t>(layout_.stored());
        layout_.for_each([&](std::uint32_t at, std::int32_t source) { sources_[at] = source; });
        for (std::size_t p = 0; p < layout_.parts.size(); ++p) { // gaps, as in Layout
            const Part& part = layout_.parts[p];
            const std::uint32_t next =
                p + 1 < layout_.parts.size() ? layout_.parts[p + 1].begin : part.end + HHK_PADDING;
            for (std::uint32_t at = part.end; part.end > part.begin && at < next; ++at) {
                sources_.data()[at] = sources_[part.end - 1];
            }
        }
    }
    const bool reads_numbers = keep_sources_ || (table().uses & HHK_USES_CREATION) != 0;
    if (numbers_.empty() && !layout_.within.empty() && reads_numbers) {
        numbers_ = base::Array<std::int32_t>(layout_.stored());
        layout_.for_each([&](std::uint32_t at, std::int32_t source) {
            numbers_[at] = static_cast<std::int32_t>(layout_.number(at, source));
        });
    }
    hhk_context& context = values_->synapse_context();
    context.pre = sources_.data();
    context.post = layout_.post.data();
    context.creation = numbers_.empty()
                           ? reinterpret_cast<const std::int32_t*>(layout_.creation.data())
                           : numbers_.data();
    context.foreign = foreign_.data();
    context.pre_count = pre_->count();
    context.post_count = post_->count();
    watch_foreign_uniforms();
}

/// Derived values may read uniforms of the populations: due again when one has changed.
void SynapseState::watch_foreign_uniforms() {
    std::vector<double> now;
    for (std::uint32_t f = 0; f < table().foreign_count; ++f) {
        if (table().foreign[f].uniform != 0) {
            now.push_back(*reinterpret_cast<const double*>(foreign_[f]));
        }
    }
    if (now != foreign_uniforms_) {
        foreign_uniforms_ = std::move(now);
        values_->mark_uniform_assigned();
    }
}

} // namespace hodg::synapse
