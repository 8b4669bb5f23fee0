// SPDX-License-Identifier: MIT
// Names: which may be defined, what one that is read stands for, and which were probably meant.
#pragma once

#include "sema/draft.h"

#include <optional>
#include <string>
#include <vector>

namespace hhc::sema {

/// Reports a name that belongs to the language; false if it may not be defined.
bool may_define(Draft& draft, const Scope& scope, const ast::Name& name);

/// The variable that a dotted name means in a scope: its own, those around it, what it needs.
/// Nothing if there is none; the names of the language itself are not looked at.
[[nodiscard]] std::optional<VariableId> find_variable(const Draft& draft, const Scope& scope,
                                                      const std::string& name);

/// t, dt, i, N, xi, lastspike and their kin, made when first used; constants of a file; externals;
/// free names.
[[nodiscard]] std::optional<VariableId> find_beyond(Draft& draft, const Scope& scope,
                                                    const std::string& name, Span span);

/// Every name that could stand here, for suggestions.
[[nodiscard]] std::vector<std::string> visible_names(const Draft& draft, const Scope& scope);

/// The variable `temperature`.
[[nodiscard]] VariableId temperature(Draft& draft);

} // namespace hhc::sema
