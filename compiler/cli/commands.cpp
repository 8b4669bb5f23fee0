// SPDX-License-Identifier: MIT
// The commands that compile, check and explain.
#include "cli/commands.h"

#include "cache/object_cache.h"
#include "support/env.h"

#include "hhc/tools.h"
#include "hhc/version.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace hhc::cli {
namespace {

/// Shows the diagnostics; a Failure without text if there were errors.
void show_compiled(const Compilation& result, const Args& args, int json_stream) {
    std::vector<Diagnostic> shown = result.diagnostics;
    if (args.command != Command::Check && args.command != Command::Explain) {
        std::erase_if(shown, [](const Diagnostic& d) { return d.severity == Severity::Note; });
    }
    show(shown, result.texts.get(), args.style, json_stream);
    if (!result.ok()) {
        const bool bug = std::ranges::any_of(result.diagnostics, [](const Diagnostic& diagnostic) {
            return diagnostic.code.starts_with("HH9");
        });
        throw Failure(bug ? Exit::InternalBug : Exit::ModelError, "");
    }
}

std::string names_of(const std::vector<std::shared_ptr<Model>>& models) {
    std::string names;
    for (const std::shared_ptr<Model>& model : models) {
        names += (names.empty() ? "`" : ", `") + model->name() + "`";
    }
    return names;
}

bool is_library_path(const std::string& path) {
    return path.ends_with(".so") || path.ends_with(".o") || path.ends_with(".h");
}

std::shared_ptr<Model> named_model(const std::vector<std::shared_ptr<Model>>& models,
                                   const std::string& wanted, const std::string& file) {
    const auto found = std::ranges::find_if(
        models, [&](const std::shared_ptr<Model>& model) { return model->name() == wanted; });
    if (found == models.end()) {
        throw Failure(Exit::UsageError, fmt::format("`{}` has no neuron `{}`", file, wanted),
                      "it has " + names_of(models));
    }
    return *found;
}

/// The synapse that --neuron names, or the only one, between the neurons that --pre and --post
/// name.
std::shared_ptr<Model> bound_synapse(const Compilation& compilation, const std::string& file,
                                     const Args& args) {
    std::vector<std::shared_ptr<Model>> synapses = compilation.models;
    std::erase_if(synapses, [&](const std::shared_ptr<Model>& model) {
        return !model->is_template() ||
               (!args.model.neuron.empty() && model->name() != args.model.neuron);
    });
    if (synapses.size() != 1) {
        throw Failure(Exit::UsageError,
                      synapses.empty()
                          ? fmt::format("`{}` has no such synapse", file)
                          : fmt::format("`{}` has several synapses: {}", file, names_of(synapses)),
                      synapses.empty() ? "--pre and --post are for a `synapse` block"
                                       : "choose one with --neuron");
    }
    const auto pre = named_model(compilation.models, args.model.pre, file);
    const auto post = named_model(compilation.models, args.model.post, file);
    SynapseSource source;
    source.name.clear(); // the block's
    source.block = synapses.front().get();
    const Compilation bound =
        compile_synapse(source, {pre.get(), nullptr}, {post.get(), nullptr}, args.model.options);
    show_compiled(bound, args, 2);
    return bound.models.front();
}

/// All models, or the one that is named.
std::vector<std::shared_ptr<Model>> chosen(const Compilation& compilation, const std::string& file,
                                           const Args& args) {
    if (!args.model.pre.empty()) {
        return {bound_synapse(compilation, file, args)};
    }
    if (!args.model.neuron.empty()) {
        return {one_model(compilation, file, args)};
    }
    if (compilation.models.empty()) {
        throw Failure(Exit::ModelError, fmt::format("`{}` has no neuron", file),
                      "channels and functions are checked, but there is nothing to run");
    }
    return compilation.models;
}

void write_models(const std::vector<std::shared_ptr<Model>>& models, const Args& args) {
    if (!is_library_path(args.output)) {
        throw Failure(Exit::UsageError, fmt::format("what shall `{}` be?", args.output),
                      "name a .so, .o or .h file, or say what to write with --emit");
    }
    write_library(models, args.output);
}

std::string emitted(const std::vector<std::shared_ptr<Model>>& models, const Args& args) {
    std::string text;
    const bool of_text = args.emit == "tokens" || args.emit == "ast" || args.emit == "model";
    for (const std::shared_ptr<Model>& model : models) {
        if (model->is_template() && !of_text && models.size() > 1) {
            continue; // it has no kernels before it is bound to two populations
        }
        if (args.emit == "obj" && models.size() > 1) {
            throw Failure(Exit::UsageError, "the file has several neurons: " + names_of(models),
                          "choose one with --neuron");
        }
        if (models.size() > 1) {
            text += fmt::format("---- {} ----\n", model->name());
        }
        text += model->emit(args.emit);
        if (args.emit != "obj" && !text.empty() && text.back() != '\n') {
            text += '\n';
        }
    }
    return text;
}

} // namespace

