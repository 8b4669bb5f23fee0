// SPDX-License-Identifier: MIT
// `hhc`: reads the command line, calls one command, turns what went wrong into text and an exit
// code. It has no logic of its own; libhodgpy.so does the work.
#include "cli/commands.h"

#include "hodg/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace hhc::cli {
namespace {

Exit dispatch(const Args& args) {
    switch (args.command) {
    case Command::Compile:
        return compile(args);
    case Command::Check:
        return check(args);
    case Command::Format:
        return format(args);
    case Command::Language:
        return language_server(args);
    case Command::Run:
        return run(args);
    case Command::Explain:
        return explain(args);
    case Command::Models:
        return models(args);
    case Command::Cache:
        return cache(args);
    case Command::Passes:
        return passes(args);
    case Command::Blame:
        return blame_line(args);
    case Command::Version:
        return show_version(args);
    }
    return Exit::UsageError;
}

/// An unknown stage, or no quantity: the command line is wrong, not the machine.
bool is_usage(const CompileError& error) {
    return std::ranges::all_of(error.diagnostics(), [](const Diagnostic& diagnostic) {
        return diagnostic.code == "HH8007" || diagnostic.code == "HH8008";
    });
}

Exit guarded(const Args& args) {
    try {
        return dispatch(args);
    } catch (const Failure& failure) {
        if (*failure.what() != '\0') {
            show_error(failure.what(), failure.hint(), args.style);
        }
        return failure.code();
    } catch (const CompileError& error) {
        show(error.diagnostics(), nullptr, args.style);
        return is_usage(error) ? Exit::UsageError : Exit::HostError;
    } catch (const hodg::SimulationError& error) {
        show_error(fmt::format("{}: {}", error.code(), error.message()), error.hint(), args.style);
        return Exit::RunError;
    } catch (const hodg::Error& error) {
        show_error(fmt::format("{}: {}", error.code(), error.message()), error.hint(), args.style);
        return error.code().starts_with("HH85") ? Exit::HostError : Exit::UsageError;
    } catch (const std::bad_alloc&) {
        show_error("there is not enough memory", "", args.style);
        return Exit::HostError;
    } catch (const std::exception& error) {
        show_error(fmt::format("HH9001: the compiler made a mistake: {}", error.what()),
                   "this is a bug of hodgpy, not of the model; please report it with the model",
                   args.style);
        return Exit::InternalBug;
    }
}

} // namespace
} // namespace hhc::cli

int main(int argc, char** argv) {
    int code = 0;
    try {
        const std::optional<hhc::cli::Args> args = hhc::cli::read_args(argc, argv, code);
        if (args) {
            code = static_cast<int>(hhc::cli::guarded(*args));
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "hhc: HH9001: the compiler made a mistake: %s\n", error.what());
        code = static_cast<int>(hhc::cli::Exit::InternalBug);
    }
    if (std::fflush(stdout) != 0 && code == 0) { // a full disk, a closed pipe
        std::fputs("hhc: standard output cannot be written\n", stderr);
        code = static_cast<int>(hhc::cli::Exit::HostError);
    }
    return code;
}
