// SPDX-License-Identifier: MIT
#include "record/state_log.h"

#include "archive/archive.h"
#include "base/clock.h"
#include "base/fail.h"
#include "kernel/observing_function.h"
#include "kernel/value_checks.h"
#include "kernel/variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <unordered_set>
#include <utility>

namespace hodg::record {

using base::Code;
using base::fail;

static constexpr std::size_t chunk_values = std::size_t{1} << 17U; // 1 MB

/// Whose values these variables are; refuses a mixture. Uniforms go with any.
static std::uint8_t space_of(const kernel::PopulationState& state,
                             const std::vector<std::string>& variables) {
    const hhk_field* first = nullptr;
    for (const std::string& variable : variables) {
        const kernel::Place place = kernel::find_variable(state.table(), variable, state.name());
        if (place.kind == kernel::Place::Kind::Uniform) {
            continue;
        }
        const hhk_field& row = state.table().fields[place.index];
        if (first != nullptr && first->space != row.space) {
            fail(Code::BadOption,
                 fmt::format("`{}` and `{}` of `{}` are kept for different things (synapses, "
                             "sources or targets)",
                             first->name, row.name, state.name()),
                 "record them with two recorders");
        }
        first = &row;
    }
    return first == nullptr ? std::uint8_t{HHK_EACH} : first->space;
}

StateLog::StateLog(std::shared_ptr<kernel::PopulationState> population,
                   std::vector<std::string> variables, StateOptions options)
    : Recorder(std::move(population)), variables_(std::move(variables)), names_(variables_),
      options_(std::move(options)) {
    const auto& state = this->population();
    for (const Expression& expression : options_.expressions) {
        if (expression.names.empty()) {
            fail(Code::BadOption, "an expression to record has no name");
        }
        static_cast<void>(kernel::observing_function(state.table(), expression));
        std::ranges::copy_if(expression.names, std::back_inserter(names_),
                             [](const std::string& name) { return !name.empty(); });
    }
    std::unordered_set<std::string> once;
    for (const std::string& name : names_) {
        if (!once.insert(name).second) {
            fail(Code::BadOption, fmt::format("`{}` is to be recorded twice", name));
        }
    }
    if (names_.empty()) {
        fail(Code::BadOption, "a state recorder was given nothing to record");
    }
    space_ = space_of(state, variables_);
    const std::int64_t count = state.numbered_in(space_);
    for (const std::int64_t i : options_.indices) {
        kernel::check_index(state, i, count);
    }
    if (options_.indices.empty()) {
        options_.indices.resize(static_cast<std::size_t>(count));
        std::iota(options_.indices.begin(), options_.indices.end(), 0);
    }
    if (options_.dt != 0) {
        base::check_time_step(options_.dt);
    }
    rows_per_chunk_ = std::max<std::size_t>(1, chunk_values / row_length());
}

void StateLog::start(double dt, std::int64_t /*step*/) {
    dt_ = dt;
    every_ = options_.dt == 0 ? 1 : base::steps_in(options_.dt, dt, "the recorder's dt");
    if (every_ < 1) {
        fail(Code::BadDuration,
             fmt::format("the recorder's dt is {} s, below dt = {} s", options_.dt, dt));
    }
    auto& state = population();
    sources_.clear();
    averages_ = false;
    for (const std::string& variable : variables_) {
        const kernel::Place place = kernel::find_variable(state.table(), variable, state.name());
        Source source;
        if (place.kind == kernel::Place::Kind::Uniform) {
            source.kind = Source::Kind::Uniform;
            source.value = &state.uniforms()[place.index];
        } else {
            source.field = state.field(place.index);
            source.averaged = options_.average_staggered &&
                              (state.table().fields[place.index].flags & HHK_STAGGERED) != 0;
            averages_ = averages_ || source.averaged;
        }
        sources_.push_back(source);
    }
    outputs_.clear();
    output_pointers_.clear();
    for (const Expression& expression : options_.expressions) {
        output_pointers_.emplace_back();
        for (const std::string& name : expression.names) {
            outputs_.emplace_back(static_cast<std::size_t>(state.padded()));
            output_pointers_.back().push_back(outputs_.back().data());
            if (name.empty()) {
                continue; // the kernel computes it, nobody keeps it
            }
            Source source;
            source.kind = Source::Kind::Output;
            source.value = outputs_.back().data();
            sources_.push_back(source);
        }
    }
    previous_.resize(averages_ ? row_length() : 0);
    tiles_.clear();
}

/// Synapses are numbered as they were made, and stored otherwise.
std::int64_t StateLog::place_of(std::int64_t number) const {
    const auto& places = population().places;
    return places == nullptr || space_ != HHK_EACH
               ? number
               : std::int64_t{(*places)[static_cast<std::size_t>(number)]};
}

void StateLog::attach(std::int64_t begin, std::int64_t end, Probes& probes) {
    auto tile = std::make_unique<TileSampler>();
    tile->owner = this;
    tile->previous_step = previous_step_;
    for (std::size_t c = 0; c < options_.indices.size(); ++c) {
        const std::int64_t entity = place_of(options_.indices[c]);
        if (entity >= begin && entity < end) {
            tile->columns.push_back({entity, c});
            tile->blocks.push_back(entity / HHK_BLOCK * HHK_BLOCK);
        }
    }
    if (tile->columns.empty()) {
        return;
    }
    std::stable_sort(tile->columns.begin(), tile->columns.end(),
                     [](const Column& a, const Column& b) { return a.entity < b.entity; });
    std::sort(tile->blocks.begin(), tile->blocks.end());
    tile->blocks.erase(std::unique(tile->blocks.begin(), tile->blocks.end()), tile->blocks.end());
    probes.before.push_back({&StateLog::sample, tile.get(), 0});
    tiles_.push_back(std::move(tile));
}

void StateLog::sample(void* self, std::int64_t step) {
    auto& tile = *static_cast<TileSampler*>(self);
    StateLog& log = *tile.owner;
    if (log.every_ == 1 || step % log.every_ == 0) {
        const std::int64_t rows_before = (step - log.stretch_step_) / log.every_;
        log.sample_tile(tile, step,
                        log.row(log.stretch_row_ + static_cast<std::size_t>(rows_before)));
    }
    if (log.averages_ && (log.every_ == 1 || (step + 1) % log.every_ == 0)) {
        log.keep_previous(tile, step);
    }
}

/// Runs the expressions for the blocks of the tile that hold a selected entity.
void StateLog::evaluate(const TileSampler& tile, std::int64_t step) const {
    hhk_context context = population().context();
    context.step = step;
    context.t = static_cast<double>(step) * context.dt;
    for (std::size_t e = 0; e < options_.expressions.size(); ++e) {
        const Expression& expression = options_.expressions[e];
        context.model =
            expression.model == nullptr ? population().context().model : expression.model;
        context.outputs = output_pointers_[e].data();
        const auto function = kernel::observing_function(population().table(), expression);
        for (const std::int64_t begin : tile.blocks) {
            hhk_block block{};
            block.begin = begin;
            block.end = std::min<std::int64_t>(begin + HHK_BLOCK, population().padded());
            function(&context, &block);
        }
    }
}

void StateLog::sample_tile(const TileSampler& tile, std::int64_t step, double* row) {
    if (!options_.expressions.empty()) {
        evaluate(tile, step);
    }
    const std::size_t width = options_.indices.size();
    for (std::size_t s = 0; s < sources_.size(); ++s) {
        const Source& source = sources_[s];
        double* out = row + s * width;
        const double* before = previous_.data() + s * width;
        const bool average = source.averaged && tile.previous_step == step - 1;
        for (const Column& c : tile.columns) {
            double value = 0;
            switch (source.kind) {
            case Source::Kind::Field:
                value = source.field.read(c.entity);
                break;
            case Source::Kind::Uniform:
                value = *source.value;
                break;
            case Source::Kind::Output:
                value = source.value[c.entity];
                break;
            }
            out[c.column] = average ? 0.5 * (before[c.column] + value) : value;
        }
    }
}

void StateLog::keep_previous(TileSampler& tile, std::int64_t step) {
    const std::size_t width = options_.indices.size();
    for (std::size_t s = 0; s < sources_.size(); ++s) {
        if (sources_[s].averaged) {
            for (const Column& c : tile.columns) {
                previous_[s * width + c.column] = sources_[s].field.read(c.entity);
            }
        }
    }
    tile.previous_step = step;
}

void StateLog::add_row(std::int64_t step) {
    if (steps_.size() == chunks_.size() * rows_per_chunk_) {
        const std::size_t bytes = rows_per_chunk_ * row_length() * sizeof(double);
        if (options_.memory_limit / bytes <= chunks_.size()) {
            fail(Code::RecorderFull,
                 fmt::format("the state recorder of `{}` holds {} bytes and needs {} more, its "
                             "limit is {}",
                             population().name(), bytes * chunks_.size(), bytes,
                             options_.memory_limit),
                 "clear it, record fewer entities or less often, or raise its memory limit");
        }
        chunks_.push_back(std::make_unique_for_overwrite<double[]>(rows_per_chunk_ * row_length()));
    }
    steps_.push_back(step);
}

void StateLog::begin_stretch(std::int64_t begin, std::int64_t end) {
    const std::int64_t first = (begin + every_ - 1) / every_ * every_;
    stretch_step_ = first;
    stretch_row_ = steps_.size();
    if (!steps_.empty() && steps_.back() == first) {
        --stretch_row_; // sampled at the end of the run before: taken again
        steps_.pop_back();
    }
    for (std::int64_t step = first; step < end; step += every_) {
        add_row(step);
    }
}

void StateLog::end_stretch(std::int64_t /*done*/, std::int64_t sampled) {
    while (!steps_.empty() && steps_.back() >= sampled) {
        steps_.pop_back();
    }
    if (!tiles_.empty()) {
        previous_step_ = tiles_.front()->previous_step;
    }
}

void StateLog::sample_once(std::int64_t step) {
    if (step % every_ != 0) {
        return;
    }
    if (steps_.empty() || steps_.back() != step) {
        add_row(step);
    }
    for (const auto& tile : tiles_) {
        sample_tile(*tile, step, row(steps_.size() - 1));
    }
}

void StateLog::clear() {
    chunks_.clear();
    steps_.clear();
}

std::vector<double> StateLog::values(std::string_view name) const {
    const auto at = std::find(names_.begin(), names_.end(), name);
    if (at == names_.end()) {
        fail(Code::UnknownVariable,
             fmt::format("`{}` of `{}` is not recorded", name, population().name()),
             base::suggest(name, names_));
    }
    const std::size_t width = options_.indices.size();
    const std::size_t first = static_cast<std::size_t>(at - names_.begin()) * width;
    std::vector<double> all(width * steps_.size());
    for (std::size_t r = 0; r < steps_.size(); ++r) {
        const double* from = row(r) + first;
        for (std::size_t c = 0; c < width; ++c) {
            all[c * steps_.size() + r] = from[c];
        }
    }
    return all;
}

/// One name a line.
static std::string joined(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names) {
        all += name + '\n';
    }
    return all;
}

