static const hhk_field x_y_z_fields[] = {
    {"v", "mV", 0.001, -0.065, {{2, 1, -3, -1, 0, 0, 0}, {1, 1, 1, 1, 1, 1, 1}}, 0, 0, 9, HHK_EACH, {}, 0, 3, -1},
};
extern "C" __attribute__((visibility("default"))) const hhk_model hhk_model_x_y_z = {
    .size = sizeof(hhk_model),
    .abi_version = HHK_ABI_VERSION,
    .name = "x\"y\\z\n"
    "\001\?",
    .required_features = "",
    .vector_width = 2,
    .real_size = 8,
    .random_scheme = 1,
    .needs_host_solver = HHK_HOST_NONE,
    .interface_hash = {0x4a450a13806cb8fe, 0x42ee6bdd85c94997},
    .code_hash = {}
    .field_count = 1,
    .uniform_count = 0,
    .table_count = 0,
    .event_count = 0,
    .fields = x_y_z_fields,
    .uniforms = nullptr,
    .tables = nullptr,
    .events = nullptr,
    .description = "{\"a\": \"line\\n\"}\n"
    "next",
    .self = nullptr,
    .prepare = nullptr,
    .prepare_entities = nullptr,
    .init = nullptr,
    .half_step = nullptr,
    .advance = nullptr,
    .on_event = nullptr,
    .observe = nullptr,
    .rhs = nullptr,
    .jacobian = nullptr,
    .linear = nullptr,
    .synapse = nullptr,
};
