// SPDX-License-Identifier: MIT
// The intermediate representation: a module is one compiled model; its kernels are straight lines
// of named values over one entity. README.md beside this file gives the meaning of every part.
#pragma once

#include "ir/args.h"
#include "support/ids.h"
#include "units/dimension.h"

#include "hhc/diagnostic.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::ir {

enum class Type : std::uint8_t { Real, Int, Bool, Matrix };

enum class Op : std::uint8_t {
#define HHC_OP(id, text, arity, result) id,
#include "ir/ops.def"
#undef HHC_OP
};

enum class MathOp : std::uint8_t {
#define HHC_MATH(id, text, arity, function) id,
#include "ir/math_ops.def"
#undef HHC_MATH
};

enum class Distribution : std::uint8_t {
#define HHC_RANDOM(id, text, arity, result) id,
#include "ir/distributions.def"
#undef HHC_RANDOM
};

/// When a value is known. Hoisting, layout and the prologue of a kernel follow from it.
enum class Binding : std::uint8_t {
    Literal, // in the text, or frozen
    Run,     // parameters with one value, dt
    Step,    // t, tables of t
    Entity,  // everything else
};

using FieldId = Id<struct FieldTag>;
using UniformId = Id<struct UniformTag>;
using TableId = Id<struct TableTag>;
using EventId = Id<struct EventTag>;
using ForeignId = Id<struct ForeignTag>;
using PathwayId = Id<struct PathwayTag>;

/// Whose entities a kernel, a field or a foreign variable is about: the numbers of enum hhk_space.
enum class Space : std::uint8_t {
    Each,    // the module's own entities: neurons, or synapses
    Pre,     // entities of the source population
    Post,    // entities of the target population
    PerPre,  // a synapse's own values that are kept once per source entity
    PerPost, // the same per target entity
};

/// One operation. `symbol` and `payload` mean what ops.def says; both are 0 where unused.
struct Value {
    Op op = Op::ConstReal;
    Type type = Type::Real;
    std::uint32_t symbol = 0;
    std::int64_t payload = 0;
    double number = 0; // ConstReal
    Args args;
    Span span;        // the text it comes from
    std::string name; // what it is in the model ("na.m", "alpha_n"), may be empty; for people only
};

struct FieldStore {
    FieldId field;
    ValueId value;
    ValueId mask;     // none: always
    bool add = false; // adds to the field; of several entities with one target in their order
};

struct ForeignStore {
    ForeignId foreign;
    ValueId value;
    ValueId mask;     // none: always
    bool add = false; // as in FieldStore
};

struct UniformStore {
    UniformId uniform;
    ValueId value;
};

struct EventOutput {
    EventId event;
    ValueId condition;
};

enum class KernelKind : std::uint8_t {
    Prepare,         // uniforms only
    PrepareEntities, // hidden fields
    Init,
    HalfStep,
    Advance,
    OnEvent,         // runs for the entities whose event bit is set
    Sum,             // adds into foreign variables, before Advance
    Deliver,         // a pathway, for the synapses at which an event arrives
    DeliverEntities, // a pathway, for the source or target entities themselves
    Observe,         // writes outputs
    Rhs,
    Jacobian,
    Linear,
};

/// Loads see the state in which the kernel began; stores happen at its end, at most one per field.
struct Kernel {
    KernelKind kind = KernelKind::Advance;
    std::string name;                        // "advance", "on_spike", "observe"
    EventId event;                           // OnEvent
    Space space = Space::Each;               // over whose entities it runs
    PathwayId pathway;                       // Deliver, DeliverEntities
    IdVector<struct ValueTag, Value> values; // every value after its arguments
    std::vector<FieldStore> stores;
    std::vector<ForeignStore> foreign_stores;
    std::vector<UniformStore> uniform_stores; // Prepare only
    std::vector<EventOutput> events;
    std::vector<ValueId> outputs; // Observe, Rhs, Jacobian, Linear: output k of the context
    std::vector<ValueId> guards;  // fault when one of these is NaN or infinite
};

enum class Storage : std::uint8_t { Real, Integer, Boolean, Step }; // as enum hhk_type

/// The numbers of enum hhk_role and enum hhk_flag.
namespace role {
enum : std::uint8_t {
    state,
    parameter,
    constant_over_dt,
    input,
    linked,
    last_spike,
    not_refractory,
    hidden,
    last_update,
    given
};
} // namespace role
namespace flag {
enum : std::uint8_t { unless_refractory = 1, constant = 2, staggered = 4, has_init = 8 };
} // namespace flag
/// The numbers of enum hhk_access.
namespace access {
enum : std::uint8_t { read = 1, add = 2, write = 4, delayed = 8, guarded = 16, summed = 32 };
} // namespace access

/// As hhk_field and hhk_uniform (runtime/abi/kernel_abi.h), which they become.
struct Field {
    std::string name;
    std::string unit = "1";
    double unit_scale = 1.0;
    double default_value = 0.0;
    units::Dimension dimension;
    Storage storage = Storage::Real;
    std::uint8_t role = role::state;
    std::uint8_t flags = 0; // of namespace flag
    UniformId init_flag, stagger_flag;
    Space space = Space::Each; // Each, PerPre or PerPost
    UniformId rest = {};       // of last_spike, when all passes are done: note_rest (rest.h)
};

