// SPDX-License-Identifier: MIT
// Calls: functions of the language, of the user, timed arrays, random functions.
#include "ast/visit.h"
#include "sema/checker.h"
#include "sema/names.h"
#include "sema/sides.h"
#include "sema/unit_position.h"
#include "support/hash.h"
#include "support/suggest.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace hhc::sema {

namespace {

template <class Rows>
std::optional<std::uint32_t> row_named(const Rows& rows, const std::string& name) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].name == name) {
            return static_cast<std::uint32_t>(i);
        }
    }
    return std::nullopt;
}

std::string ordinal(std::size_t index, std::size_t count, const std::string& function) {
    if (count == 1) {
        return "the argument of `" + function + "`";
    }
    static constexpr const char* words[] = {"first", "second", "third", "fourth", "fifth"};
    const std::string word = index < 5 ? words[index] : "argument " + std::to_string(index + 1);
    return "the " + word + (index < 5 ? " argument" : "") + " of `" + function + "`";
}

constexpr int deepest_inlining = 60;

/// Functions whose arguments have an order to be known.
constexpr std::array<std::string_view, 14> call_forms = {
    "clip(x, low, high)",
    "min(a, b)",
    "max(a, b)",
    "where(condition, a, b)",
    "timestep(t, dt)",
    "nernst(c_in, c_out, z)",
    "ghk(v, c_in, c_out, z)",
    "uniform(a, b)",
    "gamma(shape, scale)",
    "lognormal(mu, sigma)",
    "binomial(n, p)",
    "truncated_normal(mean, sd, low, high)",
    "clipped_normal(mean, sd, low, high)",
    "poisson(mean)",
};

/// Of a function of the language: whether it takes more than one argument.
bool has_more(const std::string& function) {
    return std::any_of(call_forms.begin(), call_forms.end(), [&](std::string_view form) {
        return form.starts_with(function + "(") && form.find(',') != std::string_view::npos;
    });
}

} // namespace

bool Checker::arity(const std::string& name, std::size_t wanted, std::size_t found, Span span,
                    std::string_view form) {
    if (wanted == found) {
        return true;
    }
    auto problem = report(diag::Code::WrongArity, span,
                          "`" + name + "` takes " + (wanted == 0 ? "no" : std::to_string(wanted)) +
                              (wanted == 1 ? " argument" : " arguments") + ", and this call has " +
                              (found == 0 ? "none" : std::to_string(found)));
    for (const std::string_view known : call_forms) {
        if (known.starts_with(name + "(")) {
            form = known;
        }
    }
    if (!form.empty()) {
        problem.note("write `" + std::string(form) + "`");
    }
    return false;
}

bool Checker::fit_argument(ExprId& arg, const Term& term, const std::string& function,
                           std::size_t index) {
    arg = fit(draft_, context_, arg, Scalar::Real, term, diag::Code::ArgumentUnit,
              ordinal(index, has_more(function) ? 2 : 1, function));
    return !draft_.poisoned(arg);
}

/// `x_pre(t - delay)`
bool Checker::is_past_value(const ast::Call& call) const {
    if (call.arguments.size() != 1) {
        return false;
    }
    const auto named = [&](ast::ExprId id, const char* name) {
        const auto* reference = std::get_if<ast::Reference>(&file().expr(id).node);
        return reference != nullptr && reference->path.text() == name;
    };
    const auto* difference = std::get_if<ast::Binary>(&file().expr(call.arguments[0]).node);
    return difference != nullptr && difference->op == ast::BinaryOp::Subtract &&
           named(difference->left, "t") && named(difference->right, "delay");
}

