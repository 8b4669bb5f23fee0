// SPDX-License-Identifier: MIT
// Implicit steps, and the step that the host makes: its solver has left the new values in fields.
#include "lower/step.h"

#include <utility>

namespace hhc::lower {

using ir::ValueId;

/// Pivots are not looked for: matrices here are 1 - h A with the decay of a membrane or of a
/// kinetic scheme on the diagonal.
Step::Values Step::solve(std::vector<std::vector<Term>> rows) {
    const std::size_t n = rows.size();
    const auto subtract = [&](Term& from, const Term& factor, const Term& what) {
        if (factor && what) {
            const ValueId product = builder_.mul(*factor, *what);
            from = from ? builder_.sub(*from, product) : builder_.neg(product);
        }
    };
    for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t i = k + 1; i < n; ++i) {
            if (!rows[i][k]) {
                continue;
            }
            const Term factor = builder_.div(*rows[i][k], *rows[k][k]);
            for (std::size_t j = k + 1; j <= n; ++j) {
                subtract(rows[i][j], factor, rows[k][j]);
            }
        }
    }
    Values values(n);
    std::vector<Term> known(n);
    for (std::size_t i = n; i-- > 0;) {
        Term right = rows[i][n];
        for (std::size_t j = i + 1; j < n; ++j) {
            subtract(right, rows[i][j], known[j]);
        }
        values[i] = right ? builder_.div(*right, *rows[i][i]) : builder_.real(0.0);
        known[i] = values[i];
    }
    return values;
}

/// Newton iterations of one step. The first is a linearly implicit Euler step; each further one
/// squares the remaining error once it is near; at the start of a stiff reaction it halves it.
static constexpr int newton_iterations = 8;

void Step::backward_euler(const States& states) {
    if (states.empty()) {
        return;
    }
    const std::size_t n = states.size();
    Values values;
    for (const StateIndex one : states) {
        values.push_back(state(one));
    }
    for (int iteration = 0; iteration < newton_iterations; ++iteration) {
        Frame frame(start_);
        for (std::size_t i = 0; i < n; ++i) {
            frame.set(equations_[states[i]].leaf, values[i]);
        }
        frame.set(equations_.scope().time_leaf(), builder_.add(builder_.time(), dt_));
        std::vector<std::vector<Term>> rows(n, std::vector<Term>(n + 1));
        for (std::size_t i = 0; i < n; ++i) { // (1 - dt J) change = x(t) + dt f(x) - x
            const bool held = equations_.variable(states[i]).flags.unless_refractory;
            for (std::size_t j = 0; j < n; ++j) {
                const Term slope = frame.of(equations_.jacobian(states[i], states[j]));
                if (slope) {
                    const ValueId entry = builder_.neg(builder_.mul(dt_, *slope));
                    rows[i][j] =
                        held ? builder_.select(start_.not_refractory(), entry, builder_.real(0.0))
                             : entry;
                }
            }
            const ValueId one = builder_.real(1.0);
            rows[i][i] = rows[i][i] ? builder_.add(one, *rows[i][i]) : one;
            const ValueId moved =
                builder_.add(state(states[i]), builder_.mul(dt_, drift(frame, states[i])));
            rows[i][n] = builder_.sub(moved, values[i]);
        }
        const Values change = solve(std::move(rows));
        for (std::size_t i = 0; i < n; ++i) {
            values[i] = builder_.add(values[i], change[i]);
        }
    }
    for (std::size_t i = 0; i < n; ++i) {
        put(states[i], values[i]);
    }
}

void Step::solved_by_host(const States& states) {
    const auto& cell = equations_.scope().model().cell;
    for (const StateIndex one : states) {
        if (cell && equations_[one].variable == cell->potential) {
            next_[one] = state(one); // stands in its own field
        } else {
            put(one, builder_.load(plan_.solved[one]));
        }
    }
}

} // namespace hhc::lower
