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
    typedef std::int64_t Mask __attribute__((vector_size(lanes * sizeof(std::int64_t))));
};
template <> struct Vector<1> {
    using type = double;
    using Mask = bool;
};

template <int lanes> [[gnu::always_inline]] inline bool all(const typename Vector<lanes>::Mask& m) {
    if constexpr (lanes == 1) {
        return m;
    } else {
        bool every = true;
        for (int l = 0; l < lanes; ++l) {
            every &= m[l] != 0;
        }
        return every;
    }
}

/// The equation of one node before its children are eliminated, but for what they do from near.
template <int lanes> struct Row {
    using V = typename Vector<lanes>::type;
    V diagonal;
    V right;
};

template <int lanes>
[[gnu::always_inline]] inline Row<lanes> row(const SolverTree& tree, const Coefficients& c,
                                             const Membrane& m, double rate, std::int64_t k,
                                             typename Vector<lanes>::Mask& good) {
    using V = typename Vector<lanes>::type;
    const auto* neighbours = reinterpret_cast<const V*>(c.neighbours);
    const auto* capacitance = reinterpret_cast<const V*>(c.capacitance);
    const auto* conductance = reinterpret_cast<const V*>(m.conductance);
    const auto* current = reinterpret_cast<const V*>(m.current);
    const auto* v = reinterpret_cast<const V*>(m.v);
    const auto* sums = reinterpret_cast<const V*>(m.sums);
    Row<lanes> result{neighbours[k], V{}};
    if (const std::int32_t at = tree.compartment[static_cast<std::size_t>(k)]; at >= 0) {
        const V inertia = capacitance[k] * rate;
        const V own = inertia + conductance[at];
        good &= own > 0;
        result.diagonal += own;
        result.right = inertia * v[at] + current[at];
    }
    if (const std::int64_t s = tree.sum[static_cast<std::size_t>(k)]; s >= 0) {
        result.diagonal -= sums[2 * s];
        result.right += sums[2 * s + 1];
    }
    return result;
}

/// Upwards every node is eliminated from the equation of its parent. The rows of the next two nodes
/// are in registers: the chain of eliminations does not wait for memory. False if a node cannot be
/// solved.
template <int lanes>
[[gnu::always_inline]] inline bool gather(const SolverTree& tree, const Coefficients& c,
                                          const Membrane& m, double rate) {
    using V = typename Vector<lanes>::type;
    const auto n = static_cast<std::int64_t>(tree.node.size());
    const std::int32_t* parent = tree.parent.data();
    const std::int32_t* sum = tree.sum.data();
    const auto* up = reinterpret_cast<const V*>(c.up);
    const auto* down = reinterpret_cast<const V*>(c.down);
    auto* factor = reinterpret_cast<V*>(m.factor);
    auto* right = reinterpret_cast<V*>(m.right);
    auto* sums = reinterpret_cast<V*>(m.sums);
    for (std::int32_t s = 0; s < 2 * tree.sums; ++s) {
        sums[s] = V{};
    }
    auto good = typename Vector<lanes>::Mask(V{} <= V{});
    Row<lanes> now = row<lanes>(tree, c, m, rate, n - 1, good);
    Row<lanes> next{};
    if (n > 1) {
        next = row<lanes>(tree, c, m, rate, n - 2, good);
    }
    for (std::int64_t k = n - 1; k >= 0; --k) {
        Row<lanes> after{};
        if (k > 1) { // its distant children come before k in this direction
            after = row<lanes>(tree, c, m, rate, k - 2, good);
        }
        const V inverse = 1.0 / now.diagonal;
        const V share = up[k] * inverse;
        const V value = now.right * inverse;
        const V taken = lanes == 1 ? V(up[k] * down[k] / now.diagonal) : V(down[k] * share);
        const V given = down[k] * value;
        factor[k] = share;
        right[k] = value;
        const std::int64_t p = parent[k];
        if (p == k - 1) {
            next.diagonal -= taken;
            next.right += given;
        } else if (p == k - 2) {
            after.diagonal -= taken;
            after.right += given;
        } else {
            const std::int64_t s = sum[p];
            sums[2 * s] += taken;
            sums[2 * s + 1] += given;
        }
        now = next;
        next = after;
    }
    return all<lanes>(good);
}

/// Downwards every node follows from its parent.
template <int lanes>
[[gnu::always_inline]] inline void substitute(const SolverTree& tree, const Membrane& m,
                                              bool extrapolate) {
    using V = typename Vector<lanes>::type;
    const auto n = static_cast<std::int64_t>(tree.node.size());
    const std::int32_t* parent = tree.parent.data();
    const std::int32_t* compartment = tree.compartment.data();
    auto* v = reinterpret_cast<V*>(m.v);
    const auto* factor = reinterpret_cast<const V*>(m.factor);
    auto* right = reinterpret_cast<V*>(m.right);
    V last{};   // of node k - 1
    V second{}; // of node k - 2
    for (std::int64_t k = 0; k < n; ++k) {
        V x = right[k];
        if (const std::int64_t p = parent[k]; p == k - 1 && p >= 0) {
            x += factor[k] * last;
        } else if (p == k - 2 && p >= 0) {
            x += factor[k] * second;
        } else if (p >= 0) {
            x += factor[k] * right[p];
        }
        right[k] = x;
        second = last;
        last = x;
        const std::int32_t at = compartment[k];
        if (at >= 0) {
            v[at] = extrapolate ? 2.0 * x - v[at] : x;
        }
    }
}

HODG_CLONES bool eliminate_1(const SolverTree& tree, const Coefficients& c, const Membrane& m,
                             double rate, bool extrapolate) {
    if (!gather<1>(tree, c, m, rate)) {
        return false;
    }
    substitute<1>(tree, m, extrapolate);
    return true;
}

HODG_CLONES bool eliminate_4(const SolverTree& tree, const Coefficients& c, const Membrane& m,
                             double rate, bool extrapolate) {
    if (!gather<4>(tree, c, m, rate)) {
        return false;
    }
    substitute<4>(tree, m, extrapolate);
    return true;
}

HODG_CLONES bool eliminate_8(const SolverTree& tree, const Coefficients& c, const Membrane& m,
                             double rate, bool extrapolate) {
    if (!gather<8>(tree, c, m, rate)) {
        return false;
    }
    substitute<8>(tree, m, extrapolate);
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
