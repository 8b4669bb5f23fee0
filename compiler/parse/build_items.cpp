// SPDX-License-Identifier: MIT
// Items: equations, declarations, heads of blocks, statements.
#include "parse/builder.h"

#include <algorithm>
#include <array>
#include <utility>

namespace hhc::parse {
namespace {

using Home = Builder::Home;

/// Properties of the thing around them, in contrast to variables that a model defines.
bool is_setting(Home home, std::string_view key) {
    static constexpr std::array block = {"temperature", "q10", "q10_g", "Cm", "Ri"};
    static constexpr std::array gate = {"alpha", "beta", "inf", "tau", "q10", "init"};
    static constexpr std::array ion = {"valence", "inside", "outside", "reversal", "q10", "init"};
    const auto has = [&](const auto& keys) {
        return std::find(keys.begin(), keys.end(), key) != keys.end();
    };
    switch (home) {
    case Home::Equations:
        return false;
    case Home::Block:
        return has(block);
    case Home::Gate:
        return has(gate);
    case Home::Ion:
        return has(ion);
    case Home::Kinetic:
        return key == "q10";
    }
    return false;
}

std::string strip_quotes(const std::string& text) {
    const std::size_t quotes = text.size() >= 6 && text.starts_with("\"\"\"") ? 3 : 1;
    return text.substr(quotes, text.size() - 2 * quotes);
}

/// Indentation common to all lines but the first goes, and blanks at both ends.
std::string dedent(const std::string& text) {
    std::vector<std::string> lines{""};
    for (const char c : text) {
        if (c == '\n') {
            lines.emplace_back();
        } else if (c != '\r') {
            lines.back() += c;
        }
    }
    std::size_t indent = std::string::npos;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        indent = std::min(indent, lines[i].find_first_not_of(" \t"));
    }
    std::string result = lines[0];
    for (std::size_t i = 1; i < lines.size(); ++i) {
        result += '\n';
        result += indent < lines[i].size() ? lines[i].substr(indent) : "";
    }
    const std::size_t first = result.find_first_not_of(" \t\n");
    const std::size_t last = result.find_last_not_of(" \t\n");
    return first == std::string::npos ? "" : result.substr(first, last - first + 1);
}

} // namespace

ast::DocString Builder::docstring(Span quoted) const {
    return {quoted, dedent(strip_quotes(text(quoted)))};
}

// ---- Equations

/// Words whose statements are written without `=`.
static bool is_statement(std::string_view word) {
    return word == "method" || word == "threshold" || word == "refractory";
}

ast::UnitExpr Builder::unit_or_report(Grammar::UnitExprContext* context, Span after,
                                      const ast::Name& name) {
    if (context != nullptr) {
        return unit(context);
    }
    ast::UnitExpr missing;
    missing.span = {after.file, after.end, after.end};
    missing.is_error = true;
    const std::string example = name.text == "v" ? " : volt" : " : 1";
    sink_.report(diag::Code::MissingUnit, after, "`" + name.text + "` has no unit")
        .fix(missing.span, example,
             "write its unit after a colon, as in `" + example.substr(1) + "`" +
                 (name.text == "v" ? "" : "; `1` means dimensionless"));
    return missing;
}

Builder::Node Builder::equation(Grammar::EquationContext* context, Home home) {
    if (auto* derivative = dynamic_cast<Grammar::OdeContext*>(context)) {
        return ode(derivative);
    }
    if (auto* assigned = dynamic_cast<Grammar::NamedContext*>(context)) {
        return named(assigned, home);
    }
    auto* declared = dynamic_cast<Grammar::DeclaredContext*>(context);
    ast::Equation made;
    made.kind = ast::EquationKind::Declaration;
    made.name = name(declared->name());
    made.unit = unit(declared->unitExpr());
    made.flags = flags(declared->flags());
    return made;
}

Builder::Node Builder::ode(Grammar::OdeContext* context) {
    ast::Equation made;
    made.kind = ast::EquationKind::Ode;
    const ast::Name above = name(context->name(0));
    const ast::Name below = name(context->name(1));
    if (context->D() != nullptr) {
        made.name = above;
    } else {
        made.name = {{above.span.file, above.span.begin + 1, above.span.end}, above.text.substr(1)};
    }
    const bool begins_with_d =
        context->D() != nullptr || (above.text.front() == 'd' && above.text.size() > 1);
    if (!begins_with_d || below.text != "dt") {
        const bool capital =
            above.text.size() > 1 && above.text.front() == 'D' && below.text == "DT";
        const std::string meant = begins_with_d || capital ? above.text.substr(1) : above.text;
        sink_
            .report(diag::Code::BadDerivative, {above.span.file, above.span.begin, below.span.end},
                    "`" + above.text + "/" + below.text + "` is no derivative with respect to `t`")
            .note("a differential equation reads `d" + meant + "/dt = ...`");
        return ast::ErrorItem{{{above.span, meant}}};
    }
    made.value = whole(context->expr());
    made.unit = unit_or_report(context->unitExpr(), span(context), made.name);
    made.flags = flags(context->flags());
    return made;
}

