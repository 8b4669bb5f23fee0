// SPDX-License-Identifier: MIT
#include "cable/elimination.h"

#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) &&             \
    !defined(__SANITIZE_THREAD__) && !defined(__clang__)
// The same operations for three instruction sets; multiplications and additions are never fused, so
// that all give the same bits.
#define HODG_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define HODG_CLONES
#endif

namespace hodg::cable {

namespace {

template <int lanes> struct Vector {
    typedef double type __attribute__((vector_size(lanes * sizeof(double)), may_alias));
};
template <> struct Vector<1> {
    using type = double;
};

template <int lanes> [[gnu::always_inline]] inline bool any_not_positive(const double* values) {
    bool bad = false;
    for (int l = 0; l < lanes; ++l) {
        bad |= !(values[l] > 0);
    }
    return bad;
}

/// Membrane terms of every node; false if one cannot be solved.
template <int lanes>
[[gnu::always_inline]] inline bool assemble(const SolverTree& tree, const Coefficients& c,
                                            const Membrane& m, double rate) {
    using V = typename Vector<lanes>::type;
    const auto n = static_cast<std::int64_t>(tree.node.size());
    const std::int32_t* compartment = tree.compartment.data();
    const auto* capacitance = reinterpret_cast<const V*>(c.capacitance);
    const auto* area = reinterpret_cast<const V*>(c.area);
    const auto* neighbours = reinterpret_cast<const V*>(c.neighbours);
    const auto* conductance = reinterpret_cast<const V*>(m.conductance);
    const auto* current = reinterpret_cast<const V*>(m.current);
    const auto* v = reinterpret_cast<const V*>(m.v);
    auto* diagonal = reinterpret_cast<V*>(m.diagonal);
    auto* right = reinterpret_cast<V*>(m.right);
    bool bad = false;
    for (std::int64_t k = 0; k < n; ++k) {
        const std::int32_t at = compartment[k];
        if (at < 0) {
            diagonal[k] = neighbours[k];
            right[k] = V{};
            continue;
        }
        const V inertia = capacitance[k] * rate;
        const V own = inertia + area[k] * conductance[at];
        bad |= any_not_positive<lanes>(reinterpret_cast<const double*>(&own));
        diagonal[k] = own + neighbours[k];
        right[k] = inertia * v[at] + area[k] * current[at];
    }
    return !bad;
}

template <int lanes>
[[gnu::always_inline]] inline void sweep(const SolverTree& tree, const Coefficients& c,
                                         const Membrane& m, bool extrapolate) {
    using V = typename Vector<lanes>::type;
    const auto n = static_cast<std::int64_t>(tree.node.size());
    const std::int32_t* parent = tree.parent.data();
    const std::int32_t* compartment = tree.compartment.data();
    const auto* axial = reinterpret_cast<const V*>(c.axial);
    auto* v = reinterpret_cast<V*>(m.v);
    auto* diagonal = reinterpret_cast<V*>(m.diagonal);
    auto* right = reinterpret_cast<V*>(m.right);
    for (std::int64_t k = n - 1; k > 0; --k) {
        const V g = axial[k];
        const V d = diagonal[k];
        const V r = right[k];
        const V factor = g / d;
        const std::int32_t p = parent[k];
        if constexpr (lanes == 1) {
            diagonal[p] -= g * g / d; // not through `factor`: one operation less to wait for
        } else {
            diagonal[p] -= g * factor;
        }
        right[p] += factor * r;
        diagonal[k] = factor;
        right[k] = r / d;
    }
    right[0] = right[0] / diagonal[0];
    for (std::int64_t k = 0; k < n; ++k) {
        V x = right[k];
        if (k > 0) {
            x += diagonal[k] * right[parent[k]];
            right[k] = x;
        }
        const std::int32_t at = compartment[k];
        if (at >= 0) {
            v[at] = extrapolate ? 2.0 * x - v[at] : x;
        }
    }
}

HODG_CLONES bool eliminate_1(const SolverTree& tree, const Coefficients& c, const Membrane& m,
                             double rate, bool extrapolate) {
    if (!assemble<1>(tree, c, m, rate)) {
        return false;
    }
    sweep<1>(tree, c, m, extrapolate);
    return true;
}

HODG_CLONES bool eliminate_4(const SolverTree& tree, const Coefficients& c, const Membrane& m,
                             double rate, bool extrapolate) {
    if (!assemble<4>(tree, c, m, rate)) {
        return false;
    }
    sweep<4>(tree, c, m, extrapolate);
    return true;
}

HODG_CLONES bool eliminate_8(const SolverTree& tree, const Coefficients& c, const Membrane& m,
                             double rate, bool extrapolate) {
    if (!assemble<8>(tree, c, m, rate)) {
        return false;
    }
    sweep<8>(tree, c, m, extrapolate);
    return true;
}

} // namespace

bool eliminate(const SolverTree& tree, std::int32_t lanes, const Coefficients& coefficients,
               const Membrane& membrane, double rate, bool extrapolate) {
    switch (lanes) {
    case 8:
        return eliminate_8(tree, coefficients, membrane, rate, extrapolate);
    case 4:
        return eliminate_4(tree, coefficients, membrane, rate, extrapolate);
    default:
        return eliminate_1(tree, coefficients, membrane, rate, extrapolate);
    }
}

} // namespace hodg::cable
