// SPDX-License-Identifier: MIT
#include "driver/compiled_model.h"

#include "ast/dump.h"
#include "codegen/emit_cpp.h"
#include "codegen/emit_header.h"
#include "codegen/scalar_math.h"
#include "driver/backend.h"
#include "driver/guard.h"
#include "driver/pending.h"
#include "driver/source_cache.h"
#include "interp/interpreter.h"
#include "ir/print.h"
#include "model/dump.h"
#include "parse/parse.h"

#include <algorithm>
#include <utility>

namespace hhc::driver {

lower::Options lower_options(const Options& options) {
    lower::Options result;
    result.real_size = options.real_size;
    result.method = options.method;
    result.per_entity = {options.per_entity.begin(), options.per_entity.end()};
    result.freeze = options.freeze;
    result.lump = options.lump;
    result.varying_delays = {options.varying_delays.begin(), options.varying_delays.end()};
    return result;
}

passes::PipelineOptions pass_options(const Options& options) {
    passes::PipelineOptions result;
    result.strict = options.strict;
    result.precision = options.fast_math ? passes::Precision::Fast : passes::Precision::Full;
    result.approximate = options.approximate;
    result.only = options.passes;
    result.evaluate = [](ir::MathOp op, const double* arguments) {
        return codegen::math_function<double>(op)(arguments);
    };
#ifndef NDEBUG
    result.verify = true;
#endif
    return result;
}

passes::PipelineOptions expression_pass_options(const Options& options) {
    passes::PipelineOptions result = pass_options(options);
    result.only = std::vector<std::string>{"fold_constants", "expand_powers", "simplify_algebra",
                                           "recognise_singularities", "eliminate_common"};
    return result;
}

namespace {

/// What a pass says it rewrote, with the text that it means.
std::string rewrite_text(const Unit& unit, const Diagnostic& note) {
    if (!note.span.valid()) {
        return note.message;
    }
    const DiagnosticPlace place = unit.texts->place(note.span);
    return "line " + std::to_string(place.line) + ": `" +
           std::string(unit.texts->sources.text(note.span)) + "`: " + note.message;
}

} // namespace

CompiledModel::CompiledModel(std::shared_ptr<const Unit> unit, model::CheckedModel checked,
                             Options options, std::vector<StageTime> times)
    : unit_(std::move(unit)), checked_(std::move(checked)), options_(std::move(options)),
      times_(std::move(times)) {}

std::shared_ptr<CompiledModel> CompiledModel::make_template(std::shared_ptr<const Unit> unit,
                                                            model::CheckedModel checked,
                                                            Options options,
                                                            std::vector<StageTime> times) {
    std::shared_ptr<CompiledModel> made(new CompiledModel(std::move(unit), std::move(checked),
                                                          std::move(options), std::move(times)));
    made->is_template_ = true;
    made->module_.name = made->checked_.name;
    made->module_.description = lower::describe_template(made->checked_);
    return made;
}

void CompiledModel::refuse_template() const {
    if (!is_template_) {
        return;
    }
    diag::Sink sink;
    sink.report(diag::Code::SynapseUnbound, {},
                "`" + name() +
                    "` is a synapse: its code depends on the populations that it connects")
        .note("`hp.Synapses(source, target, model)` compiles it for two populations, and hhc with "
              "--pre and --post");
    throw_errors(sink);
}

CompiledModel::CompiledModel(std::shared_ptr<const Unit> unit, model::CheckedModel checked,
                             Options options, std::vector<StageTime> times, diag::Sink& sink)
    : CompiledModel(std::move(unit), std::move(checked), std::move(options), std::move(times)) {
    {
        const StageTimer timer(times_, "lower");
        lower::Lowered lowered = lower_again(sink);
        methods_ = std::move(lowered.methods);
        module_ = std::move(lowered.module);
    }
    if (!sink.has_errors()) {
        const StageTimer timer(times_, "passes");
        const std::size_t before = sink.seen().size();
        passes::run_passes(module_, pass_options(options_), sink);
        for (std::size_t i = before; i < sink.seen().size(); ++i) {
            rewritten_ += "  " + rewrite_text(*unit_, sink.seen()[i]) + "\n";
        }
    }
}

lower::Lowered CompiledModel::lower_again(diag::Sink& sink) const {
    return lower::lower(checked_, lower_options(options_), sink);
}

static std::string how_arrivals_act(const ir::Module& module, const ir::Kernel& kernel) {
    const std::string reason = codegen::why_not_counted(module, kernel);
    if (!reason.empty()) {
        return "synapse by synapse, as " + reason;
    }
    const std::uint64_t alike = codegen::alike_fields(module, kernel);
    std::string names;
    for (std::size_t f = 0; f < module.fields.size(); ++f) {
        if (f < 64 && (alike >> f & 1U) != 0) {
            names += (names.empty() ? "`" : ", `") + module.fields[ir::FieldId(f)].name + "`";
        }
    }
    return names.empty()
               ? "arrivals are counted at each target, as all its synapses do the same"
               : "arrivals are counted at each target while all synapses have the same " + names;
}

std::string CompiledModel::explain() const {
    std::string text = lower::explain(checked_, methods_) + rewritten_;
    for (const ir::Kernel& kernel : module_.kernels) {
        if (kernel.kind == ir::KernelKind::Deliver) {
            text += "  pathway " + module_.pathways[kernel.pathway].name + ": " +
                    how_arrivals_act(module_, kernel) + "\n";
        }
    }
    return text;
}

std::string CompiledModel::emit(std::string_view stage) const {
    const Batch batch{{&module_}, &options_, &unit_->texts->sources};
    diag::Sink sink;
    if (stage == "tokens") {
        return parse::dump_tokens(unit_->texts->sources.file(0), *unit_->files.front());
    }
    if (stage == "ast") {
        return ast::dump(*unit_->files.front());
    }
    if (stage == "model") {
        return model::dump(checked_);
    }
    refuse_template();
    if (stage == "ir") {
        return ir::print(lower_again(sink).module);
    }
    if (stage == "ir-opt") {
        return ir::print(module_);
    }
    if (stage == "cpp") {
        return driver::emit(batch, false).text;
    }
    if (stage == "header") {
        return codegen::emit_c_header(batch.modules);
    }
    if (stage == "obj") {
        std::vector<StageTime> times;
        return make_object(batch, false, times);
    }
    if (stage == "llvm" || stage == "asm") {
        const auto text_stage = stage == "llvm" ? jit::TextStage::Llvm : jit::TextStage::Asm;
        std::optional<std::string> text = jit::emit_text(driver::emit(batch, false).text,
                                                         compile_options(batch), text_stage, sink);
        throw_errors(sink);
        return std::move(*text);
    }
    sink.report(
        diag::Code::UnknownStage, {},
        "found `--emit=" + std::string(stage) +
            "`, expected one of tokens, ast, model, ir, ir-opt, cpp, llvm, asm, obj, header");
    throw CompileError(sink.take());
}

Code CompiledModel::deferred() const {
    refuse_template();
    const std::lock_guard lock(mutex_);
    if (code_.table != nullptr) {
        return code_;
    }
    if (is_interpreted(options_)) {
        auto owner = std::make_shared<const interp::Interpreter>(module_);
        const hhk_model* table = owner->model();
        code_ = {table, std::move(owner)};
    } else {
        host_ = pending_table(module_, options_, source_key_);
        code_ = code_of(host_);
        if (source_key_ && options_.use_cache) {
            share_table(*source_key_, host_);
            if (module_.is_synapse) {
                remember_kernels(*source_key_, module_);
            }
        }
    }
    return code_;
}

Code CompiledModel::code() const {
    Code code = deferred();
    build({&code.table, 1});
    return code;
}

std::vector<StageTime> CompiledModel::times() const {
    const std::lock_guard lock(mutex_);
    std::vector<StageTime> all = times_;
    if (host_ != nullptr) {
        const std::vector<StageTime> of_code = host_->times();
        all.insert(all.end(), of_code.begin(), of_code.end());
    }
    return all;
}

std::shared_ptr<Model> CompiledModel::with_per_entity(const std::vector<std::string>& names) const {
    refuse_template();
    Options options = options_;
    for (const std::string& name : names) {
        if (std::find(options.per_entity.begin(), options.per_entity.end(), name) ==
            options.per_entity.end()) {
            options.per_entity.push_back(name);
        }
    }
    std::sort(options.per_entity.begin(), options.per_entity.end());
    diag::Sink sink;
    auto variant = std::make_shared<CompiledModel>(unit_, checked_, std::move(options),
                                                   std::vector<StageTime>{}, sink);
    throw_errors(sink);
    return variant;
}

} // namespace hhc::driver
