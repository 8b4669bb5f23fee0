// SPDX-License-Identifier: MIT
// Lowering in tests: a module that passes the verifier, or the codes of what was refused.
#pragma once

#include "ir/verify.h"
#include "lower/lower.h"
#include "model_text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hhc::lower::test {

inline Lowered lower_text(const Text& text, const std::string& method = "", Options options = {}) {
    diag::Sink sink;
    options.method = method;
    Lowered result = lower(text.model, options, sink);
    EXPECT_FALSE(sink.has_errors());
    for (const Diagnostic& diagnostic : sink.take()) {
        if (diagnostic.severity == Severity::Error) {
            ADD_FAILURE() << diagnostic.code << " " << diagnostic.message;
        }
    }
    for (const std::string& problem : ir::verify(result.module)) {
        ADD_FAILURE() << problem;
    }
    return result;
}

/// Codes of all diagnostics, in order.
inline std::vector<std::string> codes_of(const Text& text, const std::string& method = "") {
    diag::Sink sink;
    Options options;
    options.method = method;
    (void)lower(text.model, options, sink);
    std::vector<std::string> codes;
    for (const Diagnostic& diagnostic : sink.take()) {
        codes.push_back(diagnostic.code);
    }
    return codes;
}

inline const StateMethod& method_of(const Lowered& lowered, const std::string& state) {
    for (const StateMethod& method : lowered.methods.states) {
        if (method.state == state) {
            return method;
        }
    }
    throw std::runtime_error("no state " + state);
}

} // namespace hhc::lower::test
