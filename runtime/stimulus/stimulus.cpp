// SPDX-License-Identifier: MIT
#include "hodg/stimulus.h"

#include "archive/archive.h"
#include "base/fail.h"
#include "kernel/value_checks.h"
#include "stimulus/stimulus_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace hodg::stimulus {

using base::Code;
using base::fail;
using kernel::Place;

void Series::set(std::span<const std::int64_t> steps, std::span<const double> values,
                 std::int64_t onset, std::int64_t period) {
    if (steps.size() != values.size()) {
        fail(Code::WrongLength, fmt::format("a stimulus was given {} steps and {} values",
                                            steps.size(), values.size()));
    }
    for (std::size_t n = 0; n < steps.size(); ++n) {
        if (n > 0 && steps[n] <= steps[n - 1]) {
            fail(Code::BadStimulus, fmt::format("step {} of a stimulus follows step {}, expected "
                                                "ascending steps",
                                                steps[n], steps[n - 1]));
        }
        if (!std::isfinite(values[n])) {
            fail(Code::ValueNotFinite, fmt::format("a stimulus contains {}", values[n]));
        }
    }
    if (period < 0 ||
        (period > 0 && !steps.empty() && (steps.front() < 0 || steps.back() >= period))) {
        fail(Code::BadStimulus,
             fmt::format("a stimulus with a period of {} steps was given edges outside of it",
                         period));
    }
    steps_.assign(steps.begin(), steps.end());
    values_.assign(values.begin(), values.end());
    onset_ = onset;
    period_ = period;
}

double Series::at(std::int64_t step) const {
    std::int64_t phase = step - onset_;
    bool wrapped = false;
    if (period_ > 0) {
        if (phase < 0) {
            return 0;
        }
        wrapped = phase >= period_;
        phase %= period_;
    }
    const auto after = std::upper_bound(steps_.begin(), steps_.end(), phase);
    if (after == steps_.begin()) { // the last edge of the period before still holds
        return wrapped && !values_.empty() ? values_.back() : 0;
    }
    return values_[static_cast<std::size_t>(after - steps_.begin()) - 1];
}

std::int64_t Series::next_change(std::int64_t step) const {
    if (steps_.empty()) {
        return never;
    }
    std::int64_t phase = step - onset_;
    std::int64_t begin = onset_; // step of phase 0 of this period
    if (period_ > 0) {
        if (phase < 0) {
            return onset_ + steps_.front();
        }
        begin += phase / period_ * period_;
        phase %= period_;
    }
    const auto after = std::upper_bound(steps_.begin(), steps_.end(), phase);
    if (after != steps_.end()) {
        return begin + *after;
    }
    return period_ > 0 ? begin + period_ + steps_.front() : never;
}

void Series::save(const archive::Out& out) const {
    out.put("steps", steps_);
    out.put("values", values_);
    out.put("onset", onset_);
    out.put("period", period_);
}

void Series::restore(const archive::In& in) {
    const auto steps = in.get<std::int64_t>("steps");
    set(steps, in.get<double>("values", steps.size()), in.one<std::int64_t>("onset"),
        in.one<std::int64_t>("period"));
}

StimulusState::StimulusState(std::shared_ptr<kernel::PopulationState> target,
                             std::string_view variable, std::vector<std::int64_t> indices)
    : target_(std::move(target)), variable_(variable), indices_(std::move(indices)) {
    const Place place = kernel::find_variable(target_->table(), variable_, target_->name());
    const bool uniform = place.kind == Place::Kind::Uniform;
    const std::uint8_t role = uniform ? target_->table().uniforms[place.index].role
                                      : target_->table().fields[place.index].role;
    const std::uint8_t type = uniform ? target_->table().uniforms[place.index].type
                                      : target_->table().fields[place.index].type;
    if (type != HHK_REAL || (role != HHK_INPUT && role != HHK_PARAMETER)) {
        fail(Code::BadStimulus,
             fmt::format("`{}` of `{}` is neither an input nor a parameter, a stimulus cannot "
                         "drive it",
                         variable_, target_->name()));
    }
    for (const std::int64_t i : indices_) {
        kernel::check_index(*target_, i, target_->count());
    }
    if (uniform && !indices_.empty()) {
        kernel::refuse_array(*target_, variable_);
    }
    if (indices_.empty()) {
        indices_.resize(static_cast<std::size_t>(target_->count()));
        std::iota(indices_.begin(), indices_.end(), 0);
    }
    std::sort(indices_.begin(), indices_.end());
    indices_.erase(std::unique(indices_.begin(), indices_.end()), indices_.end());
}

bool StimulusState::is_input() const {
    const Place place = kernel::find_variable(target_->table(), variable_, target_->name());
    return place.kind == Place::Kind::Field &&
           target_->table().fields[place.index].role == HHK_INPUT;
}

std::uint32_t StimulusState::field() const {
    return kernel::find_field(target_->table(), variable_, target_->name());
}

void StimulusState::write(double drive, bool jumps) {
    const Place place = kernel::find_variable(target_->table(), variable_, target_->name());
    if (place.kind == Place::Kind::Uniform) {
        target_->uniforms()[place.index] = base_.front() + drive;
        target_->mark_uniform_assigned(jumps);
        return;
    }
    const kernel::FieldMemory memory = target_->field(place.index);
    for (std::size_t n = 0; n < indices_.size(); ++n) {
        memory.write(indices_[n], base_[n] + drive);
    }
    target_->mark_assigned(place.index, indices_, jumps);
}

/// The user's values, while none is applied.
void StimulusState::keep_base() {
    const Place place = kernel::find_variable(target_->table(), variable_, target_->name());
    base_.clear();
    if (place.kind == Place::Kind::Uniform) {
        base_.push_back(target_->uniforms()[place.index]);
        return;
    }
    const kernel::FieldMemory memory = target_->field(place.index);
    for (const std::int64_t i : indices_) {
        base_.push_back(memory.read(i));
    }
}

/// Between runs the parameter is the user's; that it comes and goes there is no jump of the steps.
void StimulusState::apply(std::int64_t step) {
    const double drive = series_.at(step);
    if (drive == applied_ && drive == in_force_) {
        return;
    }
    if (applied_ == 0) {
        keep_base();
    }
    write(drive, drive != in_force_);
    applied_ = drive;
    in_force_ = drive;
}

void StimulusState::release() {
    if (applied_ != 0) {
        write(0, false);
        applied_ = 0;
    }
}

void StimulusState::save(const archive::Out& out) const {
    out.put_text("target", target_->name());
    out.put_text("variable", variable_);
    out.put("in_force", in_force_);
    series_.save(out);
}

void StimulusState::restore(const archive::In& in) {
    applied_ = 0;
    in_force_ = in.one<double>("in_force");
    series_.restore(in);
}

void InputDrive::add(std::int64_t step) {
    if (step >= next) {
        value = series->at(step);
        next = series->next_change(step);
    }
    if (value == 0) {
        return;
    }
    for (const std::int64_t i : indices) {
        field.write(i, field.read(i) + value);
    }
}

} // namespace hodg::stimulus

namespace hodg {

Stimulus::Stimulus(const Population& target, std::string_view variable,
                   std::vector<std::int64_t> indices)
    : state_(std::make_shared<stimulus::StimulusState>(target.state(), variable,
                                                       std::move(indices))) {}

void Stimulus::set(std::span<const std::int64_t> steps, std::span<const double> values,
                   std::int64_t onset, std::int64_t period) {
    state_->series().set(steps, values, onset, period);
}

double Stimulus::value(std::int64_t step) const {
    return state_->series().at(step);
}

} // namespace hodg