ExprId Checker::call(const ast::Call& call, Span span) {
    const std::string name = call.function.text();
    if (draft_.sides != nullptr && !context_.scope.is_channel && is_past_value(call)) {
        if (const auto found = draft_.sides->find_delayed(draft_, name, span)) {
            return variable(*found, span);
        }
    }
    std::vector<ExprId> args;
    for (const ast::ExprId arg : call.arguments) {
        args.push_back(made(arg));
    }
    const Scope& scope = context_.scope;
    const TopLevel* symbol = scope.file != nullptr ? scope.file->find(name) : nullptr;
    if (symbol != nullptr) {
        if (const auto* const* function = std::get_if<const ast::Function*>(&symbol->node)) {
            return user_function(**function, *symbol->home, std::move(args), span);
        }
    }
    if (draft_.sides != nullptr && (name.ends_with("_pre") || name.ends_with("_post"))) {
        report(diag::Code::NotThePast, span,
               "a variable of a population is called with `t - delay` only")
            .note("`" + name + "(t - delay)` is its value one synaptic delay ago");
        return draft_.poison(span);
    }
    if (find_variable(draft_, scope, name)) {
        report(diag::Code::NameAndFunction, span, "`" + name + "` is a variable, not a function")
            .note("write `" + name + "*(...)` for a product");
        return draft_.poison(span);
    }
    for (const External& external : draft_.environment.externals) {
        if (external.name == name && external.kind == ExternalKind::Table) {
            return table(external, std::move(args), span);
        }
    }
    if (name == "int") {
        return arity(name, 1, args.size(), span) ? to_integer(args[0], span) : draft_.poison(span);
    }
    if (name == "where") {
        if (!arity(name, 3, args.size(), span)) {
            return draft_.poison(span);
        }
        const ExprId condition = fit_condition(args[0], "the first argument of `where`");
        return conditional(args[1], condition, args[2], span);
    }
    if (name == "nernst") {
        return arity(name, 3, args.size(), span) ? nernst(args, span) : draft_.poison(span);
    }
    if (name == "ghk") {
        return arity(name, 4, args.size(), span) ? ghk(args, span) : draft_.poison(span);
    }
    if (const auto row = row_named(model::builtins(), name)) {
        return arity(name, model::builtins()[*row].arity, args.size(), span)
                   ? builtin(static_cast<model::Builtin>(*row), std::move(args), span)
                   : draft_.poison(span);
    }
    if (const auto row = row_named(model::distributions(), name)) {
        return arity(name, model::distributions()[*row].arity, args.size(), span)
                   ? random(static_cast<model::Distribution>(*row), std::move(args), span)
                   : draft_.poison(span);
    }
    return unknown_function(name, span);
}

ExprId Checker::unknown_function(const std::string& name, Span span) {
    std::vector<std::string> known;
    for (const auto& row : model::builtins()) {
        known.emplace_back(row.name);
    }
    for (const auto& row : model::distributions()) {
        known.emplace_back(row.name);
    }
    for (const char* other : {"int", "where", "nernst", "ghk"}) {
        known.emplace_back(other);
    }
    if (context_.scope.file != nullptr) {
        for (const auto& [function, symbol] : context_.scope.file->symbols) {
            if (std::holds_alternative<const ast::Function*>(symbol.node)) {
                known.push_back(function);
            }
        }
    }
    Span place = span;
    place.end = place.begin + static_cast<std::uint32_t>(name.size());
    auto problem =
        report(diag::Code::UnknownFunction, place, "there is no function `" + name + "`");
    static const std::vector<std::pair<std::string, std::string>> meant = {
        {"ln", "log"},
        {"asin", "arcsin"},
        {"acos", "arccos"},
        {"atan", "arctan"},
        {"fabs", "abs"},
        {"pow", "**"},
        {"mod", "%"},
        {"normal", "randn"},
        {"vtrap", "exprel"},
        {"logistic", "sigmoid"},
        {"heaviside", "int(x > 0)"}};
    for (const auto& [wrong, right] : meant) {
        if (wrong == name) {
            problem.note("it is written `" + right + "` here");
            return draft_.poison(span);
        }
    }
    const std::string last = name.substr(name.rfind('.') + 1); // of `np.exp`, `np.random.rand`
    if (last != name && std::find(known.begin(), known.end(), last) != known.end()) {
        problem.fix(place, last, "Python's modules are not known here; write `" + last + "`");
        return draft_.poison(span);
    }
    const std::vector<std::string> near = nearest_names(name, known);
    if (!near.empty()) {
        problem.fix(place, near.front(), did_you_mean(near));
    }
    return draft_.poison(span);
}

