// SPDX-License-Identifier: MIT
// Cells: models of the membrane of a branched cable. The geometry of a compartment, its membrane
// capacitance and the axial current are names of the language there.
#pragma once

#include "sema/draft.h"

namespace hhc::sema {

/// Adds what a cell has beside its equations: v, Cm, Ri, area, distance and their kin. The user's
/// own equations are declared already.
void declare_cell(Draft& draft, Scope& root);

/// Writes down the currents of a cell once everything is defined; nothing in other models.
void finish_cell(Draft& draft);

/// A current density of an inserted part is zero where the part is not inserted.
[[nodiscard]] ExprId only_where_inserted(Draft& draft, const Scope& scope, ExprId value);

} // namespace hhc::sema