Builder::Node Builder::named(Grammar::NamedContext* context, Home home) {
    const ast::Name key = name(context->name());
    auto* unit_context = context->unitExpr();
    // With a unit, and no `at`, it is a variable of this name.
    const bool variable = home == Home::Block && key.text.starts_with("q10") &&
                          unit_context != nullptr && context->AT() == nullptr;
    const bool setting = (is_setting(home, key.text) && !variable) ||
                         (unit_context == nullptr && (home == Home::Gate || home == Home::Ion));
    if (setting) {
        ast::Setting made;
        made.key = key;
        made.value = whole(context->expr(0));
        if (context->AT() != nullptr) {
            made.at = whole(context->expr(1));
        }
        if (unit_context != nullptr) {
            made.unit = unit(unit_context);
        }
        return made;
    }
    if (unit_context == nullptr && home == Home::Block && is_statement(key.text)) {
        sink_.report(diag::Code::SyntaxError, span(context), "`" + key.text + "` takes no `=`")
            .note("write `" + key.text + " " + text(span(context->expr(0))) + "`");
        return ast::ErrorItem{};
    }
    if (context->AT() != nullptr) {
        sink_.report(diag::Code::SyntaxError, span(context->AT()),
                     "`at` belongs to `q10` and `q10_g`, not to `" + key.text + "`");
    }
    ast::Equation made;
    made.kind = ast::EquationKind::Subexpression;
    made.name = key;
    made.value = whole(context->expr(0));
    made.unit = unit_or_report(unit_context, span(context), key);
    made.flags = flags(context->flags());
    return made;
}

// ---- Top level

ast::Import Builder::import(Grammar::ImportItemContext* context) {
    ast::Import made;
    if (context->STRING() != nullptr) {
        made.file = docstring(span(context->STRING()));
    } else {
        made.path = path(context->path());
    }
    if (context->name() != nullptr) {
        made.alias = name(context->name());
    }
    return made;
}

ast::Function Builder::function(Grammar::FunctionItemContext* context) {
    ast::Function made;
    made.name = name(context->name());
    for (auto* param : context->functionParam()) {
        ast::FunctionParam one{name(param->name()), std::nullopt};
        if (param->unitExpr() != nullptr) {
            one.unit = unit(param->unitExpr());
        }
        made.params.push_back(std::move(one));
    }
    if (context->unitExpr() != nullptr) {
        made.unit = unit(context->unitExpr());
    }
    made.body = whole(context->expr());
    return made;
}

ast::Const Builder::constant(Grammar::ConstItemContext* context) {
    ast::Const made;
    made.name = name(context->name());
    made.value = whole(context->expr());
    if (context->unitExpr() != nullptr) {
        made.unit = unit(context->unitExpr());
    }
    return made;
}

Builder::Node Builder::top_item(Grammar::TopItemContext* context) {
    if (context->importItem() != nullptr) {
        return import(context->importItem());
    }
    if (context->functionItem() != nullptr) {
        return function(context->functionItem());
    }
    return constant(context->constItem());
}

// ---- Inside a block

ast::Param Builder::param(Grammar::ParamItemContext* context) {
    ast::Param made;
    made.name = name(context->name());
    if (context->expr() != nullptr) {
        made.value = whole(context->expr());
    }
    if (context->unitExpr() != nullptr) {
        made.unit = unit(context->unitExpr());
    } else if (context->expr() == nullptr) {
        made.unit = unit_or_report(nullptr, span(context), made.name);
    }
    made.flags = flags(context->flags());
    return made;
}

std::vector<ast::Argument>
Builder::arguments(const std::vector<Grammar::ArgumentContext*>& contexts) {
    std::vector<ast::Argument> made;
    for (auto* argument : contexts) {
        ast::Name key = name(argument->name());
        made.push_back({std::move(key), whole(argument->expr())});
    }
    return made;
}

ast::Part Builder::part(Grammar::PartContext* context) {
    ast::Part made;
    made.span = span(context);
    made.path = path(context->path());
    made.arguments = arguments(context->argument());
    if (context->name() != nullptr) {
        made.alias = name(context->name());
    }
    return made;
}

ast::Init Builder::init(Grammar::InitItemContext* context) {
    ast::Name target = name(context->name());
    return {std::move(target), whole(context->expr())};
}

ast::Statement Builder::statement(Grammar::StatementContext* context) {
    ast::Statement made;
    made.span = span(context);
    made.target = path(context->path());
    switch (context->op->getType()) {
    case Grammar::ADDA:
        made.op = ast::AssignOp::Add;
        break;
    case Grammar::SUBA:
        made.op = ast::AssignOp::Subtract;
        break;
    case Grammar::MULA:
        made.op = ast::AssignOp::Multiply;
        break;
    case Grammar::DIVA:
        made.op = ast::AssignOp::Divide;
        break;
    case Grammar::POWA:
        made.op = ast::AssignOp::Power;
        break;
    case Grammar::MODA:
        made.op = ast::AssignOp::Modulo;
        break;
    default:
        made.op = ast::AssignOp::Set;
        break;
    }
    made.value = whole(context->expr());
    return made;
}

