// SPDX-License-Identifier: MIT
#include "kernel/population_state.h"

#include "base/fail.h"
#include "base/stable_hash.h"
#include "kernel/variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <utility>

namespace hodg::kernel {

using base::Code;
using base::fail;

static constexpr double default_dt = 1e-4; // until a network says otherwise

bool Link::is_static() const {
    const std::shared_ptr<PopulationState> from = source.lock();
    if (from == nullptr) {
        return true;
    }
    for (std::uint32_t f = 0; f < from->table().field_count; ++f) {
        if (source_variable == from->table().fields[f].name) {
            return from->table().fields[f].role == HHK_PARAMETER;
        }
    }
    return true; // a uniform
}

PopulationState::PopulationState(Model model, std::int64_t count, std::string name)
    : model_(std::move(model)), name_(std::move(name)), named_(!name_.empty()) {
    if (count < 1) {
        fail(Code::BadSize, fmt::format("a population of {} entities was asked for", count),
             "it needs at least one");
    }
    if (count > std::numeric_limits<std::int32_t>::max()) {
        fail(Code::BadSize, "a population has more than 2^31 entities");
    }
    if (table().synapse != nullptr) {
        fail(Code::BadSize,
             fmt::format("`{}` is a synapse, which cannot be a population", table().name),
             "use Synapses");
    }
    counts_[HHK_EACH] = count;
    if (!named_) {
        name_ = "population";
    }
    context_.dt = default_dt;
    allocate();
}

PopulationState::PopulationState(Model model, const Counts& counts, int pre_copies,
                                 std::string name)
    : model_(std::move(model)), counts_(counts), pre_copies_(pre_copies), name_(std::move(name)),
      named_(!name_.empty()) {
    context_.dt = default_dt;
    allocate();
}

void PopulationState::allocate() {
    const hhk_model& m = table();
    std::vector<std::int64_t> lengths;
    for (std::uint32_t f = 0; f < m.field_count; ++f) {
        lengths.push_back(padded_of(f) * (m.fields[f].space == HHK_PER_PRE ? pre_copies_ : 1));
    }
    slab_ = std::make_shared<Slab>(m, lengths);
    uniforms_.clear();
    for (std::uint32_t u = 0; u < m.uniform_count; ++u) {
        uniforms_.push_back(m.uniforms[u].role == HHK_HIDDEN ? 0.0 : m.uniforms[u].default_value);
    }
    tables_.assign(m.table_count, {});
    table_data_.assign(m.table_count, {});
    for (std::uint32_t t = 0; t < m.table_count; ++t) {
        allocate_hidden(t);
    }
    const auto words = static_cast<std::size_t>((count() + HHK_BLOCK - 1) / HHK_BLOCK);
    event_bits_.assign(m.event_count, base::TogetherVector<std::uint64_t>(words));
    event_pointers_.clear();
    for (auto& bits : event_bits_) {
        event_pointers_.push_back(bits.data());
    }
    links_.clear();
    assigned_.clear();
    for (std::uint32_t f = 0; f < m.field_count; ++f) {
        assigned_.emplace_back(count_of(f));
    }
    shift_pending_ = assigned_;
    context_.size = sizeof(hhk_context);
    context_.random_object = base::stable_hash(name_);
    context_.model = &m;
    context_.slab = slab_->data();
    context_.offsets = slab_->offsets().data();
    context_.uniforms = uniforms_.data();
    context_.tables = table_data_.data();
    context_.event_bits = event_pointers_.data();
    context_.count = count();
    for (std::uint32_t f = 0; f < m.field_count; ++f) {
        const hhk_field& row = m.fields[f];
        double first = row.role == HHK_HIDDEN ? 0.0 : row.default_value;
        if (row.type == HHK_STEP) {
            first = row.role == HHK_LAST_UPDATE ? 0.0 : -INFINITY; // never
        } else if (row.role == HHK_NOT_REFRACTORY) {
            first = 1;
        } else if (std::isnan(first) && row.type != HHK_REAL) {
            first = 0;
        }
        const FieldMemory memory = field(f);
        for (std::int64_t i = 0; first != 0 && i < padded_of(f); ++i) { // memory comes as zeros
            memory.write(i, first);
        }
        if (row.role == HHK_LINKED) {
            links_.push_back({f, {}, {}, {}});
        }
    }
    prepare_pending_ = true;
    entities_pending_ = true;
    preview_valid_ = false;
    assigned_since_prepared_ = true;
    jumped_since_prepared_ = true;
    ++revision_;
}

void PopulationState::set_name(std::string name) {
    name_ = std::move(name);
    named_ = true;
    context_.random_object = base::stable_hash(name_);
    preview_valid_ = false;
    ++revision_;
}

void PopulationState::join(const void* network_id, double dt, std::uint64_t seed) {
    for (std::uint32_t f = 0; f < table().field_count; ++f) {
        if (table().fields[f].type != HHK_STEP) {
            continue;
        }
        FieldMemory now = field(f);
        now.dt = dt;
        const double first = table().fields[f].role == HHK_LAST_UPDATE ? 0.0 : -INFINITY;
        for (std::int64_t i = 0; i < padded_of(f); ++i) { // the steps of an old clock mean nothing
            now.write(i, started_ ? first : field(f).read(i));
        }
    }
    network = network_id;
    context_.dt = dt;
    context_.seed = seed;
    prepare_pending_ = true;
    assigned_since_prepared_ = true;
    jumped_since_prepared_ = true;
    preview_valid_ = false;
    ++revision_;
}

FieldMemory PopulationState::field(std::uint32_t index) const {
    return {slab_->field(index), table().fields[index].type, table().real_size, context_.dt};
}

void PopulationState::refresh_padding(std::uint32_t f) {
    const std::size_t size = element_size(table(), table().fields[f]);
    const std::int64_t count = count_of(f);
    const char* last = slab_->field(f) + static_cast<std::size_t>(count - 1) * size;
    for (std::int64_t i = count; count > 0 && i < padded_of(f); ++i) {
        std::memcpy(slab_->field(f) + static_cast<std::size_t>(i) * size, last, size);
    }
}

void PopulationState::mark_assigned(std::uint32_t f, std::span<const std::int64_t> indices,
                                    bool jumps) {
    preview_valid_ = false;
    assigned_since_prepared_ = true;
    jumped_since_prepared_ = jumped_since_prepared_ || jumps;
    const hhk_field& row = table().fields[f];
    const auto insert = [&](EntitySet& set) {
        if (indices.empty()) {
            set.insert_all();
        }
        for (const std::int64_t i : indices) {
            set.insert(i);
        }
    };
    insert(assigned_[f]);
    if ((row.flags & HHK_STAGGERED) != 0) {
        insert(shift_pending_[f]);
    }
    if ((row.flags & HHK_CONSTANT) != 0 || row.role == HHK_PARAMETER) {
        entities_pending_ = true;
    }
    refresh_padding(f);
}

/// Memory of a table that hook prepare fills.
void PopulationState::allocate_hidden(std::uint32_t t) {
    constexpr std::size_t alignment = 64;
    const auto size = static_cast<std::size_t>(table().tables[t].hidden);
    if (size == 0) {
        return;
    }
    std::vector<double>& own = tables_[t].values;
    own.assign(size + alignment / sizeof(double), 0.0);
    void* first = own.data();
    std::size_t space = own.size() * sizeof(double);
    first = std::align(alignment, size * sizeof(double), first, space);
    tables_[t].set = true;
    table_data_[t] = {static_cast<double*>(first), static_cast<std::int64_t>(size), 1, 1.0};
}

void PopulationState::assign_table(std::uint32_t t, std::span<const double> values,
                                   std::int64_t rows, std::int64_t columns, double dt) {
    const bool per_entity = table().tables[t].per_entity != 0;
    const std::int64_t width = per_entity ? padded() : 1;
    std::vector<double>& own = tables_[t].values;
    own.resize(static_cast<std::size_t>(rows * width));
    for (std::int64_t row = 0; row < rows; ++row) {
        for (std::int64_t column = 0; column < width; ++column) {
            own[static_cast<std::size_t>(row * width + column)] =
                values[static_cast<std::size_t>(row * columns + std::min(column, columns - 1))];
        }
    }
    preview_valid_ = false;
    tables_[t].set = true;
    table_data_[t] = {own.data(), rows, width, dt};
}

void PopulationState::assign_link(Link link) {
    for (Link& mine : links_) {
        if (mine.field == link.field) {
            mine = std::move(link);
            break;
        }
    }
    preview_valid_ = false;
    ++revision_;
}

void PopulationState::gather(const Link& link) const {
    const FieldMemory target = field(link.field);
    const std::shared_ptr<PopulationState> from = link.source.lock();
    const Place place = find_variable(from->table(), link.source_variable, from->name());
    if (place.kind == Place::Kind::Uniform) {
        const double value = from->uniforms_[place.index];
        for (std::int64_t i = 0; i < padded(); ++i) {
            target.write(i, value);
        }
        return;
    }
    const FieldMemory source = from->field(place.index);
    for (std::int64_t i = 0; i < padded(); ++i) {
        target.write(i, source.read(link.indices[static_cast<std::size_t>(i)]));
    }
}

void PopulationState::rebind(Model model) {
    PopulationState old(*this); // shares the slab, copies the rest
    model_ = std::move(model);
    allocate();
    keep_values_of(old, {});
}

void PopulationState::reshape(const Counts& counts, int pre_copies, const Sources& sources) {
    PopulationState old(*this);
    counts_ = counts;
    pre_copies_ = pre_copies;
    allocate();
    keep_values_of(old, sources);
}

/// Field f takes the values of field g of `old`, and what was assigned of it.
void PopulationState::keep_field(std::uint32_t f, PopulationState& old, std::uint32_t g,
                                 const Sources& sources) {
    const bool mapped = table().fields[f].space == HHK_EACH && sources;
    const FieldMemory to = field(f);
    const FieldMemory from = old.field(g);
    if (!mapped) {
        if (count_of(f) != old.count_of(g)) {
            return;
        }
        for (std::int64_t i = 0; i < count_of(f); ++i) {
            to.write(i, from.read(i));
        }
        assigned_[f] = old.assigned_[g];
        shift_pending_[f] = old.shift_pending_[g];
        refresh_padding(f);
        return;
    }
    std::array<std::uint32_t, 1024> piece{};
    const bool any_assigned = !old.assigned_[g].empty();
    for (std::int64_t first = 0; first < count_of(f); first += std::ssize(piece)) {
        const auto size = std::min<std::int64_t>(std::ssize(piece), count_of(f) - first);
        sources(first, std::span(piece).first(static_cast<std::size_t>(size)));
        for (std::int64_t k = 0; k < size; ++k) {
            const std::uint32_t source = piece[static_cast<std::size_t>(k)];
            if (source == no_source) {
                continue;
            }
            to.write(first + k, from.read(source));
            if (any_assigned && old.assigned_[g].contains(source)) {
                assigned_[f].insert(first + k);
            }
        }
    }
    refresh_padding(f);
}

void PopulationState::keep_values_of(PopulationState& old, const Sources& sources) {
    const hhk_model& m = table();
    const hhk_model& before = old.table();
    for (std::uint32_t f = 0; f < m.field_count; ++f) {
        if (m.fields[f].role == HHK_HIDDEN) {
            continue;
        }
        for (std::uint32_t g = 0; g < before.field_count; ++g) {
            if (std::strcmp(m.fields[f].name, before.fields[g].name) == 0) {
                keep_field(f, old, g, sources);
            }
        }
        for (std::uint32_t u = 0; u < before.uniform_count; ++u) {
            if (std::strcmp(m.fields[f].name, before.uniforms[u].name) == 0) {
                for (std::int64_t i = 0; i < padded_of(f); ++i) {
                    field(f).write(i, old.uniforms_[u]);
                }
                assigned_[f].insert_all();
            }
        }
    }
    for (std::uint32_t u = 0; u < m.uniform_count; ++u) {
        for (std::uint32_t w = 0; w < before.uniform_count; ++w) {
            if (m.uniforms[u].role != HHK_HIDDEN &&
                std::strcmp(m.uniforms[u].name, before.uniforms[w].name) == 0) {
                uniforms_[u] = old.uniforms_[w];
            }
        }
    }
    for (std::uint32_t t = 0; t < m.table_count; ++t) {
        for (std::uint32_t w = 0; w < before.table_count; ++w) {
            if (std::strcmp(m.tables[t].name, before.tables[w].name) == 0 && old.tables_[w].set &&
                m.tables[t].hidden == 0) {
                tables_[t] = old.tables_[w];
                table_data_[t] = old.table_data_[w];
                table_data_[t].values = tables_[t].values.data();
            }
        }
    }
    for (Link& link : old.links_) {
        for (Link& mine : links_) {
            if (std::strcmp(m.fields[mine.field].name, before.fields[link.field].name) == 0) {
                const std::uint32_t own_field = mine.field;
                mine = link;
                mine.field = own_field;
            }
        }
    }
}

} // namespace hodg::kernel
