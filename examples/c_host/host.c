/* SPDX-License-Identifier: MIT
 * Runs a model library made by `hhc model.hhm -o model.so`: plain C, no Python, no compiler.
 *
 *     host MODEL.so COUNT STEPS DT [NAME=VALUE ...] [NAME ...]
 *
 * DT is in seconds, values are in SI units. NAME=VALUE sets a parameter or a variable of all
 * neurons before the first step; a bare NAME is printed for every neuron at the end. The numbers
 * are those of `hhc run` and of Python, bit for bit. The steps are the ones that kernel_abi.h asks
 * for. */
#define _POSIX_C_SOURCE 200809L
#include "kernel_abi.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Population {
    const hhk_model* model;
    hhk_context context;
    int64_t padded;   /* entities, rounded up to HHK_PADDING */
    int64_t* offsets; /* of each field in the slab */
    double* uniforms;
    uint64_t** event_bits; /* per event, one word per 64 entities */
    char* assigned;        /* per field */
} Population;

static void fail(const char* what, const char* which) {
    fprintf(stderr, "host: %s%s%s\n", what, which ? ": " : "", which ? which : "");
    exit(1);
}

static void* allocate(size_t bytes) {
    void* memory = NULL;
    if (posix_memalign(&memory, 64, bytes + 64) != 0) {
        fail("there is not enough memory", NULL);
    }
    memset(memory, 0, bytes + 64);
    return memory;
}

static size_t element_size(const hhk_model* model, int32_t field) {
    switch (model->fields[field].type) {
    case HHK_INTEGER:
        return 4;
    case HHK_BOOLEAN:
        return 1;
    case HHK_STEP:
        return 8;
    default:
        return model->real_size;
    }
}

static void write_value(const Population* p, int32_t field, int64_t i, double value) {
    char* values = p->context.slab + p->offsets[field];
    switch (p->model->fields[field].type) {
    case HHK_INTEGER:
        ((int32_t*)values)[i] = (int32_t)value;
        break;
    case HHK_BOOLEAN:
        ((uint8_t*)values)[i] = value != 0;
        break;
    case HHK_STEP:
        ((int64_t*)values)[i] = HHK_NEVER;
        break;
    default:
        if (p->model->real_size == 4) {
            ((float*)values)[i] = (float)value;
        } else {
            ((double*)values)[i] = value;
        }
    }
}

static double read_value(const Population* p, int32_t field, int64_t i) {
    const char* values = p->context.slab + p->offsets[field];
    switch (p->model->fields[field].type) {
    case HHK_INTEGER:
        return ((const int32_t*)values)[i];
    case HHK_BOOLEAN:
        return ((const uint8_t*)values)[i];
    case HHK_STEP:
        return (double)((const int64_t*)values)[i];
    default:
        return p->model->real_size == 4 ? ((const float*)values)[i] : ((const double*)values)[i];
    }
}

static const hhk_model* open_model(const char* path) {
    void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fail("cannot open the library", dlerror());
    }
    const hhk_library* models = (const hhk_library*)dlsym(library, HHK_LIBRARY_SYMBOL);
    if (!models) {
        fail("this is no library made by hhc", path);
    }
    if (models->abi_version != HHK_ABI_VERSION || models->model_count == 0) {
        fail("the library is of another version", path);
    }
    /* A careful host also looks up model->required_features: without them the CPU traps. */
    return models->models[0];
}

static void make_population(Population* p, const hhk_model* model, int64_t count, double dt) {
    memset(p, 0, sizeof(*p));
    p->model = model;
    p->padded = (count + HHK_PADDING - 1) / HHK_PADDING * HHK_PADDING;
    p->offsets = allocate(sizeof(int64_t) * model->field_count);
    p->assigned = allocate(model->field_count);
    int64_t end = 0;
    for (uint32_t f = 0; f < model->field_count; ++f) {
        /* Arrays that begin at the same place of a page are slow: five cache lines apart. */
        p->offsets[f] = end;
        end += ((int64_t)element_size(model, (int32_t)f) * p->padded + 63) / 64 * 64 + 5 * 64;
    }
    p->context.size = sizeof(hhk_context);
    p->context.model = model;
    p->context.slab = allocate((size_t)end);
    p->context.offsets = p->offsets;
    p->context.count = count;
    p->context.dt = dt;
    p->uniforms = allocate(sizeof(double) * model->uniform_count);
    for (uint32_t u = 0; u < model->uniform_count; ++u) {
        p->uniforms[u] =
            model->uniforms[u].role == HHK_HIDDEN ? 0 : model->uniforms[u].default_value;
    }
    p->context.uniforms = p->uniforms;
    p->event_bits = allocate(sizeof(uint64_t*) * model->event_count);
    for (uint32_t e = 0; e < model->event_count; ++e) {
        p->event_bits[e] = allocate(sizeof(uint64_t) * (size_t)(p->padded / 64 + 1));
    }
    p->context.event_bits = p->event_bits;
    for (uint32_t f = 0; f < model->field_count; ++f) {
        const hhk_field* field = &model->fields[f];
        const double first = field->role == HHK_NOT_REFRACTORY ? 1
                             : field->role == HHK_HIDDEN       ? 0
                                                               : field->default_value;
        for (int64_t i = 0; i < p->padded; ++i) {
            write_value(p, (int32_t)f, i, first);
        }
    }
}

