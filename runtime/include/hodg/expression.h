// SPDX-License-Identifier: MIT
// Expressions in the scope of a population's model, as compiled kernels: what recorders sample and
// what string assignments evaluate.
#pragma once

#include "hodg/export.h"
#include "hodg/population.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct hhk_block;
struct hhk_context;

namespace hodg {

/// A kernel that computes values of every entity: called block by block with the context of the
/// population, it writes context->outputs[0 ... names.size() - 1].
struct Expression {
    using Function = std::int32_t (*)(const hhk_context*, hhk_block*);

    Function function = nullptr;       // null: the model's own hook observe, with its outputs
    std::vector<std::string> names;    // one per output, as they shall be recorded; "": not kept
    const hhk_model* model = nullptr;  // what context->model shall be; null: the population's
    std::shared_ptr<const void> owner; // keeps the code alive
};

/// One vector of size() values per name (none where that is empty), with the values in force now.
/// Random functions draw from the streams of `seed`.
[[nodiscard]] HODG_API std::vector<std::vector<double>>
evaluate(const Population& population, const Expression& expression, std::uint64_t seed);

} // namespace hodg