ExprId Checker::to_integer(ExprId arg, Span span) {
    if (draft_.poisoned(arg)) {
        return arg;
    }
    if (!draft_.solver.unify(draft_.exprs[arg.index].term, Term())) {
        report(diag::Code::ArgumentUnit, draft_.place(arg),
               "`int` takes a plain number or a condition, but this is in " + shown(draft_, arg))
            .note("divide it by a unit first");
        return draft_.poison(span);
    }
    if (draft_.scalar(arg) == Scalar::Integer) {
        return arg;
    }
    return operation(ExprKind::ToInteger, {arg}, Scalar::Integer, {}, span);
}

ExprId Checker::same_rule(model::Builtin function, std::vector<ExprId> args, Span span) {
    const std::string name(model::builtins()[static_cast<std::size_t>(function)].name);
    bool whole = true;
    for (std::size_t i = 0; i < args.size(); ++i) {
        if (!numbers(args[i], args[0], span) ||
            !same_unit(args[0], args[i], span, "`" + name + "` cannot mix")) {
            return draft_.poison(span);
        }
        whole = whole && draft_.scalar(args[i]) == Scalar::Integer;
    }
    for (ExprId& arg : args) {
        arg = whole ? arg : draft_.to_real(arg);
    }
    const Term term = draft_.exprs[args[0].index].term;
    return draft_.call(function, std::move(args), whole ? Scalar::Integer : Scalar::Real, term,
                       span);
}

ExprId Checker::builtin(model::Builtin function, std::vector<ExprId> args, Span span) {
    const model::BuiltinInfo& row = model::builtins()[static_cast<std::size_t>(function)];
    const std::string name(row.name);
    if (std::any_of(args.begin(), args.end(), [&](ExprId id) { return draft_.poisoned(id); })) {
        return draft_.poison(span);
    }
    switch (row.rule) {
    case model::DimensionRule::Same:
        return same_rule(function, std::move(args), span);
    case model::DimensionRule::Pure:
        if (!fit_argument(args[0], Term(), name, 0)) {
            return draft_.poison(span);
        }
        return draft_.call(function, std::move(args), Scalar::Real, {}, span);
    case model::DimensionRule::Root:
    case model::DimensionRule::Sign: {
        if (!numbers(args[0], args[0], span)) {
            return draft_.poison(span);
        }
        args[0] = draft_.to_real(args[0]);
        const Term& inside = draft_.exprs[args[0].index].term;
        const Term term =
            row.rule == model::DimensionRule::Root ? inside.pow(Rational(1, 2)) : Term();
        return draft_.call(function, std::move(args), Scalar::Real, term, span);
    }
    case model::DimensionRule::Step:
        if (!fit_argument(args[0], units::second(), name, 0) ||
            !fit_argument(args[1], units::second(), name, 1)) {
            return draft_.poison(span);
        }
        return draft_.call(function, std::move(args), Scalar::Integer, {}, span);
    }
    return draft_.poison(span);
}

ExprId Checker::random(model::Distribution function, std::vector<ExprId> args, Span span) {
    using model::Distribution;
    const std::string name(model::distributions()[static_cast<std::size_t>(function)].name);
    if (std::any_of(args.begin(), args.end(), [&](ExprId id) { return draft_.poisoned(id); })) {
        return draft_.poison(span);
    }
    Term result;
    const bool scaled = function == Distribution::Uniform ||
                        function == Distribution::TruncatedNormal ||
                        function == Distribution::ClippedNormal;
    for (std::size_t i = 0; i < args.size(); ++i) {
        // The values of these have the unit of their arguments; a count or a shape is a number.
        const bool carries = scaled || function == Distribution::Exponential ||
                             (function == Distribution::Gamma && i == 1);
        if (carries && (i == 0 || function == Distribution::Gamma)) {
            result = draft_.exprs[args[i].index].term;
        }
        if (!fit_argument(args[i], carries ? result : Term(), name, i)) {
            return draft_.poison(span);
        }
    }
    if (context_.place == Place::Derivative) {
        report(diag::Code::RandomRate, span,
               "`" + name +
                   "` is drawn whenever the method evaluates this equation, which is no "
                   "noise: its strength depends on `dt` and on the method")
            .note("white noise is `xi`, as in `sigma*sqrt(2/tau)*xi`; for one draw a step, name "
                  "it: `r = " +
                  name + "(" + (args.empty() ? "" : "...") + ") : UNIT (constant over dt)`");
    }
    const bool counts = function == Distribution::Poisson || function == Distribution::Binomial;
    const std::uint32_t occurrence = draft_.occurrences[context_.stream]++;
    const ExprId id = operation(ExprKind::Random, std::move(args),
                                counts ? Scalar::Integer : Scalar::Real, result, span);
    draft_.model.exprs[id].symbol = static_cast<std::uint32_t>(function);
    draft_.model.exprs[id].stream =
        Hasher().field(context_.stream).field(std::uint64_t{occurrence}).finish().low64();
    if (draft_.defining.valid()) {
        draft_.facts(draft_.defining).is_random = true;
    }
    return id;
}