Compilation compile_shown(const std::string& file, const Args& args, int json_stream) {
    Compilation result =
        file == "-" ? compile_text({read_file("-"), "<standard input>"}, args.model.options)
                    : compile_file(file, args.model.options);
    show_compiled(result, args, json_stream);
    return result;
}

std::shared_ptr<Model> one_model(const Compilation& compilation, const std::string& file,
                                 const Args& args) {
    const std::vector<std::shared_ptr<Model>>& models = compilation.models;
    if (models.empty()) {
        throw Failure(Exit::ModelError, fmt::format("`{}` has no neuron", file));
    }
    const std::string& wanted = args.model.neuron;
    if (wanted.empty()) {
        if (models.size() == 1) {
            return models.front();
        }
        throw Failure(Exit::UsageError,
                      fmt::format("`{}` has several neurons: {}", file, names_of(models)),
                      "choose one with --neuron");
    }
    return named_model(models, wanted, file);
}

void show_times(const std::vector<StageTime>& times) {
    double total = 0;
    for (const StageTime& time : times) {
        note(fmt::format("{:>8.2f} ms  {}", time.seconds * 1e3, time.stage));
        total += time.seconds;
    }
    note(fmt::format("{:>8.2f} ms  in all", total * 1e3));
}

Exit compile(const Args& args) {
    if (args.model.files.size() != 1) {
        throw Failure(Exit::UsageError, "one model at a time");
    }
    const std::string& file = args.model.files.front();
    const std::string to = args.output.empty() ? "-" : args.output;
    if (args.emit == "tokens" || args.emit == "ast") { // also of texts that do not compile
        write_file(to, emit_syntax({read_file(file), file}, args.emit));
        return Exit::Ok;
    }
    const bool is_named_otherwise = (args.output.ends_with(".so")) ||
                                    (args.output.ends_with(".o") && args.emit != "obj") ||
                                    (args.output.ends_with(".h") && args.emit != "header");
    if (!args.emit.empty() && is_named_otherwise) {
        throw Failure(
            Exit::UsageError,
            fmt::format("`{}` says what to write, and so does --emit={}", args.output, args.emit),
            "leave --emit out to write what the name says");
    }
    const Compilation compilation = compile_shown(file, args);
    const std::vector<std::shared_ptr<Model>> models = chosen(compilation, file, args);
    if (!args.emit.empty()) {
        write_file(to, emitted(models, args));
    } else if (!args.output.empty()) {
        write_models(models, args);
    } else {
        print(fmt::format("{}: good; it has {}", file, names_of(models)));
        note("write a library with -o FILE.so, look inside with --emit=cpp, or simulate it with "
             "`hhc run`");
    }
    if (args.model.time) {
        if (args.output.empty()) {
            build(models);
        }
        show_times(models.front()->times());
    }
    return Exit::Ok;
}

Exit check(const Args& args) {
    Exit result = Exit::Ok;
    for (const std::string& file : args.model.files) {
        try {
            const Compilation compilation = compile_shown(file, args, 1);
            if (args.style.errors == ErrorFormat::Human) {
                print(fmt::format("{}: good", file));
            }
            if (args.model.time && !compilation.models.empty()) {
                show_times(compilation.models.front()->times());
            }
        } catch (const Failure& failure) {
            if (*failure.what() != '\0') {
                show_error(failure.what(), failure.hint(), args.style);
            }
            result = std::max(result, failure.code());
        }
    }
    return result;
}

