# SPDX-License-Identifier: MIT
"""Print the polynomial coefficients and tables of compiler/codegen/prelude (needs mpmath).

Each polynomial is the weighted minimax fit found by Remez exchange in 60 digits; the weight makes
the printed error that of the finished function, relative to its value.
"""

import sys

from mpmath import (
    asin,
    atan,
    cos,
    erf,
    erfc,
    exp,
    expm1,
    log,
    log1p,
    lu_solve,
    matrix,
    mp,
    mpf,
    pi,
    sin,
    sqrt,
    taylor,
)

mp.dps = 60


def fit(f, weight, low, high, degree, rounds=12):
    """Coefficients c of the polynomial with the least max |weight(x) (f(x) - sum c[i] x^i)|."""
    count = degree + 2
    low, high = mpf(low), mpf(high)
    nodes = [
        (low + high) / 2 - (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * count))
        for i in range(count)
    ]
    samples = [
        low + (high - low) * (1 - cos(pi * i / (24 * count))) / 2 for i in range(24 * count + 1)
    ]
    values = [(x, f(x), weight(x)) for x in samples if weight(x) != 0]
    coefficients, worst = None, None
    for _ in range(rounds):
        system, right = matrix(count, count), matrix(count, 1)
        for row, x in enumerate(nodes):
            w = weight(x)
            for i in range(degree + 1):
                system[row, i] = w * x**i
            system[row, degree + 1] = (-1) ** row
            right[row] = w * f(x)
        solution = lu_solve(system, right)
        coefficients = [solution[i] for i in range(degree + 1)]
        errors = [(x, w * (y - horner(coefficients, x))) for x, y, w in values]
        worst = max(abs(e) for _, e in errors)
        nodes = alternating_extrema(errors, count, nodes)
        if worst < abs(solution[degree + 1]) * mpf("1.02"):
            break
    return coefficients, worst


def horner(coefficients, x):
    total = mpf(0)
    for c in reversed(coefficients):
        total = total * x + c
    return total


def alternating_extrema(errors, count, old):
    """The largest error of each run of one sign; `count` neighbours with the greatest errors."""
    runs = []
    for x, e in errors:
        if e == 0:
            continue
        if runs and (runs[-1][1] > 0) == (e > 0):
            if abs(e) > abs(runs[-1][1]):
                runs[-1] = (x, e)
        else:
            runs.append((x, e))
    while len(runs) > count:
        runs.pop(0 if abs(runs[0][1]) < abs(runs[-1][1]) else -1)
    return [x for x, _ in runs] if len(runs) == count else old


def taylor_safe(f, series, x):
    """f(x), by its series where the closed form cancels."""
    return horner(series, x) if abs(x) < mpf("1e-6") else f(x)


def show(name, fitted, single=False):
    coefficients, worst = fitted
    print(f"{name}  (error {mp.nstr(worst, 3)} = 2^{mp.nstr(log(worst) / log(2), 4)})")
    for c in coefficients:
        print("   ", hex_of(c, single))


def hex_of(value, single=False):
    if single:
        import numpy

        return float(numpy.float32(str(value))).hex() + "f"
    return float(value).hex()


def exp_tail(x):
    """(e^x - 1 - x) / x^2"""
    return taylor_safe(
        lambda y: (expm1(y) - y) / y**2, [1 / mp.factorial(i + 2) for i in range(9)], x
    )


def exp2_tail(x):
    """(2^x - 1) / x"""
    ln2 = log(mpf(2))
    series = [ln2 ** (i + 1) / mp.factorial(i + 1) for i in range(9)]
    return taylor_safe(lambda y: expm1(y * ln2) / y, series, x)


def exp2_weight(x):
    return abs(x) / mpf(2) ** x


def log_tail(x):
    """(log(1 + x) - x + x^2/2) / x^3"""
    series = [mpf((-1) ** i) / (i + 3) for i in range(12)]
    return taylor_safe(lambda y: (log1p(y) - y + y * y / 2) / y**3, series, x)


def odd_tail(function):
    """g with function(x) = x + x z g(z), z = x^2."""
    series = taylor(function, 0, 14)[3::2]

    def g(z):
        x = sqrt(z)
        return taylor_safe(lambda _: (function(x) - x) / x**3, series, z)

    return g


def cos_tail(z):
    """(cos x - 1 + z/2) / z^2, z = x^2"""
    series = [mpf((-1) ** i) / mp.factorial(2 * i + 4) for i in range(7)]
    return taylor_safe(lambda y: (cos(sqrt(y)) - 1 + y / 2) / y**2, series, z)


def erf_core(z):
    """erf(x) / x, z = x^2"""
    series = [2 / sqrt(pi) * mpf((-1) ** i) / (mp.factorial(i) * (2 * i + 1)) for i in range(7)]
    return taylor_safe(lambda y: erf(sqrt(y)) / sqrt(y), series, z)


