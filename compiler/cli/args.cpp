// SPDX-License-Identifier: MIT
// Every option and its help. The texts teach: each command's help ends with examples.
#include "cli/args.h"

#include "support/suggest.h"

#include "hhc/compile.h"
#include "hhc/version.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <utility>
#include <vector>

namespace hhc::cli {
namespace {

constexpr const char* main_footer = R"(
Examples:
  hhc check hh.hhm                       names, units and flags; every mistake in one run
  hhc fmt hh.hhm                         the same model, laid out in the usual style
  hhc hh.hhm -o hh.so                    a library for C, Python and other machines
  hhc run hh.hhm --for 100ms --dt 0.01ms --set I='10 uA/cm**2' --record v --plot v.svg
  hhc explain hh.hhm                     which method each equation got, and why
  hhc explain HH3012                     what a diagnostic means
  hhc --emit=cpp hh.hhm                  what the compiler made of it
  hhc --emit=ir net.hhm --neuron AMPA --pre HH --post HH      a synapse between two neurons

`hhc COMMAND --help` explains each command.
Exit codes: 0 good, 1 wrong model or value, 2 wrong command line, 3 refused by the system,
4 fault in a simulation, 70 a mistake of hhc itself, 130 interrupted.)";

constexpr const char* run_footer = R"(
Examples:
  hhc run hh.hhm --for 100ms --dt 0.01ms --set I='10 uA/cm**2' --record v --plot v.svg
  hhc run hh.hhm -n 100 --for 1second --set v='-65*mV + 5*mV*randn()' --spikes spikes.csv
  hhc run lif.hhm -n 1000 --for 500ms --set I='2*nA*i/N' --record v,ge --csv out.csv

A value is a quantity ('10 uA/cm**2'), or an expression in the scope of the model, evaluated for
every neuron (i is its number, N their count). Without --plot and --csv the spikes are counted.)";

void add_style(CLI::App& app, Style& style) {
    app.add_option_function<std::string>(
           "--error-format",
           [&style](const std::string& text) {
               style.errors = text == "json" ? ErrorFormat::Json : ErrorFormat::Human;
           },
           "how diagnostics are written: human or json")
        ->check(CLI::IsMember({"human", "json"}));
    app.add_option("--color", style.colour, "auto, always or never")
        ->check(CLI::IsMember({"auto", "always", "never"}))
        ->capture_default_str();
}

void add_imports(CLI::App& app, Options& options) {
    app.add_option("-I,--import-path", options.search_path, "a further folder of imports")
        ->allow_extra_args(false);
    app.add_option("--library", options.library_folder, "the folder of the standard library");
}

void add_freeze(CLI::App& app, Options& options) {
    app.add_option_function<std::vector<std::string>>(
           "--freeze",
           [&options](const std::vector<std::string>& names) {
               for (const std::string& each : names) {
                   const std::size_t equals = each.find('=');
                   std::optional<double> value;
                   if (equals != std::string::npos) {
                       const QuantityText quantity = read_quantity(each.substr(equals + 1));
                       if (!quantity.problem.empty()) {
                           throw CLI::ValidationError("--freeze", quantity.problem);
                       }
                       value = quantity.value;
                   }
                   options.freeze[each.substr(0, equals)] = value;
               }
           },
           "fold a parameter into the code: NAME, or NAME=QUANTITY")
        ->allow_extra_args(false);
}

void add_options(CLI::App& app, ModelArgs& args) {
    Options& options = args.options;
    add_imports(app, options);
    app.add_option("--neuron", args.neuron,
                   "the neuron (or synapse) meant, where the file has several");
    app.add_option("--target", options.target, "native, a level of x86-64, aarch64 or interpreter")
        ->check(CLI::IsMember(
            {"native", "x86-64-v2", "x86-64-v3", "x86-64-v4", "aarch64", "interpreter"}))
        ->capture_default_str();
    app.add_option_function<std::string>(
           "--dtype",
           [&options](const std::string& text) { options.real_size = text == "float32" ? 4 : 8; },
           "float64 or float32")
        ->check(CLI::IsMember({"float64", "float32"}));
    options.method_place.shown_name = "--method";
    app.add_option("--method", options.method, "the integration method, instead of the chosen one");
    app.add_option("--interpretation", options.interpretation,
                   "of noise: stratonovich or ito, instead of the model's own");
    add_freeze(app, options);
    app.add_option("--per-entity", options.per_entity, "a parameter with one value per neuron")
        ->delimiter(',');
    app.add_option_function<std::string>(
           "--precision",
           [&options](const std::string& text) { options.fast_math = text == "fast"; },
           "full, or fast (relative error 4e-13, no special values)")
        ->check(CLI::IsMember({"full", "fast"}));
    app.add_option("--approximate", options.approximate,
                   "gates of the voltage may be off by so much (absolute): certified polynomials")
        ->check(CLI::Range(1e-12, 1e-3));
    app.add_flag("--strict", options.strict, "no pass that changes a rounding");
    app.add_option("-O", options.optimisation, "effort of Clang, 0 to 3; chosen by size if absent")
        ->check(CLI::Range(0, 3));
    app.add_option_function<std::vector<std::string>>(
           "--passes",
           [&options](const std::vector<std::string>& names) { options.passes = names; },
           "the passes to run, instead of all; `hhc passes` lists them")
        ->delimiter(',');
    app.add_flag_callback(
        "--no-cache", [&options] { options.use_cache = false; }, "compile anew, keep nothing");
    app.add_flag("--time", args.time, "say how long each stage took");
}

