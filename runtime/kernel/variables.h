// SPDX-License-Identifier: MIT
// Variables by name: where a dotted name leads in the tables of a model.
#pragma once

#include "abi/kernel_abi.h"

#include "hodg/model.h"

#include <cstdint>
#include <string_view>

namespace hodg::kernel {

Variable describe(const hhk_field& field);
Variable describe(const hhk_uniform& uniform);

/// A field (one value per entity) or a uniform (one for all).
struct Place {
    enum class Kind : std::uint8_t { Field, Uniform };
    Kind kind = Kind::Field;
    std::uint32_t index = 0;
};

/// Throws Error HH6010 with a suggestion; hidden variables have no name for users. `object` is the
/// name to say in the message.
Place find_variable(const hhk_model& model, std::string_view name, std::string_view object);

/// Index of the field; throws also when the variable is a uniform.
std::uint32_t find_field(const hhk_model& model, std::string_view name, std::string_view object);

std::uint32_t find_table(const hhk_model& model, std::string_view name, std::string_view object);
std::uint32_t find_event(const hhk_model& model, std::string_view name, std::string_view object);

} // namespace hodg::kernel