Builder::Node Builder::body_item(Grammar::BodyItemContext* context) {
    if (auto* equation_line = context->equation()) {
        return equation(equation_line, Home::Block);
    }
    if (auto* item = context->paramItem()) {
        return param(item);
    }
    if (auto* item = context->constItem()) {
        return constant(item);
    }
    if (auto* item = context->useItem()) {
        ast::Use made;
        for (auto* one : item->part()) {
            made.parts.push_back(part(one));
        }
        return made;
    }
    if (auto* item = context->insertItem()) {
        ast::Insert made;
        for (auto* one : item->part()) {
            made.parts.push_back(part(one));
        }
        for (auto* region : item->path()) {
            made.regions.push_back(path(region));
        }
        return made;
    }
    if (auto* item = context->inputItem()) {
        ast::Input made{name(item->name()), {}, flags(item->flags())};
        made.unit = unit_or_report(item->unitExpr(), span(item), made.name);
        return made;
    }
    if (auto* item = context->needsItem()) {
        ast::Needs made{name(item->name()), {}};
        made.unit = unit_or_report(item->unitExpr(), span(item), made.name);
        return made;
    }
    if (auto* item = context->initItem()) {
        return init(item);
    }
    if (auto* item = context->thresholdItem()) {
        return ast::Threshold{whole(item->expr())};
    }
    if (auto* item = context->resetItem()) {
        return ast::Reset{{statement(item->statement())}};
    }
    if (auto* item = context->refractoryItem()) {
        return ast::Refractory{whole(item->expr())};
    }
    if (auto* item = context->methodItem()) {
        return ast::Method{name(item->name()), arguments(item->argument())};
    }
    auto* item = context->eventItem();
    ast::Name event = name(item->name());
    return ast::Event{std::move(event), whole(item->expr())};
}

Builder::Node Builder::sub_head(Grammar::SubHeadContext* context) {
    if (auto* head = context->gateHead()) {
        ast::Gate made;
        made.name = name(head->name());
        return made;
    }
    if (auto* head = context->ionHead()) {
        ast::Ion made;
        made.name = name(head->name());
        return made;
    }
    if (auto* head = context->kineticHead()) {
        ast::Kinetic made;
        made.name = name(head->name());
        return made;
    }
    if (auto* head = context->onHead()) {
        ast::On made;
        made.event = name(head->name());
        std::size_t next = 0;
        if (head->ORDER() != nullptr) {
            made.order = whole(head->expr(next++));
        }
        if (head->DELAY() != nullptr) {
            made.delay = whole(head->expr(next));
        }
        return made;
    }
    if (auto* head = context->updateHead()) {
        ast::Update made;
        if (head->BEFORE() != nullptr) {
            made.moment = ast::UpdateMoment::Before;
        } else if (head->AFTER() != nullptr) {
            made.moment = ast::UpdateMoment::After;
        }
        if (head->EVERY() != nullptr) {
            made.every = whole(head->expr());
        }
        return made;
    }
    return ast::Reset{};
}

// ---- Kinetic schemes

std::vector<ast::Species> Builder::species(Grammar::SpeciesSumContext* context) {
    std::vector<ast::Species> made;
    for (auto* one : context->species()) {
        ast::Species entry{span(one), 1, name(one->name())};
        if (one->NUMBER() != nullptr) {
            const auto count = Rational::from_decimal(text(span(one->NUMBER())));
            if (!count || !count->is_integer() || count->numerator() < 1 ||
                count->numerator() > 100) {
                sink_.report(diag::Code::SyntaxError, span(one->NUMBER()),
                             "the count of a species must be a whole number from 1 to 100");
            } else {
                entry.count = static_cast<std::uint32_t>(count->numerator());
            }
        }
        made.push_back(std::move(entry));
    }
    return made;
}

ast::Transition Builder::transition(Grammar::TransitionContext* context) {
    ast::Transition made;
    made.span = span(context);
    made.from = species(context->speciesSum(0));
    made.to = species(context->speciesSum(1));
    made.forward = whole(context->expr(0));
    const bool both_ways = context->BIARROW() != nullptr;
    if (context->expr().size() == 2) {
        made.backward = whole(context->expr(1));
    }
    if (both_ways != made.backward.valid()) {
        sink_.report(diag::Code::SyntaxError, made.span,
                     both_ways ? "`<->` needs two rates: (forward, backward)"
                               : "`->` takes one rate; write `<->` for a reversible transition");
        if (both_ways) {
            made.backward = error_expr(made.span);
        }
    }
    return made;
}

ast::Conservation Builder::conservation(Grammar::KineticItemContext* context) {
    ast::Conservation made;
    made.span = span(context);
    made.sum = species(context->speciesSum());
    made.total = whole(context->expr());
    return made;
}

} // namespace hhc::parse
