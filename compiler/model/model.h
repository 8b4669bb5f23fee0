// SPDX-License-Identifier: MIT
// The checked model: every name resolved, every part (`use`) flattened into dotted variables, every
// expression typed with a dimension. What sema promises and what lower, explain, LaTeX and the
// language server read. It stands alone: nothing of the AST is needed to understand it.
#pragma once

#include "support/ids.h"
#include "units/dimension.h"

#include "hhc/diagnostic.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hhc::model {

/// How the units of a function's arguments and result hang together; see builtins.def.
enum class DimensionRule : std::uint8_t { Pure, Same, Root, Sign, Step };

/// Rows of builtins.def, in order: Expr::symbol of a Call.
enum class Builtin : std::uint8_t {
#define HHC_BUILTIN(id, text, arity, rule, function) id,
#include "model/builtins.def"
#undef HHC_BUILTIN
};

/// Rows of distributions.def, in order: Expr::symbol of a Random.
enum class Distribution : std::uint8_t {
#define HHC_DISTRIBUTION(id, text, arity, function) id,
#include "model/distributions.def"
#undef HHC_DISTRIBUTION
};

struct BuiltinInfo {
    std::string_view name;
    std::size_t arity;
    DimensionRule rule;
    std::string_view function; // of the IR
};

struct DistributionInfo {
    std::string_view name;
    std::size_t arity;
    std::string_view function; // of the IR
};

[[nodiscard]] const std::vector<BuiltinInfo>& builtins();
[[nodiscard]] const std::vector<DistributionInfo>& distributions();

enum class Scalar : std::uint8_t { Real, Integer, Boolean };

struct Type {
    Scalar scalar = Scalar::Real;
    units::Dimension dimension;
    friend bool operator==(const Type&, const Type&) = default;
};

using ExprId = Id<struct ExprTag>;
using VariableId = Id<struct VariableTag>;
using TableId = Id<struct TableTag>;
using EventId = Id<struct EventTag>;

/// What a variable is for. The comments say how many values it has.
enum class Role : std::uint8_t {
    State,           // one per entity: `dx/dt = ...`, or written by update and event blocks
                     // (a written `x : unit` is a State without a definition)
    Subexpression,   // none: evaluated where it is used, with the values of that moment
    ConstantOverDt,  // one per entity (or shared): evaluated once at the start of a step
    Parameter,       // one per entity: `x : unit`
    SharedParameter, // one per population: `param`, externals, `x : unit (shared)`
    Frozen,          // known at compile time: const, frozen parameters
    Input,           // one per entity, zero at each step; synapses add into it
    Linked,          // one per entity, read from another population
    Time,            // t
    TimeStep,        // dt
    StepCount,       // t_in_timesteps
    EntityIndex,     // i
    EntityCount,     // N
    LastSpike,       // lastspike: time of the last spike
    NotRefractory,   // not_refractory: may change and spike in this step
    Noise,           // xi, xi_name: one unit-variance white noise per entity and step
    Temperature,     // kelvin, one per network
    Foreign,         // of the source or target population of a synapse, as stored there
    PreIndex,        // i of a synapse
    PostIndex,       // j
    PreCount,        // N_pre
    PostCount,       // N_post
    LastUpdate,      // time to which event-driven states are valid
    Given,           // N_incoming, N_outgoing, delay: filled by the runtime
};

/// Whose variable it is in the model of a synapse.
enum class Side : std::uint8_t { Own, Pre, Post };

struct Flags {
    bool constant = false;
    bool shared = false;
    bool unless_refractory = false;
    bool outward = false; // the equation was written outward; its definition is already negated
    bool point_current = false;
    bool event_driven = false;
    bool clock_driven = false;
    bool summed = false;
};

/// Of a variable of the source or target population (Role::Foreign, LastSpike, NotRefractory).
struct ForeignVariable {
    std::string name;     // in its population
    bool uniform = false; // one value for the whole population
    bool delayed = false; // as it was one synaptic delay ago
    bool input = false;   // zero at each step
    std::string fixed;    // why it cannot be assigned; empty: it can
};

/// The unit as the declaration shows it: `: mV` is volt, shown in mV.
struct DisplayUnit {
    std::string text;   // "mV", "amp/meter**2", "1"
    double scale = 1.0; // SI value of one such unit
};

/// A gate's kinetics as written; its derivative is also stored in the variable's definition.
/// Exactly one of (alpha, beta) and (steady, tau) was written; both are filled in, each as a
/// reference to a subexpression named `m.alpha`, `m.beta`, `m.inf`, `m.tau` after the gate `m`.
struct Gate {
    bool by_rates = true; // alpha and beta were written
    ExprId alpha, beta;   // 1/second, q10 factor applied
    ExprId steady;        // dimensionless
    ExprId tau;           // second, q10 factor applied
};

struct Variable {
    std::string name; // dotted: "na.m"
    Role role = Role::Parameter;
    Type type;
    DisplayUnit display;
    Flags flags;
    Side side = Side::Own;
    ForeignVariable foreign;
    ExprId definition; // State: derivative (none if only blocks write it); Subexpression,
                       // ConstantOverDt: value; SharedParameter, Frozen: default value
    ExprId initial;    // `init`, or a gate's steady state (then initial == gate->steady)
    std::optional<double> default_value; // SI; Frozen, and parameters that have a default
    std::optional<Gate> gate;
    std::string scheme; // of a species: the kinetic scheme that it belongs to, dotted
    std::string method; // asked for by name, for this state alone; empty: not asked
    std::string documentation;
    std::string written;         // the equation as the user wrote it, for explain and LaTeX
    Span span;                   // the declaration
    std::vector<Span> used_from; // the chain of `use` that brought it here, outermost first
};

