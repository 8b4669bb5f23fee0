// SPDX-License-Identifier: MIT
// Kernel prelude: random numbers, a pure function of (seed, object, stream, entity, step).
//
// Scheme 1. Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011), bits as Random123's.
//   key     = words 0 and 1 of philox(counter = (object, stream low, stream high, scheme),
//                                     key = (seed low, seed high)), once per kernel and stream
//   counter = (entity, step low, step high, draw); draw counts from 0 within entity and step
//   uniform = (word 1, word 0) as 64 bits, its top 53 bits over 2^53: in [0, 1)
//   normal  = sqrt(-2 log(1 - uniform)) cos(2 pi uniform'), uniform' from (word 3, word 2)
// A float uniform is the double one cut to 24 bits, so it stays below 1; other float values are the
// double ones rounded. Distributions that reject draw again with the next `draw`.
constexpr hhk_u64 hhk_random_scheme = 1;

// Of each number the low 32 bits.
struct hhk_random_key {
    hhk_u64 low, high;
};

template <class U> struct hhk_random_words {
    U w0, w1, w2, w3;
};

// Lanes of U are 64 bits wide; of them only the low 32 bits count, of the key too. The others may
// hold anything, so that every factor is cut where it is multiplied: LLVM finds the short
// multiplication only where it sees that in the loop itself, and the long one costs Intel three
// operations.
template <class U>
HHK_INLINE hhk_random_words<U> hhk_philox(hhk_random_words<U> c, hhk_random_key key) {
    const U word = U(0xffffffff);
    for (int round = 0; round < 10; ++round) {
        const U a = (c.w0 & word) * U(0xd2511f53);
        const U b = (c.w2 & word) * U(0xcd9e8d57);
        c = {(b >> 32) ^ c.w1 ^ U(key.low), b, (a >> 32) ^ c.w3 ^ U(key.high), a};
        key.low += 0x9e3779b9;
        key.high += 0xbb67ae85;
    }
    return c;
}

// The key of one stream of one object.
HHK_INLINE hhk_random_key hhk_random_stream(hhk_u64 seed, hhk_u32 object, hhk_u64 stream) {
    const hhk_random_words<hhk_u64> counter{object, stream, stream >> 32, hhk_random_scheme};
    const hhk_random_words<hhk_u64> words = hhk_philox(counter, {seed, seed >> 32});
    return {words.w0, words.w1};
}

// L: hhk_i64 or hhk_l, entities below 2^32. Numbers of 32 bits.
template <class L>
HHK_INLINE auto hhk_random_draw(hhk_random_key key, L entity, hhk_i64 step, hhk_u32 draw) {
    using U = typename hhk_lane<L>::U;
    const hhk_u64 count = static_cast<hhk_u64>(step);
    const U word = U(0xffffffff);
    const hhk_random_words<U> c =
        hhk_philox<U>({__builtin_bit_cast(U, entity), U(count), U(count >> 32), U(draw)}, key);
    return hhk_random_words<U>{c.w0 & word, c.w1 & word, c.w2 & word, c.w3 & word};
}

// [0, 1) in steps of 2^-53
template <class D, class U> HHK_INLINE D hhk_unit(U low, U high) {
    using L = typename hhk_lane<D>::L;
    return hhk_to_f64(__builtin_bit_cast(L, (low | high << 32) >> 11)) * D(0x1p-53);
}

// The lanes of doubles that go with lanes of int64.
template <class L> struct hhk_doubles {
    using D = double;
};
#if HHK_WIDTH > 1
template <> struct hhk_doubles<hhk_i64v> {
    using D = hhk_f64v;
};
#endif

template <class D, class U> HHK_INLINE D hhk_normal_of(hhk_random_words<U> words) {
    const D u = D(1.0) - hhk_unit<D>(words.w0, words.w1);
    const hhk_log_reduced<D> e = hhk_log_reduce(u, D(0.0));
    const D r = hhk_fma(e.z, e.inverse, D(-1.0));
    const D log = (e.high + r) + (hhk_log_tail(r) + e.low);
    const D turn = hhk_unit<D>(words.w2, words.w3) * D(4.0);
    const D rounded = turn + D(0x1.8p52);
    const D f = turn - (rounded - D(0x1.8p52));
    const D high = f * D(0x1.921fb54442d18p+0);
    const D low = f * D(0x1.1a62633145c07p-54);
    const D cosine = hhk_quadrant<D>({high, low, rounded}, hhk_bits(rounded) + U(1));
    return hhk_sqrt(D(-2.0) * log) * cosine;
}

