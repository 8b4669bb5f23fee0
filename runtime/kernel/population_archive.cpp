// SPDX-License-Identifier: MIT
// The part of PopulationState that saves and restores. Derived values are saved too, but computed
// anew before the next step, from the same bits to the same bits.
#include "archive/archive.h"
#include "base/fail.h"
#include "kernel/population_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace hodg::kernel {

using base::Code;
using base::fail;

/// One name a line.
static std::string joined(std::span<const std::string> names) {
    std::string all;
    for (const std::string& name : names) {
        all += name;
        all += '\n';
    }
    return all;
}

static std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

static archive::Type archive_type(const hhk_model& model, const hhk_field& field) {
    switch (field.type) {
    case HHK_REAL:
        return model.real_size == sizeof(double) ? archive::Type::Real64 : archive::Type::UInt32;
    case HHK_INTEGER:
        return archive::Type::Int32;
    case HHK_BOOLEAN:
        return archive::Type::Bytes;
    default:
        return archive::Type::Int64;
    }
}

static std::string field_section(std::uint32_t number) {
    return fmt::format("field/{}", number);
}

/// What must be the same of a variable, apart from its name.
template <class Row> static std::string signature_of(const Row& row) {
    std::string text = fmt::format("{} {}", int{row.type}, int{row.role});
    for (int d = 0; d < 7; ++d) {
        text += fmt::format(" {}/{}", int{row.dimension.numerator[d]},
                            int{row.dimension.denominator[d]});
    }
    return text;
}

static std::string signature(const hhk_model& model, const hhk_field& field) {
    const std::size_t size = field.role == HHK_HIDDEN ? 0 : element_size(model, field);
    return fmt::format("{} {} {}", signature_of(field), int{field.space}, size);
}

/// Events, and what synapses do at which.
static std::string events_of(const hhk_model& model) {
    std::string text;
    for (std::uint32_t e = 0; e < model.event_count; ++e) {
        text += fmt::format("{}\n", model.events[e].name);
    }
    for (std::uint32_t p = 0; model.synapse != nullptr && p < model.synapse->pathway_count; ++p) {
        const hhk_pathway& row = model.synapse->pathways[p];
        text += fmt::format("{} {} {}\n", row.name, row.event, row.space);
    }
    return text;
}

// --- saving ------------------------------------------------------------------------------------

void PopulationState::save_field(const archive::Out& out, std::uint32_t f) const {
    const hhk_field& row = table().fields[f];
    const std::size_t size = element_size(table(), row);
    const auto count = static_cast<std::size_t>(numbered_in(row.space));
    const archive::Type type = archive_type(table(), row);
    const char* data = slab_->field(f);
    if (places == nullptr || row.space != HHK_EACH) {
        out.refer(field_section(f), type, {data, count * size});
    } else {
        std::vector<char> by_number(count * size);
        for (std::size_t n = 0; n < count; ++n) {
            std::memcpy(by_number.data() + n * size, data + (*places)[n] * size, size);
        }
        out.put_typed(field_section(f), type, by_number);
    }
    const auto flags = [&](const char* name, const EntitySet& set) {
        if (set.empty() || count == 0) {
            return;
        }
        std::vector<char> members(set.full() ? 1 : count);
        for (std::size_t n = 0; n < members.size(); ++n) {
            const bool there = set.contains(place_of(f, static_cast<std::int64_t>(n)));
            members[n] = there ? '\1' : '\0';
        }
        out.put(fmt::format("{}/{}", name, f), members);
    };
    flags("assigned", assigned_[f]);
    flags("shift", shift_pending_[f]);
}

