// SPDX-License-Identifier: MIT
// Kernel prelude: exponential of small dense matrices, row by row in arrays, for `prepare`
// (double).
//
// Scaling and squaring with the diagonal Pade approximant of order 13 (Higham 2005): no
// eigenvalues, so defective, nilpotent and zero matrices are ordinary.

// c = a b; c is another array
HHK_CALLED void hhk_matrix_multiply(hhk_i64 n, const double* a, const double* b, double* c) {
    for (hhk_i64 i = 0; i < n; ++i) {
        for (hhk_i64 j = 0; j < n; ++j) {
            c[i * n + j] = 0.0;
        }
        for (hhk_i64 k = 0; k < n; ++k) {
            const double factor = a[i * n + k];
            for (hhk_i64 j = 0; j < n; ++j) {
                c[i * n + j] = hhk_fma(factor, b[k * n + j], c[i * n + j]);
            }
        }
    }
}

// x = a^-1 b by elimination with row pivoting; a is destroyed, b becomes x.
HHK_CALLED void hhk_matrix_solve(hhk_i64 n, double* a, double* b) {
    for (hhk_i64 k = 0; k < n; ++k) {
        hhk_i64 pivot = k;
        for (hhk_i64 i = k + 1; i < n; ++i) {
            pivot = hhk_abs(a[i * n + k]) > hhk_abs(a[pivot * n + k]) ? i : pivot;
        }
        for (hhk_i64 j = 0; j < n && pivot != k; ++j) {
            const double left = a[k * n + j];
            a[k * n + j] = a[pivot * n + j];
            a[pivot * n + j] = left;
            const double right = b[k * n + j];
            b[k * n + j] = b[pivot * n + j];
            b[pivot * n + j] = right;
        }
        for (hhk_i64 i = k + 1; i < n; ++i) {
            const double factor = -a[i * n + k] / a[k * n + k];
            for (hhk_i64 j = k; j < n; ++j) {
                a[i * n + j] = hhk_fma(factor, a[k * n + j], a[i * n + j]);
            }
            for (hhk_i64 j = 0; j < n; ++j) {
                b[i * n + j] = hhk_fma(factor, b[k * n + j], b[i * n + j]);
            }
        }
    }
    for (hhk_i64 i = n; i-- > 0;) {
        for (hhk_i64 j = 0; j < n; ++j) {
            double sum = b[i * n + j];
            for (hhk_i64 k = i + 1; k < n; ++k) {
                sum = hhk_fma(-a[i * n + k], b[k * n + j], sum);
            }
            b[i * n + j] = sum / a[i * n + i];
        }
    }
}

// out = c0 + c1 a2 + c2 a4 + c3 a6 (+ out if add); a2, a4, a6 follow each other in `powers`.
HHK_CALLED void hhk_matrix_sum(hhk_i64 n, const double* powers, double c0, double c1, double c2,
                               double c3, bool add, double* out) {
    const hhk_i64 size = n * n;
    for (hhk_i64 i = 0; i < size; ++i) {
        const double before = (add ? out[i] : 0.0) + (i % (n + 1) == 0 ? c0 : 0.0);
        const double high = hhk_fma(c3, powers[2 * size + i], c2 * powers[size + i]);
        out[i] = before + hhk_fma(c1, powers[i], high);
    }
}

// grown = e^(a h) - 1 and integral = integral of e^(a s) from s = 0 to h; work: 7 n^2 doubles.
// Squaring works on e^x - 1 (the double of e is 2 e + e^2), so that slow directions of a stiff
// matrix keep their digits. NaN if the norm is not finite.
HHK_CALLED void hhk_matrix_exp_parts(hhk_i64 n, const double* a, double h, double* grown,
                                     double* integral, double* work) {
    const hhk_i64 size = n * n;
    double norm = 0.0;
    for (hhk_i64 j = 0; j < n; ++j) {
        double sum = 0.0;
        for (hhk_i64 i = 0; i < n; ++i) {
            sum += hhk_abs(a[i * n + j] * h);
        }
        norm = sum > norm || sum != sum ? sum : norm;
    }
    if (!(norm < __builtin_inf())) {
        for (hhk_i64 i = 0; i < size; ++i) {
            grown[i] = integral[i] = __builtin_nan("");
        }
        return;
    }
    int squarings = 0;
    double step = h;
    while (norm > 5.371920351148152) { // where the approximant has full accuracy
        norm *= 0.5;
        step *= 0.5;
        ++squarings;
    }
    double* const x = work;
    double* const powers = work + size;
    double* const sixth = work + 3 * size;
    double* const w = work + 4 * size;
    double* const v = work + 5 * size;
    double* const t = work + 6 * size;
    for (hhk_i64 i = 0; i < size; ++i) {
        x[i] = a[i] * step;
    }
    hhk_matrix_multiply(n, x, x, powers);
    hhk_matrix_multiply(n, powers, powers, powers + size);
    hhk_matrix_multiply(n, powers, powers + size, sixth);
    // odd part x w and even part v of the numerator; e^x - 1 = (v - x w)^-1 2 x w
    hhk_matrix_sum(n, powers, 0.0, 40840800.0, 16380.0, 1.0, false, t);
    hhk_matrix_multiply(n, sixth, t, w);
    hhk_matrix_sum(n, powers, 32382376266240000.0, 1187353796428800.0, 10559470521600.0,
                   33522128640.0, true, w);
    hhk_matrix_sum(n, powers, 0.0, 1323241920.0, 960960.0, 182.0, false, t);
    hhk_matrix_multiply(n, sixth, t, v);
    hhk_matrix_sum(n, powers, 64764752532480000.0, 7771770303897600.0, 129060195264000.0,
                   670442572800.0, true, v);
    hhk_matrix_multiply(n, x, w, t);
    for (hhk_i64 i = 0; i < size; ++i) {
        v[i] -= t[i];
        w[i] *= 2.0;
    }
    hhk_matrix_solve(n, v, w);
    hhk_matrix_multiply(n, x, w, grown);
    for (hhk_i64 i = 0; i < size; ++i) {
        integral[i] = w[i] * step;
    }
    for (; squarings != 0; --squarings) {
        hhk_matrix_multiply(n, grown, integral, t);
        hhk_matrix_multiply(n, grown, grown, v);
        for (hhk_i64 i = 0; i < size; ++i) {
            integral[i] = hhk_fma(2.0, integral[i], t[i]);
            grown[i] = hhk_fma(2.0, grown[i], v[i]);
        }
    }
}

// out = e^(a h); work: 8 n^2 doubles.
HHK_CALLED void hhk_matrix_exp_in(hhk_i64 n, const double* a, double h, double* out, double* work) {
    hhk_matrix_exp_parts(n, a, h, out, work + 7 * n * n, work);
    for (hhk_i64 i = 0; i < n; ++i) {
        out[i * (n + 1)] += 1.0;
    }
}

// out = integral of e^(a s) from s = 0 to h; work: 8 n^2 doubles.
HHK_CALLED void hhk_matrix_exp_integral_in(hhk_i64 n, const double* a, double h, double* out,
                                           double* work) {
    hhk_matrix_exp_parts(n, a, h, work + 7 * n * n, out, work);
}

// The same for n known to the compiler, n <= 64.
template <int N> HHK_INLINE void hhk_matrix_exp(const double* a, double h, double* out) {
    double work[8 * N * N];
    hhk_matrix_exp_in(N, a, h, out, work);
}

template <int N> HHK_INLINE void hhk_matrix_exp_integral(const double* a, double h, double* out) {
    double work[8 * N * N];
    hhk_matrix_exp_integral_in(N, a, h, out, work);
}
