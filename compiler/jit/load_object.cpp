// SPDX-License-Identifier: MIT
// Loads objects, and keeps account of what is loaded.
#include "jit/jit.h"
#include "jit/object_symbols.h"
#include "jit/place_objects.h"
#include "jit/toolchain_library.h"
#include "support/hash.h"

#include <map>
#include <memory>
#include <mutex>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace hhc::jit {

namespace {

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

std::optional<std::string> load(std::string_view object, std::string_view name,
                                const std::vector<std::string>& wanted, LoadedObject& loaded,
                                diag::Sink& sink) {
    if (!can_place()) {
        const Toolchain* llvm = toolchain(sink);
        return llvm == nullptr ? std::optional<std::string>("LLVM is missing")
                               : llvm->load(object, name, wanted, loaded);
    }
    std::vector<ElfObject> objects;
    for (const std::string_view one : objects_of(object)) {
        std::string why;
        std::optional<ElfObject> read = read_elf(one, why);
        if (!read) {
            return why;
        }
        objects.push_back(std::move(*read));
    }
    return place_objects(objects, loaded);
}

} // namespace

struct LoadedCode::Impl {
    LoadedObject object;
};

LoadedCode::LoadedCode(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

LoadedCode::~LoadedCode() = default;

void* LoadedCode::symbol(std::string_view name) const {
    const auto found = impl_->object.symbols.find(name);
    return found == impl_->object.symbols.end() ? nullptr : found->second;
}

std::vector<std::string> LoadedCode::symbols() const {
    std::vector<std::string> names;
    names.reserve(impl_->object.symbols.size());
    for (const auto& [name, address] : impl_->object.symbols) {
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
    if (symbols->arch != host_arch) {
        failed(diag::Code::ForeignCode,
               "is for " + symbols->arch + ", this processor is " + std::string(host_arch));
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
    if (const auto error = load(object, name, symbols->defined, impl->object, sink)) {
        failed(diag::Code::LoadFailed, "cannot be loaded: " + *error);
        return nullptr;
    }
    auto code = std::make_shared<LoadedCode>(std::move(impl));
    LoadedObjects::instance().remember(content, code);
    return code;
}

} // namespace hhc::jit
