// SPDX-License-Identifier: MIT
// Rules by which synapses are made. Every draw is a function of the seed and of the place in the
// rule, so the result is the same for any number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <variant>

namespace hodg {

/// Every source to every target.
struct AllToAll {};
/// Source k to target k; both sides have one size.
struct OneToOne {};
/// Source k to target k + by; beyond the ends nothing, or around them if `wrap`.
struct Shifted {
    std::int64_t by = 1;
    bool wrap = false;
};
/// Every pair with probability p, independently.
struct Probability {
    double p = 0;
};
/// Every target gets n sources.
struct FixedIndegree {
    std::int64_t n = 0;
};
/// Every source gets n targets.
struct FixedOutdegree {
    std::int64_t n = 0;
};
/// n synapses in all, over all pairs alike.
struct FixedTotal {
    std::int64_t n = 0;
};
/// Every source to one target of its own, at random; both sides have one size.
struct Permutation {};
/// Every pair with its own probability: `row` fills the probabilities of all targets of a source.
/// It is called for one source after the other.
struct Pairwise {
    std::function<void(std::int64_t source, std::span<double> p)> row;
};

using ConnectRule = std::variant<AllToAll, OneToOne, Shifted, Probability, FixedIndegree,
                                 FixedOutdegree, FixedTotal, Permutation, Pairwise>;

struct ConnectOptions {
    bool self = true;      // a neuron may have synapses onto itself
    bool multapses = true; // fixed numbers: a pair may be drawn more than once
    std::uint64_t seed = 0;
};

} // namespace hodg
