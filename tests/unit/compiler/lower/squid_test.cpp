// SPDX-License-Identifier: MIT
// Every method on the squid axon: its order in spike times, and the errors measured before the
// project began (50 ms, I = 10 uA/cm2, 6.3 C; converged spikes 1, 2, 10 at the times below).
#include "ir/verify.h"
#include "lower/lower.h"
#include "model_text.h"
#include "run_module.h"

#include <gtest/gtest.h>

namespace hhc::lower::test {
namespace {

constexpr double first_spike = 1.90123, second_spike = 16.82265, tenth_spike = 133.92640; // ms

Lowered lower_with(const Text& text, const std::string& method) {
    diag::Sink sink;
    Options options;
    options.method = method;
    Lowered result = lower(text.model, options, sink);
    EXPECT_FALSE(sink.has_errors());
    for (const Diagnostic& diagnostic : sink.take()) {
        ADD_FAILURE() << diagnostic.message;
    }
    return result;
}

/// Times in ms at which v crosses 0 upward, interpolated. Starts from the exact rest.
std::vector<double> spikes(const std::string& method, double dt_ms, std::size_t count,
                           double current = 10e-6) {
    const Text text = squid();
    const Lowered lowered = lower_with(text, method);
    Runner run(lowered.module, dt_ms * 1e-3);
    run["I"] = current;
    run["v"] = -64.996379e-3;
    run.start();
    run["v"] = -64.996379e-3;
    run["m"] = 0.0529551;
    run["h"] = 0.5959941;
    run["n"] = 0.3177324;
    run.half_step();
    std::vector<double> times;
    while (times.size() < count && run.step < 400'000) {
        const double before = run["v"];
        run.advance();
        const double after = run["v"];
        if (before <= 0 && after > 0) {
            const double fraction = -before / (after - before);
            times.push_back((static_cast<double>(run.step - 1) + fraction) * dt_ms);
        }
    }
    return times;
}

TEST(Squid, staggered_is_the_default_and_meets_the_measured_error) {
    const std::vector<double> times = spikes("", 0.01, 10);
    EXPECT_NEAR(times[0], first_spike, 0.003);
    EXPECT_NEAR(times[1], second_spike, 0.003);
    EXPECT_NEAR(times[9] - tenth_spike, 0.0069, 0.0015);
}

TEST(Squid, exponential_euler_has_brians_error) {
    EXPECT_NEAR(spikes("exponential_euler", 0.01, 10)[9] - tenth_spike, 0.692, 0.01);
}

TEST(Squid, euler_has_its_error) {
    EXPECT_NEAR(spikes("euler", 0.01, 10)[9] - tenth_spike, -0.020, 0.003);
}

TEST(Squid, midpoint_has_its_error) {
    EXPECT_NEAR(spikes("rk2", 0.05, 10)[9] - tenth_spike, 0.052, 0.005);
}

TEST(Squid, rk4_is_converged_at_a_fiftieth_of_a_millisecond) {
    EXPECT_NEAR(spikes("rk4", 0.02, 10)[9], tenth_spike, 1e-3);
}

} // namespace
} // namespace hhc::lower::test
