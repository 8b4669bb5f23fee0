// SPDX-License-Identifier: MIT
// The API rim: a broken invariant becomes diagnostic HH9001 instead of an exception.
#pragma once

#include "diag/sink.h"
#include "driver/unit.h"

#include "hhc/compile.h"

#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace hhc::driver {

[[nodiscard]] inline Diagnostic internal_bug(const std::exception& error) {
    diag::Sink sink;
    sink.report(diag::Code::InternalBug, {},
                std::string("the compiler made a mistake: ") + error.what())
        .note("this is a bug of hodgpy, not of the model; please report it with the model's text");
    return sink.take().front();
}

/// Runs `body`, which returns a Compilation.
template <class Body> [[nodiscard]] Compilation guarded(Body body) {
    try {
        return body();
    } catch (const CompileError&) {
        throw;
    } catch (const std::exception& error) {
        Compilation result;
        result.diagnostics = {internal_bug(error)};
        result.texts = std::make_shared<SourceTexts>();
        return result;
    }
}

/// Throws CompileError if the sink holds an error.
inline void throw_errors(diag::Sink& sink) {
    if (sink.has_errors()) {
        throw CompileError(sink.take());
    }
}

} // namespace hhc::driver