def main():
    ln2 = log(mpf(2))
    chosen = sys.argv[1:]

    def wanted(name):
        return not chosen or name in chosen

    if wanted("exp"):
        step = ln2 / 32 * mpf("1.0001")
        show("exp f64: q in r + r^2 q", fit(exp_tail, lambda r: r * r, -step, step, 4))
        show("fast exp f64: q in r + r^2 q", fit(exp_tail, abs, -step, step * mpf("1.001"), 3))
        show("expm1 f64: q in r + r^2 q", fit(exp_tail, abs, -step, step, 5))
        half = ln2 / 2 * mpf("1.0001")
        show("exp f32: q in r + r^2 q", fit(exp_tail, abs, -half, half * mpf("1.001"), 4), True)
        show("expm1 f32: q in r + r^2 q", fit(exp_tail, abs, -half, half * mpf("1.001"), 5), True)

        for name, reach, degree, single in (
            ("exp2 f64", mpf(1) / 32, 5, False),
            ("fast exp2 f64", mpf(1) / 32, 4, False),
            ("exp2 f32", mpf(1) / 2, 5, True),
        ):
            reach *= mpf("1.0001")
            show(name + ": 1 + x q", fit(exp2_tail, exp2_weight, -reach, reach, degree), single)

        def weight(x):
            return abs(x) / taylor_safe(lambda y: expm1(y) / y, [mpf(1), mpf(1) / 2], x)

        for name, high, degree, single in (
            ("exprel f64", mpf(1) / 16, 10, False),
            ("fast exprel f64", mpf(1) / 16, 8, False),
            ("exprel f32", mpf(1) / 4, 5, True),  # its coefficients round better
        ):
            fitted = fit(exp_tail, weight, mpf(-15) / 16, high, degree)
            show(name + ": 1 + x q", fitted, single)
        for j in range(16):
            t = mpf(2) ** (mpf(j) / 16)
            print("    ", hex_of(t), hex_of(t - mpf(float(t))))
        hi = mpf(float(ln2))
        print("    ln2", hex_of(hi), hex_of(ln2 - hi), "log2e", hex_of(1 / ln2))
    if wanted("log"):
        print("log table: c, 1/c, log c high and low")
        low, high = mpf(0), mpf(0)
        for i in range(16):
            bits = 0x3FE7 + i
            c = mpf(mp.ldexp(16 + (bits & 15), (bits >> 4) - 0x3FF - 4))
            spacing = mp.ldexp(1, (bits >> 4) - 0x3FF - 4)
            inverse = mpf(round(float(64 / c))) / 64
            left = c - spacing / (4 if c == 1 else 2)
            right = c + spacing / 2
            low, high = min(low, left * inverse - 1), max(high, right * inverse - 1)
            value = -log(inverse)
            top = mp.ldexp(mp.nint(mp.ldexp(value, 42)), -42)
            print("    ", hex_of(inverse), hex_of(top), hex_of(value - top), float(c))
        print("    r in", float(low), float(high))
        top = mp.ldexp(mp.nint(mp.ldexp(ln2, 42)), -42)
        print("    ln2", hex_of(top), hex_of(ln2 - top))
        show("log f64", fit(log_tail, lambda r: r * r, low, high, 8))
        show("pow f64", fit(log_tail, lambda r: r * r, low, high, 10))
        show("log f32", fit(log_tail, lambda r: r * r, mpf("-0.2930"), mpf("0.4143"), 7), True)
    if wanted("trig"):
        quarter = (pi / 4 * mpf("1.0001")) ** 2
        show("sin", fit(odd_tail(sin), lambda z: z, 0, quarter, 5))
        show("cos", fit(cos_tail, lambda z: z * z, 0, quarter, 5))
        show("asin", fit(odd_tail(asin), lambda z: z, 0, mpf("0.2501"), 11))
        show("atan", fit(odd_tail(atan), lambda z: z, 0, mpf("0.17158"), 10))
        rest = pi / 2
        for _ in range(4):
            part = mpf(float(rest))
            print("    pi/2", hex_of(part))
            rest -= part
    if wanted("erf"):
        show("erf [0, 1]: erf(x)/x", fit(erf_core, lambda z: 1, 0, 1, 11))

        def scaled(t):  # x = b (1 + t) / (1 - t)
            x = mpf(3) * (1 + t) / (1 - t)
            return erfc(x) * exp(x * x)

        def weight(t):
            x = mpf(3) * (1 + t) / (1 - t)
            return exp(-x * x)

        show("erfc [1, 6], t = (x-3)/(x+3)", fit(scaled, weight, mpf(-1) / 2, mpf(1) / 3, 11))


if __name__ == "__main__":
    main()
