// SPDX-License-Identifier: MIT
// `hhc fmt`: files in place, or a filter from standard input to standard output.
#include "cli/commands.h"
#include "cli/unified_diff.h"

#include "hhc/tools.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace hhc::cli {
namespace {

namespace fs = std::filesystem;

/// A folder stands for every model below it, in the order of their names.
std::vector<std::string> files_of(const std::vector<std::string>& given) {
    std::vector<std::string> files;
    for (const std::string& each : given) {
        std::error_code error;
        if (!fs::is_directory(each, error)) {
            files.push_back(each);
            continue;
        }
        std::vector<std::string> found;
        for (auto entry = fs::recursive_directory_iterator(
                 each, fs::directory_options::skip_permission_denied, error);
             !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
            const std::string name = entry->path().filename().string();
            if (entry->is_directory(error) && name.starts_with('.')) {
                entry.disable_recursion_pending();
            } else if (entry->path().extension() == ".hhm" && entry->is_regular_file(error)) {
                found.push_back(entry->path().string());
            }
        }
        std::sort(found.begin(), found.end());
        files.insert(files.end(), found.begin(), found.end());
    }
    return files;
}

enum class Outcome : std::uint8_t { Same, Changed, Refused };

Outcome format_one(const std::string& file, const Args& args) {
    const std::string text = read_file(file);
    const std::string name = file == "-" ? "<standard input>" : file;
    const Formatted formatted = format_text({text, name});
    show(formatted.diagnostics, formatted.texts.get(), args.style);
    const bool refused = std::ranges::any_of(formatted.diagnostics, [](const Diagnostic& each) {
        return each.severity == Severity::Error;
    });
    const bool shown_only = args.format.check || args.format.diff;
    if (file == "-" && !shown_only) {
        write_file("-", formatted.text); // also after mistakes: a filter loses nothing
    }
    if (refused) {
        return Outcome::Refused;
    }
    if (formatted.text == text) {
        return Outcome::Same;
    }
    if (args.format.diff) {
        write_file("-", unified_diff(name, text, formatted.text));
    }
    if (args.format.check && !args.format.diff) {
        note(fmt::format("{} is not formatted", name));
    }
    if (file != "-" && !shown_only) {
        write_file(file, formatted.text);
        note(fmt::format("{} formatted", file));
    }
    return Outcome::Changed;
}

} // namespace

Exit format(const Args& args) {
    bool refused = false;
    bool changed = false;
    for (const std::string& file : files_of(args.model.files)) {
        const Outcome outcome = format_one(file, args);
        refused = refused || outcome == Outcome::Refused;
        changed = changed || outcome == Outcome::Changed;
    }
    return refused || (changed && args.format.check) ? Exit::ModelError : Exit::Ok;
}

} // namespace hhc::cli
