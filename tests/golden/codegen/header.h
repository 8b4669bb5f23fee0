/* ---- types ---- */

enum types_field {
    TYPES_FIELD_x = 0, /* x: a number */
    TYPES_FIELD_class = 1, /* class: a number */
    TYPES_FIELD_is_on = 2, /* is.on: a number */
    TYPES_FIELD_since = 3, /* since: a number */
    TYPES_FIELD_COUNT = 4
};

enum types_uniform {
    TYPES_UNIFORM_a = 0, /* a: a number, default 2 */
    TYPES_UNIFORM_COUNT = 1
};

extern const hhk_model hhk_model_types;

#ifdef __cplusplus
}
#endif
