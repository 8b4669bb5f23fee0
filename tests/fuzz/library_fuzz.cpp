// SPDX-License-Identifier: MIT
// The checks of a loaded library's tables: whatever stands in its memory, nothing outside is read.
// The input is the memory; eight bytes that begin with the mark are a pointer into it, since a
// loader would have written the addresses.
#include "kernel/kernel_table.h"
#include "one_input.h"

#include "hodg/error.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

namespace {

constexpr std::uint64_t mark = 0x7a7a7a7a00000000U;
constexpr std::uint64_t mark_bits = 0xffffffff00000000U;

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < sizeof(hhk_library)) {
        return 0;
    }
    // Exactly as large as the input, so that the sanitizer sees a step beyond its end.
    const auto words = std::make_unique<std::uint64_t[]>((size + 7) / 8);
    auto* const memory = reinterpret_cast<std::uint8_t*>(words.get());
    std::copy(data, data + size, memory);
    const auto base = reinterpret_cast<std::uintptr_t>(memory);
    for (std::size_t at = 0; at + 8 <= size; at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, memory + at, 8);
        if ((word & mark_bits) == mark) {
            word = base + (word & ~mark_bits);
            std::memcpy(memory + at, &word, 8);
        }
    }
    const std::array ranges = {hodg::kernel::AddressRange{base, base + size, true}};
    try {
        hodg::kernel::check_library_table(reinterpret_cast<const hhk_library*>(memory), ranges);
    } catch (const hodg::Error& error) {
        (void)error.message(); // refused, with a reason
    }
    return 0;
}
