/* SPDX-License-Identifier: MIT
 * The bridge between a compiled model and whoever runs it: plain C, one struct, no dependency.
 * Generated C++ embeds this text (with HHK_FREESTANDING, so that no header is needed); the runtime,
 * the IR interpreter and C programs include it. README.md beside it tells when hooks are called. */
#ifndef HHK_KERNEL_ABI_H
#define HHK_KERNEL_ABI_H

#ifdef HHK_FREESTANDING
typedef __INT8_TYPE__ int8_t;
typedef __INT32_TYPE__ int32_t;
typedef __INT64_TYPE__ int64_t;
typedef __UINT8_TYPE__ uint8_t;
typedef __UINT32_TYPE__ uint32_t;
typedef __UINT64_TYPE__ uint64_t;
#else
#include <stdint.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define HHK_ABI_VERSION 1

/* How one value of a field is stored. Integers are stored in 32 bits and computed in 64. */
enum hhk_type {
    HHK_REAL = 0,    /* double or float: hhk_model.real_size bytes */
    HHK_INTEGER = 1, /* int32_t */
    HHK_BOOLEAN = 2, /* uint8_t, 0 or 1 */
    HHK_STEP = 3     /* int64_t, a number of time steps */
};

/* What a variable is for. */
enum hhk_role {
    HHK_STATE = 0,            /* has a differential equation, or is written by blocks */
    HHK_PARAMETER = 1,        /* set by the user */
    HHK_CONSTANT_OVER_DT = 2, /* computed once at the start of every step */
    HHK_INPUT = 3,            /* zeroed by the runtime before each step's synaptic sums */
    HHK_LINKED = 4,           /* gathered by the runtime from another object before each step */
    HHK_LAST_SPIKE = 5,       /* step of the last spike (HHK_STEP); HHK_NEVER before the first */
    HHK_NOT_REFRACTORY = 6,   /* memory of a refractoriness given as a condition */
    HHK_HIDDEN = 7,           /* made by the compiler: derived constants, propagators */
    HHK_LAST_UPDATE = 8, /* step to which event-driven states of a synapse are valid (HHK_STEP) */
    HHK_GIVEN = 9 /* filled by the runtime before the first step, by name: N_incoming and N_outgoing
                   * (integers of PER_POST and PER_PRE), delay (seconds, of pathway "pre") */
};

#define HHK_NEVER (-((int64_t)1 << 60))

enum hhk_flag {
    HHK_UNLESS_REFRACTORY = 1, /* writes by synapses are dropped while refractory */
    HHK_CONSTANT = 2,          /* does not change during a run */
    HHK_STAGGERED = 4,         /* stands at t + dt/2 (hook half_step shifts it after assignments) */
    HHK_HAS_INIT = 8           /* has an `init` expression or a steady state (hook init) */
};

/* Whose entities an array or a kernel is about. A population has HHK_EACH alone. */
enum hhk_space {
    HHK_EACH = 0,     /* the model's own entities: neurons, or synapses */
    HHK_PRE = 1,      /* entities of the source population (foreign variables, events) */
    HHK_POST = 2,     /* entities of the target population */
    HHK_PER_PRE = 3,  /* a synapse's own values that are kept once per source entity */
    HHK_PER_POST = 4, /* the same per target entity */
    HHK_SPACES = 5
};

/* How a synapse uses a variable of another object, or-ed. */
enum hhk_access {
    HHK_READ = 1,
    HHK_ADD = 2,      /* adds to it; all additions to one entity are done in order of synapses */
    HHK_WRITE = 4,    /* writes it, perhaps from its old value; only in sequential pathways */
    HHK_DELAYED = 8,  /* read at t - delay: the runtime fills field `into` before sum and advance */
    HHK_GUARDED = 16, /* `unless refractory`: kernels drop writes to refractory targets, as their
                       * lastspike and not_refractory tell (this step's spikes included) */
    HHK_SUMMED = 32   /* set by hook sum: the runtime zeroes the row before the first sum */
};

/* Exponents of metre, kilogram, second, ampere, kelvin, mole, candela as fractions. */
typedef struct hhk_dimension {
    int8_t numerator[7];
    int8_t denominator[7];
} hhk_dimension;

