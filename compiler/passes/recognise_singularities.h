// SPDX-License-Identifier: MIT
// Classical rate functions are 0/0 at one voltage although their limit is finite. They are
// evaluated through exprel(x) = (exp(x) - 1)/x and its reciprocal, which are accurate everywhere.
//
//   %2 = add %v, 0.04                            %2 = add %v, 0.04
//   %3 = mul 100, %2                             %4 = neg %2
//   %4 = neg %2                            ->    %5 = mul 100, %4
//   %5 = mul 100, %4                             %6 = math inv_exprel %5
//   %6 = math exp %5                             %7 = mul 1000, %6
//   %7 = sub 1, %6
//   %8 = div %3, %7
//   %9 = mul 1000, %8
//
// Forms, for u any expression and f a multiple of it by literals, parameters or anything else that
// can be divided out, standing anywhere in a product or quotient:
//   f/(exp(u) - 1), f/(1 - exp(u)), f/expm1(u)  ->  (f/u) inv_exprel(u)
//   (exp(u) - 1)/f and kin                      ->  exprel(u)/(f/u)
//   f/sinh(u)                                   ->  (f/u) sqrt(inv_exprel(2u) inv_exprel(-2u))
// u and f are compared as sums of atoms, so 54 + V and (-54 - V)/4 are recognised. Where the
// quotient was well conditioned the result differs by rounding (a few ulp); next to the singularity
// the original loses digits without bound. Each rewrite is a note for the user.
#pragma once

#include "passes/pass.h"

namespace hhc::passes {

bool recognise_singularities(ir::Module& module, const Context& context);

} // namespace hhc::passes
