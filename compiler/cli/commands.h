// SPDX-License-Identifier: MIT
// One function per command; each returns the exit code or throws Failure.
#pragma once

#include "cli/args.h"

#include "hhc/compile.h"

namespace hhc::cli {

Exit compile(const Args& args);
Exit check(const Args& args);
Exit format(const Args& args);
Exit language_server(const Args& args);
Exit run(const Args& args);
Exit explain(const Args& args);
Exit models(const Args& args);
Exit cache(const Args& args);
Exit passes(const Args& args);
Exit blame_line(const Args& args);
Exit show_version(const Args& args);

/// Compiles a file, shows its diagnostics; a Failure without text if there were errors.
[[nodiscard]] Compilation compile_shown(const std::string& file, const Args& args,
                                        int json_stream = 2);
/// The neuron that --neuron names, or the only one. Failure otherwise.
[[nodiscard]] std::shared_ptr<Model> one_model(const Compilation& compilation,
                                               const std::string& file, const Args& args);
void show_times(const std::vector<StageTime>& times);

} // namespace hhc::cli
