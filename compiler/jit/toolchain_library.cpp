// SPDX-License-Identifier: MIT
#include "jit/toolchain_library.h"

#include "support/beside.h"

#include <atomic>
#include <dlfcn.h>
#include <mutex>
#include <pthread.h>
#include <utility>

namespace hhc::jit {

namespace {

constexpr const char* library_file = "libhodgpy_llvm.so";

/// Guards what follows, and is held across fork: a child would wait for ever for a thread that was
/// loading the library.
constinit std::mutex loading;
constinit const Toolchain* loaded = nullptr;
constinit Beside* thread = nullptr; // that loads it ahead
constinit std::atomic_flag begun;

// Before anybody can fork: who comes first to it later may be that thread.
[[maybe_unused]] const int held_across_fork = pthread_atfork( //
    [] { loading.lock(); }, [] { loading.unlock(); },
    [] {
        thread = nullptr; // the child does not have it
        loading.unlock();
    });

} // namespace

std::optional<std::string> open_toolchain(const char* file, const Toolchain*& found) {
    void* const library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    void* const entry = library == nullptr ? nullptr : dlsym(library, toolchain_entry);
    if (entry == nullptr) {
        return dlerror();
    }
    found = reinterpret_cast<const Toolchain* (*)()>(entry)();
    return std::nullopt;
}

const Toolchain* toolchain(diag::Sink& sink) {
    const std::lock_guard lock(loading);
    if (loaded == nullptr) {
        if (const auto error = open_toolchain(library_file, loaded)) {
            sink.report(diag::Code::ToolchainMissing, Span{},
                        "the library with Clang and LLVM cannot be loaded: " + *error)
                .note("install hodgpy again: the library belongs beside libhodgpy.so");
        }
    }
    return loaded;
}

void load_toolchain_ahead() {
    if (begun.test_and_set() || !Beside::is_worth_it()) {
        return;
    }
    const std::lock_guard lock(loading);
    thread = new Beside([] { // until finish_loading_toolchain(), or for ever
        diag::Sink ignored;  // who needs the library will say it
        (void)toolchain(ignored);
    });
}

void finish_loading_toolchain() {
    Beside* last = nullptr;
    {
        const std::lock_guard lock(loading);
        std::swap(last, thread);
    }
    delete last; // which waits
}

std::string toolchain_version() {
    diag::Sink ignored;
    const Toolchain* llvm = toolchain(ignored);
    return llvm == nullptr ? "missing" : llvm->version();
}

std::optional<std::string> compile_to_object(std::string_view text, const CompileOptions& options,
                                             diag::Sink& sink, CompileTimes* times) {
    const Toolchain* llvm = toolchain(sink);
    return llvm == nullptr ? std::nullopt : llvm->compile_to_object(text, options, sink, times);
}

std::optional<std::string> compile_parts(std::string_view text, const CompileOptions& options,
                                         diag::Sink& sink, CompileTimes* times) {
    const Toolchain* llvm = toolchain(sink);
    return llvm == nullptr ? std::nullopt : llvm->compile_parts(text, options, sink, times);
}

std::optional<std::string> emit_text(std::string_view text, const CompileOptions& options,
                                     TextStage stage, diag::Sink& sink) {
    const Toolchain* llvm = toolchain(sink);
    return llvm == nullptr ? std::nullopt : llvm->emit_text(text, options, stage, sink);
}

bool link_shared(std::string_view object, const std::string& path, const TargetSpec& target,
                 diag::Sink& sink) {
    const Toolchain* llvm = toolchain(sink);
    return llvm != nullptr && llvm->link_shared(object, path, target, sink);
}

} // namespace hhc::jit