/// For what looks into the code of a synapse.
void add_sides(CLI::App& app, ModelArgs& args) {
    CLI::Option* pre =
        app.add_option("--pre", args.pre, "the neuron of the file from which a synapse comes");
    CLI::Option* post = app.add_option("--post", args.post, "the neuron to which a synapse goes");
    pre->needs(post);
    post->needs(pre);
}

CLI::Option* add_file(CLI::App& app, ModelArgs& args, bool many = false) {
    CLI::Option* option = app.add_option("file", args.files,
                                         many ? "models (.hhm); - reads standard input"
                                              : "a model (.hhm); - reads standard input");
    return many ? option : option->expected(0, 1);
}

void add_check(CLI::App& app, Args& args) {
    CLI::App* command = app.add_subcommand("check", "check models, compile nothing");
    add_file(*command, args.model, true)->required();
    add_imports(*command, args.model.options);
    command->add_flag("--free-names", args.model.options.free_names,
                      "allow unknown names, give them the unit that fits");
    command->add_flag("--time", args.model.time, "say how long each stage took");
    add_style(*command, args.style);
    command->footer("\nExamples:\n  hhc check *.hhm\n  hhc check --error-format=json model.hhm");
    command->callback([&args] { args.command = Command::Check; });
}

void add_format(CLI::App& app, Args& args) {
    CLI::App* command =
        app.add_subcommand("fmt", "lay models out in the one style of the language");
    command
        ->add_option("file", args.model.files,
                     "models (.hhm), or folders of them; - reads standard input, writes standard "
                     "output")
        ->required();
    command->add_flag("--check", args.format.check,
                      "change nothing; exit code 1 if a file would be");
    command->add_flag("--diff", args.format.diff, "change nothing; show what would be changed");
    add_style(*command, args.style);
    command->footer(
        "\nExamples:\n  hhc fmt model.hhm\n  hhc fmt --check .\n  hhc fmt - < model.hhm");
    command->callback([&args] { args.command = Command::Format; });
}

void add_run(CLI::App& app, Args& args) {
    RunArgs& run = args.run;
    CLI::App* command = app.add_subcommand("run", "simulate a population of one model");
    command->add_option("file", args.model.files, "a model (.hhm), or a library made of one (.so)")
        ->required()
        ->expected(1);
    command->add_option("-n,--count", run.count, "how many neurons")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 31))
        ->capture_default_str();
    command->add_option("--for", run.duration, "how long, with its unit: 100ms")->required();
    command->add_option("--dt", run.dt, "the time step")->capture_default_str();
    command
        ->add_option("--set", run.settings,
                     "NAME=VALUE: a parameter or initial value (may be repeated)")
        ->allow_extra_args(false);
    command->add_option("--record", run.record, "variables and subexpressions to record: v,na.I")
        ->delimiter(',')
        ->allow_extra_args(false);
    command->add_option("--record-dt", run.record_dt, "time between samples; every step if absent");
    command
        ->add_option_function<std::string>(
            "--plot", [&run](const std::string& path) { run.plot = path; },
            "draw to an .svg file, or in the terminal if no file is named")
        ->expected(0, 1)
        ->type_name("[FILE]")
        ->trigger_on_parse();
    command->add_option("--csv", run.csv, "write what was recorded (- is standard output)");
    command->add_option("--spikes", run.spikes, "write spike times and neurons");
    command->add_option("--seed", run.seed, "of every random stream")->capture_default_str();
    command->add_option("--threads", run.threads, "0: one per CPU; the result is the same")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    command->add_flag("-q,--quiet", run.quiet, "no summary, no progress");
    add_options(*command, args.model);
    add_style(*command, args.style);
    command->footer(run_footer);
    command->callback([&args] { args.command = Command::Run; });
}

