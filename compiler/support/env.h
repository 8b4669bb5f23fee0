// SPDX-License-Identifier: MIT
// The environment: the only place in the compiler that reads it.
#pragma once

#include "hhc/export.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::env {

enum class Variable : std::uint8_t { CacheDir, Debug, KeepCpp, DumpDir, Threads };

struct Setting {
    std::string_view name;
    std::string_view purpose;
    std::optional<std::string> value; ///< none: not set or empty
};

/// nullopt when the variable is not set or empty.
[[nodiscard]] HODGPY_API std::optional<std::string> get(Variable variable);
/// Every variable that hodgpy reads, for `hhc version --env`.
[[nodiscard]] HODGPY_API std::vector<Setting> all();

/// HHC_CACHE_DIR, else $XDG_CACHE_HOME/hodgpy, else ~/.cache/hodgpy; empty when there is no home.
[[nodiscard]] HODGPY_API std::string cache_dir();
/// HHC_DUMP_DIR, else the folder for temporary files.
[[nodiscard]] HODGPY_API std::string dump_dir();
/// Whether HHC_DEBUG, a list with commas, names the topic (gdb, perf, ...).
[[nodiscard]] HODGPY_API bool debug(std::string_view topic);

} // namespace hhc::env
