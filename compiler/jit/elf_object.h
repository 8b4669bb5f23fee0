// SPDX-License-Identifier: MIT
// Private: an ELF object file (64 bits, little-endian), read with every number checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::jit {

struct ElfRelocation {
    std::uint64_t offset = 0; ///< within the section
    std::uint32_t type = 0;
    std::uint32_t symbol = 0;
    std::int64_t addend = 0;
};

struct ElfSection {
    std::string_view name;
    std::uint32_t type = 0;
    std::uint64_t flags = 0;
    std::uint64_t size = 0;
    std::uint64_t alignment = 1;
    std::string_view bytes; ///< empty where the section is all zeros
    std::vector<ElfRelocation> relocations;
};

struct ElfSymbol {
    std::string_view name;
    std::uint64_t value = 0;
    std::uint16_t section = 0; ///< index, or SHN_UNDEF, SHN_ABS, SHN_COMMON
    std::uint8_t binding = 0;
    std::uint8_t type = 0;
};

/// Views into the bytes that it was read from.
struct ElfObject {
    std::uint16_t machine = 0;
    std::vector<ElfSection> sections;
    std::vector<ElfSymbol> symbols;
};

/// Nothing, and a reason, for bytes that are no such file.
[[nodiscard]] std::optional<ElfObject> read_elf(std::string_view bytes, std::string& why);

} // namespace hhc::jit
