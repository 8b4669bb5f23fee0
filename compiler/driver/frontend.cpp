// SPDX-License-Identifier: MIT
// compile_file, compile_text and compile_equations: the order of the stages up to optimised IR.
#include "driver/compiled_model.h"
#include "driver/externals.h"
#include "driver/guard.h"
#include "driver/import_resolver.h"
#include "driver/population_side.h"
#include "driver/source_cache.h"
#include "jit/jit.h"
#include "parse/parse.h"
#include "sema/check.h"

#include "hhc/compile.h"

#include <array>
#include <filesystem>
#include <functional>
#include <utility>

namespace hhc {

namespace driver {
namespace {

/// Everything that one call of compile_... needs while it runs.
class Frontend {
public:
    Frontend(const Options& options, const Hash128& key)
        : unit_(std::make_shared<Unit>()), key_(key) {
        unit_->options = options;
    }

    source::SourceFile& add_text(const SourceText& text) {
        source::SourceFile& file = unit_->texts->sources.add(text.shown_name, text.text);
        file.set_origin(text.shown_name, text.first_line, text.first_column);
        return file;
    }

    ast::File& parse_file(const SourceText& text) {
        const StageTimer timer(times_, "parse");
        unit_->text = text;
        unit_->files.push_back(
            std::make_unique<ast::File>(parse::parse_file(add_text(text), sink_)));
        return *unit_->files.back();
    }

    Compilation check_file(const ast::File& file, const std::filesystem::path& folder) {
        unit_->folder = folder.string();
        ImportResolver resolver = imports_of(file);
        sema::CheckedFile checked;
        {
            const StageTimer timer(times_, "check");
            checked = sema::check_file(file, environment(&resolver), sink_);
        }
        templates_ = std::move(checked.synapses);
        if (checked.models.size() == 1 && checked.models.front().documentation.empty() &&
            file.doc) {
            checked.models.front().documentation = file.doc->text; // a file about one model
        }
        return finish(std::move(checked.models), resolver.imports());
    }

    Compilation compile(const EquationSource& source) {
        sema::EquationSet set;
        {
            const StageTimer timer(times_, "parse");
            set = parse(source);
        }
        std::vector<model::CheckedModel> models;
        {
            const StageTimer timer(times_, "check");
            models.push_back(sema::check_equations(set, environment(nullptr), sink_));
        }
        return finish(std::move(models), {});
    }

    Compilation compile(const SynapseSource& source, const SynapseSide& pre,
                        const SynapseSide& post) {
        const PopulationModel source_model(pre, unit_->options, sink_);
        const PopulationModel target_model(post, unit_->options, sink_);
        if (source.block != nullptr) {
            return bind(source, compiled(*source.block), source_model.side(), target_model.side());
        }
        sema::SynapseSet set;
        {
            const StageTimer timer(times_, "parse");
            set = parse(source);
        }
        std::vector<model::CheckedModel> models;
        {
            const StageTimer timer(times_, "check");
            models.push_back(sema::check_synapse(set, source_model.side(), target_model.side(),
                                                 environment(nullptr), sink_));
        }
        return finish(std::move(models), {});
    }

    diag::Sink& sink() { return sink_; }
    std::shared_ptr<Unit>& unit() { return unit_; }

private:
    ImportResolver imports_of(const ast::File& file) {
        ImportResolver resolver(unit_->texts->sources, sink_, unit_->options.library_folder,
                                unit_->options.search_path);
        if (!unit_->folder.empty()) {
            resolver.set_root(file, unit_->folder);
        }
        return resolver;
    }

    /// The block of a file that was read before, between two populations.
    Compilation bind(const SynapseSource& source, const CompiledModel& block,
                     const sema::PopulationSide& pre, const sema::PopulationSide& post) {
        unit_->folder = block.unit()->folder;
        const ast::File& file = parse_file(block.unit()->text);
        ImportResolver resolver = imports_of(file);
        std::vector<model::CheckedModel> models;
        {
            const StageTimer timer(times_, "check");
            std::vector<sema::PathwayWish> wishes;
            for (const SynapsePathway& wish : source.pathways) {
                const bool other = wish.event != SynapsePathway().event;
                wishes.push_back({wish.name, other ? std::optional(wish.event) : std::nullopt,
                                  wish.order, wish.delay});
            }
            models.push_back(sema::check_synapse_block(file, block.name(), pre, post, wishes,
                                                       environment(&resolver), sink_));
        }
        if (!source.name.empty()) {
            models.front().name = source.name;
        }
        return finish(std::move(models), resolver.imports());
    }

