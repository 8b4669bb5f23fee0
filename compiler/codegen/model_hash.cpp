// SPDX-License-Identifier: MIT
#include "codegen/model_hash.h"

#include "support/hash.h"
#include "support/number_text.h"

#include <algorithm>
#include <cstddef>
#include <functional>

namespace hhc::codegen {
namespace {

void add(Hasher& hasher, const units::Dimension& dimension) {
    for (const Rational& exponent : dimension.exponents()) {
        hasher.field(exponent.text());
    }
}

template <class Item> void add_variable(Hasher& hasher, const Item& item) {
    hasher.field(item.name).field(item.unit).field(hex_double(item.unit_scale));
    add(hasher, item.dimension);
    hasher.field(static_cast<std::uint64_t>(item.storage)).field(item.role).field(item.flags);
}

/// What the compiler adds (hoisted values, flags) depends on options and is nobody's interface.
template <class Items> void add_variables(Hasher& hasher, const Items& items) {
    for (const auto& item : items) {
        if (item.role != ir::role::hidden) {
            add_variable(hasher, item);
        }
    }
    hasher.field("end");
}

} // namespace

std::array<std::uint64_t, 2> hash_words(const Hash128& hash) {
    std::array<std::uint64_t, 2> words{};
    for (std::size_t i = 0; i < hash.bytes.size(); ++i) {
        words[i / 8] |= std::uint64_t{hash.bytes[i]} << (8 * (i % 8));
    }
    return words;
}

std::array<std::uint64_t, 2> interface_hash(const ir::Module& module) {
    Hasher hasher;
    hasher.field("interface 1").field(module.real_size);
    if (module.is_cell) {
        hasher.field("cell");
    }
    add_variables(hasher, module.fields);
    add_variables(hasher, module.uniforms);
    const auto is_hidden = [](const ir::Table& table) { return table.hidden != 0; };
    hasher.field(
        static_cast<std::uint64_t>(std::ranges::count_if(module.tables, std::not_fn(is_hidden))));
    for (const ir::Table& table : module.tables) {
        if (is_hidden(table)) {
            continue;
        }
        hasher.field(table.name);
        add(hasher, table.dimension);
        hasher.field(table.per_entity ? 1 : 0);
    }
    if (module.is_synapse) {
        hasher.field("synapse");
        for (const ir::Field& field : module.fields) {
            hasher.field(static_cast<std::uint64_t>(field.space));
        }
        for (const ir::Pathway& pathway : module.pathways) {
            hasher.field(pathway.name).field(pathway.event);
            hasher.field(static_cast<std::uint64_t>(pathway.space));
        }
    }
    hasher.field(module.events.size());
    for (const ir::Event& event : module.events) {
        hasher.field(event.name).field(event.sets_last_spike ? 1 : 0);
    }
    return hash_words(hasher.finish());
}

} // namespace hhc::codegen
