// SPDX-License-Identifier: MIT
#include "record/event_log.h"

#include "archive/archive.h"
#include "base/fail.h"
#include "kernel/variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <utility>

namespace hodg::record {

EventLog::EventLog(std::shared_ptr<kernel::PopulationState> population, EventOptions options)
    : Recorder(std::move(population)), options_(std::move(options)),
      readings_(this->population(), options_.variables, options_.expressions) {
    const auto& state = this->population();
    event_ = kernel::find_event(state.table(), options_.event, state.name());
    if (!options_.indices.empty()) {
        kernel::check_indices(state, options_.indices);
        position_.assign(static_cast<std::size_t>(state.count()), -1);
        std::int32_t position = 0;
        for (const std::int64_t entity : options_.indices) {
            position_[static_cast<std::size_t>(entity)] = position++;
        }
    }
    if (interpolates()) {
        field_ = kernel::find_field(state.table(), options_.interpolate, state.name());
        if (!std::isfinite(options_.threshold)) {
            base::fail(base::Code::ValueNotFinite,
                       fmt::format("the threshold for interpolated times of `{}` is {}",
                                   state.name(), options_.threshold));
        }
    }
    if (!options_.to.empty()) {
        std::vector<NpyColumn> columns{{"t", "<f8", 1, true}, {"i", "<i4", 1, true}};
        for (const std::string& name : names()) {
            columns.push_back({name, "<f8", 1, true});
        }
        file_ = std::make_unique<NpyFile>(options_.to, columns);
    }
}

void EventLog::start(double dt, std::int64_t /*step*/) {
    dt_ = dt;
    const auto& state = population();
    event_ = kernel::find_event(state.table(), options_.event, state.name());
    if (interpolates()) {
        field_ = kernel::find_field(state.table(), options_.interpolate, state.name());
    }
    readings_.start(population());
    tiles_.clear();
}

void EventLog::attach(std::int64_t begin, std::int64_t end, Probes& probes) {
    auto tile = std::make_unique<TileLog>();
    tile->owner = this;
    tile->begin = begin;
    tile->end = std::min(end, population().count());
    tile->bits = population().event_bits(event_).data();
    if (interpolates()) {
        tile->crossing = population().field(field_);
        tile->previous.resize(static_cast<std::size_t>(tile->end - begin));
        tile->crossed.assign(tile->previous.size(), std::numeric_limits<double>::quiet_NaN());
        probes.crossings.push_back({field_, options_.threshold, tile->crossed.data()});
        probes.before.push_back({&EventLog::remember, tile.get()});
    }
    probes.after.push_back({&EventLog::collect, tile.get(), std::uint64_t{1} << event_});
    tiles_.push_back(std::move(tile));
}

void EventLog::remember(void* self, std::int64_t /*step*/) {
    auto& tile = *static_cast<TileLog*>(self);
    for (std::int64_t i = tile.begin; i < tile.end; ++i) {
        tile.previous[static_cast<std::size_t>(i - tile.begin)] = tile.crossing.read(i);
    }
}

double EventLog::fraction(const TileLog& tile, std::int64_t entity) {
    const auto at = static_cast<std::size_t>(entity - tile.begin);
    if (std::isfinite(tile.crossed[at])) {
        return tile.crossed[at];
    }
    const double from = tile.previous[at];
    const double to = tile.crossing.read(entity);
    const double part = (tile.owner->options_.threshold - from) / (to - from);
    return part >= 0 && part <= 1 ? part : 0; // it was past the threshold before
}

void EventLog::collect(void* self, std::int64_t step) {
    auto& tile = *static_cast<TileLog*>(self);
    const EventLog& log = *tile.owner;
    for (std::int64_t word = tile.begin / HHK_BLOCK; word * HHK_BLOCK < tile.end; ++word) {
        if (tile.bits[word] == 0) {
            continue;
        }
        const std::int64_t first = word * HHK_BLOCK;
        log.readings_.evaluate(std::span(&first, 1), step);
        for (std::uint64_t bits = tile.bits[word]; bits != 0; bits &= bits - 1) {
            const std::int64_t i = first + std::countr_zero(bits);
            const std::int32_t recorded = log.position_.empty()
                                              ? static_cast<std::int32_t>(i)
                                              : log.position_[static_cast<std::size_t>(i)];
            if (recorded < 0) {
                continue;
            }
            const auto row = static_cast<std::uint32_t>(tile.seen.entries.size());
            tile.seen.entries.push_back({step, recorded, row});
            if (log.interpolates()) {
                tile.seen.values.push_back(fraction(tile, i));
            }
            for (const Reading& reading : log.readings_.all()) {
                tile.seen.values.push_back(reading.read(i));
            }
        }
    }
}

void EventLog::begin_stretch(std::int64_t /*begin*/, std::int64_t /*end*/) {
    if (file_ != nullptr && !file_->is_open()) {
        file_->create();
    }
    const std::size_t bytes =
        steps_.bytes() + indices_.bytes() + fractions_.bytes() + values_.bytes();
    if (bytes >= options_.memory_limit) {
        base::fail(base::Code::RecorderFull,
                   fmt::format("the recorder of event `{}` of `{}` holds {} bytes, its limit is {}",
                               options_.event, population().name(), bytes, options_.memory_limit),
                   "clear it, or raise its memory limit");
    }
}

/// Adds the entries of `other` behind its own, and empties it.
void EventLog::Entries::take(Entries& other, std::size_t width) {
    if (entries.empty()) {
        std::swap(*this, other);
        return;
    }
    const auto rows = static_cast<std::uint32_t>(width == 0 ? 0 : values.size() / width);
    for (Entry& entry : other.entries) {
        entry.row += rows;
    }
    entries.insert(entries.end(), other.entries.begin(), other.entries.end());
    values.insert(values.end(), other.values.begin(), other.values.end());
    other.entries.clear();
    other.values.clear();
}

void EventLog::end_stretch(std::int64_t done, std::int64_t /*sampled*/) {
    merged_.entries.clear();
    merged_.values.clear();
    for (const auto& tile : tiles_) {
        merged_.take(tile->seen, width());
    }
    // Tiles lie in order of entities and each holds its steps in order.
    std::vector<Entry>& entries = merged_.entries;
    const auto earlier = [](const Entry& a, const Entry& b) { return a.step < b.step; };
    if (!std::is_sorted(entries.begin(), entries.end(), earlier)) {
        std::stable_sort(entries.begin(), entries.end(), earlier);
    }
    for (const Entry& entry : entries) {
        if (entry.step >= done) {
            break;
        }
        keep(entry, merged_.values.data() + std::size_t{entry.row} * width());
    }
}

void EventLog::keep(const Entry& entry, const double* values) {
    const double fraction = interpolates() ? *values++ : 0;
    const std::size_t count = names().size();
    if (file_ != nullptr) {
        const double time = (static_cast<double>(entry.step) + fraction) * dt_;
        char* to = file_->append();
        std::memcpy(to, &time, sizeof(time));
        std::memcpy(to + sizeof(time), &entry.entity, sizeof(entry.entity));
        if (count > 0) {
            std::memcpy(to + sizeof(time) + sizeof(entry.entity), values, count * sizeof(double));
        }
        return;
    }
    steps_.push_back(entry.step);
    indices_.push_back(entry.entity);
    if (interpolates()) {
        fractions_.push_back(fraction);
    }
    for (std::size_t k = 0; k < count; ++k) {
        values_.push_back(values[k]);
    }
}

std::int64_t EventLog::recorded() const {
    return position_.empty() ? population().count()
                             : static_cast<std::int64_t>(options_.indices.size());
}

double EventLog::time(std::size_t i) const {
    const auto step = static_cast<double>(steps_[i]);
    return (fractions_.size() == 0 ? step : step + fractions_[i]) * dt_;
}

std::vector<double> EventLog::values(std::string_view name) const {
    const std::size_t at = readings_.find(name, population().name());
    std::vector<double> all(steps_.size());
    for (std::size_t k = 0; k < all.size(); ++k) {
        all[k] = values_[k * names().size() + at];
    }
    return all;
}

void EventLog::flush(bool all) {
    if (file_ != nullptr) {
        file_->flush(all);
    }
}

void EventLog::clear() {
    if (file_ != nullptr && file_->is_open()) {
        file_->create();
    }
    steps_.clear();
    indices_.clear();
    fractions_.clear();
    values_.clear();
}

void EventLog::save(const archive::Out& out) const {
    out.put_text("event", options_.event);
    out.put_text("interpolate", options_.interpolate);
    out.put_text("names", readings_.text());
    out.put("entities", options_.indices);
    out.put("in_file", static_cast<std::int64_t>(file_ == nullptr ? -1 : 0));
    if (file_ != nullptr && file_->is_open()) {
        file_->sync();
        out.put("in_file", static_cast<std::int64_t>(file_->rows()));
    }
    out.put("steps", steps_.copy());
    out.put("indices", indices_.copy());
    out.put("fractions", fractions_.copy());
    out.put("values", values_.copy());
}

void EventLog::check(const archive::In& in) const {
    if (in.text("event") != options_.event || in.text("interpolate") != options_.interpolate ||
        in.text("names") != readings_.text() ||
        in.get<std::int64_t>("entities") != options_.indices) {
        refuse(in, "it records something else");
    }
    const auto rows = in.one<std::int64_t>("in_file");
    if ((rows < 0) != (file_ == nullptr)) {
        refuse(in, rows < 0 ? "it recorded in memory" : "it recorded to a file");
    }
    if (rows > 0) {
        file_->require(static_cast<std::uint64_t>(rows));
    }
}

void EventLog::restore(const archive::In& in) {
    const auto in_file = in.one<std::int64_t>("in_file");
    if (in_file > 0 || (file_ != nullptr && file_->is_open())) {
        file_->reopen(static_cast<std::uint64_t>(std::max<std::int64_t>(in_file, 0)));
    }
    const auto steps = in.get<std::int64_t>("steps");
    steps_.assign(steps);
    indices_.assign(in.get<std::int32_t>("indices", steps.size()));
    fractions_.assign(in.get<double>("fractions", interpolates() ? steps.size() : 0));
    values_.assign(in.get<double>("values", names().size() * steps.size()));
    for (std::size_t n = 0; n < indices_.size(); ++n) {
        if (indices_[n] < 0 || indices_[n] >= recorded()) {
            in.damaged(
                fmt::format("recorder `{}` holds events of entities that do not exist", name));
        }
    }
}

} // namespace hodg::record

