// SPDX-License-Identifier: MIT
#include "toolchain/toolchain.h"

#include "support/env.h"
#include "support/hash.h"

#include <llvm/Support/CommandLine.h>
#include <llvm/Support/CrashRecoveryContext.h>
#include <llvm/Support/ErrorHandling.h>
#include <llvm/Support/TargetSelect.h>

#include <atomic>
#include <cctype>
#include <fstream>
#include <memory>
#include <mutex>
#include <pthread.h>

namespace hhc::toolchain {

namespace {

constexpr int fatal_exit_code = 70;
constexpr int first_signal_code = 128; // as shells count them

std::string& fatal_reason() {
    static thread_local std::string reason;
    return reason;
}

/// LLVM calls this and would then end the process. Inside run_guarded the process goes on there.
void on_fatal_error(void* /*data*/, const char* reason, bool /*want_crash_report*/) {
    fatal_reason() = reason;
    if (llvm::CrashRecoveryContext* guard = llvm::CrashRecoveryContext::GetCurrent()) {
        guard->HandleExit(fatal_exit_code);
    }
}

/// LLVM's handlers of crash signals are installed while at least one guarded call runs.
class CrashHandlers {
public:
    CrashHandlers() {
        const std::lock_guard lock(mutex());
        if (users()++ == 0) {
            llvm::CrashRecoveryContext::Enable();
        }
    }
    ~CrashHandlers() {
        const std::lock_guard lock(mutex());
        if (--users() == 0) {
            llvm::CrashRecoveryContext::Disable();
        }
    }
    CrashHandlers(const CrashHandlers&) = delete;
    CrashHandlers& operator=(const CrashHandlers&) = delete;

    static std::mutex& mutex() {
        static auto* const instance = new std::mutex;
        return *instance;
    }

private:
    static int& users() {
        static int count = 0;
        return count;
    }
};

/// Sets one of LLVM's own switches, which begin with "disable"; this copy of LLVM is ours alone.
void switch_off(llvm::StringRef name) {
    const auto& options = llvm::cl::getRegisteredOptions();
    if (const auto found = options.find(name); found != options.end()) {
        static_cast<llvm::cl::opt<bool>*>(found->second)->setValue(true);
    }
}

void lock_for_fork() {
    toolchain_mutex().lock();
    CrashHandlers::mutex().lock();
}

void unlock_after_fork() {
    CrashHandlers::mutex().unlock();
    toolchain_mutex().unlock();
}

} // namespace

std::mutex& toolchain_mutex() {
    static auto* const instance = new std::mutex; // outlives every static destructor
    return *instance;
}

void initialise_llvm() {
    static std::once_flag once;
    std::call_once(once, [] {
        LLVMInitializeX86TargetInfo();
        LLVMInitializeX86Target();
        LLVMInitializeX86TargetMC();
        LLVMInitializeX86AsmPrinter();
        LLVMInitializeX86AsmParser();
        LLVMInitializeAArch64TargetInfo();
        LLVMInitializeAArch64Target();
        LLVMInitializeAArch64TargetMC();
        LLVMInitializeAArch64AsmPrinter();
        LLVMInitializeAArch64AsmParser();
        switch_off(
            "disable-lsr"); // kernels index arrays by one counter, which x86 adds for nothing
        llvm::install_fatal_error_handler(on_fatal_error);
        pthread_atfork(lock_for_fork, unlock_after_fork, unlock_after_fork);
    });
}

std::optional<std::string> run_guarded(const std::function<void()>& work) {
    static std::atomic<bool> crashed = false;
    initialise_llvm();
    if (crashed) {
        return "it crashed before and is not used again in this process";
    }
    const CrashHandlers handlers;
    fatal_reason().clear();
    auto guard = std::make_unique<llvm::CrashRecoveryContext>();
    if (guard->RunSafely(work)) {
        return std::nullopt;
    }
    // Its destructor would tidy up objects whose owners were on the stack that is gone: leak it.
    const int code = guard.release()->RetCode;
    if (!fatal_reason().empty()) {
        return fatal_reason();
    }
    crashed = code >= first_signal_code; // a signal came in the middle of anything
    return crashed ? "it crashed with signal " + std::to_string(code - first_signal_code)
                   : "it stopped with code " + std::to_string(code);
}

std::string keep_generated_text(std::string_view name, std::string_view text) {
    std::string file_name = "hhc-";
    for (const char c : name) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
        file_name += plain ? c : '_';
    }
    const std::string path =
        env::dump_dir() + "/" + file_name + "-" + hash_bytes(text).hex().substr(0, 8) + ".cpp";
    std::ofstream out(path, std::ios::binary);
    out << text;
    out.close();
    return out ? path : std::string();
}

} // namespace hhc::toolchain