/* One value per entity, in the population's slab. */
typedef struct hhk_field {
    const char* name;     /* dotted, as in the equations: "v", "na.m" */
    const char* unit;     /* as declared, for people: "mV", "amp/meter**2", "1" */
    double unit_scale;    /* SI value of one such unit: 0.001 */
    double default_value; /* SI; NaN: must be assigned before the first run (or has an init) */
    hhk_dimension dimension;
    uint8_t type;  /* enum hhk_type */
    uint8_t role;  /* enum hhk_role */
    uint8_t flags; /* enum hhk_flag, or-ed */
    uint8_t space; /* enum hhk_space: EACH, PER_PRE or PER_POST */
    uint8_t reserved[2];
    int32_t rest;      /* of HHK_LAST_SPIKE: 1 + the uniform that holds for how many steps an entity
                        * is refractory, where hook advance takes hhk_context.rested; else 0 */
    int32_t init_flag; /* uniform that is 1 while hook init shall write this field, or -1 */
    int32_t stagger_flag; /* uniform that is 1 while hook half_step shall shift this field, or -1 */
} hhk_field;

/* One value for the whole population, always a double (integers and booleans too). Uniforms with
 * role HHK_HIDDEN are written by hook prepare (and the flags above by the runtime). */
typedef struct hhk_uniform {
    const char* name;
    const char* unit;
    double unit_scale;
    double default_value; /* NaN: has no default and must be set before the first run */
    hhk_dimension dimension;
    uint8_t type;
    uint8_t role;
    uint8_t flags;
    uint8_t reserved[7];
} hhk_uniform;

/* A timed array: f(t), or f(t, i) with one column per entity. */
typedef struct hhk_table {
    const char* name;
    hhk_dimension dimension;
    int32_t per_entity; /* 0: f(t); 1: f(t, i) */
    int32_t hidden;     /* 0: the user gives it; else the compiler's: so many doubles, 64-byte
                         * aligned, that the runtime holds and hook prepare writes */
} hhk_table;

typedef struct hhk_table_data {
    const double* values; /* rows x columns, row by row, SI */
    int64_t rows;
    int64_t columns; /* 1, or count padded to HHK_PADDING (the last entity's column repeated) */
    double dt;       /* seconds per row; row = clamp(floor(t/dt + 1e-3 of the network's step)) */
} hhk_table_data;

/* A named event; event 0 of a model with a threshold is "spike". */
typedef struct hhk_event {
    const char* name;
    int32_t sets_last_spike; /* 1 for "spike" */
    int32_t has_statements;  /* 1: hook on_event[k] does something */
} hhk_event;

/* A variable of the source or target population that a synapse reads or writes. */
typedef struct hhk_foreign {
    const char* name; /* in its population, without suffix: "v", "na.m" */
    hhk_dimension dimension;
    uint8_t space;   /* HHK_PRE or HHK_POST */
    uint8_t type;    /* enum hhk_type */
    uint8_t access;  /* enum hhk_access, or-ed */
    uint8_t uniform; /* 1: one double for the whole population */
    int32_t into;    /* HHK_DELAYED: the own field that gets the past value; else -1 */
} hhk_foreign;

/* What the host does of a step. In a cell (HHK_HOST_CABLE) entities are compartments: the host
 * moves field "v" through the cable equation, with hook linear (output 0: G = -dIm/dv in
 * siemens/meter**2 with everything else as it is; output 1: I0 = Im + G*v in amp/meter**2) and hook
 * rhs (output 0: capacitance in farad/meter**2, constant in a run), then calls advance, which moves
 * all else and finds v at t + dt in "v" and, if there is a field "v:start", v at t in that. */
enum hhk_host {
    HHK_HOST_NONE = 0,
    HHK_HOST_STATES = 1, /* all states, through rhs and jacobian */
    HHK_HOST_CABLE = 2
};

struct hhk_model;

/* Synapses [begin, end) in storage order, or items [begin, end) of hhk_block.items. */
typedef struct hhk_range {
    int64_t begin;
    int64_t end;
} hhk_range;

