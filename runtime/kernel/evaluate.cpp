// SPDX-License-Identifier: MIT
#include "kernel/observing_function.h"
#include "kernel/population_state.h"

#include "hodg/expression.h"

#include <algorithm>

namespace hodg {

std::vector<std::vector<double>> evaluate(const Population& population,
                                          const Expression& expression, std::uint64_t seed) {
    kernel::PopulationState& state = *population.state();
    state.preview_initial_values();
    const auto padded = static_cast<std::size_t>(state.padded());
    std::vector<std::vector<double>> values(expression.names.size());
    std::vector<double*> outputs;
    for (std::vector<double>& output : values) {
        output.resize(padded);
        outputs.push_back(output.data());
    }
    hhk_context context = state.context();
    context.seed = seed;
    context.outputs = outputs.data();
    if (expression.model != nullptr) {
        context.model = expression.model;
    }
    hhk_block block{};
    block.end = state.padded();
    kernel::observing_function(state.table(), expression)(&context, &block);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i].resize(expression.names[i].empty() ? 0 : static_cast<std::size_t>(state.count()));
    }
    return values;
}

} // namespace hodg
