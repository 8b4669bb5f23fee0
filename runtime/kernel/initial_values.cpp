// SPDX-License-Identifier: MIT
// The part of PopulationState that runs before a step: derived values, initial values, half steps.
#include "abi/float_environment.h"
#include "base/fail.h"
#include "kernel/population_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <utility>

namespace hodg::kernel {

using base::Code;
using base::fail;

hhk_block_fn PopulationState::init_hook(std::uint8_t space) const {
    if (table().synapse != nullptr) {
        return table().synapse->init[space];
    }
    return space == HHK_EACH ? table().init : nullptr;
}

void PopulationState::call(hhk_block_fn function, std::uint8_t space) {
    if (function == nullptr || counts_[space] == 0) {
        return;
    }
    hhk_block block{};
    block.begin = 0;
    block.end = padded_count(counts_[space]);
    function(&context_, &block);
}

/// Writes 1 into the flag uniforms of the fields that are on, 0 into the others.
void PopulationState::set_flags(std::int32_t hhk_field::* flag, const std::vector<bool>& on) {
    for (std::uint32_t f = 0; f < table().field_count; ++f) {
        const std::int32_t uniform = table().fields[f].*flag;
        if (uniform >= 0) {
            uniforms_[static_cast<std::size_t>(uniform)] = on[f] ? 1 : 0;
        }
    }
}

std::vector<char> PopulationState::copy_field(std::uint32_t f) const {
    const std::size_t bytes =
        element_size(table(), table().fields[f]) * static_cast<std::size_t>(padded_of(f));
    return {slab_->field(f), slab_->field(f) + bytes};
}

void PopulationState::restore(std::uint32_t f, const std::vector<char>& saved,
                              std::int64_t entity) const {
    const std::size_t size = element_size(table(), table().fields[f]);
    const std::size_t at = static_cast<std::size_t>(entity) * size;
    std::memcpy(slab_->field(f) + at, saved.data() + at, size);
}

void PopulationState::prepare_derived() {
    if (prepare_pending_) {
        if (table().prepare != nullptr) {
            table().prepare(&context_);
        }
        prepare_pending_ = false;
        entities_pending_ = true;
    }
    if (entities_pending_) {
        call(table().prepare_entities, HHK_EACH);
        for (std::uint8_t space = 0; table().synapse != nullptr && space < HHK_SPACES; ++space) {
            call(table().synapse->prepare_entities[space], space);
        }
        entities_pending_ = false;
    }
}

/// Runs hook init for the fields with HHK_HAS_INIT. Entities can differ in what was assigned, and a
/// steady state must see the assigned values; so the hook runs once for each combination that
/// occurs, and entities take the values of their own.
void PopulationState::set_initial_values(std::uint8_t space) {
    if (init_hook(space) == nullptr) {
        return;
    }
    std::vector<std::uint32_t> fields;
    bool uneven = false;
    for (std::uint32_t f = 0; f < table().field_count; ++f) {
        if ((table().fields[f].flags & HHK_HAS_INIT) != 0 && table().fields[f].space == space) {
            fields.push_back(f);
            uneven = uneven || (!assigned_[f].empty() && !assigned_[f].full());
        }
    }
    std::map<std::vector<bool>, std::vector<std::int64_t>> groups; // fields to set -> entities
    for (std::int64_t i = 0; i < (uneven ? counts_[space] : 1); ++i) {
        std::vector<bool> on(table().field_count, false);
        for (const std::uint32_t f : fields) {
            on[f] = !assigned_[f].contains(i);
        }
        groups[on].push_back(i);
    }
    std::vector<std::vector<char>> before;
    std::vector<std::vector<char>> result;
    for (const std::uint32_t f : fields) {
        before.push_back(copy_field(f));
        result.push_back(before.back());
    }
    for (const auto& [on, entities] : groups) {
        for (std::size_t n = 0; n < fields.size(); ++n) {
            std::copy(before[n].begin(), before[n].end(), slab_->field(fields[n]));
        }
        set_flags(&hhk_field::init_flag, on);
        call(init_hook(space), space);
        for (std::size_t n = 0; uneven && n < fields.size(); ++n) {
            const std::size_t size = element_size(table(), table().fields[fields[n]]);
            for (const std::int64_t i : entities) {
                const std::size_t at = static_cast<std::size_t>(i) * size;
                std::memcpy(result[n].data() + at, slab_->field(fields[n]) + at, size);
            }
        }
    }
    for (std::size_t n = 0; n < fields.size(); ++n) {
        if (uneven) {
            std::copy(result[n].begin(), result[n].end(), slab_->field(fields[n]));
        }
        refresh_padding(fields[n]);
    }
    set_flags(&hhk_field::init_flag, std::vector<bool>(table().field_count, false));
    entities_pending_ = true;
}

/// What is kept per source and target first: a synapse may start from it.
void PopulationState::set_initial_values() {
    for (const std::uint8_t space : {HHK_PER_PRE, HHK_PER_POST, HHK_EACH}) {
        set_initial_values(space);
    }
}

/// Half a step for the assigned entities of staggered fields; the others keep their values.
void PopulationState::shift_staggered() {
    std::vector<bool> on(table().field_count, false);
    std::vector<std::pair<std::uint32_t, std::vector<char>>> saved;
    for (std::uint32_t f = 0; f < table().field_count; ++f) {
        if (!shift_pending_[f].empty()) {
            on[f] = true;
            saved.emplace_back(f, copy_field(f));
        }
    }
    if (saved.empty()) {
        return;
    }
    set_flags(&hhk_field::stagger_flag, on);
    call(table().half_step, HHK_EACH);
    set_flags(&hhk_field::stagger_flag, std::vector<bool>(table().field_count, false));
    for (const auto& [f, values] : saved) {
        for (std::int64_t i = 0; i < count_of(f); ++i) {
            if (!shift_pending_[f].contains(i)) {
                restore(f, values, i);
            }
        }
        shift_pending_[f].clear();
        refresh_padding(f);
    }
}

/// Names what must be given before the first step and was not.
void PopulationState::require_values() const {
    for (std::uint32_t u = 0; u < table().uniform_count; ++u) {
        const hhk_uniform& uniform = table().uniforms[u];
        if (uniform.role != HHK_HIDDEN && std::isnan(uniforms_[u])) {
            fail(Code::ValueMissing,
                 fmt::format("parameter `{}` of `{}` has no value", uniform.name, name_),
                 "set it before the first run");
        }
    }
    for (std::uint32_t f = 0; f < table().field_count; ++f) {
        const hhk_field& row = table().fields[f];
        if (row.role == HHK_HIDDEN || !std::isnan(row.default_value) || assigned_[f].full() ||
            (row.flags & HHK_HAS_INIT) != 0 || row.role == HHK_LINKED) {
            continue;
        }
        fail(Code::ValueMissing, fmt::format("`{}` of `{}` has no value", row.name, name_),
             "assign it for every entity before the first run");
    }
    for (std::uint32_t t = 0; t < table().table_count; ++t) {
        if (!tables_[t].set) {
            fail(Code::ValueMissing, fmt::format("timed array `{}` of `{}` has no values",
                                                 table().tables[t].name, name_));
        }
    }
}

/// Every linked variable has a source, and that exists.
void PopulationState::require_links() const {
    for (const Link& link : links_) {
        if (link.source.expired()) {
            fail(Code::BadLink, fmt::format("`{}` of `{}` is linked to nothing that exists",
                                            table().fields[link.field].name, name_));
        }
    }
}

void PopulationState::prepare_step(std::int64_t step) {
    context_.step = step;
    context_.t = static_cast<double>(step) * context_.dt;
    if (before_step) {
        before_step(context_.dt);
    }
    if (!started_) {
        require_values();
    }
    require_links();
    if (init_pending_) {
        for (const Link& link : links_) {
            gather(link);
        }
        prepare_derived();
        set_initial_values();
        init_pending_ = false;
        started_ = true;
    }
    prepare_derived();
    shift_staggered();
    if (host_solver_ != nullptr) {
        host_solver_->prepare(*this, assigned_since_prepared_, jumped_since_prepared_);
    }
    assigned_since_prepared_ = false;
    jumped_since_prepared_ = false;
}

void PopulationState::preview_initial_values() {
    if (started_ || (preview_valid_ && links_.empty())) {
        return;
    }
    for (std::uint32_t u = 0; u < table().uniform_count; ++u) {
        if (table().uniforms[u].role != HHK_HIDDEN && std::isnan(uniforms_[u])) {
            return; // not everything is known yet
        }
    }
    for (const Link& link : links_) {
        if (link.source.expired()) {
            return;
        }
    }
    for (const TableValues& values : tables_) {
        if (!values.set) {
            return;
        }
    }
    const abi::FloatEnvironment environment;
    for (const Link& link : links_) {
        gather(link);
    }
    prepare_derived();
    set_initial_values();
    preview_valid_ = true;
}

void PopulationState::initialize() {
    if (!started_) {
        preview_initial_values();
        return;
    }
    require_links();
    for (const Link& link : links_) {
        gather(link);
    }
    const abi::FloatEnvironment environment;
    prepare_derived();
    set_initial_values();
}

} // namespace hodg::kernel