Exit explain(const Args& args) {
    const std::string& topic = args.topic;
    const bool is_code = topic.size() == 6 && topic.starts_with("HH") &&
                         topic.find_first_not_of("0123456789", 2) == std::string::npos;
    if (is_code) {
        const std::string page = explain_code(topic);
        if (!page.starts_with(topic + " (")) { // suggests others
            throw Failure(Exit::UsageError,
                          page.empty() ? fmt::format("there is no diagnostic `{}`", topic) : page);
        }
        print(page);
        return Exit::Ok;
    }
    const Compilation compilation = compile_shown(topic, args);
    for (const std::shared_ptr<Model>& model : chosen(compilation, topic, args)) {
        print(model->explain());
    }
    return Exit::Ok;
}

Exit models(const Args& args) {
    const std::string& folder = args.model.options.library_folder;
    if (folder.empty()) {
        throw Failure(Exit::HostError, "the standard library is not where it should be",
                      "name its folder with --library");
    }
    if (args.show.empty()) {
        print_table(list_library(folder));
        return Exit::Ok;
    }
    const auto rows = list_library(folder);
    const bool known =
        std::ranges::any_of(rows, [&](const auto& row) { return row.first == args.show; });
    if (!known) {
        throw Failure(Exit::UsageError, fmt::format("the standard library has no `{}`", args.show),
                      "`hhc models` lists what it has");
    }
    std::string path = args.show;
    std::ranges::replace(path, '.', '/');
    print(read_file(folder + "/" + path + ".hhm"));
    return Exit::Ok;
}

Exit cache(const Args& args) {
    cache::ObjectCache objects(env::cache_dir());
    if (!objects.problem().empty()) {
        throw Failure(Exit::HostError, objects.problem(), "HHC_CACHE_DIR names another folder");
    }
    if (args.cache_verb == "clear") {
        print(fmt::format("removed {} entries", objects.clear()));
        return Exit::Ok;
    }
    std::uint64_t bytes = 0;
    std::size_t compiled = 0;
    const std::vector<cache::Entry> entries = objects.list();
    for (const cache::Entry& entry : entries) {
        bytes += entry.bytes;
        compiled += entry.is_object ? 1 : 0;
    }
    print_table(
        {{"folder", objects.folder()},
         {"objects", std::to_string(compiled)},
         {"size", fmt::format("{:.1f} MB of at most {:.0f} MB", static_cast<double>(bytes) * 1e-6,
                              static_cast<double>(cache::default_max_bytes) * 1e-6)}});
    return Exit::Ok;
}

Exit passes(const Args& /*args*/) {
    print_table(list_passes());
    return Exit::Ok;
}

Exit blame_line(const Args& args) {
    const std::string& file = args.topic;
    const Compilation compilation = compile_shown(file, args);
    const Blame blame = hhc::blame(*one_model(compilation, file, args), args.line);
    if (blame.generated.empty() && blame.file.empty()) {
        throw Failure(Exit::UsageError,
                      fmt::format("the generated text has no line {}, or it is empty", args.line));
    }
    const std::size_t start = blame.generated.find_first_not_of(' ');
    print(fmt::format("generated  {}",
                      start == std::string::npos ? "" : blame.generated.substr(start)));
    print(blame.file.empty()
              ? "model      no line of its own"
              : fmt::format("model      {}:{}: {}", blame.file, blame.line, blame.text));
    return Exit::Ok;
}

Exit language_server(const Args& args) {
    return static_cast<Exit>(serve_language(std::cin, std::cout, args.model.options));
}

Exit show_version(const Args& args) {
    print(fmt::format("hhc {}", version()));
    print_table(component_versions());
    if (args.environment) {
        print("");
        for (const env::Setting& setting : env::all()) {
            print(fmt::format("{:<14}  {}\n{:<14}  {}", setting.name,
                              setting.value ? *setting.value : "(not set)", "", setting.purpose));
        }
    }
    return Exit::Ok;
}

} // namespace hhc::cli
