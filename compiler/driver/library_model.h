// SPDX-License-Identifier: MIT
// The model of a loaded library as far as a synapse may look into it: what is stored, from the
// table; definitions and refractoriness, from the texts in its description.
#pragma once

#include "diag/sink.h"
#include "model/model.h"

struct hhk_model;

namespace hhc::driver {

/// Reports a library whose refractoriness cannot be read (HH8011).
[[nodiscard]] model::CheckedModel library_model(const hhk_model& table, diag::Sink& sink);

} // namespace hhc::driver