static int32_t find_field(const hhk_model* model, const char* name) {
    for (uint32_t f = 0; f < model->field_count; ++f) {
        if (strcmp(model->fields[f].name, name) == 0) {
            return (int32_t)f;
        }
    }
    return -1;
}

static void set(Population* p, const char* name, double value) {
    const int32_t field = find_field(p->model, name);
    if (field >= 0) {
        for (int64_t i = 0; i < p->padded; ++i) {
            write_value(p, field, i, value);
        }
        p->assigned[field] = 1;
        return;
    }
    for (uint32_t u = 0; u < p->model->uniform_count; ++u) {
        if (strcmp(p->model->uniforms[u].name, name) == 0) {
            p->uniforms[u] = value;
            return;
        }
    }
    fail("the model has no such variable", name);
}

static void call(const Population* p, hhk_block_fn hook) {
    hhk_block block = {.end = p->padded, .event = -1};
    if (hook) {
        hook(&p->context, &block);
    }
}

/* Derived values, then initial values and steady states of what was not assigned, then half a step
 * for assigned states that stand at t + dt/2. */
static void prepare(const Population* p) {
    const hhk_model* m = p->model;
    if (m->prepare) {
        m->prepare(&p->context);
    }
    call(p, m->prepare_entities);
    int shift = 0;
    for (uint32_t f = 0; f < m->field_count; ++f) {
        const hhk_field* field = &m->fields[f];
        if (field->init_flag >= 0) {
            p->uniforms[field->init_flag] = !p->assigned[f];
        }
        if (field->stagger_flag >= 0) {
            p->uniforms[field->stagger_flag] = p->assigned[f];
            shift |= p->assigned[f];
        }
    }
    call(p, m->init);
    call(p, m->prepare_entities);
    if (shift) {
        call(p, m->half_step);
    }
}

static int64_t step(Population* p, int64_t k) {
    int64_t spikes = 0;
    hhk_block block = {.end = p->padded, .event = -1};
    p->context.step = k;
    p->context.t = (double)k * p->context.dt;
    p->model->advance(&p->context, &block);
    if (block.fault) {
        fail("a value is not a number any more", NULL);
    }
    for (uint32_t e = 0; e < p->model->event_count; ++e) {
        if (!(block.any_event >> e & 1)) {
            continue;
        }
        block.event = (int32_t)e;
        if (p->model->on_event && p->model->on_event[e]) {
            p->model->on_event[e](&p->context, &block);
        }
        for (int64_t word = 0; word <= (p->padded - 1) / 64; ++word) {
            for (uint64_t bits = p->event_bits[e][word]; bits; bits &= bits - 1) {
                spikes += p->model->events[e].sets_last_spike;
            }
            p->event_bits[e][word] = 0;
        }
    }
    return spikes;
}

int main(int argc, char** argv) {
    if (argc < 5) {
        fail("usage", "host MODEL.so COUNT STEPS DT [NAME=VALUE ...] [NAME ...]");
    }
    Population p;
    make_population(&p, open_model(argv[1]), atoll(argv[2]), atof(argv[4]));
    for (int a = 5; a < argc; ++a) {
        char* equals = strchr(argv[a], '=');
        if (equals) {
            *equals = '\0';
            set(&p, argv[a], strtod(equals + 1, NULL));
            *equals = '=';
        }
    }
    prepare(&p);
    int64_t spikes = 0;
    const int64_t steps = atoll(argv[3]);
    for (int64_t k = 0; k < steps; ++k) {
        spikes += step(&p, k);
    }
    printf("spikes %lld\n", (long long)spikes);
    for (int a = 5; a < argc; ++a) {
        if (!strchr(argv[a], '=')) {
            const int32_t field = find_field(p.model, argv[a]);
            if (field < 0) {
                fail("the model has no such variable", argv[a]);
            }
            for (int64_t i = 0; i < p.context.count; ++i) {
                printf("%s[%lld] %a\n", argv[a], (long long)i, read_value(&p, field, i));
            }
        }
    }
    return 0;
}
