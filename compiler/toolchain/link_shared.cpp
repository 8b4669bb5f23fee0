// SPDX-License-Identifier: MIT
// Makes a shared library with lld inside this process. Where the object needs memcpy or fma, the
// libraries that have them are named through stubs made on the spot, so no system library is read.
#include "abi/library_seal.h"
#include "jit/object_symbols.h"
#include "toolchain/toolchain.h"

#include <lld/Common/Driver.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Support/xxhash.h>
#include <llvm/TargetParser/Triple.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

LLD_HAS_DRIVER(elf)

namespace hhc::toolchain {

namespace {

/// A new folder beside the result, so that a rename puts it there; goes with everything in it.
class WorkFolder {
public:
    explicit WorkFolder(const std::filesystem::path& result) {
        std::string name = (result.parent_path() / ".hhc-XXXXXX").string();
        if (mkdtemp(name.data()) != nullptr) {
            path_ = name;
        }
    }
    ~WorkFolder() {
        std::error_code ignored;
        if (!path_.empty()) {
            std::filesystem::remove_all(path_, ignored);
        }
    }
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;

    [[nodiscard]] bool made() const { return !path_.empty(); }
    [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

bool write_file(const std::string& path, std::string_view bytes) {
    std::ofstream out(path, std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    return static_cast<bool>(out);
}

/// Under toolchain_mutex(): lld's state is global. An error text when it fails.
std::optional<std::string> run_lld(std::vector<std::string> arguments) {
    static bool usable = true;
    if (!usable) {
        return "the linker failed before and cannot be used again in this process";
    }
    arguments.insert(arguments.begin(), "ld.lld");
    std::vector<const char*> pointers;
    pointers.reserve(arguments.size());
    for (const std::string& argument : arguments) {
        pointers.push_back(argument.c_str());
    }
    std::string messages;
    lld::Result result{1, false};
    const auto fatal = run_guarded([&] {
        llvm::raw_string_ostream stream(messages);
        result = lld::lldMain(pointers, stream, stream, {{lld::Gnu, &lld::elf::link}});
    });
    usable = !fatal && result.canRunAgain;
    if (fatal || result.retCode != 0) {
        return fatal ? *fatal : messages;
    }
    return std::nullopt;
}

std::vector<std::string> common_arguments(const TargetSpec& target) {
    const bool arm = llvm::Triple(target.triple).isAArch64();
    return {"-m",
            arm ? "aarch64linux" : "elf_x86_64",
            "-shared",
            "--threads=1",
            "--build-id",
            "--hash-style=gnu",
            "--no-undefined",
            "--as-needed",
            "-z",
            "noexecstack",
            "-z",
            "relro"};
}

/// A shared library that is only a name and a list of functions: enough for the linker.
std::string stub_text(const std::vector<std::string>& functions) {
    std::string text;
    for (const std::string& function : functions) {
        text += "extern \"C\" void stub_" + function + "() __asm__(\"" + function + "\");\n";
        text += "void stub_" + function + "() {}\n";
    }
    return text;
}

/// Stubs of the libraries that the object needs, as arguments of the linker.
std::optional<std::vector<std::string>> make_stubs(const jit::ObjectSymbols& symbols,
                                                   const TargetSpec& target,
                                                   const WorkFolder& folder, diag::Sink& sink) {
    std::map<std::string, std::vector<std::string>> libraries;
    for (const jit::AllowedSymbol& symbol : jit::allowed_symbols()) {
        if (std::find(symbols.undefined.begin(), symbols.undefined.end(), symbol.name) !=
            symbols.undefined.end()) {
            libraries[symbol.library].emplace_back(symbol.name);
        }
    }
    std::vector<std::string> paths;
    for (const auto& [soname, functions] : libraries) {
        const CompileOptions options{
            .target = target, .opt_level = 0, .debug_info = false, .name = "stub"};
        const auto object = make_object(stub_text(functions), options, sink, nullptr);
        const std::string input = folder.file(soname + ".o");
        if (!object) {
            return std::nullopt;
        }
        std::vector<std::string> arguments = common_arguments(target);
        paths.push_back(folder.file(soname));
        arguments.insert(arguments.end(), {"-soname", soname, "-o", paths.back(), input});
        const auto error = write_file(input, *object) ? run_lld(std::move(arguments))
                                                      : std::optional<std::string>("no space");
        if (error) {
            sink.report(diag::Code::LinkFailed, Span{}, "no stub of `" + soname + "`: " + *error);
            return std::nullopt;
        }
    }
    return paths;
}

/// Adds the seal that the runtime looks for before it lets the loader near a library.
bool append_seal(const std::string& path) {
    const auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                                  /*RequiresNullTerminator=*/false);
    if (!file) {
        errno = file.getError().value();
        return false;
    }
    const std::uint64_t sum = llvm::xxHash64((*file)->getBuffer());
    std::ofstream out(path, std::ios::binary | std::ios::app);
    out.write(HHK_SEAL, sizeof(HHK_SEAL));
    for (unsigned shift = 0; shift < 64; shift += 8) {
        out.put(static_cast<char>(sum >> shift));
    }
    out.close();
    return static_cast<bool>(out);
}

bool not_written(const std::string& path, diag::Sink& sink) {
    sink.report(diag::Code::OutputNotWritten, Span{},
                "`" + path + "` cannot be written: " + std::strerror(errno));
    return false;
}

} // namespace

bool make_library(std::string_view object, const std::string& path, const TargetSpec& target,
                  diag::Sink& sink) {
    const std::filesystem::path result = std::filesystem::absolute(path);
    const auto symbols = jit::check_object(object, result.filename().string(), sink);
    if (!symbols) {
        return false;
    }
    const WorkFolder folder(result);
    const std::string input = folder.file("model.o");
    const std::string output = folder.file("model.so");
    if (!folder.made() || !write_file(input, object)) {
        return not_written(path, sink);
    }
    const std::lock_guard lock(toolchain_mutex());
    const auto stubs = make_stubs(*symbols, target, folder, sink);
    if (!stubs) {
        return false;
    }
    std::vector<std::string> arguments = common_arguments(target);
    arguments.insert(arguments.end(), {"-soname", result.filename().string(), "-o", output, input});
    arguments.insert(arguments.end(), stubs->begin(), stubs->end());
    if (const auto error = run_lld(std::move(arguments))) {
        sink.report(diag::Code::LinkFailed, Span{}, "`" + path + "` cannot be linked: " + *error);
        return false;
    }
    if (!append_seal(output) || std::rename(output.c_str(), result.c_str()) != 0) {
        return not_written(path, sink);
    }
    return true;
}

} // namespace hhc::toolchain
