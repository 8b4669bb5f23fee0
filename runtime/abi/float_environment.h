// SPDX-License-Identifier: MIT
// Round to nearest, and gradual underflow unless the run wants zeros, for the time of a run,
// whatever the host has set: results would otherwise differ from thread to thread. Here because
// runtime and interpreter both need it.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace hodg::abi {

class FloatEnvironment {
public:
    enum class Underflow : std::uint8_t { Gradual, ToZero };

    /// As the run wants it that is under way on this thread; gradual outside of runs.
    FloatEnvironment() : FloatEnvironment(wanted()) {}
    explicit FloatEnvironment(Underflow underflow) : saved_(read()), outer_(wanted()) {
        wanted() = underflow;
        write(underflow == Underflow::ToZero ? standard | to_zero : standard);
    }
    ~FloatEnvironment() {
        wanted() = outer_;
        write(saved_);
    }
    FloatEnvironment(const FloatEnvironment&) = delete;
    FloatEnvironment& operator=(const FloatEnvironment&) = delete;

    /// Of the innermost environment on this thread.
    static Underflow& wanted() {
        static thread_local Underflow underflow = Underflow::Gradual;
        return underflow;
    }

private:
#if defined(__x86_64__)
    static constexpr std::uint64_t standard = 0x1f80; // all exceptions masked, no FTZ, no DAZ
    static constexpr std::uint64_t to_zero = 0x8040;  // FTZ, DAZ
    static std::uint64_t read() { return _mm_getcsr(); }
    static void write(std::uint64_t value) { _mm_setcsr(static_cast<unsigned>(value)); }
#elif defined(__aarch64__)
    static constexpr std::uint64_t standard = 0;
    static constexpr std::uint64_t to_zero = 1U << 24U; // FZ
    static std::uint64_t read() {
        std::uint64_t value = 0;
        asm volatile("mrs %0, fpcr" : "=r"(value));
        return value;
    }
    static void write(std::uint64_t value) { asm volatile("msr fpcr, %0" : : "r"(value)); }
#else
#error "this CPU's floating-point control register is not known"
#endif

    std::uint64_t saved_;
    Underflow outer_;
};

} // namespace hodg::abi
