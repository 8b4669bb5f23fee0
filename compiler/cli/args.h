// SPDX-License-Identifier: MIT
// The command line as data.
#pragma once

#include "cli/console.h"

#include "hhc/options.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hhc::cli {

enum class Command : std::uint8_t {
    Compile,
    Check,
    Format,
    Language,
    Run,
    Explain,
    Models,
    Cache,
    Passes,
    Blame,
    Version,
};

/// What every command that reads a model takes.
struct ModelArgs {
    std::vector<std::string> files;
    std::string neuron; // or synapse; empty: all, or the only one
    std::string pre;    // neurons that a synapse connects
    std::string post;
    Options options;
    bool time = false;
};

struct RunArgs {
    std::int64_t count = 1;
    std::string duration;
    std::string dt = "0.1 ms";
    std::uint64_t seed = 0;
    int threads = 1;
    std::vector<std::string> settings; // "NAME=EXPRESSION"
    std::vector<std::string> record;
    std::string record_dt;
    std::optional<std::string> plot; // empty text: draw in the terminal
    std::string csv;
    std::string spikes;
    bool quiet = false;
};

struct FormatArgs {
    bool check = false; // write nothing, say which files are not laid out
    bool diff = false;  // write nothing, show what would change
};

struct Args {
    Command command = Command::Compile;
    Style style;
    ModelArgs model;
    RunArgs run;
    FormatArgs format;
    std::string output;
    std::string emit;
    std::string topic;      // explain: a code or a model; blame: a model
    std::string show;       // models --show
    std::string cache_verb; // info, clear
    std::uint32_t line = 0; // blame
    bool environment = false;
};

/// Reads the command line. nullopt: it was answered already (help), or wrong; `exit` says which.
[[nodiscard]] std::optional<Args> read_args(int argc, char** argv, int& exit);

/// The folder of the standard library: --library, or found beside the program; empty if there is
/// none.
[[nodiscard]] std::string default_library();

} // namespace hhc::cli
