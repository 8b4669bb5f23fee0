// SPDX-License-Identifier: MIT
// What `hhc` says to a person or a tool: diagnostics, errors with an exit code, tables.
#pragma once

#include "hhc/compile.h"

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hhc::cli {

/// Exit codes; README.md of this folder and `hhc --help` list them.
enum class Exit : int {
    Ok = 0,
    ModelError = 1,   // the text of a model, or a value given for it, is wrong
    UsageError = 2,   // the command line is wrong
    HostError = 3,    // a file, the target or the system refuses
    RunError = 4,     // the simulation met a value that is not a number
    InternalBug = 70, // our mistake
    Interrupted = 130,
};

/// Ends the command with a message of its own.
class Failure : public std::runtime_error {
public:
    Failure(Exit code, const std::string& message, std::string hint = {})
        : std::runtime_error(message), code_(code), hint_(std::move(hint)) {}
    [[nodiscard]] Exit code() const { return code_; }
    [[nodiscard]] const std::string& hint() const { return hint_; }

private:
    Exit code_;
    std::string hint_;
};

enum class ErrorFormat : std::uint8_t { Human, Json };

struct Style {
    ErrorFormat errors = ErrorFormat::Human;
    std::string colour = "auto"; // auto, always, never
};

/// Whether text for `stream` (1 or 2) may be coloured.
[[nodiscard]] bool use_colour(const Style& style, int stream);

/// To standard error, or as JSON lines to `stream`.
void show(const std::vector<Diagnostic>& diagnostics, const Texts* texts, const Style& style,
          int json_stream = 2);
void show_error(std::string_view message, std::string_view hint, const Style& style);
void note(std::string_view text);

void print(std::string_view text); // to standard output
/// Rows of two columns, the second one aligned.
void print_table(const std::vector<std::pair<std::string, std::string>>& rows);

/// Writes a whole file, or standard output for "-". Failure if that does not work.
void write_file(const std::string& path, std::string_view bytes);
[[nodiscard]] std::string read_file(const std::string& path); // "-": standard input

} // namespace hhc::cli