enum class ExprKind : std::uint8_t {
    Number,   // number (SI)
    Integer,  // integer
    Boolean,  // integer 0 or 1
    Variable, // variable
    Local,    // local: a name assigned earlier in the same statement block
    Negate,
    Not, // args[0]
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
    Power, // args[0], args[1]
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    Or,
    Crosses,     // args[0] passed args[1] upward between the state at t and at t + dt
    CrossesDown, // ... downward
    Conditional, // args[0] if args[1] else args[2]; also where(c, a, b) as (a, c, b)
    Call,        // function: a row of builtins.def
    Random,      // function: a distribution; stream names the textual occurrence. poisson and
                 // binomial are Integer
    Table,       // table(args...)
    ToInteger,   // int(x)
    ToReal,      // an integer used as a real number
    SteadyState, // share of species `symbol` in the steady state of a Markov chain; args: rates,
                 // row by row, of the transition from (row) to (column); 0 on the diagonal
};

struct Expr {
    ExprKind kind = ExprKind::Number;
    Type type;
    double number = 0;
    std::int64_t integer = 0;
    std::uint32_t symbol = 0; // VariableId, local index, TableId or builtin row, by kind
    std::vector<ExprId> args;
    std::uint64_t stream = 0; // Random: hash of (block or equation, occurrence)
    Span span;
};

/// One assignment; augmented forms are written out (`x += e` has value x + e).
struct Statement {
    bool to_local = false;
    VariableId target;
    std::uint32_t local = 0;
    ExprId value;
    Span span;
};

struct Block {
    std::vector<Statement> statements;
    std::vector<std::string> locals; // names, by local index
    std::vector<Type> local_types;
    Span span;
};

struct Event {
    std::string name;                 // "spike" first where there is a threshold
    ExprId condition;                 // boolean
    Block statements;                 // reset, or `on NAME`
    bool respects_refractory = false; // "spike" does
    Span span;
};

/// Refractoriness: a time (may vary per entity and step) or a condition.
struct Refractory {
    ExprId value;
    bool is_condition = false;
    Span span;
};

enum class UpdatePlace : std::uint8_t { Instead, Before, After };

struct Update {
    UpdatePlace place = UpdatePlace::Instead;
    ExprId every; // its own interval, a time known at compile time; none: every step
    Block statements;
    Span span;
};

/// Statements of a synapse that run when an event of one side arrives.
struct Pathway {
    std::string name;            // "pre", "post", or the user's
    std::string event = "spike"; // of that population
    Side side = Side::Pre;
    std::int32_t order = -1;
    std::optional<double> delay; // second
    Block statements;
    Span span;
};

/// `x_post = value : unit (summed)`: the sum over the synapses of each entity.
struct SummedVariable {
    VariableId target; // of a population
    ExprId value;
    std::string written;
    Span span;
};

struct Table {
    std::string name;
    units::Dimension dimension;
    bool per_entity = false;
};

/// A removable singularity or the like that sema rewrote, for `explain`.
struct Remark {
    std::string text;
    Span span;
};

/// Channels of a cell that stand in some regions only: `insert NaT(g = 120 mS/cm**2) in axon`.
struct Insertion {
    std::string part;                                  // "na"
    std::vector<std::string> regions;                  // empty: everywhere
    std::vector<std::pair<VariableId, double>> values; // parameters of this region, SI
    Span span;
};

/// What makes a model a cell: equations of the membrane of every compartment of a branched cable.
struct Cell {
    VariableId potential;
    VariableId capacitance; // Cm; none in the voltage form, where the equation says it
    VariableId axial;       // Icable of the voltage form, amp/meter**2
    ExprId current; // amp/meter**2, inward: the whole of it, or in the voltage form what `point
                    // current` variables add to Icable (none: nothing)
    std::vector<Insertion> insertions;
};

struct CheckedModel {
    std::string name;
    std::string kind; // "neuron", "equations", "channel" (checked alone), "cell", "synapse"
    std::string documentation;
    IdVector<struct VariableTag, Variable> variables;
    IdVector<struct ExprTag, Expr> exprs;
    IdVector<struct TableTag, Table> tables;
    IdVector<struct EventTag, Event> events;
    std::optional<Refractory> refractory;
    std::optional<Cell> cell; // none: entities have no neighbours
    std::vector<Update> updates;
    std::vector<Pathway> pathways;    // of a synapse, in the order of the text
    std::vector<SummedVariable> sums; // of a synapse
    std::optional<Refractory> refractory_pre, refractory_post; // of its populations
    std::string method; // asked for by name; empty: the compiler chooses
    Span method_span;
    bool ito = false; // noise that a state multiplies is read in the sense of Ito, not Stratonovich
    std::vector<VariableId> evaluation_order; // subexpressions, each after what it reads
    std::vector<VariableId> init_order;       // variables with `initial`, each after what it reads
    std::vector<Remark> remarks;

    [[nodiscard]] std::optional<VariableId> find(std::string_view name) const;
    /// The membrane potential: the state named v (or V, or the only one in volt), if there is one.
    [[nodiscard]] std::optional<VariableId> membrane_potential() const;
};

/// Text of one expression with the fewest parentheses: "g*m**3*(E - v)".
[[nodiscard]] std::string expression_text(const CheckedModel& model, ExprId id);
/// The same for an expression of a block, whose locals have names.
[[nodiscard]] std::string expression_text(const CheckedModel& model, const Block& block, ExprId id);

[[nodiscard]] std::string_view spelling(Role role);
[[nodiscard]] std::string_view spelling(Scalar scalar);

} // namespace hhc::model
