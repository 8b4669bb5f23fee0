// SPDX-License-Identifier: MIT
// The syntax tree of a `.hhm` file or of an equation string: what was written, where, and nothing
// else. It exists after errors too (ErrorItem, ErrorExpr). Expressions live in one arena per file.
#pragma once

#include "support/ids.h"
#include "support/rational.h"

#include "hhc/diagnostic.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace hhc::ast {

/// A name as written; keywords of the language may be names.
struct Name {
    Span span;
    std::string text;
};

/// A dotted name: `na.m`.
struct Path {
    Span span;
    std::vector<Name> parts;

    /// "na.m"
    [[nodiscard]] std::string text() const;
};

// ---- Units --------------------------------------------------------------------------------------

/// One factor of a unit: `meter**-2`, or a plain number such as the 1 of `1/second`. Quotients and
/// parentheses are already folded into the exponent.
struct UnitFactor {
    Span span;
    std::string name;   // empty if it is a number
    std::string number; // empty if it is a name
    Rational exponent = 1;
};

/// What stands after a colon: `amp/meter**2`, `1`, `boolean`, `integer`.
struct UnitExpr {
    Span span;
    std::vector<UnitFactor> factors; // empty after an error
    bool is_error = false;
};

// ---- Expressions --------------------------------------------------------------------------------

struct ExprTag;
using ExprId = Id<ExprTag>;

enum class UnaryOp : std::uint8_t { Minus, Plus, Not };

enum class BinaryOp : std::uint8_t {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
    Power,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    Or,
    Crosses, // `v crosses -10 mV`: the left side was not above the right one, and now is
};

struct Number {
    std::string text;
    double value = 0;
    bool is_integer = false; // written without point and exponent
};

/// `10 mV`, `2 cm**-2`, `6.3 degC`: a number and a unit, one literal. The unit is applied in
/// decimal before rounding, so the text is kept.
struct Quantity {
    std::string number;
    Name unit;
    Rational exponent = 1;
};

struct Boolean {
    bool value = false;
};

struct Reference {
    Path path;
};

struct Call {
    Path function;
    std::vector<ExprId> arguments;
};

struct Unary {
    UnaryOp op = UnaryOp::Minus;
    Span op_span;
    ExprId operand;
};

struct Binary {
    BinaryOp op = BinaryOp::Add;
    Span op_span;
    ExprId left;
    ExprId right;
};

/// `then_value if condition else else_value`
struct Conditional {
    ExprId condition;
    ExprId then_value;
    ExprId else_value;
};

/// Something that could not be read; it was reported, and every check passes it over in silence.
struct ErrorExpr {};

struct Expr {
    Span span; // without surrounding parentheses
    std::variant<ErrorExpr, Number, Quantity, Boolean, Reference, Call, Unary, Binary, Conditional>
        node;
    bool parenthesised = false;
};

using ExprArena = IdVector<ExprTag, Expr>;

// ---- Items --------------------------------------------------------------------------------------

struct DocString {
    Span span;
    std::string text; // without quotes, common indentation removed
};

/// `unless refractory`, `event-driven`: words joined as in the canonical spelling.
struct Flag {
    Span span;
    std::string text;
};

enum class EquationKind : std::uint8_t {
    Ode,           // dv/dt = ... : volt
    Subexpression, // I = ... : amp
    Declaration,   // I : amp
};

struct Equation {
    EquationKind kind = EquationKind::Declaration;
    Name name; // `v` of `dv/dt`
    ExprId value;
    UnitExpr unit;
    std::vector<Flag> flags;
};

struct Param {
    Name name;
    ExprId value; // may be none
    std::optional<UnitExpr> unit;
    std::vector<Flag> flags;
};

struct Const {
    Name name;
    ExprId value;
    std::optional<UnitExpr> unit;
};

/// `temperature = 6.3 degC`, `q10_g = 1.5 at 6.3 degC`, `alpha = ...` of a gate, `valence = 2` of
/// an ion: a property of the thing around it, not a variable.
struct Setting {
    Name key;
    ExprId value;
    ExprId at; // may be none
    std::optional<UnitExpr> unit;
};

/// `gate m { alpha = ..., beta = ... }` or `{ inf = ..., tau = ... }`; also q10, init, power.
struct Gate {
    Name name;
    std::vector<Setting> settings;
    std::vector<Equation> equations;
    bool incomplete = false; // a line inside was refused: what it said is missing here
};

/// `ion ca { valence = 2; inside = ca_i; outside = 2 mmolar; reversal = nernst; dca_i/dt = ... }`
struct Ion {
    Name name;
    std::vector<Setting> settings;
    std::vector<Param> params;
    std::vector<Equation> equations;
    bool incomplete = false; // as in Gate
};