/* Where the values of one object are. All pointers are owned by the runtime. */
typedef struct hhk_context {
    uint32_t size;          /* of this struct: a newer runtime may append */
    uint32_t random_object; /* identifies the object in random streams: hash of its name */
    const struct hhk_model* model;
    char* slab;             /* 64-byte aligned */
    const int64_t* offsets; /* byte offset of each field's entity 0 in the slab */
    double* uniforms;
    const hhk_table_data* tables;
    uint64_t* const* event_bits; /* per event: bit i of the words belongs to entity i; hook advance
                                  * finds the words of its block zero and sets bits */
    int64_t count;               /* entities; arrays are padded to a multiple of HHK_PADDING */
    int64_t step;                /* k: the step from k*dt to (k+1)*dt */
    double t;                    /* k*dt */
    double dt;
    uint64_t seed;
    double* const* outputs; /* hook observe and expression kernels: one array per output */
    /* Synapses only; null in populations. Storage keeps synapses of one source together. */
    const int32_t* pre;   /* source entity of each synapse */
    const int32_t* post;  /* target entity of each synapse */
    char* const* foreign; /* per hhk_foreign: entity 0 of that variable, or its one double */
    int64_t pre_count;    /* entities of the populations; PER_PRE and PER_POST rows have as many, */
    int64_t post_count;   /* padded like all rows */
    const int32_t* creation; /* number of each synapse for random draws; null: the storage order */
    void* reserved[2];
    /* Null, or for hook advance in place of the field of HHK_LAST_SPIKE (hhk_field.rest): bit i of
     * the words is set unless entity i is refractory in this step. Padding is not. */
    const uint64_t* rested;
} hhk_context;

/* Entities are computed in whole vectors: arrays hold a multiple of this many, and the entities
 * beyond `count` repeat the last one. */
#define HHK_PADDING 16

/* What one call works on, and what it found. begin and end are multiples of HHK_BLOCK, except that
 * the last block ends at count rounded up to whole vectors, at most to HHK_PADDING. */
typedef struct hhk_block {
    int64_t begin;
    int64_t end;
    int32_t event;      /* hook on_event: which event */
    int32_t fault;      /* out: 1 when a guarded state is NaN or out of range, 2 integer
                         * fault, 3 the cable of compartment begin + event is not stable */
    uint64_t any_event; /* out: bit e is set when event e occurred in the block */
    /* Hook deliver of a pathway: what arrives, in this order. begin and end are not used. */
    const hhk_range* ranges;
    int64_t range_count;
    const uint32_t* items; /* null: ranges are synapses; else synapse = items[k], k in the ranges */
    uint8_t* counts; /* hook by_count: at k the arrivals at target begin + k; it sets them to 0 */
} hhk_block;

#define HHK_BLOCK 64

/* Kernels never fail half-way: they return 0, or a positive code of enum hhk_status. */
enum hhk_status { HHK_OK = 0, HHK_FAULT = 1 };

typedef int32_t (*hhk_uniform_fn)(const hhk_context* context);
typedef int32_t (*hhk_block_fn)(const hhk_context* context, hhk_block* block);

/* Statements of a synapse that run when an event arrives. */
typedef struct hhk_pathway {
    const char* name;   /* "pre", "post", or the user's */
    const char* event;  /* of that population: "spike"; "": every step, for every synapse */
    int32_t space;      /* HHK_PRE or HHK_POST: whose events */
    int32_t order;      /* lower first: pre -1, post +1 */
    double delay;       /* seconds, default of every synapse; NaN: not said */
    int32_t indexed;    /* 1: called with items, 0: with ranges of synapses alone */
    int32_t sequential; /* 1: one synapse's writes may be read by the next (also across threads) */
    int32_t writes_pre; /* 1: writes variables or values of the source: one thread only */
    int32_t one_delay;  /* 1: all synapses share the delay: values kept per entity rely on it */
    hhk_block_fn deliver; /* may be null. Ranges begin and end anywhere: lanes outside are read at
                           * most, never written */
    /* Null, or what is kept once per entity of `space` (PER_PRE or PER_POST): after `deliver` has
     * run for every synapse of the step, with items = the entities whose events arrive. */
    hhk_block_fn deliver_entities;
} hhk_pathway;

/* Arrays of hhk_context that kernels of a synapse read: others need not be there. */
enum hhk_uses {
    HHK_USES_PRE = 1, /* pre; also said by foreign variables of the source and PER_PRE fields */
    HHK_USES_CREATION = 2, /* creation, for random draws of EACH */
    HHK_SUMS_BY_TARGET = 4 /* no array: hook sum of EACH may be called with items, too: synapses
                            * target by target, each in the order of storage; a range a target */
};

/* What a synapse has beyond a population. Kernels by space run over [begin, end) of its entities:
 * synapses, source entities (PER_PRE) or target entities (PER_POST), in whole blocks. `sum` adds
 * into foreign inputs: over synapses in storage order (from anywhere to anywhere, as `deliver`),
 * over PER_POST one value per target. */
