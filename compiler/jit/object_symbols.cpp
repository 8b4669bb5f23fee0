// SPDX-License-Identifier: MIT
#include "jit/object_symbols.h"

#include "jit/toolchain.h"

#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/TargetParser/Triple.h>

#include <algorithm>
#include <charconv>

namespace hhc::jit {

namespace {

using llvm::object::SymbolRef;

/// Begins what join_objects() makes; the size of the first object follows in 16 digits.
constexpr std::string_view joined_mark = "HHKPAIR ";
constexpr std::size_t size_digits = 16;

/// Adds those of one object.
llvm::Error read_symbols(std::string_view object, ObjectSymbols& symbols) {
    const llvm::MemoryBufferRef buffer(llvm::StringRef(object.data(), object.size()), "object");
    auto file = llvm::object::ObjectFile::createELFObjectFile(buffer);
    if (!file) {
        return file.takeError();
    }
    symbols.arch = llvm::Triple::getArchTypeName((*file)->getArch()).str();
    for (const SymbolRef& symbol : (*file)->symbols()) {
        auto flags = symbol.getFlags();
        if (!flags) {
            return flags.takeError();
        }
        auto name = symbol.getName();
        if (!name) {
            return name.takeError();
        }
        if ((*flags & SymbolRef::SF_FormatSpecific) != 0 || name->empty()) {
            continue;
        }
        if ((*flags & SymbolRef::SF_Undefined) != 0) {
            symbols.undefined.push_back(name->str());
        } else if ((*flags & SymbolRef::SF_Global) != 0) {
            symbols.defined.push_back(name->str());
        }
    }
    return llvm::Error::success();
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
        if (llvm::Error error = read_symbols(one, symbols)) {
            sink.report(diag::Code::LoadFailed, Span{},
                        "the code of `" + std::string(name) +
                            "` is no object file: " + llvm::toString(std::move(error)));
            return std::nullopt;
        }
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

} // namespace hhc::jit