    sema::SynapseSet parse(const SynapseSource& source) {
        unit_->files.push_back(
            std::make_unique<ast::File>(parse::parse_equations(add_text(source.equations), sink_)));
        ast::File& file = *unit_->files.back();
        sema::SynapseSet set;
        set.name = source.name;
        set.file = &file;
        for (const SynapsePathway& text : source.pathways) {
            sema::SynapseSet::Pathway pathway;
            pathway.name = text.name;
            pathway.event = text.event;
            pathway.side = text.on_post ? model::Side::Post : model::Side::Pre;
            pathway.order = text.order.value_or(text.on_post ? 1 : -1);
            pathway.delay = text.delay;
            pathway.statements = parse::parse_statements(add_text(text.statements), file, sink_);
            set.pathways.push_back(std::move(pathway));
        }
        return set;
    }

    sema::EquationSet parse(const EquationSource& source) {
        unit_->files.push_back(
            std::make_unique<ast::File>(parse::parse_equations(add_text(source.equations), sink_)));
        ast::File& file = *unit_->files.back();
        sema::EquationSet set;
        set.name = source.name;
        set.is_cell = source.is_cell;
        set.file = &file;
        if (source.threshold) {
            set.threshold = parse::parse_expression(add_text(*source.threshold), file, sink_);
        }
        if (source.refractory) {
            set.refractory = parse::parse_expression(add_text(*source.refractory), file, sink_);
        }
        if (source.reset) {
            set.reset = parse::parse_statements(add_text(*source.reset), file, sink_);
        }
        for (const auto& [name, text] : source.events) {
            set.events.push_back({name, parse::parse_expression(add_text(text), file, sink_)});
        }
        for (const auto& [name, text] : source.event_handlers) {
            set.handlers.push_back({name, parse::parse_statements(add_text(text), file, sink_)});
        }
        for (const auto& [name, text] : source.initial_values) {
            ast::Init init;
            init.name.text = name;
            init.value = parse::parse_expression(add_text(text), file, sink_);
            init.name.span = file.expr(init.value).span;
            set.initial_values.push_back(std::move(init));
        }
        for (const auto& [interval, text] : source.regularly) {
            ast::Update update;
            update.moment = ast::UpdateMoment::Before;
            update.every = parse::parse_expression(add_text({interval}), file, sink_);
            update.statements = parse::parse_statements(add_text(text), file, sink_);
            set.updates.push_back(std::move(update));
        }
        return set;
    }

    sema::Environment environment(ImportResolver* resolver) {
        sema::Environment result;
        result.externals = to_externals(unit_->options.externals, sink_);
        result.free_names = unit_->options.free_names;
        result.freeze = unit_->options.freeze;
        result.per_entity = unit_->options.per_entity;
        result.method = unit_->options.method;
        if (!result.method.empty()) {
            SourceText asked = unit_->options.method_place;
            asked.text = result.method;
            result.method_span = {add_text(asked).id(), 0,
                                  static_cast<std::uint32_t>(asked.text.size())};
        }
        result.interpretation = unit_->options.interpretation;
        result.sources = &unit_->texts->sources;
        if (resolver != nullptr) {
            result.resolve_import = [resolver](const sema::ImportRequest& request) {
                return resolver->resolve(request);
            };
        }
        return result;
    }

    Compilation finish(std::vector<model::CheckedModel> checked,
                       const std::vector<ImportedFile>& imports) {
        Compilation result;
        if (!sink_.has_errors() && !unit_->options.free_names) {
            for (model::CheckedModel& model : checked) {
                auto compiled = std::make_shared<CompiledModel>(unit_, std::move(model),
                                                                unit_->options, times_, sink_);
                if (compiled->module().approximations.empty()) { // they have no text to keep
                    compiled->set_source_key(key_);
                }
                result.models.push_back(std::move(compiled));
            }
            for (model::CheckedModel& block : templates_) {
                auto made =
                    CompiledModel::make_template(unit_, std::move(block), unit_->options, times_);
                made->set_source_key(key_);
                result.models.push_back(std::move(made));
            }
        }
        if (sink_.has_errors()) {
            result.models.clear();
        }
        result.diagnostics = sink_.take();
        result.texts = unit_->texts;
        if (result.ok()) {
            remember_compilation(key_, unit_->options, result, imports);
        }
        return result;
    }