struct Uniform {
    std::string name;
    std::string unit = "1";
    double unit_scale = 1.0;
    double default_value = 0.0;
    units::Dimension dimension;
    Storage storage = Storage::Real;
    std::uint8_t role = role::parameter;
    std::uint8_t flags = 0;
};

struct Table {
    std::string name;
    units::Dimension dimension;
    bool per_entity = false;
    std::uint32_t hidden = 0; // numbers of a table that `prepare` fills; 0: the user's
};

/// A function of one field that piecewise polynomials stand for (piecewise.h), made anew by
/// `prepare` in the host. The table is hidden and holds the polynomials of the whole module.
struct Approximation {
    std::string name; // of what it is in the model: "na.m.inf"
    TableId table;
    std::size_t offset = 0; // where its numbers begin there
    double low = 0;         // of the argument
    double high = 0;
    double tolerance = 0; // absolute
    int degree = 0;
    int doubles = 0; // coefficients in double precision, the lowest ones; the others are floats
    Kernel function; // its loads are the argument; output 0
    std::vector<std::string> uniform_names; // what the symbols of its uniforms mean
};

struct Event {
    std::string name;
    bool sets_last_spike = false;
    bool has_statements = false;
};

/// As hhk_foreign: a variable of the source or target population of a synapse.
struct Foreign {
    std::string name; // in its population
    units::Dimension dimension;
    Space space = Space::Post; // Pre or Post
    Storage storage = Storage::Real;
    std::uint8_t access = 0; // of namespace access
    bool uniform = false;    // one double for the population
    FieldId into;            // delayed: the own field that gets the past value
};

/// As hhk_pathway. Event "" is every step.
struct Pathway {
    std::string name;
    std::string event = "spike";
    Space space = Space::Pre; // Pre or Post: whose events
    std::int32_t order = -1;
    double delay = std::numeric_limits<double>::quiet_NaN(); // second; NaN: not said
    bool indexed = false; // synapses may come as items, not only as ranges of them
    bool sequential = false;
    bool writes_pre = false;
    bool one_delay = false;
};

struct Module {
    std::string name;
    std::uint32_t real_size =
        8;                // bytes of a Real in entity values; Run and Step values are doubles
    bool is_cell = false; // the host advances v: `linear` gives it G and I0, `rhs` the capacitance
    IdVector<struct FieldTag, Field> fields;
    IdVector<struct UniformTag, Uniform> uniforms;
    IdVector<struct TableTag, Table> tables;
    IdVector<struct EventTag, Event> events;
    bool is_synapse = false; // its entities are synapses between two populations
    IdVector<struct ForeignTag, Foreign> foreign;
    IdVector<struct PathwayTag, Pathway> pathways;
    std::vector<Approximation> approximations;
    std::vector<Kernel> kernels;
    std::string description; // JSON for people and tools (hhk_model.description)

    [[nodiscard]] const Kernel* find(KernelKind kind, EventId event = {}) const;
    [[nodiscard]] Kernel* find(KernelKind kind, EventId event = {});
    /// Of a synapse, whose hooks exist once per space.
    [[nodiscard]] const Kernel* find(KernelKind kind, Space space) const;
    [[nodiscard]] const Kernel* find(KernelKind kind, PathwayId pathway) const;
    /// Of a synapse: the numbers of enum hhk_uses, or-ed.
    [[nodiscard]] std::uint32_t uses() const;
};

struct OpInfo {
    std::string_view text;
    int arity; // -1: any
};
[[nodiscard]] const OpInfo& info(Op op);
struct MathInfo {
    std::string_view text;
    int arity;
    std::string_view function; // of the kernel prelude
};
[[nodiscard]] const MathInfo& info(MathOp op);
[[nodiscard]] std::optional<MathOp> find_math(std::string_view text);
struct DistributionInfo {
    std::string_view text;
    int arity;
    Type result;
};
[[nodiscard]] const DistributionInfo& info(Distribution distribution);
[[nodiscard]] std::string_view text(KernelKind kind);
/// "each", "pre", "post", "per_pre", "per_post"
[[nodiscard]] std::string_view text(Space space);
/// "post.v", "pre.x@delay": what a foreign variable is called in the text form.
[[nodiscard]] std::string text(const Foreign& foreign);

/// The rows of the tables in order.
[[nodiscard]] std::span<const OpInfo> all_ops();
[[nodiscard]] std::span<const MathInfo> all_math();
[[nodiscard]] std::span<const DistributionInfo> all_distributions();
[[nodiscard]] std::span<const std::string_view> all_kernel_kinds();

/// Type of the result by ops.def; nothing where the value itself says it.
[[nodiscard]] std::optional<Type> result_type(Op op, std::optional<Type> first_argument);
/// Type of what is loaded from a field or uniform of this storage.
[[nodiscard]] Type value_type(Storage storage);

/// n of an n x n matrix value.
[[nodiscard]] std::int64_t matrix_size(const Kernel& kernel, ValueId matrix);

/// Binding time of a value without regard to its arguments.
[[nodiscard]] Binding own_binding(const Value& value, KernelKind kind);
/// Binding time of every value of a kernel: the latest of its arguments'.
[[nodiscard]] std::vector<Binding> bindings(const Kernel& kernel);

} // namespace hhc::ir
