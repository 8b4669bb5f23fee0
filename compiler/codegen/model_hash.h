// SPDX-License-Identifier: MIT
// Identity of a model across backends and releases.
#pragma once

#include "ir/ir.h"
#include "support/hash.h"

#include <array>
#include <cstdint>

namespace hhc::codegen {

/// Names, units, types, roles and the order of fields, uniforms, tables and events: what a
/// checkpoint needs. Every backend puts the same into hhk_model.interface_hash.
[[nodiscard]] std::array<std::uint64_t, 2> interface_hash(const ir::Module& module);

/// As the two words of the C struct.
[[nodiscard]] std::array<std::uint64_t, 2> hash_words(const Hash128& hash);

/// Version of the random streams (hhk_model.random_scheme).
inline constexpr std::uint32_t random_scheme = 1;

} // namespace hhc::codegen
