{
    const double a = context->uniforms[0];
    const Real a_all = hhk_all(a);
    const bool x13 = a > 0.0;
    const bool x15 = a < 1.0;
    const Mask x15_all = hhk_all(x15);
    const int64_t step = context->step;
    const Int step_all = hhk_all(step);
    hhk_real* const x_at = hhk_values<hhk_real>(context, 0);
    int32_t* const class_at = hhk_values<int32_t>(context, 1);
    uint8_t* const is_on_at = hhk_values<uint8_t>(context, 2);
    int64_t* const since_at = hhk_values<int64_t>(context, 3);
    bool bad_int = false;
    const int64_t end = block->end;
    for (int64_t i = block->begin; i < end; i += HHK_WIDTH) {
        const Int here = hhk_entities(context, i);
        const Mask is_on = hhk_load_mask(is_on_at + i);
        const Int class_2 = hhk_load(class_at + i);
        const Int entity = here;
        const Real x4 = hhk_to_real(entity);
        const Real x = hhk_load(x_at + i);
        const Real x6 = x * a_all;
        const Real x7 = hhk_select(is_on, x6, x4);
        const Int x10 = class_2 * 7;
        Mask x11_bad = hhk_all(false);
        const Int x11 = hhk_idiv(x10, Int(3), x11_bad);
        const Int since = hhk_load(since_at + i);
        const Int x18 = step_all - since;
        bad_int |= hhk_any(hhk_and(hhk_mask_of(hhk_inside(context->count, i)), hhk_and(x11_bad, is_on)));
        hhk_store(x_at + i, x7);
        hhk_store(class_at + i, hhk_select(is_on, x11, class_2));
        if (x13) {
            hhk_store_mask(is_on_at + i, x15_all);
        }
        hhk_store(since_at + i, x18);
    }
    block->fault = bad_int ? 2 : 0;
    return HHK_OK;
}
