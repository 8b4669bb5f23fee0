// SPDX-License-Identifier: MIT
// The kernel prelude: everything that a generated kernel may call, freestanding. See each section.
#include "prelude_exp.h"
#include "prelude_log.h"
#include "prelude_round.h"
#include "prelude_types.h"
