{
    const int64_t step = context->step;
    const Int step_all = hhk_all(step);
    int64_t* const lastspike_at = hhk_values<int64_t>(context, 5);
    const int64_t end = block->end;
    const uint64_t* const bits = context->event_bits[0];
    for (int64_t word = block->begin; word < end; word += 64) {
        for (uint64_t left = bits[word / 64]; left != 0;) {
            const int64_t lane = __builtin_ctzll(left) / HHK_WIDTH * HHK_WIDTH;
            const int64_t i = word + lane;
            const Mask happened = hhk_mask_of(left >> lane);
            left &= ~(hhk_every_lane << lane);
            hhk_store(lastspike_at + i, hhk_select(happened, step_all, hhk_load(lastspike_at + i)));
        }
    }
    block->fault = 0;
    return HHK_OK;
}
