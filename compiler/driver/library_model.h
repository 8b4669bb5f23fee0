// SPDX-License-Identifier: MIT
// The model of a loaded library as far as a synapse or an expression may look into it: what is
// stored, from the table; definitions and refractoriness, from the texts in its description.
#pragma once

#include "diag/sink.h"
#include "ir/ir.h"
#include "model/model.h"

struct hhk_model;

namespace hhc::driver {

/// Reports a library whose refractoriness cannot be read (HH8011).
[[nodiscard]] model::CheckedModel library_model(const hhk_model& table, diag::Sink& sink);

/// Gives the variables that a kernel of this module reads the places that they have in the table.
void place_as_in(const hhk_model& table, ir::Module& module);

} // namespace hhc::driver
