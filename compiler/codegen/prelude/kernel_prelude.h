// SPDX-License-Identifier: MIT
// The kernel prelude: everything that a generated kernel may call, freestanding. Each section needs
// those above it.
// clang-format off
#include "prelude_types.h"
#include "prelude_round.h"
#include "prelude_exp.h"
#include "prelude_log.h"
#include "prelude_trig.h"
#include "prelude_hyperbolic.h"
#include "prelude_pow.h"
#include "prelude_erf.h"
#include "prelude_piecewise.h"
#include "prelude_random.h"
#include "prelude_linalg.h"
// clang-format on
