// SPDX-License-Identifier: MIT
// One ORC session for the life of the process; every loaded object gets a JITDylib of its own in
// it.
#include "jit/object_symbols.h"
#include "toolchain/toolchain.h"

#include <llvm/ExecutionEngine/Orc/Core.h>
#include <llvm/ExecutionEngine/Orc/ExecutorProcessControl.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::toolchain {

namespace orc = llvm::orc;

namespace {

/// Used under toolchain_mutex() only. Never destroyed: code may be unloaded by destructors that run
/// after those of static objects.
class Session {
public:
    static Session& instance() {
        static auto* const session = new Session;
        return *session;
    }

    /// Adds the object, or two, and finds its symbols; an error text otherwise.
    std::optional<std::string> load(std::string_view object, std::string_view name,
                                    const std::vector<std::string>& wanted, orc::JITDylib*& library,
                                    jit::LoadedObject& loaded) {
        complaints_.clear();
        library = &session_.createBareJITDylib(std::string(name) + "#" + std::to_string(++count_));
        library->addToLinkOrder(*allowed_);
        for (const std::string_view one : jit::objects_of(object)) {
            auto buffer = llvm::MemoryBuffer::getMemBufferCopy(
                llvm::StringRef(one.data(), one.size()), library->getName());
            if (llvm::Error error = layer_.add(*library, std::move(buffer))) {
                return give_up(library, std::move(error));
            }
        }
        orc::SymbolLookupSet lookup;
        for (const std::string& symbol : wanted) {
            lookup.add(session_.intern(symbol));
        }
        auto addresses = session_.lookup(orc::makeJITDylibSearchOrder(library), std::move(lookup));
        if (!addresses) {
            return give_up(library, addresses.takeError());
        }
        for (const auto& [symbol, definition] : *addresses) {
            loaded.symbols.emplace((*symbol).str(), definition.getAddress().toPtr<void*>());
        }
        return std::nullopt;
    }

    void unload(orc::JITDylib& library) {
        llvm::consumeError(session_.removeJITDylib(library));
        session_.getSymbolStringPool()->clearDeadEntries();
    }

private:
    Session()
        : session_(llvm::cantFail(orc::SelfExecutorProcessControl::Create(
              nullptr, std::make_unique<orc::InPlaceTaskDispatcher>()))),
          layer_(session_) {
        session_.setErrorReporter([this](llvm::Error error) {
            complaints_ += (complaints_.empty() ? "" : "; ") + llvm::toString(std::move(error));
        });
        allowed_ = &session_.createBareJITDylib("allowed");
        orc::SymbolMap symbols;
        for (const jit::AllowedSymbol& symbol : jit::allowed_symbols()) {
            symbols[session_.intern(symbol.name)] = {orc::ExecutorAddr::fromPtr(symbol.address),
                                                     llvm::JITSymbolFlags::Exported};
        }
        llvm::cantFail(allowed_->define(orc::absoluteSymbols(std::move(symbols))));
    }

    std::string give_up(orc::JITDylib*& library, llvm::Error error) {
        std::string text = llvm::toString(std::move(error));
        if (!complaints_.empty()) {
            text += ": " + complaints_;
        }
        unload(*library);
        library = nullptr;
        return text;
    }

    orc::ExecutionSession session_;
    orc::ObjectLinkingLayer layer_;
    orc::JITDylib* allowed_ = nullptr;
    std::string complaints_;
    std::uint64_t count_ = 0;
};

} // namespace

std::optional<std::string> load(std::string_view object, std::string_view name,
                                const std::vector<std::string>& wanted, jit::LoadedObject& loaded) {
    orc::JITDylib* library = nullptr;
    std::optional<std::string> error;
    const std::lock_guard lock(toolchain_mutex());
    const auto fatal = run_guarded(
        [&] { error = Session::instance().load(object, name, wanted, library, loaded); });
    if (fatal || error) {
        return fatal ? fatal : error;
    }
    loaded.memory = std::shared_ptr<void>(library, [](void* gone) {
        const std::lock_guard unloading(toolchain_mutex());
        Session::instance().unload(*static_cast<orc::JITDylib*>(gone));
    });
    return std::nullopt;
}

} // namespace hhc::toolchain
