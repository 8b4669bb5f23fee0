// SPDX-License-Identifier: MIT
// Every method on the squid axon: its order in spike times, and the errors measured before the
// project began (50 ms, I = 10 uA/cm2, 6.3 C; converged spikes 1, 2, 10 at the times below).
#include "lowered.h"
#include "run_module.h"

#include <cmath>

namespace hhc::lower::test {
namespace {

constexpr double first_spike = 1.90123, second_spike = 16.82265, tenth_spike = 133.92640; // ms

/// Times in ms at which v crosses 0 upward, interpolated. Starts from the exact rest.
std::vector<double> spikes(const std::string& method, double dt_ms, std::size_t count,
                           double current = 10e-6) {
    const Lowered lowered = lower_text(squid(), method);
    Runner run(lowered.module, dt_ms * 1e-3);
    run.set("I", current);
    run.set("v", -64.996379e-3);
    run.start();
    run.set("v", -64.996379e-3);
    run.set("m", 0.0529551);
    run.set("h", 0.5959941);
    run.set("n", 0.3177324);
    run.half_step();
    std::vector<double> times;
    while (times.size() < count && run.step < 400'000) {
        const double before = run.get("v");
        run.advance();
        const double after = run.get("v");
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

double slope(const std::string& method, std::size_t spike) {
    const double coarse =
        spikes(method, 0.05, spike).back() - spikes(method, 0.00125, spike).back();
    const double fine = spikes(method, 0.005, spike).back() - spikes(method, 0.00125, spike).back();
    return std::log10(coarse / fine);
}

TEST(Squid, staggered_is_of_second_order_in_spike_times) {
    // against its own result at a quarter of the finest step: 1/16 of that error is left in it
    const double measured = slope("staggered", 3);
    EXPECT_GT(measured, 1.9);
    EXPECT_LT(measured, 2.1);
}

} // namespace
} // namespace hhc::lower::test
