// SPDX-License-Identifier: MIT
// Expressions in the scope of a model: string assignments and recorded expressions.
#include "driver/backend.h"
#include "driver/compiled_model.h"
#include "driver/externals.h"
#include "driver/guard.h"
#include "driver/source_cache.h"
#include "parse/parse.h"
#include "passes/pipeline.h"
#include "sema/check.h"
#include "units/dimension.h"

#include "hhc/compile.h"

#include <utility>

namespace hhc {

namespace {

/// The checked expressions of one call, and the model extended by them.
struct Checked {
    model::CheckedModel model;
    std::vector<model::ExprId> values;
};

Checked check(const driver::CompiledModel& model, const std::vector<SourceText>& expressions,
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
    Checked result{model.checked(), {}};
    result.values = sema::check_expressions(result.model, file, parsed, stream, environment, sink);
    return result;
}

} // namespace

Expressions compile_expressions(const Model& model, const std::vector<SourceText>& expressions,
                                bool interpret, const std::string& stream,
                                const std::vector<External>& externals) {
    const driver::CompiledModel& compiled = driver::compiled(model);
    auto texts = std::make_shared<driver::SourceTexts>();
    Expressions result;
    result.texts = texts;
    try {
        diag::Sink sink;
        const Checked checked = check(compiled, expressions, stream, externals, *texts, sink);
        if (!sink.has_errors()) {
            std::vector<lower::NamedExpression> named;
            for (std::size_t i = 0; i < checked.values.size(); ++i) {
                named.push_back({"value" + std::to_string(i), checked.values[i]});
                const model::Type& type = checked.model.exprs[checked.values[i]].type;
                result.units.push_back(units::describe(type.dimension));
                result.dimensions.push_back(driver::to_exponents(type.dimension));
                result.is_boolean.push_back(type.scalar == model::Scalar::Boolean);
            }
            ir::Module module = lower::lower_expressions(
                checked.model, named, driver::lower_options(compiled.options()), sink);
            if (!sink.has_errors()) {
                static_cast<void>(passes::run_passes(
                    module, driver::expression_pass_options(compiled.options()), sink));
                Options options = compiled.options();
                options.target = interpret ? "interpreter" : options.target;
                std::vector<StageTime> times;
                result.code = driver::make_code({{&module}, &options, nullptr}, times).front().code;
            }
        }
        result.diagnostics = sink.take();
    } catch (const CompileError&) {
        throw;
    } catch (const std::exception& error) {
        result.diagnostics = {driver::internal_bug(error)};
    }
    return result;
}

} // namespace hhc
