// SPDX-License-Identifier: MIT
#include "jit/object_symbols.h"

#include "jit/toolchain.h"

#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/TargetParser/Triple.h>

#include <algorithm>

namespace hhc::jit {

namespace {

using llvm::object::SymbolRef;

llvm::Expected<ObjectSymbols> read_symbols(std::string_view object) {
    const llvm::MemoryBufferRef buffer(llvm::StringRef(object.data(), object.size()), "object");
    auto file = llvm::object::ObjectFile::createELFObjectFile(buffer);
    if (!file) {
        return file.takeError();
    }
    ObjectSymbols symbols;
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
    return symbols;
}

} // namespace

std::optional<ObjectSymbols> check_object(std::string_view object, std::string_view name,
                                          diag::Sink& sink) {
    auto symbols = read_symbols(object);
    if (!symbols) {
        sink.report(diag::Code::LoadFailed, Span{},
                    "the code of `" + std::string(name) +
                        "` is no object file: " + llvm::toString(symbols.takeError()));
        return std::nullopt;
    }
    const auto& allowed = allowed_symbols();
    bool good = true;
    for (const std::string& needed : symbols->undefined) {
        if (std::none_of(allowed.begin(), allowed.end(),
                         [&](const AllowedSymbol& each) { return each.name == needed; })) {
            sink.report(diag::Code::UnresolvedSymbol, Span{},
                        "the code of `" + std::string(name) + "` needs `" + needed +
                            "`, which generated code may not use");
            good = false;
        }
    }
    return good ? std::optional<ObjectSymbols>(std::move(*symbols)) : std::nullopt;
}

} // namespace hhc::jit
