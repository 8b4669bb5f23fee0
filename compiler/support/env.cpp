// SPDX-License-Identifier: MIT
#include "support/env.h"

#include <array>
#include <cstdlib>

namespace hhc::env {

namespace {

struct Row {
    Variable variable;
    const char* name;
    std::string_view purpose;
};

constexpr std::array<Row, 5> rows = {{
    {Variable::CacheDir, "HHC_CACHE_DIR", "folder of compiled objects"},
    {Variable::Debug, "HHC_DEBUG",
     "list of topics: gdb, perf (compiled code carries the lines of the model)"},
    {Variable::KeepCpp, "HHC_KEEP_CPP", "keep every generated C++ text, in HHC_DUMP_DIR"},
    {Variable::DumpDir, "HHC_DUMP_DIR", "folder of kept and dumped files"},
    {Variable::Threads, "HODG_THREADS", "threads of a run where none are asked for"},
}};

std::optional<std::string> read(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') {
        return std::nullopt;
    }
    return std::string(value);
}

} // namespace

std::optional<std::string> get(Variable variable) {
    for (const Row& row : rows) {
        if (row.variable == variable) {
            return read(row.name);
        }
    }
    return std::nullopt;
}

std::vector<Setting> all() {
    std::vector<Setting> settings;
    settings.reserve(rows.size());
    for (const Row& row : rows) {
        settings.push_back({row.name, row.purpose, read(row.name)});
    }
    return settings;
}

std::string cache_dir() {
    if (auto folder = get(Variable::CacheDir)) {
        return *folder;
    }
    if (auto folder = read("XDG_CACHE_HOME")) {
        return *folder + "/hodgpy";
    }
    if (auto home = read("HOME")) {
        return *home + "/.cache/hodgpy";
    }
    return {};
}

std::string dump_dir() {
    if (auto folder = get(Variable::DumpDir)) {
        return *folder;
    }
    return read("TMPDIR").value_or("/tmp");
}

bool debug(std::string_view topic) {
    const std::string list = get(Variable::Debug).value_or("");
    std::string_view rest = list;
    while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        if (rest.substr(0, comma) == topic) {
            return true;
        }
        rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
    }
    return false;
}

} // namespace hhc::env
