// SPDX-License-Identifier: MIT
// A model under construction: its variables and expressions with units that may still be unknown,
// and the scopes in which the pieces of text see each other.
#pragma once

#include "sema/dimension_terms.h"
#include "sema/file_scope.h"

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace hhc::sema {

using model::ExprId;
using model::ExprKind;
using model::Role;
using model::Scalar;
using model::VariableId;

/// The names that a piece of text sees. Variables are flat and dotted; a scope is a prefix.
/// Of functions and constants at the top of a file: no variable of a model has such a name.
constexpr const char* file_prefix = "\n";

struct Scope {
    std::string prefix;                      // "" or "na.": its own names are prefix + name
    const Scope* parent = nullptr;           // the block around it, whose names are seen too
    const FileScope* file = nullptr;         // where the text stands
    std::map<std::string, VariableId> bound; // what it needs, as its user has it
    std::vector<Span> chain;                 // the uses that brought it here, outermost first
    diag::Sink* sink = nullptr;              // a part in use reports into a sink of its own
    bool is_channel = false;                 // sees v, t, dt, temperature and what it needs
    bool hides_generated = false;            // a gate's own `alpha` is no name inside the gate
    VariableId rate_factor;                  // q10 of all gates of this scope
    VariableId conductance_factor;           // q10_g: multiplies the conductances of this scope
};

/// What is known about a variable beside what the model says.
struct VariableFacts {
    enum class Progress : std::uint8_t { Done, Waiting, Running };
    Term term;
    bool unit_known = true;       // otherwise its definition decides
    bool poisoned = false;        // wrong already: say nothing more about it
    bool generated = false;       // not written by the user under this name
    bool constant_value = false;  // its definition is evaluated once, at compile time
    bool follows = false;         // ... unless it reads a value that changes
    bool scalar_open = false;     // a free name: real, unless a condition is wanted
    bool is_free = false;         // a free name
    const Scope* scope = nullptr; // where it was declared
    Progress progress = Progress::Done;
    std::function<ExprId()> define; // makes its definition
    std::function<ExprId()> initial;
    Span first_use;
    std::set<std::uint32_t> readers; // variables whose definition reads it
    bool read = false;               // by anything
    bool written = false;            // by a statement
    bool is_random = false;          // its definition contains a random function
};

/// A channel in use: what its text says wrong only here is reported at the use.
struct PartCheck {
    Span span;
    std::string name;
    const ast::Block* block = nullptr;
    const diag::Sink* sink = nullptr;
};

/// A temperature at which rates were measured.
struct ReferenceTemperature {
    ExprId value;
    Span span;
};

/// A function of the user written out: the expressions that came of its text, and the call.
struct InlinedCall {
    std::size_t begin = 0, end = 0; // ids
    Span span;
};

struct ExprFacts {
    Term term;
    bool poisoned = false;
};

class Sides;

class Draft {
public:
    Draft(const Environment& environment, diag::Sink& sink)
        : environment(environment), sink(sink) {}
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    const Environment& environment;
    diag::Sink& sink;
    model::CheckedModel model;
    DimensionSolver solver;
    std::deque<Scope> scopes; // addresses stay
    std::deque<diag::Sink> part_sinks;
    std::deque<VariableFacts> variables; // by VariableId; references last while others are declared
    std::vector<ExprFacts> exprs;        // by ExprId
    std::unordered_map<std::string, VariableId> by_name;
    std::map<const void*, VariableId> top_level_constants; // ast::Const -> variable
    std::set<const void*> broken_functions;                // with mistakes of their own
    std::set<const void*> used_top_level;                  // functions and blocks in use
    VariableId defining;                                   // whose definition is being made
    std::vector<VariableId> open;                     // definitions being made, outermost first
    std::map<std::string, std::uint32_t> occurrences; // of random functions, by equation or block
    bool too_large = false;                           // the limit was reported
    bool incomplete = false;                          // a line could not be read
    bool is_equations = false;                        // a Brian-style string
    bool is_finished = false;                         // expressions beside a model that stands
    Sides* sides = nullptr;                           // of a synapse
    std::vector<std::function<void()>> late;          // pathways and sums: once all is defined
    std::vector<PartCheck> parts;
    std::vector<InlinedCall> calls; // that stand in the text of the model
    std::vector<VariableId> gate_states;
    std::map<std::string, Span> part_names;      // by prefix
    std::set<std::string> lost_parts;            // prefixes of parts that could not be read
    std::vector<std::function<void()>> bindings; // of needs, once all names are known
    std::map<std::string, VariableId> inserted;  // by prefix of a part: 1 where it is inserted
    std::vector<ReferenceTemperature> references;
    ExprId temperature_setting;
    Span span; // the model's name, or the whole text

    Scope& add_scope(Scope scope);
    /// Adds a variable; reports a duplicate and then still adds it under a name nobody can write.
    VariableId declare(model::Variable variable, VariableFacts facts);
    /// Adds a variable that the language itself defines, once.
    VariableId special(const std::string& name, Role role, model::Type type);
    /// A variable that stands for something reported already.
    VariableId lost(const std::string& name, Span span);
    /// Makes the definition of a variable now, if that is still to be done.
    void define(VariableId id);

    ExprId add(model::Expr expr, Term term);
    ExprId poison(Span span);
    [[nodiscard]] bool poisoned(ExprId id) const { return !id.valid() || exprs[id.index].poisoned; }
    [[nodiscard]] Term term(ExprId id) const { return solver.resolve(exprs[id.index].term); }
    [[nodiscard]] Scalar scalar(ExprId id) const { return model.exprs[id].type.scalar; }
    [[nodiscard]] Span place(ExprId id) const { return model.exprs[id].span; }
    [[nodiscard]] VariableFacts& facts(VariableId id) { return variables[id.index]; }
    [[nodiscard]] model::Variable& variable(VariableId id) { return model.variables[id]; }

    // Expressions that are right by construction; operands must be real where arithmetic is done.
    ExprId number(double value, const units::Dimension& dimension, Span span);
    ExprId integer(std::int64_t value, Span span);
    ExprId boolean(bool value, Span span);
    ExprId reference(VariableId id, Span span);
    ExprId negate(ExprId a, Span span);
    /// Add, Subtract, Multiply, Divide; integers where both are, except for Divide.
    ExprId arithmetic(ExprKind kind, ExprId a, ExprId b, Span span);
    ExprId power(ExprId base, ExprId exponent, const Term& term, Span span);
    ExprId call(model::Builtin function, std::vector<ExprId> args, Scalar scalar, Term term,
                Span span);
    ExprId to_real(ExprId id);

    /// Writes the solved units into the model.
    void settle();
};

} // namespace hhc::sema