void StateLog::save(const archive::Out& out) const {
    out.put_text("names", joined(names_));
    out.put("entities", options_.indices);
    out.put("dt", options_.dt);
    out.put("steps", steps_);
    for (std::size_t first = 0; first < steps_.size(); first += rows_per_chunk_) {
        const std::size_t values = std::min(rows_per_chunk_, steps_.size() - first) * row_length();
        const auto* data = reinterpret_cast<const char*>(row(first));
        out.refer(fmt::format("rows/{}", first), archive::Type::Real64,
                  {data, values * sizeof(double)});
    }
    out.put("previous", previous_);
    out.put("previous_step", previous_step_);
}

void StateLog::check(const archive::In& in) const {
    if (in.text("names") != joined(names_) || in.one<double>("dt") != options_.dt ||
        in.get<std::int64_t>("entities") != options_.indices) {
        refuse(in, "it records something else");
    }
}

void StateLog::restore(const archive::In& in) {
    clear();
    const auto steps = in.get<std::int64_t>("steps");
    while (steps_.size() < steps.size()) {
        const std::size_t first = steps_.size();
        const std::string place = fmt::format("rows/{}", first);
        const std::size_t rows = std::min(rows_per_chunk_, steps.size() - first);
        const auto values = in.get<double>(place, rows * row_length());
        for (std::size_t n = 0; n < rows; ++n) {
            add_row(steps[first + n]);
        }
        std::copy(values.begin(), values.end(), row(first));
    }
    previous_ = in.get<double>("previous", previous_.size());
    previous_step_ = in.one<std::int64_t>("previous_step");
}

} // namespace hodg::record

namespace hodg {

StateRecorder::StateRecorder(const Population& population, std::vector<std::string> variables,
                             StateOptions options)
    : log_(std::make_shared<record::StateLog>(population.state(), std::move(variables),
                                              std::move(options))) {}

std::size_t StateRecorder::size() const {
    return log_->steps().size();
}
std::vector<std::int64_t> StateRecorder::steps() const {
    return log_->steps();
}
const std::vector<std::int64_t>& StateRecorder::indices() const {
    return log_->indices();
}
const std::vector<std::string>& StateRecorder::names() const {
    return log_->names();
}
std::vector<double> StateRecorder::values(std::string_view name) const {
    return log_->values(name);
}
void StateRecorder::clear() {
    log_->clear();
}
std::shared_ptr<record::Recorder> StateRecorder::log() const {
    return log_;
}

std::vector<double> StateRecorder::times() const {
    std::vector<double> all;
    for (const std::int64_t step : log_->steps()) {
        all.push_back(static_cast<double>(step) * log_->dt());
    }
    return all;
}

} // namespace hodg
