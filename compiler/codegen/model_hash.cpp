// SPDX-License-Identifier: MIT
#include "codegen/model_hash.h"

#include "support/hash.h"
#include "support/number_text.h"

#include <cstddef>

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
    hasher.field(module.fields.size());
    for (const ir::Field& field : module.fields) {
        add_variable(hasher, field);
    }
    hasher.field(module.uniforms.size());
    for (const ir::Uniform& uniform : module.uniforms) {
        add_variable(hasher, uniform);
    }
    hasher.field(module.tables.size());
    for (const ir::Table& table : module.tables) {
        hasher.field(table.name);
        add(hasher, table.dimension);
        hasher.field(table.per_entity ? 1 : 0);
    }
    hasher.field(module.events.size());
    for (const ir::Event& event : module.events) {
        hasher.field(event.name).field(event.sets_last_spike ? 1 : 0);
    }
    return hash_words(hasher.finish());
}

} // namespace hhc::codegen
