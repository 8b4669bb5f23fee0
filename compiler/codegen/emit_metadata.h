// SPDX-License-Identifier: MIT
// Private: the constant tables of a model (hhk_model and what it points to) as C++.
#pragma once

#include "ir/ir.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace hhc::codegen {

/// Names of the functions of a model; empty: the model has no such hook.
struct HookNames {
    std::string prepare, prepare_entities, init, half_step, advance, observe, rhs, jacobian, linear;
    std::vector<std::string> on_event; // one per event
    // of a synapse: by space, by pathway
    using BySpace = std::array<std::string, 5>;
    BySpace space_prepare, space_init, space_advance, space_sum;
    std::vector<std::string> deliver, deliver_entities, by_count;
    std::vector<std::uint64_t> alike; // fields that by_count takes from one synapse
    std::string sum_and_advance;      // over PER_POST
    std::string sum_in_rounds;        // over EACH
    bool sums_by_target = false;      // the sum over EACH takes items, too
};

struct TableOptions {
    std::string identifier; ///< of the model in C++; the table is hhk_model_<identifier>
    std::string required_features;
    int vector_width = 1;
    bool stand_alone = true; ///< else without variables and texts, which the host has from the IR
    std::array<std::uint64_t, 2> code_hash{};
};

[[nodiscard]] std::string emit_tables(const ir::Module& module, const HookNames& hooks,
                                      const TableOptions& options);

} // namespace hhc::codegen
