// SPDX-License-Identifier: MIT
// `hhc run`: one population, values from the command line, what it did as text, table or picture.
#include "abi/kernel_abi.h"
#include "cli/commands.h"
#include "cli/figure.h"

#include "hhc/tools.h"
#include "hodg/error.h"
#include "hodg/expression.h"
#include "hodg/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <memory>
#include <span>
#include <unistd.h>

namespace hhc::cli {
namespace {

constexpr std::size_t most_traces = 10; // of one variable in a picture

std::atomic<bool> stop_requested = false;

extern "C" void request_stop(int) {
    stop_requested = true;
    std::signal(SIGINT, SIG_DFL); // a second Ctrl+C ends at once
}

Exponents dimension_of(const hodg::Variable& variable) {
    Exponents result;
    for (std::size_t i = 0; i < result.size(); ++i) {
        result[i] = {variable.dimension_numerator[i], variable.dimension_denominator[i]};
    }
    return result;
}

std::string spoken(const Exponents& dimension) {
    const std::string text = describe_dimension(dimension);
    return text == "1" ? "a number without unit" : text;
}

/// "100ms" as seconds.
double read_time(const std::string& option, const std::string& text) {
    const QuantityText quantity = read_quantity(text);
    if (!quantity.problem.empty()) {
        throw Failure(Exit::UsageError, fmt::format("`{} {}` is no time", option, text),
                      quantity.problem);
    }
    const QuantityText second = read_quantity("1*second");
    if (quantity.dimension != second.dimension) {
        throw Failure(Exit::UsageError,
                      fmt::format("`{} {}`: found {}, expected a time", option, text,
                                  spoken(quantity.dimension)),
                      "write its unit: 100ms");
    }
    return quantity.value;
}

struct Setting {
    std::string name;
    std::string value;
};

Setting split(const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
        throw Failure(Exit::UsageError, fmt::format("`--set {}`: expected NAME=VALUE", text));
    }
    return {text.substr(0, equals), text.substr(equals + 1)};
}

/// A population, and the model as the compiler knows it; null if it came from a library.
struct Opened {
    std::shared_ptr<Model> model;
    hodg::Population population;
};

hodg::Model find_in_library(const std::string& file, const std::string& wanted) {
    std::string names;
    std::vector<hodg::Model> found;
    for (const hodg::Model& model : hodg::load_library(file)) {
        names += fmt::format("{}`{}`", names.empty() ? "" : ", ", model.name());
        if (wanted.empty() || wanted == model.name()) {
            found.push_back(model);
        }
    }
    if (found.empty()) {
        throw Failure(Exit::UsageError, fmt::format("`{}` has no neuron `{}`", file, wanted),
                      "it has " + names);
    }
    if (found.size() > 1) {
        throw Failure(Exit::UsageError, fmt::format("`{}` has several neurons: {}", file, names),
                      "choose one with --neuron");
    }
    return found.front();
}

Opened open(const Args& args) {
    const std::string& file = args.model.files.front();
    if (file.ends_with(".so")) {
        return {nullptr, {find_in_library(file, args.model.neuron), args.run.count}};
    }
    const Compilation compilation = compile_shown(file, args);
    const std::shared_ptr<Model> model = one_model(compilation, file, args);
    const Code code = model->deferred();
    return {model, {hodg::Model(code.table, code.owner), args.run.count}};
}

/// Refuses a picture in a form that is not drawn, before anything is computed.
void refuse_other_pictures(const Args& args) {
    if (args.run.plot && !args.run.plot->empty() && !args.run.plot->ends_with(".svg")) {
        throw Failure(Exit::UsageError, fmt::format("`--plot {}` is no .svg file", *args.run.plot),
                      "hhc draws SVG; browsers, Inkscape and rsvg-convert read it");
    }
}

/// A population, what is recorded of it, what becomes of that.
class Simulation {
public:
    explicit Simulation(const Args& args)
        : args_(args), duration_(read_time("--for", args.run.duration)),
          dt_(read_time("--dt", args.run.dt)), opened_(open(args)) {}

    Exit run();

private:
    void advise() const;
    void apply_settings();
    void set(const Setting& setting);
    void set_values(const Setting& setting);
    [[nodiscard]] Expressions compile_text_of(const std::string& what, const std::string& text,
                                              bool interpret) const;
    void add_recorders(hodg::Network& network);
    [[nodiscard]] hodg::RunOptions run_options() const;
    [[nodiscard]] Figure figure() const;
    [[nodiscard]] Panel panel(const std::string& name) const;
    void write_results() const;
    void summary(const hodg::RunReport& report) const;

