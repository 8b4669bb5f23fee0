// SPDX-License-Identifier: MIT
#include "record/state_log.h"

#include "base/clock.h"
#include "base/fail.h"
#include "kernel/value_checks.h"
#include "kernel/variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

namespace hodg::record {

using base::Code;
using base::fail;

static constexpr std::size_t stage_bytes = std::size_t{1} << 25U;

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
    : Recorder(std::move(population)),
      readings_(this->population(), std::move(variables), options.expressions),
      options_(std::move(options)) {
    const auto& state = this->population();
    if (names().empty()) {
        fail(Code::BadOption, "a state recorder was given nothing to record");
    }
    space_ = space_of(state, readings_.variables());
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
    rows_ = RowStore(row_length());
    kept_ = RowStore(names().size() * kept_width());
    if (!options_.to.empty()) {
        std::vector<NpyColumn> columns{{"t", "<f8", 1, true}};
        for (const std::string& name : names()) {
            columns.push_back(
                {name, "<f8", kept_width(), options_.over_entities != Reduction::None});
        }
        file_ = std::make_unique<NpyFile>(options_.to, columns);
    }
}

void StateLog::add_tables(std::vector<const hhk_model*>& tables) const {
    readings_.add_tables(tables);
}

void StateLog::start(double dt, std::int64_t /*step*/) {
    dt_ = dt;
    every_ = options_.dt == 0 ? 1 : base::steps_in(options_.dt, dt, "the recorder's dt");
    if (every_ < 1) {
        fail(Code::BadDuration,
             fmt::format("the recorder's dt is {} s, below dt = {} s", options_.dt, dt));
    }
    window_ = 1;
    if (options_.over_time != Reduction::None) {
        window_ = every_;
        every_ = 1;
    }
    readings_.start(population());
    averages_ = std::ranges::any_of(readings_.all(), [&](const Reading& r) { return averages(r); });
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
                        log.rows_.row(log.stretch_row_ + static_cast<std::size_t>(rows_before)));
    }
    if (log.averages_ && (log.every_ == 1 || (step + 1) % log.every_ == 0)) {
        log.keep_previous(tile, step);
    }
}

void StateLog::sample_tile(const TileSampler& tile, std::int64_t step, double* row) {
    readings_.evaluate(tile.blocks, step);
    const std::size_t width = options_.indices.size();
    for (std::size_t s = 0; s < readings_.all().size(); ++s) {
        const Reading& reading = readings_.all()[s];
        double* out = row + s * width;
        const double* before = previous_.data() + s * width;
        const bool average = averages(reading) && tile.previous_step == step - 1;
        for (const Column& c : tile.columns) {
            const double value = reading.read(c.entity);
            out[c.column] = average ? 0.5 * (before[c.column] + value) : value;
        }
    }
}

void StateLog::keep_previous(TileSampler& tile, std::int64_t step) {
    const std::size_t width = options_.indices.size();
    for (std::size_t s = 0; s < readings_.all().size(); ++s) {
        if (averages(readings_.all()[s])) {
            for (const Column& c : tile.columns) {
                previous_[s * width + c.column] = readings_.all()[s].read(c.entity);
            }
        }
    }
    tile.previous_step = step;
}

void StateLog::require_room(const RowStore& store) const {
    if (store.full() &&
        (kept_.bytes() + rows_.bytes() + store.chunk_bytes() > options_.memory_limit)) {
        fail(
            Code::RecorderFull,
            fmt::format("the state recorder of `{}` holds {} bytes and needs {} more, its limit is "
                        "{}",
                        population().name(), kept_.bytes() + rows_.bytes(), store.chunk_bytes(),
                        options_.memory_limit),
            "clear it, record fewer entities or less often, let it write to a file, or raise its "
            "memory limit");
    }
}

void StateLog::add_row(std::int64_t step) {
    require_room(rows_);
    rows_.add(step);
}

std::int64_t StateLog::longest_stretch() const {
    if (!is_staged()) {
        return INT64_MAX;
    }
    const std::size_t rows = stage_bytes / (row_length() * sizeof(double));
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(rows)) * every_;
}

void StateLog::begin_stretch(std::int64_t begin, std::int64_t end) {
    const std::int64_t first = (begin + every_ - 1) / every_ * every_;
    if (file_ != nullptr && !file_->is_open()) {
        file_->create();
    }
    if (is_staged()) {
        rows_.restart();
        if (last_kept_ == first && window_ == 1) {
            drop_last(); // sampled at the end of the run before: taken again
        }
    }
    stretch_step_ = first;
    if (!rows_.empty() && rows_.last_step() == first) {
        rows_.drop_last();
    }
    stretch_row_ = rows_.size();
    for (std::int64_t step = first; step < end; step += every_) {
        add_row(step);
    }
}

void StateLog::end_stretch(std::int64_t /*done*/, std::int64_t sampled) {
    while (!rows_.empty() && rows_.last_step() >= sampled) {
        rows_.drop_last();
    }
    if (!tiles_.empty()) {
        previous_step_ = tiles_.front()->previous_step;
    }
    if (is_staged()) {
        take_stage();
    }
}