    std::shared_ptr<Unit> unit_;
    Hash128 key_; // of this compilation in the cache
    diag::Sink sink_;
    std::vector<StageTime> times_;
    std::vector<model::CheckedModel> templates_; // synapse blocks of a file
};

Compilation failed(Frontend& frontend) {
    Compilation result;
    result.diagnostics = frontend.sink().take();
    result.texts = frontend.unit()->texts;
    return result;
}

} // namespace
} // namespace driver

bool Compilation::ok() const {
    for (const Diagnostic& diagnostic : diagnostics) {
        if (diagnostic.severity == Severity::Error) {
            return false;
        }
    }
    return true;
}

namespace {

/// From the cache if the caller takes models whose text was not parsed, else by `compile`.
Compilation cached_or(const Hash128& key, const Options& options,
                      const std::function<Compilation()>& compile) {
    if (options.lazy_front_end) {
        if (std::optional<Compilation> found = driver::find_compilation(key, options, compile)) {
            return std::move(*found);
        }
        // What was not compiled before goes on to Clang, unless its code is that of another text.
        if (options.target != "interpreter" && !options.free_names) {
            jit::load_toolchain_ahead();
        }
    }
    return compile();
}

std::vector<SourceText> all_texts(const EquationSource& source) {
    std::vector<SourceText> texts = {
        {source.name}, {source.is_cell ? "cell" : "point"}, source.equations};
    for (const auto* piece : {&source.threshold, &source.reset, &source.refractory}) {
        texts.push_back(piece->value_or(SourceText{"", "none"}));
    }
    for (const auto* list :
         {&source.events, &source.event_handlers, &source.initial_values, &source.regularly}) {
        texts.push_back({std::to_string(list->size())});
        for (const auto& [name, text] : *list) {
            texts.push_back({name});
            texts.push_back(text);
        }
    }
    return texts;
}

} // namespace

void finish_work_ahead() {
    jit::finish_loading_toolchain();
}

Compilation compile_file(const std::string& path, const Options& options) {
    return driver::guarded([&]() -> Compilation {
        std::string why;
        std::optional<std::string> text = driver::read_text(path, why);
        if (!text) {
            driver::Frontend frontend(options, {});
            frontend.sink().report(diag::Code::FileUnreadable, {},
                                   "`" + path + "` cannot be compiled: " + why);
            return driver::failed(frontend);
        }
        const SourceText source{std::move(*text), path, 1};
        // the same text imports other files in another folder
        const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
        const Hash128 key = Hasher()
                                .field(driver::source_key({source}, options).hex())
                                .field(folder.string())
                                .finish();
        return cached_or(key, options, [source, folder, options, key] {
            driver::Frontend frontend(options, key);
            const ast::File& file = frontend.parse_file(source);
            return frontend.check_file(file, folder);
        });
    });
}

Compilation compile_text(const SourceText& text, const Options& options) {
    return driver::guarded([&] {
        const Hash128 key = driver::source_key({text}, options);
        return cached_or(key, options, [text, options, key] {
            driver::Frontend frontend(options, key);
            const ast::File& file = frontend.parse_file(text);
            return frontend.check_file(file, {});
        });
    });
}

Compilation compile_synapse(const SynapseSource& source, const SynapseSide& pre,
                            const SynapseSide& post, const Options& options) {
    return driver::guarded([&] {
        const Hash128 key = driver::synapse_key(source, pre, post, options);
        // what the compilation needs later, if it is asked for more than the code
        const auto hold = [](const Model* model) {
            return model == nullptr ? nullptr : model->shared_from_this();
        };
        const auto models = std::array{hold(source.block), hold(pre.model), hold(post.model)};
        return cached_or(key, options, [=] {
            static_cast<void>(models);
            return driver::Frontend(options, key).compile(source, pre, post);
        });
    });
}

Compilation compile_equations(const EquationSource& source, const Options& options) {
    return driver::guarded([&] {
        const Hash128 key = driver::source_key(all_texts(source), options);
        return cached_or(key, options, [source, options, key] {
            return driver::Frontend(options, key).compile(source);
        });
    });
}

} // namespace hhc