    const Args& args_;
    double duration_;
    double dt_;
    Opened opened_;
    std::unique_ptr<hodg::StateRecorder> states_;
    std::unique_ptr<hodg::SpikeRecorder> spikes_;
    std::vector<std::pair<std::string, double>> expression_units_; // by recorded expression
    std::vector<std::string> expression_names_;
};

/// Expressions in the scope of the model.
Expressions Simulation::compile_text_of(const std::string& what, const std::string& text,
                                        bool interpret) const {
    if (!opened_.model) {
        throw Failure(Exit::UsageError,
                      fmt::format("`{}`: a library knows no expressions, only its variables", text),
                      "run the .hhm file instead");
    }
    Expressions compiled = compile_expressions(*opened_.model, {{text, what}}, interpret, what, {});
    show(compiled.diagnostics, compiled.texts.get(), args_.style);
    if (compiled.code.table == nullptr) {
        throw Failure(Exit::UsageError, "");
    }
    return compiled;
}

void Simulation::apply_settings() {
    for (const std::string& text : args_.run.settings) {
        set(split(text));
    }
}

void Simulation::set(const Setting& setting) {
    const hodg::Variable variable = opened_.population.variable(setting.name);
    const QuantityText quantity = read_quantity(setting.value);
    if (!quantity.problem.empty()) {
        set_values(setting);
        return;
    }
    const Exponents wanted = dimension_of(variable);
    if (quantity.dimension != wanted) {
        throw Failure(Exit::UsageError,
                      fmt::format("`--set {}={}`: found {}, expected {}", setting.name,
                                  setting.value, spoken(quantity.dimension), spoken(wanted)));
    }
    opened_.population.set(setting.name, quantity.value);
}

/// One value per neuron, from an expression.
void Simulation::set_values(const Setting& setting) {
    const Expressions compiled = compile_text_of("--set " + setting.name, setting.value, true);
    const std::string unit =
        describe_dimension(dimension_of(opened_.population.variable(setting.name)));
    if (compiled.units.front() != unit) {
        throw Failure(Exit::UsageError,
                      fmt::format("`--set {}={}`: found {}, expected {}", setting.name,
                                  setting.value, compiled.units.front(), unit));
    }
    hodg::Expression expression;
    expression.function = compiled.code.table->observe;
    expression.names = {setting.name};
    expression.model = compiled.code.table;
    expression.owner = compiled.code.owner;
    const std::vector<double> values =
        hodg::evaluate(opened_.population, expression, args_.run.seed).front();
    try {
        opened_.population.set(setting.name, std::span<const double>(values));
    } catch (const hodg::NeedsPerEntity&) {
        opened_.model = opened_.model->with_per_entity({setting.name});
        const Code code = opened_.model->deferred();
        opened_.population.rebind(hodg::Model(code.table, code.owner));
        opened_.population.set(setting.name, std::span<const double>(values));
    }
}

void Simulation::add_recorders(hodg::Network& network) {
    const std::vector<std::string> events = opened_.population.model().events();
    if (std::ranges::find(events, "spike") != events.end()) {
        spikes_ = std::make_unique<hodg::SpikeRecorder>(opened_.population);
        network.add(*spikes_);
    }
    if (args_.run.record.empty()) {
        return;
    }
    std::vector<std::string> variables;
    hodg::StateOptions options;
    const std::vector<hodg::Variable> known = opened_.population.variables();
    for (const std::string& name : args_.run.record) {
        if (std::ranges::find(known, name, &hodg::Variable::name) != known.end()) {
            variables.push_back(name);
            continue;
        }
        const Expressions compiled = compile_text_of("--record", name, false);
        hodg::Expression expression;
        expression.function = compiled.code.table->observe;
        expression.names = {name};
        expression.model = compiled.code.table;
        expression.owner = compiled.code.owner;
        options.expressions.push_back(std::move(expression));
        expression_names_.push_back(name);
        expression_units_.push_back(compiled.dimensions.empty()
                                        ? std::pair(compiled.units.front(), 1.0)
                                        : display_unit(compiled.dimensions.front()));
    }
    if (args_.run.csv.empty()) {
        for (std::int64_t k = 0; k < std::min<std::int64_t>(args_.run.count, most_traces); ++k) {
            options.indices.push_back(k);
        }
    }
    options.dt = args_.run.record_dt.empty() ? 0 : read_time("--record-dt", args_.run.record_dt);
    states_ = std::make_unique<hodg::StateRecorder>(opened_.population, variables, options);
    network.add(*states_);
}

hodg::RunOptions Simulation::run_options() const {
    hodg::RunOptions options;
    const bool shown = !args_.run.quiet && isatty(2) != 0;
    options.progress = [shown](const hodg::Progress& progress) {
        if (shown && progress.wall_seconds > 0.5) {
            const double left = progress.wall_seconds * (1 / std::max(progress.fraction, 1e-6) - 1);
            fmt::print(stderr, "\r{:3.0f} %, {:.0f} s left \x1b[K", progress.fraction * 100, left);
            if (progress.fraction >= 1) {
                fmt::print(stderr, "\r\x1b[K");
            }
        }
        return !stop_requested.load();
    };
    return options;
}

Panel Simulation::panel(const std::string& name) const {
    Panel panel{name, "1", {}};
    double scale = 1;
    const auto found = std::ranges::find(expression_names_, name);
    if (found != expression_names_.end()) {
        const auto& unit =
            expression_units_[static_cast<std::size_t>(found - expression_names_.begin())];
        panel.unit = unit.first;
        scale = unit.second;
    } else {
        const hodg::Variable variable = opened_.population.variable(name);
        panel.unit = variable.unit;
        scale = variable.unit_scale;
    }
    const std::vector<double> values = states_->values(name);
    const std::size_t samples = states_->size();
    const std::size_t rows = samples == 0 ? 0 : values.size() / samples;
    for (std::size_t k = 0; k < rows; ++k) {
        Trace trace;
        trace.label = args_.run.count == 1 || rows == 1
                          ? name
                          : fmt::format("{}[{}]", name, states_->indices()[k]);
        for (std::size_t s = 0; s < samples; ++s) {
            trace.values.push_back(values[k * samples + s] / scale);
        }
        panel.traces.push_back(std::move(trace));
    }
    return panel;
}

Figure Simulation::figure() const {
    Figure figure;
    figure.title = fmt::format("{}, {} neuron{}", opened_.population.model().name(),
                               args_.run.count, args_.run.count == 1 ? "" : "s");
    figure.duration = duration_;
    figure.entities = args_.run.count;
    if (states_) {
        figure.times = states_->times();
        for (const std::string& name : args_.run.record) {
            figure.panels.push_back(panel(name));
        }
    }
    if (spikes_) {
        figure.spike_times = spikes_->times();
        figure.spike_indices = spikes_->indices();
    }
    figure.raster = spikes_ != nullptr && (args_.run.count > 1 || figure.panels.empty());
    return figure;
}

void Simulation::write_results() const {
    const Figure all = figure();
    if (!args_.run.csv.empty()) {
        if (all.panels.empty()) {
            throw Failure(Exit::UsageError, "--csv has nothing to write", "say what to --record");
        }
        write_file(args_.run.csv, to_csv(all));
    }
    if (!args_.run.spikes.empty()) {
        write_file(args_.run.spikes, spikes_to_csv(all));
    }
    if (args_.run.plot) {
        Figure drawn = all;
        for (Panel& panel : drawn.panels) {
            panel.traces.resize(std::min(panel.traces.size(), most_traces));
        }
        if (args_.run.plot->empty()) {
            print(to_text(drawn));
        } else {
            write_file(*args_.run.plot, to_svg(drawn));
        }
    }
}

void Simulation::summary(const hodg::RunReport& report) const {
    if (args_.run.quiet) {
        return;
    }
    const double simulated = static_cast<double>(report.steps) * dt_;
    note(fmt::format("{}: {} neuron{}, {:g} ms in steps of {:g} ms, computed in {:.3g} s",
                     opened_.population.model().name(), args_.run.count,
                     args_.run.count == 1 ? "" : "s", simulated * 1e3, dt_ * 1e3,
                     report.wall_seconds));
    if (spikes_) {
        const auto count = static_cast<double>(spikes_->size());
        note(fmt::format(
            "{} spike{}, {:.4g} Hz on average", spikes_->size(), spikes_->size() == 1 ? "" : "s",
            simulated > 0 ? count / simulated / static_cast<double>(args_.run.count) : 0.0));
    }
}

void Simulation::advise() const {
    const std::string advice = time_step_advice(opened_.population.model().description(), dt_);
    if (!advice.empty()) {
        Diagnostic warning;
        warning.severity = Severity::Warning;
        warning.code = "HH5018";
        warning.message = advice;
        show({warning}, nullptr, args_.style);
    }
}

Exit Simulation::run() {
    advise();
    if (!args_.run.plot && args_.run.csv.empty() && !args_.run.record.empty()) {
        note("what --record names is kept nowhere: add --plot or --csv");
    }
    hodg::NetworkOptions options;
    options.dt = dt_;
    options.seed = args_.run.seed;
    options.threads = args_.run.threads;
    double compiling = 0; // seconds of the run that are not its own
    options.make_code = [&compiling](const auto& tables) {
        const auto start = std::chrono::steady_clock::now();
        build(tables);
        compiling +=
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    hodg::Network network(options);
    network.add(opened_.population);
    apply_settings();
    add_recorders(network);
    std::signal(SIGINT, request_stop);
    hodg::RunReport report;
    try {
        report = network.run(duration_, run_options());
    } catch (const hodg::SimulationError&) {
        write_results(); // what was computed stays
        throw;
    }
    report.wall_seconds -= compiling;
    std::signal(SIGINT, SIG_DFL);
    write_results();
    summary(report);
    if (args_.model.time && opened_.model) {
        show_times(opened_.model->times());
    }
    return report.interrupted ? Exit::Interrupted : Exit::Ok;
}

} // namespace

Exit run(const Args& args) {
    refuse_other_pictures(args);
    return Simulation(args).run();
}

} // namespace hhc::cli
