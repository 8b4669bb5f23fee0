// SPDX-License-Identifier: MIT
// Private to this room: the linear sums behind the new values of states, for gather_updates.
#pragma once

#include "ir/ir.h"

#include <map>
#include <vector>

namespace hhc::passes {

/// A product of values known for the population.
struct Weight {
    bool negative = false;
    std::vector<ir::ValueId> factors, divisors;
};

struct Term {
    ir::ValueId atom;
    Weight weight;
};

/// sum weight*atom over entity values, plus the same over values known for the population.
struct UpdateSum {
    std::vector<Term> terms;
    std::vector<Term> constant;
};

/// The sums that cost fewer operations with one factor a variable, by the value they stand for: new
/// values of states, and states moved within the step (a mean, a midpoint) that other equations
/// read. Sums that share operations are weighed together, as these go only if all of them do.
[[nodiscard]] std::map<ir::ValueId, UpdateSum> shorter_sums(const ir::Module& module,
                                                            const ir::Kernel& kernel);

} // namespace hhc::passes