void PopulationState::save(const archive::Out& out) const {
    const hhk_model& m = table();
    out.put_text("name", name_);
    out.put_text("model", m.name);
    out.put_text("events", events_of(m));
    out.put("counts", std::span<const std::int64_t>(counts_).subspan(1));
    out.put("each", numbered_in(HHK_EACH));
    const std::vector<char> pending{static_cast<char>(started_), static_cast<char>(init_pending_),
                                    static_cast<char>(assigned_since_prepared_),
                                    static_cast<char>(jumped_since_prepared_)};
    out.put("pending", pending);
    std::vector<std::string> names;
    std::vector<std::string> signatures;
    for (std::uint32_t f = 0; f < m.field_count; ++f) {
        names.emplace_back(m.fields[f].name);
        signatures.push_back(signature(m, m.fields[f]));
        save_field(out, f);
    }
    out.put_text("fields", joined(names));
    out.put_text("field_signatures", joined(signatures));
    names.clear();
    signatures.clear();
    for (std::uint32_t u = 0; u < m.uniform_count; ++u) {
        names.emplace_back(m.uniforms[u].name);
        signatures.push_back(signature_of(m.uniforms[u]));
    }
    out.put_text("uniforms", joined(names));
    out.put_text("uniform_signatures", joined(signatures));
    out.put("uniform_values", std::vector<double>(uniforms_.begin(), uniforms_.end()));
    for (std::uint32_t t = 0; t < m.table_count; ++t) {
        if (tables_[t].set && m.tables[t].hidden == 0) {
            const archive::Out table = out.in(fmt::format("table/{}", t));
            table.put("values", tables_[t].values);
            table.put("rows", table_data_[t].rows);
            table.put("dt", table_data_[t].dt);
        }
    }
    for (std::size_t n = 0; n < links_.size(); ++n) {
        const archive::Out link = out.in(fmt::format("link/{}", n));
        const auto source = links_[n].source.lock();
        link.put_text("source", source == nullptr ? std::string() : source->name());
        link.put_text("variable", links_[n].source_variable);
        link.put("indices", links_[n].indices);
    }
    if (host_solver_ != nullptr) {
        host_solver_->save(out.in("solver"));
    }
    if (save_given) {
        save_given(out.in("given"));
    }
}

// --- restoring ---------------------------------------------------------------------------------

/// Where a variable stands in the file.
namespace {
struct SavedNames {
    explicit SavedNames(const archive::In& in)
        : fields(lines_of(in.text("fields"))), field_rows(lines_of(in.text("field_signatures"))),
          uniforms(lines_of(in.text("uniforms"))),
          uniform_rows(lines_of(in.text("uniform_signatures"))) {
        if (fields.size() != field_rows.size() || uniforms.size() != uniform_rows.size()) {
            in.damaged("its list of variables is damaged");
        }
    }

    static std::int64_t find(const std::vector<std::string>& names, std::string_view name) {
        const auto found = std::find(names.begin(), names.end(), name);
        return found == names.end() ? -1 : found - names.begin();
    }

    std::vector<std::string> fields;
    std::vector<std::string> field_rows;
    std::vector<std::string> uniforms;
    std::vector<std::string> uniform_rows;
};
} // namespace

/// The same variables; one that has a value per entity here may have one for all there.
void PopulationState::check_variables(const archive::In& in) const {
    const SavedNames saved(in);
    const auto differs = [&](const char* name, const char* how) {
        refuse(in, fmt::format("`{}` is {}", name, how));
    };
    for (std::uint32_t f = 0; f < table().field_count; ++f) {
        const hhk_field& row = table().fields[f];
        if (row.role == HHK_HIDDEN) {
            continue;
        }
        const std::int64_t field = SavedNames::find(saved.fields, row.name);
        const std::int64_t uniform = SavedNames::find(saved.uniforms, row.name);
        if (field < 0 && uniform < 0) {
            differs(row.name, "not there");
        }
        const bool same =
            field >= 0
                ? saved.field_rows[static_cast<std::size_t>(field)] == signature(table(), row)
                : saved.uniform_rows[static_cast<std::size_t>(uniform)] == signature_of(row);
        if (!same) {
            differs(row.name, "of another type, unit or kind there");
        }
    }
    for (std::uint32_t u = 0; u < table().uniform_count; ++u) {
        const hhk_uniform& row = table().uniforms[u];
        const std::int64_t uniform = SavedNames::find(saved.uniforms, row.name);
        if (row.role == HHK_HIDDEN) {
            continue;
        }
        if (uniform < 0) {
            differs(row.name, "not there, or has a value per entity there");
        }
        if (saved.uniform_rows[static_cast<std::size_t>(uniform)] != signature_of(row)) {
            differs(row.name, "of another type, unit or kind there");
        }
    }
}

void PopulationState::refuse(const archive::In& in, const std::string& reason) const {
    fail(Code::SaveMismatch,
         fmt::format("`{}` cannot be restored from `{}`: {}", name_, in.title(), reason));
}

void PopulationState::check(const archive::In& in, bool same_model) const {
    const std::string model = in.text("model");
    if (same_model && model != table().name) {
        refuse(in, fmt::format("it is a `{}` here and a `{}` there", table().name, model));
    }
    const auto counts = in.get<std::int64_t>("counts", counts_.size() - 1);
    const auto each = in.one<std::int64_t>("each");
    if (!std::equal(counts.begin(), counts.end(), counts_.begin() + 1) ||
        (table().synapse == nullptr && each != count())) {
        refuse(in, fmt::format("it has {} entities here and {} there", count(), each));
    }
    check_variables(in);
    if (in.text("events") != events_of(table())) {
        refuse(in, fmt::format("the events of `{}` are others there", table().name));
    }
    for (std::size_t n = 0; n < links_.size(); ++n) {
        const archive::In link = in.in(fmt::format("link/{}", n));
        const auto source = links_[n].source.lock();
        if ((source == nullptr ? std::string() : source->name()) != link.text("source") ||
            links_[n].source_variable != link.text("variable") ||
            links_[n].indices != link.get<std::int64_t>("indices")) {
            refuse(in,
                   fmt::format("`{}` is linked otherwise", table().fields[links_[n].field].name));
        }
    }
}

