// SPDX-License-Identifier: MIT
#include "record/rate_log.h"

#include "archive/archive.h"
#include "base/clock.h"
#include "base/fail.h"
#include "kernel/variables.h"

#include <fmt/format.h>

#include <bit>
#include <utility>

namespace hodg::record {

RateLog::RateLog(std::shared_ptr<kernel::PopulationState> population, RateOptions options)
    : Recorder(std::move(population)), options_(std::move(options)) {
    const auto& state = this->population();
    event_ = kernel::find_event(state.table(), options_.event, state.name());
    if (options_.bin != 0) {
        base::check_time_step(options_.bin);
    }
    if (!options_.indices.empty()) {
        kernel::check_indices(state, options_.indices);
        mask_.assign(static_cast<std::size_t>((state.padded() + HHK_BLOCK - 1) / HHK_BLOCK), 0);
        for (const std::int64_t entity : options_.indices) {
            mask_[static_cast<std::size_t>(entity / HHK_BLOCK)] |= std::uint64_t{1}
                                                                   << (entity % HHK_BLOCK);
        }
    }
}

void RateLog::start(double dt, std::int64_t /*step*/) {
    dt_ = dt;
    const auto& state = population();
    event_ = kernel::find_event(state.table(), options_.event, state.name());
    bin_steps_ = options_.bin == 0 ? 1 : base::steps_in(options_.bin, dt, "the bin of a rate");
    if (bin_steps_ < 1) {
        base::fail(base::Code::BadDuration,
                   fmt::format("the bin of a rate is {} s, below dt = {} s", options_.bin, dt));
    }
    tiles_.clear();
}

void RateLog::attach(std::int64_t begin, std::int64_t end, Probes& probes) {
    auto tile = std::make_unique<TileCount>();
    tile->begin = begin;
    tile->end = end;
    tile->bits = population().event_bits(event_).data();
    tile->mask = mask_.empty() ? nullptr : mask_.data();
    probes.after.push_back({&RateLog::collect, tile.get(), std::uint64_t{1} << event_});
    tiles_.push_back(std::move(tile));
}

void RateLog::collect(void* self, std::int64_t step) {
    auto& tile = *static_cast<TileCount*>(self);
    std::int64_t events = 0;
    for (std::int64_t word = tile.begin / HHK_BLOCK; word * HHK_BLOCK < tile.end; ++word) {
        events += std::popcount(tile.mask == nullptr ? tile.bits[word]
                                                     : tile.bits[word] & tile.mask[word]);
    }
    tile.steps.emplace_back(step, events);
}

void RateLog::begin_stretch(std::int64_t begin, std::int64_t end) {
    if (first_step_ < 0) {
        first_step_ = begin;
    }
    counts_.resize(static_cast<std::size_t>((end - first_step_) / bin_steps_ + 1));
}

void RateLog::end_stretch(std::int64_t done, std::int64_t /*sampled*/) {
    for (const auto& tile : tiles_) {
        for (const auto& [step, events] : tile->steps) {
            if (step < done) {
                counts_[static_cast<std::size_t>((step - first_step_) / bin_steps_)] += events;
            }
        }
        tile->steps.clear();
    }
    end_step_ = done;
}

std::size_t RateLog::size() const {
    return first_step_ < 0 ? 0 : static_cast<std::size_t>((end_step_ - first_step_) / bin_steps_);
}

double RateLog::time(std::size_t bin) const {
    return static_cast<double>(first_step_ + static_cast<std::int64_t>(bin) * bin_steps_) * dt_;
}

double RateLog::rate(std::size_t bin) const {
    const auto entities = static_cast<double>(
        mask_.empty() ? population().count() : static_cast<std::int64_t>(options_.indices.size()));
    const double entity_seconds = entities * static_cast<double>(bin_steps_) * dt_;
    return static_cast<double>(counts_[bin]) / entity_seconds;
}

void RateLog::clear() {
    counts_.clear();
    first_step_ = -1;
}

void RateLog::save(const archive::Out& out) const {
    out.put_text("event", options_.event);
    out.put("entities", options_.indices);
    out.put("bin", options_.bin);
    out.put("first_step", first_step_);
    out.put("end_step", end_step_);
    out.put("counts", counts_);
}

void RateLog::check(const archive::In& in) const {
    if (in.text("event") != options_.event || in.one<double>("bin") != options_.bin ||
        in.get<std::int64_t>("entities") != options_.indices) {
        refuse(in, "it records something else");
    }
}

void RateLog::restore(const archive::In& in) {
    first_step_ = in.one<std::int64_t>("first_step");
    end_step_ = in.one<std::int64_t>("end_step");
    counts_ = in.get<std::int64_t>("counts");
    if (first_step_ >= 0 &&
        (end_step_ < first_step_ ||
         (end_step_ - first_step_) / bin_steps_ > static_cast<std::int64_t>(counts_.size()))) {
        in.damaged(fmt::format("recorder `{}` holds too few bins", name));
    }
}

} // namespace hodg::record

namespace hodg {

RateRecorder::RateRecorder(const Population& population, RateOptions options)
    : log_(std::make_shared<record::RateLog>(population.state(), std::move(options))) {}

std::size_t RateRecorder::size() const {
    return log_->size();
}
void RateRecorder::clear() {
    log_->clear();
}
std::shared_ptr<record::Recorder> RateRecorder::log() const {
    return log_;
}

std::vector<double> RateRecorder::times() const {
    std::vector<double> all(size());
    for (std::size_t b = 0; b < all.size(); ++b) {
        all[b] = log_->time(b);
    }
    return all;
}

std::vector<double> RateRecorder::rates() const {
    std::vector<double> all(size());
    for (std::size_t b = 0; b < all.size(); ++b) {
        all[b] = log_->rate(b);
    }
    return all;
}

std::vector<std::int64_t> RateRecorder::counts() const {
    std::vector<std::int64_t> all(size());
    for (std::size_t b = 0; b < all.size(); ++b) {
        all[b] = log_->count(b);
    }
    return all;
}

} // namespace hodg
