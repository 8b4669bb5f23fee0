// SPDX-License-Identifier: MIT
// Kernel prelude: erf. Below 1, x p(x^2); above, 1 - e^(-x^2) q(t), t = (x - 3)/(x + 3).
// Coefficients: scripts/fit_prelude.py erf.

template <class V> HHK_INLINE V hhk_erf_f64(V x) {
    const V size = hhk_at_most(hhk_abs(x), V(6.0));
    const V z = size * size;
    V p = V(-0x1.acdff90b8ebd8p-31);
    p = hhk_fma(p, z, V(0x1.d784936618cc2p-27));
    p = hhk_fma(p, z, V(-0x1.5c16e30fb0d45p-23));
    p = hhk_fma(p, z, V(0x1.b9827b1885f9bp-20));
    p = hhk_fma(p, z, V(-0x1.f4ca94990cb86p-17));
    p = hhk_fma(p, z, V(0x1.f9a2bf73f0c68p-14));
    p = hhk_fma(p, z, V(-0x1.c02db072f3fe0p-11));
    p = hhk_fma(p, z, V(0x1.565bccfa9a825p-8));
    p = hhk_fma(p, z, V(-0x1.b82ce312062bcp-6));
    p = hhk_fma(p, z, V(0x1.ce2f21a041018p-4));
    p = hhk_fma(p, z, V(-0x1.812746b0379c2p-2));
    p = hhk_fma(p, z, V(0x1.06eba8214db69p-3)); // 2/sqrt(pi) - 1
    const V near = hhk_fma(p, size, size);
    const V t = (size - V(3.0)) / (size + V(3.0));
    V q = V(0x1.fe21381c51f7fp-17);
    q = hhk_fma(q, t, V(0x1.afced1ae1530ap-14));
    q = hhk_fma(q, t, V(0x1.406a2b76c050ep-14));
    q = hhk_fma(q, t, V(-0x1.30a9033db593cp-11));
    q = hhk_fma(q, t, V(0x1.75e8b0ba5ac6cp-11));
    q = hhk_fma(q, t, V(0x1.17dca5019af35p-8));
    q = hhk_fma(q, t, V(-0x1.8fa4d6af1fcf0p-6));
    q = hhk_fma(q, t, V(0x1.258b17282d49dp-4));
    q = hhk_fma(q, t, V(-0x1.336ffbe9ac12dp-3));
    q = hhk_fma(q, t, V(0x1.f6ff203f5e80fp-3));
    q = hhk_fma(q, t, V(-0x1.4e102b9d04ed7p-2));
    q = hhk_fma(q, t, V(0x1.6e9827d229814p-3));
    const V far = hhk_fma(-q, hhk_exp_f64(-z), V(1.0));
    return hhk_copysign(hhk_select(size < V(1.0), near, far), x);
}

template <class V> HHK_INLINE V hhk_erf(V x) {
    return hhk_narrow<V>(hhk_erf_f64(hhk_widen(x)));
}