typedef struct hhk_synapse {
    uint32_t size; /* of this struct */
    uint32_t foreign_count;
    uint32_t pathway_count;
    uint32_t uses; /* enum hhk_uses, or-ed */
    const hhk_foreign* foreign;
    const hhk_pathway* pathways;
    hhk_block_fn prepare_entities[HHK_SPACES]; /* null where there is nothing to do */
    hhk_block_fn init[HHK_SPACES];
    hhk_block_fn advance[HHK_SPACES];
    hhk_block_fn sum[HHK_SPACES];
    /* Null, or sum and then advance over PER_POST in one pass. The host calls it in place of both
     * where nobody looks at the values in between. */
    hhk_block_fn sum_and_advance;
    /* Null, or sum over EACH and then, if there is one, over PER_POST, in one pass over synapses
     * that the host laid out anew: of a vector of targets it takes the first synapse of each, then
     * the second, and so on, in each target's order of storage. Range g of the block tells where
     * those of the g-th vector stand: synapse r of its target k at begin + r*vector_width + k, with
     * its fields and `pre` (0 where it has none), as many as the target with most has. `post` holds
     * how many synapses target begin + k of the block has, at k. */
    hhk_block_fn sum_in_rounds;
    /* Null, or one per pathway: null, or `deliver` where every synapse of a target does the same
     * and to the target alone, so that only their number counts. Over the targets [begin, end) of
     * the block, from a multiple of HHK_BLOCK on: each is done hhk_block.counts times what one
     * arrival does, which is what `deliver` does for as many synapses. Counts are 64-byte aligned
     * and as many as whole blocks have. */
    const hhk_block_fn* by_count;
    /* Null, or one per pathway: bit f for every field f of EACH, of the first 64, that by_count
     * takes from synapse 0. It may be called while each of them has one value in all synapses. */
    const uint64_t* alike;
} hhk_synapse;

/* A compiled model. Everything is constant data; a hook that a model does not need is null. */
typedef struct hhk_model {
    uint32_t size;        /* of this struct; unknown trailing fields are ignored */
    uint32_t abi_version; /* HHK_ABI_VERSION */
    const char* name;
    const char* required_features; /* comma-separated CPU features, checked before the first call */
    uint32_t vector_width;         /* entities per vector */
    uint32_t real_size;            /* 8 or 4 */
    uint32_t random_scheme;        /* version of the random streams */
    uint32_t needs_host_solver;    /* enum hhk_host */
    uint64_t interface_hash[2];    /* names, units, types, kinds: what a checkpoint needs */
    uint64_t code_hash[2];         /* everything: what a cache needs */
    uint32_t field_count;
    uint32_t uniform_count;
    uint32_t table_count;
    uint32_t event_count;
    const hhk_field* fields;
    const hhk_uniform* uniforms;
    const hhk_table* tables;
    const hhk_event* events;
    const char* description; /* JSON: equations, units, methods, documentation of every variable */
    const void* self;        /* for the host that made the table (interpreter); null in code */

    hhk_uniform_fn prepare;        /* derived uniforms; after parameters or dt changed */
    hhk_block_fn prepare_entities; /* derived fields; after prepare */
    hhk_block_fn init;             /* init expressions and steady states */
    hhk_block_fn half_step;        /* shift staggered states by dt/2 */
    hhk_block_fn advance;          /* one step: states, then thresholds into event_bits */
    const hhk_block_fn* on_event;  /* per event: resets and other statements */
    hhk_block_fn observe;          /* named subexpressions into outputs */
    hhk_block_fn rhs;              /* derivatives of all states into outputs */
    hhk_block_fn jacobian;         /* d rhs / d state, row by row, into outputs */
    hhk_block_fn linear;           /* matrix and vector of a linear system into outputs */
    const hhk_synapse* synapse;    /* null: a population. Else init, advance, ... above are null */
} hhk_model;

/* Every shared library made by `hhc -o model.so` exports a count and its models. */
typedef struct hhk_library {
    uint32_t size;
    uint32_t abi_version;
    uint32_t model_count;
    uint32_t reserved;
    const hhk_model* const* models;
} hhk_library;

#define HHK_LIBRARY_SYMBOL "hhk_library_v1"

#ifdef __cplusplus
}
#endif

#endif
