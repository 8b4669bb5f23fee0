// SPDX-License-Identifier: MIT
// Whether the members of a network get a thread each, or one thread does the work of all. Threads
// that wait for each other in every step are quick while each has a processor; where other programs
// want them too, each wait takes until the scheduler looks, and one thread alone is several times
// quicker. Nothing tells before, so both are tried. Networks whose threads would meet more often
// than a meeting is worth are not even tried.
#pragma once

#include <algorithm>
#include <cstdint>

namespace hodg::sim {

/// Whether what one thread does between two meetings of many takes long enough to share it. A
/// meeting takes a microsecond.
class WorthMeeting {
public:
    /// A stretch that one thread went through alone, where several would meet after so many steps.
    void took(double seconds_per_step, std::int64_t steps_apart) {
        const double seconds = seconds_per_step * static_cast<double>(steps_apart);
        least_ = stretches_++ == 0 ? seconds : std::min(least_, seconds);
    }
    /// The quickest of some stretches counts, because other programs take time too.
    [[nodiscard]] bool known() const { return stretches_ >= 3 && least_ > 10e-6; }

private:
    int stretches_ = 0;
    double least_ = 0;
};

class TeamChoice {
public:
    /// For the next stretch.
    [[nodiscard]] bool together() const { return together_ != trying_; }
    /// Part of the usual length of a stretch that the next one should have: trials are short.
    [[nodiscard]] double length() const { return trying_ ? 0.25 : 1; }

    /// What the stretch took. After few stretches, then seldom, the other way is tried once.
    void took(double seconds_per_step) {
        constexpr double weight = 0.3;   // of a stretch against those before
        constexpr double clearly = 0.95; // quicker
        constexpr int seldom = 64;       // stretches
        if (!trying_) {
            usual_ =
                usual_ == 0 ? seconds_per_step : (1 - weight) * usual_ + weight * seconds_per_step;
            trying_ = ++stretches_ >= patience_;
            return;
        }
        trying_ = false;
        stretches_ = 0;
        if (seconds_per_step > clearly * usual_) {
            wins_ = 0;
            patience_ = std::min(2 * patience_, seldom);
        } else if (together_ || ++wins_ == 2) { // luck on a busy machine does not come twice
            together_ = !together_;
            usual_ = seconds_per_step;
            wins_ = 0;
            patience_ = 4;
        } else {
            patience_ = 1;
        }
    }

private:
    bool together_ = true; // but for trials
    bool trying_ = false;
    double usual_ = 0; // seconds per step, when not trying
    int stretches_ = 0;
    int patience_ = 1;
    int wins_ = 0; // of trials in a row
};

} // namespace hodg::sim