ExprId Checker::table(const External& external, std::vector<ExprId> args, Span span) {
    if (!arity(external.name, external.per_entity ? 2 : 1, args.size(), span,
               external.name + (external.per_entity ? "(t, i)" : "(t)"))) {
        return draft_.poison(span);
    }
    if (draft_.poisoned(args[0]) || (args.size() > 1 && draft_.poisoned(args[1]))) {
        return draft_.poison(span);
    }
    if (!fit_argument(args[0], units::second(), external.name, 0)) {
        return draft_.poison(span);
    }
    if (args.size() > 1) {
        args[1] = fit(draft_, context_, args[1], Scalar::Integer, Term(), diag::Code::ArgumentUnit,
                      ordinal(1, 2, external.name));
        if (draft_.poisoned(args[1])) {
            return draft_.poison(span);
        }
    }
    auto& tables = draft_.model.tables;
    const auto known = std::find_if(tables.begin(), tables.end(), [&](const model::Table& table) {
        return table.name == external.name;
    });
    const auto index = static_cast<std::uint32_t>(known - tables.begin());
    if (known == tables.end()) {
        tables.push_back({external.name, external.dimension, external.per_entity});
    }
    const ExprId id =
        operation(ExprKind::Table, std::move(args), Scalar::Real, external.dimension, span);
    draft_.model.exprs[id].symbol = index;
    return id;
}

// ---- Functions of the user ----------------------------------------------------------------------

ExprId Checker::user_function(const ast::Function& function, const FileScope& home,
                              std::vector<ExprId> args, Span span) {
    draft_.used_top_level.insert(&function);
    const std::string& name = function.name.text;
    if (draft_.broken_functions.contains(&function)) {
        return draft_.poison(span);
    }
    if (!arity(name, function.params.size(), args.size(), span)) {
        return draft_.poison(span);
    }
    if (context_.inlined >= deepest_inlining) {
        report(diag::Code::RecursiveDefinition, span, "`" + name + "` is made of itself")
            .note_at(function.name.span, "functions are written out where they are called, so they "
                                         "cannot call themselves");
        return draft_.poison(span);
    }
    std::map<std::string, ExprId> bound;
    for (std::size_t i = 0; i < args.size(); ++i) {
        const ast::FunctionParam& param = function.params[i];
        if (draft_.poisoned(args[i])) {
            return draft_.poison(span);
        }
        if (param.unit) {
            diag::Sink quiet; // a wrong unit is reported where the function is checked alone
            const DeclaredUnit unit = read_unit(*param.unit, quiet);
            args[i] = unit.poisoned ? draft_.poison(span)
                                    : fit(draft_, context_, args[i], unit.type.scalar,
                                          unit.type.dimension, diag::Code::ArgumentUnit,
                                          "`" + param.name.text + "` of `" + name + "`");
            if (draft_.poisoned(args[i])) {
                return draft_.poison(span);
            }
        }
        bound[param.name.text] = args[i];
    }
    Scope scope;
    scope.prefix = file_prefix; // a function sees its arguments and its file
    scope.file = &home;
    scope.is_channel = true;
    diag::Sink inside;
    const ExprContext context{scope,  context_.place, context_.stream,     nullptr,
                              &bound, &inside,        context_.inlined + 1};
    const std::size_t begin = draft_.exprs.size();
    ExprId value = check_expression(draft_, context, function.body);
    if (context_.inlined == 0) {
        draft_.calls.push_back({begin, draft_.exprs.size(), span});
    }
    if (function.unit) {
        const DeclaredUnit unit = read_unit(*function.unit, inside);
        if (!unit.poisoned) {
            value = fit_definition(draft_, context, value, unit.type, "`" + name + "`");
        }
    }
    const auto& problems = inside.seen();
    const auto first = std::find_if(problems.begin(), problems.end(), [](const Diagnostic& d) {
        return d.severity == Severity::Error;
    });
    if (first == problems.end()) {
        return value;
    }
    const bool recursive = first->code == diag::info(diag::Code::RecursiveDefinition).code;
    if (context_.inlined > 0) { // the call in the text of the model says what it is part of
        report(recursive ? diag::Code::RecursiveDefinition : diag::Code::ArgumentUnit, first->span,
               first->message);
    } else {
        report(recursive ? diag::Code::RecursiveDefinition : diag::Code::ArgumentUnit, span,
               recursive ? first->message
                         : "`" + name + "` does not work with these arguments: " + first->message)
            .note_at(first->span, "here in `" + name + "`");
    }
    return draft_.poison(span);
}

