// SPDX-License-Identifier: MIT
// Thresholds, resets, refractoriness, events and update blocks of a draft.
#pragma once

#include "sema/collect.h"

namespace hhc::sema {

void check_behaviour(Draft& draft, const Behaviour& behaviour, Scope& scope);

/// Statements in order; names that no variable has are local to the block.
[[nodiscard]] model::Block check_statements(Draft& draft, const Scope& scope,
                                            const std::vector<ast::Statement>& statements,
                                            const std::string& stream, Span span);

/// Reports a name that is no integration method, with what Brian calls it; false if unknown.
bool known_method(const std::string& name, Span span, diag::Sink& sink);

} // namespace hhc::sema