namespace hodg {

EventRecorder::EventRecorder(const Population& population, EventOptions options)
    : log_(std::make_shared<record::EventLog>(population.state(), std::move(options))) {}

std::size_t EventRecorder::size() const {
    return log_->size();
}
std::vector<std::int64_t> EventRecorder::steps() const {
    return log_->steps().copy();
}
std::vector<std::int32_t> EventRecorder::indices() const {
    return log_->indices().copy();
}
void EventRecorder::clear() {
    log_->clear();
}
void EventRecorder::flush() {
    log_->flush(true);
}
std::shared_ptr<record::Recorder> EventRecorder::log() const {
    return log_;
}

/// What is in a file is read by whoever wants to know.
static void require_memory(const record::EventLog& log) {
    if (!log.in_memory()) {
        base::fail(base::Code::BadOption, fmt::format("events of `{}` are in `{}`, not in memory",
                                                      log.population().name(), log.options().to));
    }
}

std::vector<double> EventRecorder::times() const {
    require_memory(*log_);
    std::vector<double> all(size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i] = log_->time(i);
    }
    return all;
}

const std::vector<std::string>& EventRecorder::names() const {
    return log_->names();
}

std::vector<double> EventRecorder::values(std::string_view name) const {
    require_memory(*log_);
    return log_->values(name);
}

std::vector<std::int64_t> EventRecorder::counts() const {
    require_memory(*log_);
    std::vector<std::int64_t> all(static_cast<std::size_t>(log_->recorded()));
    for (std::size_t i = 0; i < size(); ++i) {
        ++all[static_cast<std::size_t>(log_->indices()[i])];
    }
    return all;
}

} // namespace hodg