void add_others(CLI::App& app, Args& args) {
    CLI::App* explain =
        app.add_subcommand("explain", "a diagnostic code, or what was decided about a model");
    explain->add_option("topic", args.topic, "HHdddd, or a model")->required();
    add_options(*explain, args.model);
    add_sides(*explain, args.model);
    add_style(*explain, args.style);
    explain->footer("\nExamples:\n  hhc explain HH3012\n  hhc explain model.hhm\n"
                    "  hhc explain net.hhm --neuron AMPA --pre HH --post HH");
    explain->callback([&args] { args.command = Command::Explain; });

    CLI::App* models = app.add_subcommand("models", "the standard library");
    models->add_option("--show", args.show, "print one model: neurons.hodgkin_huxley_1952");
    models->add_option("--library", args.model.options.library_folder,
                       "the folder of the standard library");
    models->callback([&args] { args.command = Command::Models; });

    CLI::App* cache = app.add_subcommand("cache", "compiled code on disk");
    cache->add_option("verb", args.cache_verb, "info or clear")
        ->check(CLI::IsMember({"info", "clear"}))
        ->default_val("info");
    cache->callback([&args] { args.command = Command::Cache; });

    CLI::App* passes = app.add_subcommand("passes", "the passes over the IR, in order");
    passes->callback([&args] { args.command = Command::Passes; });

    CLI::App* blame =
        app.add_subcommand("blame", "which line of the model a line of the generated C++ is");
    blame->add_option("file", args.topic, "a model (.hhm)")->required();
    blame->add_option("line", args.line, "line of `hhc --emit=cpp`")->required();
    add_options(*blame, args.model);
    add_style(*blame, args.style);
    blame->callback([&args] { args.command = Command::Blame; });

    CLI::App* language = app.add_subcommand(
        "lsp", "a language server for editors (Language Server Protocol over standard input)");
    add_imports(*language, args.model.options);
    language->add_flag_callback("--stdio", [] {}, "the only way to speak; editors say it");
    language->callback([&args] { args.command = Command::Language; });

    CLI::App* version = app.add_subcommand("version", "versions; with --env also the settings");
    version->add_flag("--env", args.environment, "the environment variables that hhc reads");
    version->callback([&args] { args.command = Command::Version; });
}

} // namespace

std::string default_library() {
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::path home = installed_folder();
    // In a wheel, and in the source tree above a build folder.
    for (const char* relative :
         {"stdlib_models", "../../stdlib_models", "../../../stdlib_models"}) {
        const fs::path folder = home / relative;
        if (fs::is_directory(folder / "neurons", error)) {
            return fs::weakly_canonical(folder, error).string();
        }
    }
    return {};
}

/// A long option that neither hhc nor its subcommand has: CLI11 takes it for a file and speaks of
/// the number of files. False if there is none.
static bool explain_option(const CLI::App& app, int argc, char** argv) {
    std::vector<std::string> known;
    const auto learn = [&](const CLI::App& of) {
        for (const CLI::Option* option : of.get_options()) {
            known.insert(known.end(), option->get_lnames().begin(), option->get_lnames().end());
        }
    };
    learn(app);
    for (const CLI::App* command : app.get_subcommands()) {
        learn(*command);
    }
    for (int i = 1; i < argc; ++i) {
        std::string word = argv[i];
        if (!word.starts_with("--") || word.size() == 2) {
            continue;
        }
        word = word.substr(2, word.find('=') - 2);
        if (std::ranges::find(known, word) != known.end()) {
            continue;
        }
        std::fprintf(stderr, "hhc: there is no option `--%s` here\n", word.c_str());
        std::vector<std::string> near = nearest_names(word, known);
        for (std::string& name : near) {
            name.insert(0, "--");
        }
        std::fprintf(stderr, "  hint: %s\n",
                     near.empty() ? "--help lists the options" : did_you_mean(near).c_str());
        return true;
    }
    return false;
}

std::optional<Args> read_args(int argc, char** argv, int& exit) {
    Args args;
    CLI::App app("hhc: the compiler of neuron models. Equations in, vector code out.", "hhc");
    app.set_version_flag("--version", std::string("hhc ") + version());
    app.footer(main_footer);
    app.require_subcommand(0, 1);
    add_file(app, args.model);
    app.add_option("-o,--output", args.output,
                   "write a library (.so), an object (.o), a C header (.h), or what --emit names");
    app.add_option("--emit", args.emit,
                   "print a stage: tokens, ast, model, ir, ir-opt, cpp, llvm, asm, obj, header");
    add_options(app, args.model);
    add_sides(app, args.model);
    add_style(app, args.style);
    add_check(app, args);
    add_format(app, args);
    add_run(app, args);
    add_others(app, args);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() != 0 && explain_option(app, argc, argv)) {
            exit = static_cast<int>(Exit::UsageError);
            return std::nullopt;
        }
        exit = app.exit(error) == 0 ? 0 : static_cast<int>(Exit::UsageError);
        return std::nullopt;
    }
    if (args.command == Command::Compile && args.model.files.empty()) {
        std::fputs(app.help().c_str(), stdout);
        exit = argc > 1 ? static_cast<int>(Exit::UsageError) : 0;
        return std::nullopt;
    }
    if (args.model.options.library_folder.empty()) {
        args.model.options.library_folder = default_library();
    }
    return args;
}

} // namespace hhc::cli
