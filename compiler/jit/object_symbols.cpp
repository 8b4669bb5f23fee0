// SPDX-License-Identifier: MIT
#include "jit/object_symbols.h"

#include "jit/elf_object.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <elf.h>

namespace hhc::jit {

namespace {

/// Begins what join_objects() makes; the size of the first object follows in 16 digits.
constexpr std::string_view joined_mark = "HHKPAIR ";
constexpr std::size_t size_digits = 16;

/// As LLVM calls it.
std::string name_of(std::uint16_t machine) {
    switch (machine) {
    case EM_X86_64:
        return "x86_64";
    case EM_AARCH64:
        return "aarch64";
    default:
        return "processor " + std::to_string(machine);
    }
}

/// Adds those of one object.
void add_symbols(const ElfObject& object, ObjectSymbols& symbols) {
    symbols.arch = name_of(object.machine);
    for (const ElfSymbol& symbol : object.symbols) {
        if (symbol.type == STT_FILE || symbol.type == STT_SECTION || symbol.name.empty()) {
            continue;
        }
        if (symbol.section == SHN_UNDEF) {
            symbols.undefined.emplace_back(symbol.name);
        } else if (symbol.binding != STB_LOCAL) {
            symbols.defined.emplace_back(symbol.name);
        }
    }
}

} // namespace

std::string join_objects(std::string_view first, std::string_view second) {
    std::string size = std::to_string(first.size());
    size.insert(0, size_digits - size.size(), '0');
    std::string joined(joined_mark);
    joined.append(size).append(first).append(second);
    return joined;
}

std::vector<std::string_view> objects_of(std::string_view bytes) {
    constexpr std::size_t head = joined_mark.size() + size_digits;
    if (!bytes.starts_with(joined_mark) || bytes.size() < head) {
        return {bytes};
    }
    std::size_t size = 0;
    const std::string_view digits = bytes.substr(joined_mark.size(), size_digits);
    const auto read = std::from_chars(digits.begin(), digits.end(), size);
    if (read.ec != std::errc() || size > bytes.size() - head) {
        return {bytes};
    }
    return {bytes.substr(head, size), bytes.substr(head + size)};
}

std::optional<ObjectSymbols> check_object(std::string_view object, std::string_view name,
                                          diag::Sink& sink) {
    ObjectSymbols symbols;
    for (const std::string_view one : objects_of(object)) {
        std::string why;
        const std::optional<ElfObject> read = read_elf(one, why);
        if (!read) {
            sink.report(diag::Code::LoadFailed, Span{},
                        "the code of `" + std::string(name) + "` is no object file: " + why);
            return std::nullopt;
        }
        add_symbols(*read, symbols);
    }
    std::erase_if(symbols.undefined, [&](const std::string& needed) {
        return std::ranges::count(symbols.defined, needed) > 0; // by the other object
    });
    const auto& allowed = allowed_symbols();
    bool good = true;
    for (const std::string& needed : symbols.undefined) {
        if (std::none_of(allowed.begin(), allowed.end(),
                         [&](const AllowedSymbol& each) { return each.name == needed; })) {
            sink.report(diag::Code::UnresolvedSymbol, Span{},
                        "the code of `" + std::string(name) + "` needs `" + needed +
                            "`, which generated code may not use");
            good = false;
        }
    }
    return good ? std::optional<ObjectSymbols>(std::move(symbols)) : std::nullopt;
}

const std::vector<AllowedSymbol>& allowed_symbols() {
    static const auto* const symbols = new std::vector<AllowedSymbol>{
        {"memcpy", reinterpret_cast<void*>(&std::memcpy), "libc.so.6"},
        {"memmove", reinterpret_cast<void*>(&std::memmove), "libc.so.6"},
        {"memset", reinterpret_cast<void*>(&std::memset), "libc.so.6"},
        {"fma", reinterpret_cast<void*>(static_cast<double (*)(double, double, double)>(&::fma)),
         "libm.so.6"},
        {"fmaf", reinterpret_cast<void*>(static_cast<float (*)(float, float, float)>(&::fmaf)),
         "libm.so.6"},
    };
    return *symbols;
}

} // namespace hhc::jit
