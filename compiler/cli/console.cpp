// SPDX-License-Identifier: MIT
#include "cli/console.h"

#include "support/atomic_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>
#include <unistd.h>

namespace hhc::cli {
namespace {

std::string paint(std::string_view text, const char* code, bool colour) {
    return colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

std::string_view severity_name(Severity severity) {
    switch (severity) {
    case Severity::Note:
        return "note";
    case Severity::Warning:
        return "warning";
    case Severity::Error:
        break;
    }
    return "error";
}

/// A pipe or a device can only be written to in place; of a link, what it leads to is replaced.
std::optional<std::string> replaceable(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (path == "-" || (fs::exists(status) && !fs::is_regular_file(status))) {
        return std::nullopt;
    }
    const fs::path real = fs::weakly_canonical(path, error);
    return error ? path : real.string();
}

} // namespace

bool use_colour(const Style& style, int stream) {
    if (style.colour != "auto") {
        return style.colour == "always";
    }
    const char* no_colour = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    return isatty(stream) != 0 && (no_colour == nullptr || *no_colour == '\0') &&
           (terminal == nullptr || std::strcmp(terminal, "dumb") != 0);
}

void show(const std::vector<Diagnostic>& diagnostics, const Texts* texts, const Style& style,
          int json_stream) {
    if (diagnostics.empty()) {
        return;
    }
    if (texts != nullptr && style.errors == ErrorFormat::Json) {
        const std::string text = texts->json(diagnostics);
        std::fwrite(text.data(), 1, text.size(), json_stream == 1 ? stdout : stderr);
    } else if (texts != nullptr) {
        const std::string text = texts->render(diagnostics, use_colour(style, 2));
        std::fwrite(text.data(), 1, text.size(), stderr);
    } else {
        for (const Diagnostic& diagnostic : diagnostics) {
            fmt::print(stderr, "{}[{}]: {}\n", severity_name(diagnostic.severity), diagnostic.code,
                       diagnostic.message);
            for (const DiagnosticNote& each : diagnostic.notes) {
                fmt::print(stderr, "  {}\n", each.text);
            }
        }
    }
}

void show_error(std::string_view message, std::string_view hint, const Style& style) {
    const bool colour = use_colour(style, 2);
    fmt::print(stderr, "{} {}\n", paint("hhc:", "1;31", colour), message);
    if (!hint.empty()) {
        fmt::print(stderr, "  {} {}\n", paint("hint:", "1;36", colour), hint);
    }
}

void note(std::string_view text) {
    fmt::print(stderr, "{}\n", text);
}

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (!text.empty() && text.back() != '\n') {
        std::fputc('\n', stdout);
    }
}

void print_table(const std::vector<std::pair<std::string, std::string>>& rows) {
    std::size_t width = 0;
    for (const auto& row : rows) {
        width = std::max(width, row.first.size());
    }
    for (const auto& [left, right] : rows) {
        print(right.empty() ? left : fmt::format("{:<{}}  {}", left, width, right));
    }
}

void write_file(const std::string& path, std::string_view bytes) {
    if (const std::optional<std::string> place = replaceable(path)) {
        std::string why;
        if (!write_atomically(*place, bytes, why)) {
            throw Failure(Exit::HostError, fmt::format("`{}` cannot be written: {}", path, why));
        }
        return;
    }
    std::FILE* file = path == "-" ? stdout : std::fopen(path.c_str(), "wb");
    bool good = file != nullptr;
    good = good && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
    if (file == stdout) {
        good = good && std::fflush(file) == 0;
    } else if (file != nullptr) {
        good = std::fclose(file) == 0 && good;
    }
    if (!good) {
        const std::string what = file == stdout ? "standard output" : "`" + path + "`";
        throw Failure(Exit::HostError,
                      fmt::format("{} cannot be written: {}", what, std::strerror(errno)));
    }
}

std::string read_file(const std::string& path) {
    std::FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
    if (file == nullptr) {
        throw Failure(Exit::HostError,
                      fmt::format("`{}` cannot be read: {}", path, std::strerror(errno)));
    }
    std::string text;
    char buffer[1 << 16];
    for (std::size_t got = 1; got != 0 && text.size() < (std::size_t{8} << 20U);) {
        got = std::fread(buffer, 1, sizeof(buffer), file);
        text.append(buffer, got);
    }
    const bool good = std::ferror(file) == 0;
    if (file != stdin) {
        std::fclose(file);
    }
    if (!good) {
        throw Failure(Exit::HostError,
                      fmt::format("`{}` cannot be read: {}", path, std::strerror(errno)));
    }
    return text;
}

} // namespace hhc::cli
