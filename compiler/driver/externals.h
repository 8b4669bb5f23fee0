// SPDX-License-Identifier: MIT
// External names of an equation string, from the public form to what sema takes.
#pragma once

#include "diag/sink.h"
#include "sema/check.h"

#include "hhc/compile.h"
#include "hhc/options.h"

#include <optional>
#include <string_view>
#include <vector>

namespace hhc::driver {

[[nodiscard]] std::vector<sema::External> to_externals(const std::vector<External>& externals,
                                                       diag::Sink& sink);

/// Dimension of a unit as text ("amp/meter**2", "mV", "1"); nullopt, after a report, if it is none.
[[nodiscard]] std::optional<units::Dimension> read_dimension(std::string_view unit,
                                                             diag::Sink& sink);

[[nodiscard]] Exponents to_exponents(const units::Dimension& dimension);

} // namespace hhc::driver
