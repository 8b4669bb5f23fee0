// SPDX-License-Identifier: MIT
// Gates whose steady state and decay depend on one voltage, on parameters and dt alone become
// piecewise polynomials of that voltage, where Options::approximate asks for it.
//
//   %7 = div %alpha, (alpha + beta)         %7 = ... as before
//   %9 = math exp (-dt (alpha + beta))      %9 = ... as before
//   store m, inf + (m - inf) * decay   ->   inf = approximate %v, %7; decay = approximate %v, %9
//
// The second argument stays the truth: it is computed where the voltage is outside [-105, 55] mV,
// and elsewhere not at all (codegen puts it into a branch). The polynomials are made by `prepare`
// for the parameters and the dt in force, and certified there by interval arithmetic
// (ir/piecewise.h); if a bound is not kept for them, every lane takes the exact side.
//
// Bound: |inf - exact| and |decay - exact| at most Options::approximate (absolute). Double only.
// Off without the option, and with `strict`.
#pragma once

#include "passes/pass.h"

namespace hhc::passes {

bool approximate_gates(ir::Module& module, const Context& context);

} // namespace hhc::passes