void StateLog::sample_once(std::int64_t step) {
    if (step % every_ != 0 || window_ > 1 || (is_staged() && last_kept_ == step)) {
        return;
    }
    if (is_staged()) {
        rows_.restart();
    }
    if (rows_.empty() || rows_.last_step() != step) {
        add_row(step);
    }
    for (const auto& tile : tiles_) {
        sample_tile(*tile, step, rows_.row(rows_.size() - 1));
    }
    if (is_staged()) {
        take_stage();
    }
}

// --- what becomes of sampled rows ----------------------------------------------------------------

static double combined(Reduction reduction, double a, double b) {
    switch (reduction) {
    case Reduction::Min:
        return b < a ? b : a;
    case Reduction::Max:
        return b > a ? b : a;
    default:
        return a + b;
    }
}

/// Over entities, in their order: the same bits for any number of threads.
std::vector<double> StateLog::reduced(const double* row) const {
    const std::size_t width = options_.indices.size();
    if (options_.over_entities == Reduction::None) {
        return {row, row + row_length()};
    }
    std::vector<double> values;
    for (std::size_t n = 0; n < names().size(); ++n) {
        double value = row[n * width];
        for (std::size_t c = 1; c < width; ++c) {
            value = combined(options_.over_entities, value, row[n * width + c]);
        }
        const bool mean = options_.over_entities == Reduction::Mean;
        values.push_back(mean ? value / static_cast<double>(width) : value);
    }
    return values;
}

void StateLog::take_stage() {
    for (std::size_t r = 0; r < rows_.size(); ++r) {
        const std::vector<double> values = reduced(rows_.row(r));
        window_ > 1 ? take_window(rows_.steps()[r], values.data())
                    : emit(rows_.steps()[r], values.data());
    }
    rows_.restart();
}

/// Windows begin at multiples of their length; one that was not seen from its beginning is left
/// out.
void StateLog::take_window(std::int64_t step, const double* row) {
    const std::size_t length = kept_.length();
    const std::int64_t place = step % window_;
    if (place == 0) {
        gathered_.assign(row, row + length);
        gathered_steps_ = 1;
    } else if (gathered_steps_ == place) {
        for (std::size_t c = 0; c < length; ++c) {
            gathered_[c] = combined(options_.over_time, gathered_[c], row[c]);
        }
        ++gathered_steps_;
    }
    if (gathered_steps_ == window_ && place == window_ - 1) {
        for (std::size_t c = 0; options_.over_time == Reduction::Mean && c < length; ++c) {
            gathered_[c] /= static_cast<double>(window_);
        }
        emit(step - place, gathered_.data());
        gathered_steps_ = 0;
    }
}

void StateLog::emit(std::int64_t step, const double* row) {
    const std::size_t length = kept_.length();
    last_kept_ = step;
    if (file_ == nullptr) {
        require_room(kept_);
        std::copy(row, row + length, kept_.add(step));
        return;
    }
    const double time = static_cast<double>(step) * dt_;
    char* to = file_->append();
    std::memcpy(to, &time, sizeof(time));
    std::memcpy(to + sizeof(time), row, length * sizeof(double));
}

void StateLog::drop_last() {
    if (file_ != nullptr) {
        file_->truncate(file_->rows() - 1);
    } else {
        kept_.drop_last();
    }
    last_kept_ = never;
}

void StateLog::flush(bool all) {
    if (file_ != nullptr) {
        file_->flush(all);
    }
}

std::size_t StateLog::size() const {
    return file_ != nullptr ? file_->rows() : kept().size();
}

const std::vector<std::int64_t>& StateLog::steps() const {
    if (file_ != nullptr) {
        fail(Code::BadOption, fmt::format("samples of `{}` are in `{}`, not in memory",
                                          population().name(), file_->path()));
    }
    return kept().steps();
}

void StateLog::clear() {
    rows_.clear();
    kept_.clear();
    gathered_steps_ = 0;
    last_kept_ = never;
    if (file_ != nullptr && file_->is_open()) {
        file_->create();
    }
}

std::vector<double> StateLog::values(std::string_view name) const {
    const std::size_t width = kept_width();
    const std::size_t count = steps().size();
    const std::size_t first = readings_.find(name, population().name()) * width;
    std::vector<double> all(width * count);
    for (std::size_t r = 0; r < count; ++r) {
        const double* from = kept().row(r) + first;
        for (std::size_t c = 0; c < width; ++c) {
            all[c * count + r] = from[c];
        }
    }
    return all;
}

} // namespace hodg::record

namespace hodg {

StateRecorder::StateRecorder(const Population& population, std::vector<std::string> variables,
                             StateOptions options)
    : log_(std::make_shared<record::StateLog>(population.state(), std::move(variables),
                                              std::move(options))) {}

std::size_t StateRecorder::size() const {
    return log_->size();
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
void StateRecorder::flush() {
    log_->flush(true);
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