void PopulationState::restore_field(const archive::In& in, std::uint32_t f) {
    const hhk_field& row = table().fields[f];
    const SavedNames names(in);
    const std::int64_t found = SavedNames::find(names.fields, row.name);
    const std::int64_t uniform = SavedNames::find(names.uniforms, row.name);
    if (found < 0 && uniform >= 0 && row.role != HHK_HIDDEN) {
        const double value = in.get<double>(
            "uniform_values", names.uniforms.size())[static_cast<std::size_t>(uniform)];
        for (std::int64_t i = 0; i < padded_of(f); ++i) {
            field(f).write(i, value);
        }
        assigned_[f].insert_all();
        return;
    }
    if (found < 0) {
        return; // derived by this compilation alone
    }
    const auto saved = static_cast<std::uint32_t>(found);
    const archive::Type type = archive_type(table(), row);
    const std::string section = field_section(saved);
    if (row.role == HHK_HIDDEN && in.type(section) != type) {
        return;
    }
    const auto count = static_cast<std::size_t>(count_of(f));
    const std::vector<char> values = in.raw(section, type, count * element_size(table(), row));
    std::copy(values.begin(), values.end(), slab_->field(f));
    refresh_padding(f);
    const auto flags = [&](const char* name, EntitySet& set) {
        set.clear();
        const std::string place = fmt::format("{}/{}", name, saved);
        if (!in.has(place)) {
            return;
        }
        const std::vector<char> members = in.get<char>(place);
        if (members.size() == 1) {
            set.insert_all();
        } else if (members.size() != count) {
            in.damaged(
                fmt::format("`{}` has {} values instead of {}", place, members.size(), count));
        }
        for (std::size_t n = 0; !set.full() && n < members.size(); ++n) {
            if (members[n] != '\0') {
                set.insert(static_cast<std::int64_t>(n));
            }
        }
    };
    flags("assigned", assigned_[f]);
    flags("shift", shift_pending_[f]);
}

void PopulationState::restore_uniforms(const archive::In& in) {
    const std::vector<std::string> names = lines_of(in.text("uniforms"));
    const auto values = in.get<double>("uniform_values", names.size());
    for (std::uint32_t u = 0; u < table().uniform_count; ++u) {
        const auto found = std::find(names.begin(), names.end(), table().uniforms[u].name);
        if (found != names.end() && table().uniforms[u].role != HHK_HIDDEN) {
            uniforms_[u] = values[static_cast<std::size_t>(found - names.begin())];
        }
    }
}

void PopulationState::restore_tables(const archive::In& in) {
    for (std::uint32_t t = 0; t < table().table_count; ++t) {
        const archive::In saved = in.in(fmt::format("table/{}", t));
        if (!saved.has("values") || table().tables[t].hidden != 0) {
            continue;
        }
        const std::int64_t width = table().tables[t].per_entity != 0 ? padded() : 1;
        const auto rows = saved.one<std::int64_t>("rows");
        auto values = saved.get<double>("values");
        if (rows < 1 || static_cast<std::int64_t>(values.size()) % width != 0 ||
            static_cast<std::int64_t>(values.size()) / width != rows) {
            saved.damaged(fmt::format("a timed array of `{}` has the wrong size", name_));
        }
        tables_[t].values = std::move(values);
        tables_[t].set = true;
        table_data_[t] = {tables_[t].values.data(), rows, width, saved.one<double>("dt")};
    }
}

void PopulationState::restore(const archive::In& in, std::uint64_t seed) {
    context_.seed = seed;
    for (std::uint32_t f = 0; f < table().field_count; ++f) {
        restore_field(in, f);
    }
    restore_uniforms(in);
    restore_tables(in);
    const std::vector<char> pending = in.get<char>("pending", 4);
    started_ = pending[0] != 0;
    init_pending_ = pending[1] != 0;
    assigned_since_prepared_ = pending[2] != 0;
    jumped_since_prepared_ = pending[3] != 0;
    prepare_pending_ = true;
    entities_pending_ = true;
    preview_valid_ = false;
    if (host_solver_ != nullptr) {
        host_solver_->restore(in.in("solver"));
    }
    if (restore_given) {
        restore_given(in.in("given"));
    }
    ++revision_;
}

} // namespace hodg::kernel
