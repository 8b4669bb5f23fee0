// SPDX-License-Identifier: MIT
#include "jit/clang_arguments.h"

namespace hhc::jit {

std::string input_path(const CompileOptions& options) {
    return "/hodgpy/" + options.name + ".cpp";
}

std::vector<std::string> clang_arguments(const CompileOptions& options) {
    // clang-format off
    std::vector<std::string> arguments = {
        "-triple", options.target.triple,
        "-target-cpu", options.target.cpu,
        "-O" + std::to_string(options.opt_level),
        "-x", "c++", "-std=c++20", "-ffreestanding",
        "-ffp-contract=off",                // our IR decides where an fma is
        "-disable-llvm-passes",             // llvm_pipeline.cpp has its own
        "-disable-lifetime-markers", "-relaxed-aliasing",
        "-nostdsysteminc", "-nobuiltininc", // there is no header to find
        "-fno-rtti", "-fno-threadsafe-statics",
        "-mrelocation-model", "pic", "-pic-level", "2",
        "-mframe-pointer=all",              // profilers see the stack
        "-w", "-ferror-limit", "3", "-fno-caret-diagnostics",
        "-main-file-name", options.name + ".cpp",
    };
    // clang-format on
#ifdef NDEBUG
    arguments.emplace_back("-disable-llvm-verifier"); // a millisecond of thirty
#endif
    if (options.target.vector_bytes == 64) {
        // Otherwise the server processors that like 256 bits better get no zmm register at all.
        arguments.emplace_back("-mprefer-vector-width=512");
    }
    if (!options.target.tune.empty()) {
        arguments.insert(arguments.end(), {"-tune-cpu", options.target.tune});
    }
    for (const std::string& feature : options.target.features) {
        arguments.emplace_back("-target-feature");
        arguments.push_back(feature);
    }
    if (options.target.fast_gather) {
        arguments.insert(arguments.end(), {"-D", "HHK_FAST_GATHER"});
    }
    if (options.part > 0) {
        arguments.insert(arguments.end(), {"-D", "HHK_PART=" + std::to_string(options.part)});
    }
    if (options.debug_info) {
        arguments.insert(arguments.end(),
                         {"-debug-info-kind=limited", "-dwarf-version=4", "-debugger-tuning=gdb"});
    }
    arguments.push_back(input_path(options));
    return arguments;
}

} // namespace hhc::jit
