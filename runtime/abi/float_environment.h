// SPDX-License-Identifier: MIT
// Round to nearest and gradual underflow for the time of a run, whatever the host has set: results
// would otherwise differ from thread to thread. Here because runtime and interpreter both need it.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace hodg::abi {

class FloatEnvironment {
public:
    FloatEnvironment() : saved_(read()) { write(standard); }
    ~FloatEnvironment() { write(saved_); }
    FloatEnvironment(const FloatEnvironment&) = delete;
    FloatEnvironment& operator=(const FloatEnvironment&) = delete;

private:
#if defined(__x86_64__)
    static constexpr std::uint64_t standard = 0x1f80; // all exceptions masked, no FTZ, no DAZ
    static std::uint64_t read() { return _mm_getcsr(); }
    static void write(std::uint64_t value) { _mm_setcsr(static_cast<unsigned>(value)); }
#elif defined(__aarch64__)
    static constexpr std::uint64_t standard = 0;
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
};

} // namespace hodg::abi
