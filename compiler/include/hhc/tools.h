// SPDX-License-Identifier: MIT
// For people who look into the compiler: its passes, the origin of generated lines, the syntax of
// texts that do not compile, versions of what it was built with.
#pragma once

#include "hhc/compile.h"
#include "hhc/export.h"

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hhc {

/// (name, purpose) of every pass of the standard pipeline, in order.
[[nodiscard]] HODGPY_API std::vector<std::pair<std::string, std::string>> list_passes();

/// One line of `model.emit("cpp")`, and where it comes from.
struct Blame {
    std::string generated; // the line itself; empty if there is no such line
    std::string file;      // empty: made by the compiler for no line of the model
    std::uint32_t line = 0;
    std::string text; // of that line
};
[[nodiscard]] HODGPY_API Blame blame(const Model& model, std::uint32_t line);

/// "tokens" or "ast" of a text, also where it has mistakes.
[[nodiscard]] HODGPY_API std::string emit_syntax(const SourceText& text, std::string_view stage);

/// A `.hhm` text in the one layout of the language; unchanged, with the mistakes, if it has any.
struct Formatted {
    std::string text;
    std::vector<Diagnostic> diagnostics; // errors of syntax alone
    std::shared_ptr<const Texts> texts;
};
[[nodiscard]] HODGPY_API Formatted format_text(const SourceText& text);

/// Speaks the Language Server Protocol until its `exit`, or until `in` ends; the exit code of the
/// process. Reads no files but models, the library and what the search path of `options` names.
[[nodiscard]] HODGPY_API int serve_language(std::istream& in, std::ostream& out,
                                            const Options& options);

/// (what, version): Clang, kernel interface, text form of the IR, random streams.
[[nodiscard]] HODGPY_API std::vector<std::pair<std::string, std::string>> component_versions();

/// Advice on the time step of a model with this description (hhk_model.description): what it says
/// where its fastest state moves within two steps; empty where it does not.
[[nodiscard]] HODGPY_API std::string time_step_advice(std::string_view description, double dt);

} // namespace hhc