template <class V, class L>
HHK_INLINE V hhk_draw_uniform(hhk_random_key key, L entity, hhk_i64 step) {
    using D = typename hhk_doubles<L>::D;
    const auto words = hhk_random_draw(key, entity, step, 0);
    if constexpr (hhk_is_f64<V>) {
        return hhk_unit<D>(words.w0, words.w1);
    } else {
        const auto top = words.w1 >> 8;
        return hhk_narrow<V>(hhk_to_f64(__builtin_bit_cast(L, top))) * V(0x1p-24f);
    }
}

template <class V, class L>
HHK_INLINE V hhk_draw_uniform_between(hhk_random_key key, L entity, hhk_i64 step, V low, V high) {
    return hhk_fma(hhk_draw_uniform<V>(key, entity, step), high - low, low);
}

template <class V, class L>
HHK_INLINE V hhk_draw_normal(hhk_random_key key, L entity, hhk_i64 step) {
    using D = typename hhk_doubles<L>::D;
    return hhk_narrow<V>(hhk_normal_of<D>(hhk_random_draw(key, entity, step, 0)));
}

template <class V, class L>
HHK_INLINE V hhk_draw_exponential(hhk_random_key key, L entity, hhk_i64 step, V mean) {
    using D = typename hhk_doubles<L>::D;
    const auto words = hhk_random_draw(key, entity, step, 0);
    const D u = D(1.0) - hhk_unit<D>(words.w0, words.w1);
    return mean * -hhk_narrow<V>(hhk_log_f64(u));
}

// e^(mu + sigma z)
template <class V, class L>
HHK_INLINE V hhk_draw_lognormal(hhk_random_key key, L entity, hhk_i64 step, V mu, V sigma) {
    return hhk_exp(hhk_fma(sigma, hhk_draw_normal<V>(key, entity, step), mu));
}

template <class V, class L>
HHK_INLINE V hhk_draw_clipped_normal(hhk_random_key key, L entity, hhk_i64 step, V mean, V sd,
                                     V low, V high) {
    return hhk_clip(hhk_fma(sd, hhk_draw_normal<V>(key, entity, step), mean), low, high);
}

// ---- one entity at a time: distributions that search or reject ----------------------------------
struct hhk_sequence {
    hhk_random_key key;
    hhk_i64 entity;
    hhk_i64 step;
    hhk_u32 draw;
};

// The next words, and with them two uniforms.
HHK_INLINE hhk_random_words<hhk_u64> hhk_next(hhk_sequence& s) {
    return hhk_random_draw(s.key, s.entity, s.step, s.draw++);
}

// log k! for an integral k >= 0: the product below 16, else Stirling's series (error 1e-16).
HHK_INLINE double hhk_log_factorial(double k) {
    if (k < 16.0) {
        double product = 1.0;
        for (double i = 2.0; i <= k; i += 1.0) {
            product *= i;
        }
        return hhk_log_f64(product);
    }
    const double x = k + 1.0;
    const double y = 1.0 / (x * x);
    const double series =
        (0x1.5555555555555p-4 +
         y * (-0x1.6c16c16c16c17p-9 + y * (0x1.a01a01a01a01ap-11 + y * -0x1.3813813813814p-11))) /
        x;
    return (x - 0.5) * hhk_log_f64(x) - x + (0x1.d67f1c864beb5p-1 + series);
}

