{
    const double na_g = context->uniforms[0];
    const Real na_g_all = hhk_all(na_g);
    const double k_g = context->uniforms[1];
    const Real k_g_all = hhk_all(k_g);
    const double leak_g = context->uniforms[2];
    const Real leak_g_all = hhk_all(leak_g);
    const double na_E = context->uniforms[3];
    const Real na_E_all = hhk_all(na_E);
    const double k_E = context->uniforms[4];
    const Real k_E_all = hhk_all(k_E);
    const double leak_E = context->uniforms[5];
    const Real leak_E_all = hhk_all(leak_E);
    const double C = context->uniforms[6];
    const double dt = context->dt;
    const Real dt_all = hhk_all(dt);
    const double x26 = 1.0 / C;
    const Real x26_all = hhk_all(x26);
    const double x74 = -dt;
    const Real x74_all = hhk_all(x74);
    hhk_real* const v_at = hhk_values<hhk_real>(context, 0);
    hhk_real* const na_m_at = hhk_values<hhk_real>(context, 1);
    hhk_real* const na_h_at = hhk_values<hhk_real>(context, 2);
    hhk_real* const k_n_at = hhk_values<hhk_real>(context, 3);
    hhk_real* const I_at = hhk_values<hhk_real>(context, 4);
    uint8_t* const not_refractory_at = hhk_values<uint8_t>(context, 6);
    Real bad_real = Real(0);
    uint64_t any_event = 0;
    const int64_t count = context->count;
    const int64_t end = block->end;
    uint64_t* const spike_bits = context->event_bits[0];
    for (int64_t word = block->begin; word < end; word += 64) {
        const int64_t stop = word + 64 < end ? word + 64 : end;
        uint64_t spike_word = 0;
        Real x32_kept[64 / HHK_WIDTH];
        Real x34_kept[64 / HHK_WIDTH];
        Real alpha_m_kept[64 / HHK_WIDTH];
        Real x72_kept[64 / HHK_WIDTH];
        Real alpha_h_kept[64 / HHK_WIDTH];
        Real x45_kept[64 / HHK_WIDTH];
        Real x59_kept[64 / HHK_WIDTH];
        Real x62_kept[64 / HHK_WIDTH];
        Real alpha_n_kept[64 / HHK_WIDTH];
        Real x85_kept[64 / HHK_WIDTH];
        for (int64_t i = word; i < stop; i += HHK_WIDTH) {
            const Real v = hhk_load(v_at + i);
            const Real na_m = hhk_load(na_m_at + i);
            const Real x12 = na_m * na_m;
            const Real x13 = x12 * na_m;
            const Real x15 = na_g_all * x13;
            const Real na_h = hhk_load(na_h_at + i);
            const Real g_na = x15 * na_h;
            const Real k_n = hhk_load(k_n_at + i);
            const Real x14 = k_n * k_n;
            const Real x17 = x14 * x14;
            const Real g_k = k_g_all * x17;
            const Real x19 = g_na + g_k;
            const Real g = x19 + leak_g_all;
            const Real x29 = -g;
            const Real I = hhk_load(I_at + i);
            const Real x22 = hhk_fma(leak_g_all, leak_E_all, I);
            const Real x23 = hhk_fma(g_k, k_E_all, x22);
            const Real x24 = hhk_fma(g_na, na_E_all, x23);
            const Real x30 = hhk_fma(x29, v, x24);
            const Real x31 = x30 * x26_all;
            const Real x34 = dt_all * x31;
            const Real x27 = g * x26_all;
            const Real x28 = -x27;
            const Real x32 = x28 * dt_all;
            x32_kept[(i - word) / HHK_WIDTH] = x32;
            x34_kept[(i - word) / HHK_WIDTH] = x34;
        }
        for (int64_t i = word; i < stop; i += HHK_WIDTH) {
            const Real x32 = x32_kept[(i - word) / HHK_WIDTH];
            const Real x34 = x34_kept[(i - word) / HHK_WIDTH];
            const Real v = hhk_load(v_at + i);
            const Real x33 = hhk_exprel(x32);
            const Real v_2 = hhk_fma(x34, x33, v);
            const Mask not_refractory = hhk_load_mask(not_refractory_at + i);
            const Mask x92 = hhk_gt(v, Real(0.0));
            const Mask x93 = hhk_not(x92);
            const Mask x95 = hhk_or(not_refractory, x93);
            const Mask x96 = hhk_gt(v_2, Real(0.0));
            const Mask x97 = hhk_and(x95, x96);
            const Mask x98 = hhk_not(x97);
            const Mask x99 = hhk_and(x95, x98);
            bad_real += hhk_guarded(count, i, v_2);
            hhk_store(v_at + i, v_2);
            hhk_store_mask(not_refractory_at + i, x99);
            spike_word |= static_cast<uint64_t>(hhk_mask_bits(x97)) << (i - word);
        }
        for (int64_t i = word; i < stop; i += HHK_WIDTH) {
            const Real v_2 = hhk_load(v_at + i);
            const Real x38 = v_2 + 0.04;
            const Real x39 = x38 * -100.0;
            const Real x40 = hhk_inv_exprel(x39);
            const Real alpha_m = 1000.0 * x40;
            const Real x45 = v_2 + 0.065;
            const Real x46 = x45 * -55.55555555555556;
            const Real x47 = hhk_exp(x46);
            const Real beta_m = 4000.0 * x47;
            const Real x72 = alpha_m + beta_m;
            const Real x51 = x45 * -50.0;
            const Real x52 = hhk_exp(x51);
            const Real alpha_h = 70.0 * x52;
            alpha_m_kept[(i - word) / HHK_WIDTH] = alpha_m;
            x72_kept[(i - word) / HHK_WIDTH] = x72;
            alpha_h_kept[(i - word) / HHK_WIDTH] = alpha_h;
            x45_kept[(i - word) / HHK_WIDTH] = x45;
        }
        for (int64_t i = word; i < stop; i += HHK_WIDTH) {
            const Real alpha_m = alpha_m_kept[(i - word) / HHK_WIDTH];
            const Real x72 = x72_kept[(i - word) / HHK_WIDTH];
            const Real na_m = hhk_load(na_m_at + i);
            const Real v_2 = hhk_load(v_at + i);
            const Real x73 = alpha_m / x72;
            const Real x77 = na_m - x73;
            const Real x75 = x74_all * x72;
            const Real x76 = hhk_exp(x75);
            const Real m = hhk_fma(x77, x76, x73);
            const Real x56 = v_2 + 0.035;
            const Real x57 = x56 * -100.0;
            const Real x58 = hhk_exp(x57);
            const Real x59 = 1.0 + x58;
            x59_kept[(i - word) / HHK_WIDTH] = x59;
            hhk_store(na_m_at + i, m);
        }
        for (int64_t i = word; i < stop; i += HHK_WIDTH) {
            const Real x59 = x59_kept[(i - word) / HHK_WIDTH];
            const Real alpha_h = alpha_h_kept[(i - word) / HHK_WIDTH];
            const Real na_h = hhk_load(na_h_at + i);
            const Real v_2 = hhk_load(v_at + i);
            const Real beta_h = 1000.0 / x59;
            const Real x79 = alpha_h + beta_h;
            const Real x80 = alpha_h / x79;
            const Real x83 = na_h - x80;
            const Real x81 = x74_all * x79;
            const Real x82 = hhk_exp(x81);
            const Real h = hhk_fma(x83, x82, x80);
            const Real x62 = v_2 + 0.055;
            x62_kept[(i - word) / HHK_WIDTH] = x62;
            hhk_store(na_h_at + i, h);
        }
        for (int64_t i = word; i < stop; i += HHK_WIDTH) {
            const Real x62 = x62_kept[(i - word) / HHK_WIDTH];
            const Real x45 = x45_kept[(i - word) / HHK_WIDTH];
            const Real x63 = x62 * -100.0;
            const Real x64 = hhk_inv_exprel(x63);
            const Real alpha_n = 100.0 * x64;
            const Real x68 = x45 * -12.5;
            const Real x69 = hhk_exp(x68);
            const Real beta_n = 125.0 * x69;
            const Real x85 = alpha_n + beta_n;
            alpha_n_kept[(i - word) / HHK_WIDTH] = alpha_n;
            x85_kept[(i - word) / HHK_WIDTH] = x85;
        }
        for (int64_t i = word; i < stop; i += HHK_WIDTH) {
            const Real alpha_n = alpha_n_kept[(i - word) / HHK_WIDTH];
            const Real x85 = x85_kept[(i - word) / HHK_WIDTH];
            const Real k_n = hhk_load(k_n_at + i);
            const Real x86 = alpha_n / x85;
            const Real x89 = k_n - x86;
            const Real x87 = x74_all * x85;
            const Real x88 = hhk_exp(x87);
            const Real n = hhk_fma(x89, x88, x86);
            hhk_store(k_n_at + i, n);
        }
        spike_word &= hhk_inside(count, word);
        spike_bits[word / 64] = spike_word;
        any_event |= static_cast<uint64_t>(spike_word != 0) << 0;
    }
    block->any_event = any_event;
    block->fault = 0;
    if (__builtin_expect(hhk_any(hhk_ne(bad_real - bad_real, Real(0))), 0)) {
        bad_real = Real(0);
        for (int64_t i = block->begin; i < block->end; i += HHK_WIDTH) {
            bad_real += hhk_guarded(context->count, i, hhk_load(v_at + i)) * 0;
        }
        block->fault = hhk_any(hhk_ne(bad_real, bad_real)) ? 1 : block->fault;
    }
    return HHK_OK;
}