struct Species {
    Span span;
    std::uint32_t count = 1;
    Name name;
};

/// `C <-> O (alpha, beta)` or `C -> O (k)`, with sums and counts on each side.
struct Transition {
    Span span;
    std::vector<Species> from;
    std::vector<Species> to;
    ExprId forward;
    ExprId backward; // none for `->`
};

/// `conserve C + O = 1`
struct Conservation {
    Span span;
    std::vector<Species> sum;
    ExprId total;
};

struct Init {
    Name name;
    ExprId value;
};

struct Kinetic {
    Name name;
    std::vector<Transition> transitions;
    std::vector<Conservation> conservations;
    std::vector<Init> inits;
    std::vector<Setting> settings;
    std::vector<Equation> equations;
    bool incomplete = false; // as in Gate
};

struct Argument {
    Name name;
    ExprId value;
};

/// `NaT(g = 120 mS/cm**2) as na`
struct Part {
    Span span;
    Path path;
    std::vector<Argument> arguments;
    std::optional<Name> alias;
};

struct Use {
    std::vector<Part> parts;
};

/// `insert NaT as na, Leak in axon, soma` in a cell; no regions means everywhere.
struct Insert {
    std::vector<Part> parts;
    std::vector<Path> regions;
};

struct Input {
    Name name;
    UnitExpr unit;
    std::vector<Flag> flags;
};

struct Needs {
    Name name;
    UnitExpr unit;
};

enum class AssignOp : std::uint8_t { Set, Add, Subtract, Multiply, Divide, Power, Modulo };

struct Statement {
    Span span;
    AssignOp op = AssignOp::Set;
    Path target;
    ExprId value;
};

struct Threshold {
    ExprId condition;
};

struct Reset {
    std::vector<Statement> statements;
};

struct Refractory {
    ExprId value; // a time or a condition
};

struct Method {
    Name name;
    std::vector<Argument> options;
};

/// `event burst when v crosses 0 mV`
struct Event {
    Name name;
    ExprId condition;
};

/// `on pre { }`, `on post order 2 delay 1 ms { }`, `on burst { }`
struct On {
    Name event;
    ExprId order; // may be none
    ExprId delay; // may be none
    std::vector<Statement> statements;
};

enum class UpdateMoment : std::uint8_t { Instead, Before, After };

/// `update { }` in the place of the integrator, or `update before { }`, `update after { }`;
/// `update every 1 ms { }` has its own interval.
struct Update {
    UpdateMoment moment = UpdateMoment::Instead;
    ExprId every; // may be none
    std::vector<Statement> statements;
};

struct FunctionParam {
    Name name;
    std::optional<UnitExpr> unit;
};

struct Function {
    Name name;
    std::vector<FunctionParam> params;
    std::optional<UnitExpr> unit;
    ExprId body;
};

/// `import "own/file.hhm" as f` or `import channels.NaT`
struct Import {
    std::optional<DocString> file; // the quoted form
    Path path;                     // the dotted form; no parts in the quoted one
    std::optional<Name> alias;
};

/// A statement that could not be read; it was reported. `declares` are names that it seems to
/// define: they exist, poisoned, so that their uses are no second mistake.
struct ErrorItem {
    std::vector<Name> declares;
};

enum class BlockKind : std::uint8_t { Channel, Neuron, Synapse, Cell };

struct Item;

struct Block {
    BlockKind kind = BlockKind::Neuron;
    Name name;
    std::optional<DocString> doc;
    std::vector<Item> items;
};

/// Half-open range in File::tokens.
struct TokenRange {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

struct Item {
    Span span;
    TokenRange tokens;
    std::variant<ErrorItem, Import, Function, Const, Block, Equation, Param, Gate, Ion, Kinetic,
                 Use, Insert, Input, Init, Needs, Threshold, Reset, Refractory, Method, Event, On,
                 Update, Setting>
        node;
};

// ---- The whole ----------------------------------------------------------------------------------

/// Every token of the text, comments and blanks included, so that a formatter can print it again.
struct Token {
    std::uint16_t type = 0; // number of the lexer rule, named by parse::token_name
    bool hidden = false;    // a comment or blanks
    Span span;
};

/// A `.hhm` file (top-level items), or an equation string (items are equations only).
struct File {
    Span span;
    std::optional<std::uint32_t> version; // `hhm 1`
    std::optional<DocString> doc;
    std::vector<Item> items;
    ExprArena exprs;
    std::vector<Token> tokens;

    [[nodiscard]] const Expr& expr(ExprId id) const { return exprs[id]; }
};

} // namespace hhc::ast