// Poisson of a mean of 10 and more: Hormann's PTRS (1993).
HHK_CALLED hhk_i64 hhk_poisson_large(hhk_sequence s, double mean) {
    const double b = 0.931 + 2.53 * hhk_sqrt(mean);
    const double a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    const double accepted = 0.9277 - 3.6224 / (b - 2.0);
    const double log_mean = hhk_log_f64(mean);
    for (int i = 0; i < 200; ++i) {
        const hhk_random_words<hhk_u64> words = hhk_next(s);
        const double u = hhk_unit<double>(words.w0, words.w1) - 0.5;
        const double v = 1.0 - hhk_unit<double>(words.w2, words.w3);
        const double us = 0.5 - hhk_abs(u);
        const double k = hhk_floor((2.0 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= accepted) {
            return hhk_to_int(k);
        }
        if (!(k >= 0.0) || (us < 0.013 && v > us)) {
            continue;
        }
        if (hhk_log_f64(v * inverse_alpha / (a / (us * us) + b)) <=
            k * log_mean - mean - hhk_log_factorial(k)) {
            return hhk_to_int(k);
        }
    }
    return hhk_to_int(hhk_floor(mean));
}

// Binomial: sequential search where n p < 10, else Hormann's BTRS (1993); p above 1/2 by symmetry.
HHK_CALLED hhk_i64 hhk_binomial_one(hhk_sequence s, hhk_i64 count, double chance) {
    if (count <= 0 || !(chance > 0.0)) {
        return 0;
    }
    if (chance >= 1.0) {
        return count;
    }
    const bool mirrored = chance > 0.5;
    const double p = mirrored ? 1.0 - chance : chance;
    const double q = 1.0 - p;
    const double n = hhk_to_f64(count);
    hhk_i64 found = hhk_to_int(hhk_floor(n * p));
    if (n * p < 10.0) {
        const hhk_random_words<hhk_u64> words = hhk_next(s);
        double u = hhk_unit<double>(words.w0, words.w1);
        double term = hhk_exp_f64(n * hhk_log1p_f64(-p));
        double k = 0.0;
        while (u >= term && k < 200.0 && k < n) {
            u -= term;
            k += 1.0;
            term *= (n - k + 1.0) / k * (p / q);
        }
        found = hhk_to_int(k);
    } else {
        const double spread = hhk_sqrt(n * p * q);
        const double b = 1.15 + 2.53 * spread;
        const double a = -0.0873 + 0.0248 * b + 0.01 * p;
        const double accepted = 0.92 - 4.2 / b;
        const double alpha = (2.83 + 5.1 / b) * spread;
        const double mode = hhk_floor((n + 1.0) * p);
        const double log_odds = hhk_log_f64(p / q);
        const double top = hhk_log_factorial(mode) + hhk_log_factorial(n - mode);
        for (int i = 0; i < 200; ++i) {
            const hhk_random_words<hhk_u64> words = hhk_next(s);
            const double u = hhk_unit<double>(words.w0, words.w1) - 0.5;
            const double v = 1.0 - hhk_unit<double>(words.w2, words.w3);
            const double us = 0.5 - hhk_abs(u);
            const double k = hhk_floor((2.0 * a / us + b) * u + (n * p + 0.5));
            const bool inside = k >= 0.0 && k <= n;
            if (inside && ((us >= 0.07 && v <= accepted) ||
                           hhk_log_f64(v * alpha / (a / (us * us) + b)) <=
                               top - hhk_log_factorial(k) - hhk_log_factorial(n - k) +
                                   (k - mode) * log_odds)) {
                found = hhk_to_int(k);
                break;
            }
        }
    }
    return mirrored ? count - found : found;
}

// Gamma of scale 1: Marsaglia and Tsang (2000); below shape 1, that of shape + 1 times
// uniform^(1/shape). NaN for a negative shape.
HHK_CALLED double hhk_gamma_one(hhk_sequence s, double shape) {
    if (!(shape > 0.0)) {
        return shape == 0.0 ? 0.0 : __builtin_nan("");
    }
    double factor = 1.0;
    if (shape < 1.0) {
        const hhk_random_words<hhk_u64> words = hhk_next(s);
        const double u = 1.0 - hhk_unit<double>(words.w0, words.w1);
        factor = hhk_exp_f64(hhk_log_f64(u) / shape);
        shape += 1.0;
    }
    const double d = shape - 0x1.5555555555555p-2;
    const double c = 1.0 / hhk_sqrt(9.0 * d);
    for (int i = 0; i < 200; ++i) {
        const double x = hhk_normal_of<double>(hhk_next(s));
        const double t = 1.0 + c * x;
        const double v = t * t * t;
        const hhk_random_words<hhk_u64> words = hhk_next(s);
        const double u = 1.0 - hhk_unit<double>(words.w0, words.w1);
        if (v > 0.0 && hhk_log_f64(u) < 0.5 * x * x + d - d * v + d * hhk_log_f64(v)) {
            return factor * d * v;
        }
    }
    return factor * d;
}

// Normal within [low, high], redrawn up to 1000 times, then clipped.
HHK_CALLED double hhk_truncated_normal_one(hhk_sequence s, double mean, double sd, double low,
                                           double high) {
    double x = mean;
    for (int i = 0; i < 1000; ++i) {
        x = hhk_fma(sd, hhk_normal_of<double>(hhk_next(s)), mean);
        if (x >= low && x <= high) {
            return x;
        }
    }
    return hhk_clip(x, low, high);
}

// Poisson of a small mean, all lanes at once: the least k whose cumulative chance exceeds u. Lanes
// that have found theirs wait for the others; a mean of 0, below 0 or NaN finds 0.
template <class D> HHK_INLINE D hhk_poisson_small(D u, D mean) {
    D p = hhk_exp_f64(-mean);
    D k = D(0.0);
    auto searching = u >= p;
    for (double next = 1.0; hhk_any(searching) && next <= 200.0; next += 1.0) {
        k = hhk_select(searching, D(next), k);
        u = hhk_select(searching, u - p, u);
        p = hhk_select(searching, p * (mean / D(next)), p);
        searching = searching & (u >= p);
    }
    return k;
}

template <class V, class L>
HHK_INLINE L hhk_draw_poisson(hhk_random_key key, L entity, hhk_i64 step, V mean) {
    using D = typename hhk_doubles<L>::D;
    const auto words = hhk_random_draw(key, entity, step, 0);
    const D wide = hhk_widen(mean);
    const auto large = wide >= D(10.0);
    L found = hhk_to_int(
        hhk_poisson_small(hhk_unit<D>(words.w0, words.w1), hhk_select(large, D(0.0), wide)));
    if (hhk_any(large)) {
        for (int i = 0; i < hhk_lane<L>::width; ++i) {
            if (hhk_get(wide, i) >= 10.0) {
                hhk_set(found, i,
                        hhk_poisson_large({key, hhk_get(entity, i), step, 0}, hhk_get(wide, i)));
            }
        }
    }
    return found;
}

// n is truncated to an integer.
template <class V, class L>
HHK_INLINE L hhk_draw_binomial(hhk_random_key key, L entity, hhk_i64 step, V n, V p) {
    const L whole = hhk_to_int(n);
    L found = L(0);
    for (int i = 0; i < hhk_lane<L>::width; ++i) {
        hhk_set(
            found, i,
            hhk_binomial_one({key, hhk_get(entity, i), step, 0}, hhk_get(whole, i), hhk_get(p, i)));
    }
    return found;
}

template <class V, class L>
HHK_INLINE V hhk_draw_gamma(hhk_random_key key, L entity, hhk_i64 step, V shape, V scale) {
    using R = typename hhk_lane<V>::real;
    V found = V(0);
    for (int i = 0; i < hhk_lane<L>::width; ++i) {
        const double value = hhk_gamma_one({key, hhk_get(entity, i), step, 0}, hhk_get(shape, i));
        hhk_set(found, i, static_cast<R>(value));
    }
    return found * scale;
}

template <class V, class L>
HHK_INLINE V hhk_draw_truncated_normal(hhk_random_key key, L entity, hhk_i64 step, V mean, V sd,
                                       V low, V high) {
    using R = typename hhk_lane<V>::real;
    V found = V(0);
    for (int i = 0; i < hhk_lane<L>::width; ++i) {
        const double value =
            hhk_truncated_normal_one({key, hhk_get(entity, i), step, 0}, hhk_get(mean, i),
                                     hhk_get(sd, i), hhk_get(low, i), hhk_get(high, i));
        hhk_set(found, i, static_cast<R>(value));
    }
    return found;
}