// ---- Electrochemistry ---------------------------------------------------------------------------

/// z F/(R T), 1/volt.
ExprId Checker::thermal(ExprId valence, Span span) {
    constexpr double faraday_over_gas = 96485.33212 / 8.314462618; // kelvin/volt
    const ExprId constant = draft_.number(faraday_over_gas, units::kelvin() / units::volt(), span);
    const ExprId kelvin = draft_.reference(temperature(draft_), span);
    const ExprId scaled = draft_.arithmetic(ExprKind::Multiply, valence, constant, span);
    return draft_.arithmetic(ExprKind::Divide, scaled, kelvin, span);
}

/// nernst(c_in, c_out, z): the reversal potential.
ExprId Checker::nernst(const std::vector<ExprId>& given, Span span) {
    std::vector<ExprId> args = given;
    if (draft_.poisoned(args[0]) || draft_.poisoned(args[1]) || draft_.poisoned(args[2]) ||
        !fit_argument(args[0], units::molar(), "nernst", 0) ||
        !fit_argument(args[1], units::molar(), "nernst", 1) ||
        !fit_argument(args[2], Term(), "nernst", 2)) {
        return draft_.poison(span);
    }
    const ExprId ratio = draft_.arithmetic(ExprKind::Divide, args[1], args[0], span);
    const ExprId log = draft_.call(model::Builtin::Log, {ratio}, Scalar::Real, {}, span);
    return draft_.arithmetic(ExprKind::Divide, log, thermal(args[2], span), span);
}

/// ghk(v, c_in, c_out, z): the inward current per permeability (Goldman, Hodgkin, Katz),
/// z F (c_out/exprel(x) - c_in/exprel(-x)) with x = z F v/(R T).
ExprId Checker::ghk(const std::vector<ExprId>& given, Span span) {
    std::vector<ExprId> args = given;
    for (const ExprId arg : args) {
        if (draft_.poisoned(arg)) {
            return draft_.poison(span);
        }
    }
    if (!fit_argument(args[0], units::volt(), "ghk", 0) ||
        !fit_argument(args[1], units::molar(), "ghk", 1) ||
        !fit_argument(args[2], units::molar(), "ghk", 2) ||
        !fit_argument(args[3], Term(), "ghk", 3)) {
        return draft_.poison(span);
    }
    constexpr double faraday = 96485.33212; // coulomb/mole
    const ExprId x = draft_.arithmetic(ExprKind::Multiply, thermal(args[3], span), args[0], span);
    const auto inverse = [&](ExprId of) {
        return draft_.call(model::Builtin::InvExprel, {of}, Scalar::Real, {}, span);
    };
    const ExprId in = draft_.arithmetic(ExprKind::Multiply, args[2], inverse(x), span);
    const ExprId out =
        draft_.arithmetic(ExprKind::Multiply, args[1], inverse(draft_.negate(x, span)), span);
    const ExprId difference = draft_.arithmetic(ExprKind::Subtract, in, out, span);
    const units::Dimension mole = units::Dimension::of(units::Base::Mole);
    const ExprId charge = draft_.arithmetic(
        ExprKind::Multiply, args[3], draft_.number(faraday, units::coulomb() / mole, span), span);
    return draft_.arithmetic(ExprKind::Multiply, charge, difference, span);
}

} // namespace hhc::sema
