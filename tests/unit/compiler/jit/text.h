// SPDX-License-Identifier: MIT
// Texts and small helpers that the tests of the jit room share.
#pragma once

#include "jit/jit.h"

#include <gtest/gtest.h>

#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace hhc::jit {

inline TargetSpec target(std::string_view name) {
    diag::Sink sink;
    return resolve_target(name, sink).value();
}

/// All that the sink holds, for messages of failed tests.
inline std::string text_of(const diag::Sink& sink) {
    std::string text;
    for (const Diagnostic& diagnostic : sink.seen()) {
        text += diagnostic.code + " " + diagnostic.message + "\n";
        for (const DiagnosticNote& note : diagnostic.notes) {
            text += "  " + note.text + "\n";
        }
    }
    return text;
}

inline std::string code_of(const diag::Sink& sink) {
    return sink.seen().empty() ? "" : sink.seen()[0].code;
}

/// hhk_advance as the emitter writes it: vectors as wide as the target's, a * v + b with one
/// rounding.
inline std::string vector_kernel(const TargetSpec& target) {
    const std::string width = std::to_string(target.vector_bytes / 8);
    return "typedef double real __attribute__((ext_vector_type(" + width + ")));\n" + R"(
static inline __attribute__((always_inline)) real step(real v) {
    return __builtin_elementwise_fma(v, (real)(0.1), (real)(0.2));
}
extern "C" int hhk_advance(double* v, long begin, long end) noexcept {
    for (long i = begin; i < end; i += )" +
           width + R"() {
        *(real*)(v + i) = step(*(real*)(v + i));
    }
    return 0;
}
)";
}

/// Runs `test` in a child; its result is the exit status, 0 for true.
template <class Test> int in_child(Test test) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(test());
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace hhc::jit
