// SPDX-License-Identifier: MIT
// Expressions in the scope of a model: string assignments and recorded expressions.
#include "abi/kernel_abi.h"
#include "driver/backend.h"
#include "driver/compiled_model.h"
#include "driver/externals.h"
#include "driver/guard.h"
#include "driver/library_model.h"
#include "driver/pending.h"
#include "driver/source_cache.h"
#include "interp/interpreter.h"
#include "parse/parse.h"
#include "passes/pipeline.h"
#include "sema/check.h"
#include "units/dimension.h"

#include "hhc/compile.h"

#include <utility>

namespace hhc {

namespace {

/// What expressions are compiled in: a model, and the table where it came from a library.
struct Scope {
    model::CheckedModel model;
    Options options;
    const hhk_model* table = nullptr;
};

/// The checked expressions of one call, and the model extended by them.
struct Checked {
    model::CheckedModel model;
    std::vector<model::ExprId> values;
};

Checked check(const Scope& scope, const std::vector<SourceText>& expressions,
              const std::string& stream, const std::vector<External>& externals,
              driver::SourceTexts& texts, diag::Sink& sink) {
    ast::File file;
    std::vector<ast::ExprId> parsed;
    for (const SourceText& text : expressions) {
        source::SourceFile& source = texts.sources.add(text.shown_name, text.text);
        source.set_origin(text.shown_name, text.first_line, text.first_column);
        parsed.push_back(parse::parse_expression(source, file, sink));
    }
    sema::Environment environment;
    environment.externals = driver::to_externals(externals, sink);
    for (sema::External& external : environment.externals) {
        external.frozen = true; // the kernel runs with the model's own uniforms
    }
    environment.sources = &texts.sources;
    Checked result{scope.model, {}};
    result.values = sema::check_expressions(result.model, file, parsed, stream, environment, sink);
    return result;
}

/// The kernel that computes the values.
Code make_code(const Scope& scope, const Checked& checked,
               const std::vector<lower::NamedExpression>& named, bool interpret, diag::Sink& sink) {
    ir::Module module =
        lower::lower_expressions(checked.model, named, driver::lower_options(scope.options), sink);
    if (sink.has_errors()) {
        return {};
    }
    static_cast<void>(
        passes::run_passes(module, driver::expression_pass_options(scope.options), sink));
    if (scope.table != nullptr) {
        driver::place_as_in(*scope.table, module);
    }
    Options options = scope.options;
    options.target = interpret ? "interpreter" : options.target;
    if (driver::is_interpreted(options)) {
        auto owner = std::make_shared<const interp::Interpreter>(module);
        const hhk_model* table = owner->model();
        return {table, std::move(owner)};
    }
    return driver::code_of(driver::pending_table(module, options));
}

Expressions compile_in(const Scope& scope, const std::vector<SourceText>& expressions,
                       bool interpret, const std::string& stream,
                       const std::vector<External>& externals) {
    auto texts = std::make_shared<driver::SourceTexts>();
    Expressions result;
    result.texts = texts;
    try {
        diag::Sink sink;
        const Checked checked = check(scope, expressions, stream, externals, *texts, sink);
        if (!sink.has_errors()) {
            std::vector<lower::NamedExpression> named;
            for (std::size_t i = 0; i < checked.values.size(); ++i) {
                named.push_back({"value" + std::to_string(i), checked.values[i]});
                const model::Type& type = checked.model.exprs[checked.values[i]].type;
                result.units.push_back(units::describe(type.dimension));
                result.dimensions.push_back(driver::to_exponents(type.dimension));
                result.is_boolean.push_back(type.scalar == model::Scalar::Boolean);
            }
            result.code = make_code(scope, checked, named, interpret, sink);
        }
        result.diagnostics = sink.take();
    } catch (const CompileError&) {
        throw;
    } catch (const std::exception& error) {
        result.diagnostics = {driver::internal_bug(error)};
    }
    return result;
}

} // namespace

Expressions compile_expressions(const Model& model, const std::vector<SourceText>& expressions,
                                bool interpret, const std::string& stream,
                                const std::vector<External>& externals) {
    const driver::CompiledModel& compiled = driver::compiled(model);
    return compile_in({compiled.checked(), compiled.options()}, expressions, interpret, stream,
                      externals);
}

Expressions compile_expressions(const hhk_model& table, const std::vector<SourceText>& expressions,
                                bool interpret, const std::string& stream,
                                const std::vector<External>& externals) {
    Scope scope;
    diag::Sink sink; // refractoriness matters to synapses alone
    scope.model = driver::library_model(table, sink);
    scope.options.real_size = table.real_size;
    scope.table = &table;
    return compile_in(scope, expressions, interpret, stream, externals);
}

} // namespace hhc
