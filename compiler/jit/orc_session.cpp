// SPDX-License-Identifier: MIT
// One ORC session for the life of the process; every loaded object gets a JITDylib of its own in
// it.
#include "jit/jit.h"
#include "jit/object_symbols.h"
#include "jit/toolchain.h"
#include "support/hash.h"

#include <llvm/ExecutionEngine/Orc/Core.h>
#include <llvm/ExecutionEngine/Orc/ExecutorProcessControl.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/Triple.h>

#include <map>
#include <memory>
#include <mutex>
#include <sys/mman.h>
#include <unistd.h>

namespace hhc::jit {

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
                                    std::map<std::string, void*, std::less<>>& found) {
        complaints_.clear();
        library = &session_.createBareJITDylib(std::string(name) + "#" + std::to_string(++count_));
        library->addToLinkOrder(*allowed_);
        for (const std::string_view one : objects_of(object)) {
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
            found.emplace((*symbol).str(), definition.getAddress().toPtr<void*>());
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
        for (const AllowedSymbol& symbol : allowed_symbols()) {
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

/// Code of equal objects is one: generated code has no data of its own that changes, and twenty
/// copies of a small kernel, each at the start of a page, drive each other out of the caches.
class LoadedObjects {
public:
    static LoadedObjects& instance() {
        static auto* const objects = new LoadedObjects; // for ever, as the session
        return *objects;
    }
    [[nodiscard]] std::shared_ptr<LoadedCode> find(const Hash128& content) const {
        const std::lock_guard lock(mutex_);
        const auto found = known_.find(content);
        return found == known_.end() ? nullptr : found->second.lock();
    }
    void remember(const Hash128& content, const std::shared_ptr<LoadedCode>& code) {
        const std::lock_guard lock(mutex_);
        std::erase_if(known_, [](const auto& one) { return one.second.expired(); });
        known_[content] = code;
    }

private:
    mutable std::mutex mutex_;
    std::map<Hash128, std::weak_ptr<LoadedCode>> known_;
};

/// Tries what loading does: SELinux, MemoryDenyWriteExecute and seccomp filters may forbid it.
bool executable_memory_allowed() {
    const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    void* page = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        return false;
    }
    const bool allowed = mprotect(page, size, PROT_READ | PROT_EXEC) == 0;
    munmap(page, size);
    return allowed;
}

} // namespace

struct LoadedCode::Impl {
    orc::JITDylib* library = nullptr;
    std::map<std::string, void*, std::less<>> symbols;
};

LoadedCode::LoadedCode(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

LoadedCode::~LoadedCode() {
    const std::lock_guard lock(toolchain_mutex());
    Session::instance().unload(*impl_->library);
}

void* LoadedCode::symbol(std::string_view name) const {
    const auto found = impl_->symbols.find(name);
    return found == impl_->symbols.end() ? nullptr : found->second;
}

std::vector<std::string> LoadedCode::symbols() const {
    std::vector<std::string> names;
    names.reserve(impl_->symbols.size());
    for (const auto& [name, address] : impl_->symbols) {
        names.push_back(name);
    }
    return names;
}

std::shared_ptr<LoadedCode> load_object(std::string_view object, std::string_view name,
                                        diag::Sink& sink) {
    const Hash128 content = hash_bytes(object);
    if (std::shared_ptr<LoadedCode> known = LoadedObjects::instance().find(content)) {
        return known;
    }
    const auto failed = [&](diag::Code code, std::string text) {
        return sink.report(code, Span{}, "the code of `" + std::string(name) + "` " + text);
    };
    const auto symbols = check_object(object, name, sink);
    if (!symbols) {
        return nullptr;
    }
    const llvm::Triple host(llvm::sys::getProcessTriple());
    if (symbols->arch != llvm::Triple::getArchTypeName(host.getArch())) {
        failed(diag::Code::ForeignCode,
               "is for " + symbols->arch + ", this processor is " + host.getArchName().str());
        return nullptr;
    }
    if (!executable_memory_allowed()) {
        failed(diag::Code::ExecutableMemoryRefused,
               "cannot be run: this system does not let a process make memory executable")
            .note("compile ahead of time with `hhc model.hhm -o model.so`, or use "
                  "target=\"interpreter\"")
            .note("SELinux, systemd's MemoryDenyWriteExecute and seccomp filters can forbid it");
        return nullptr;
    }
    auto impl = std::make_unique<LoadedCode::Impl>();
    std::optional<std::string> error;
    std::optional<std::string> fatal;
    {
        const std::lock_guard lock(toolchain_mutex());
        fatal = run_guarded([&] {
            error = Session::instance().load(object, name, symbols->defined, impl->library,
                                             impl->symbols);
        });
    }
    if (fatal || error) {
        failed(diag::Code::LoadFailed, "cannot be loaded: " + (fatal ? *fatal : *error));
        return nullptr;
    }
    auto code = std::make_shared<LoadedCode>(std::move(impl));
    LoadedObjects::instance().remember(content, code);
    return code;
}

} // namespace hhc::jit
