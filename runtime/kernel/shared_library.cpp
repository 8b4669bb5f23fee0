// SPDX-License-Identifier: MIT
#include "kernel/shared_library.h"

#include "abi/library_seal.h"
#include "archive/checksum.h"
#include "base/fail.h"

#include "hodg/model.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace hodg::kernel {

using base::Code;
using base::fail;

static constexpr const char* rebuild_hint = "make it with `hhc model.hhm -o model.so`";

#if defined(__x86_64__)
static constexpr Elf64_Half this_machine = EM_X86_64;
#elif defined(__aarch64__)
static constexpr Elf64_Half this_machine = EM_AARCH64;
#endif

/// A file that stays open as long as the library is loaded: the loader knows libraries by name, and
/// a file replaced under one name would otherwise give the old code.
class OpenFile {
public:
    explicit OpenFile(const std::string& path)
        : descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (descriptor_ < 0) {
            fail(Code::LibraryUnreadable,
                 fmt::format("cannot open `{}`: {}", path, std::strerror(errno)));
        }
    }
    ~OpenFile() { close(descriptor_); }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    [[nodiscard]] int descriptor() const { return descriptor_; }

    template <class T> [[nodiscard]] bool read(T& value, std::uint64_t at) const {
        return pread(descriptor_, &value, sizeof(T), static_cast<off_t>(at)) ==
               static_cast<ssize_t>(sizeof(T));
    }

    [[nodiscard]] std::vector<char> read_all() const {
        std::vector<char> bytes;
        std::array<char, 65536> buffer{};
        ssize_t got = 0;
        while ((got = pread(descriptor_, buffer.data(), buffer.size(),
                            static_cast<off_t>(bytes.size()))) > 0) {
            bytes.insert(bytes.end(), buffer.begin(), buffer.begin() + got);
        }
        return bytes;
    }

private:
    int descriptor_;
};

static const char* machine_name(Elf64_Half machine) {
    switch (machine) {
    case EM_X86_64:
        return "x86-64";
    case EM_AARCH64:
        return "aarch64";
    case EM_386:
        return "32-bit x86";
    default:
        return "another machine";
    }
}

/// The loader trusts its input: what is cut short or for another machine is refused here.
static void check_header(const OpenFile& file, const std::string& path) {
    struct stat status{};
    if (fstat(file.descriptor(), &status) != 0 || !S_ISREG(status.st_mode)) {
        fail(Code::LibraryUnreadable, fmt::format("`{}` is not a file", path));
    }
    Elf64_Ehdr header{};
    if (!file.read(header, 0) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
        fail(Code::LibraryNotElf, fmt::format("`{}` is not a shared library (ELF)", path),
             rebuild_hint);
    }
    const bool same_order =
        header.e_ident[EI_DATA] == ELFDATA2LSB && std::endian::native == std::endian::little;
    const bool same_width = header.e_ident[EI_CLASS] == ELFCLASS64;
    if (!same_width || !same_order || header.e_machine != this_machine) {
        const char* what = !same_order   ? "a machine of another byte order"
                           : !same_width ? "a machine of another width"
                                         : machine_name(header.e_machine);
        fail(Code::LibraryOtherMachine,
             fmt::format("`{}` is for {}, this machine is {}", path, what,
                         machine_name(this_machine)),
             "compile the model for this machine");
    }
    const auto size = static_cast<std::uint64_t>(status.st_size);
    bool whole = header.e_type == ET_DYN && header.e_phentsize == sizeof(Elf64_Phdr);
    for (unsigned p = 0; whole && p < header.e_phnum; ++p) {
        Elf64_Phdr segment{};
        whole = file.read(segment, header.e_phoff + p * sizeof(Elf64_Phdr)) &&
                (segment.p_type != PT_LOAD ||
                 (segment.p_offset <= size && segment.p_filesz <= size - segment.p_offset));
    }
    if (!whole) {
        fail(Code::LibraryNotElf,
             fmt::format("`{}` is not a whole shared library; it may be cut short", path),
             rebuild_hint);
    }
}

/// Whether the file ends in a seal, which then has to fit. Looked at before the loader runs
/// anything.
static bool check_seal(const OpenFile& file, const std::string& path) {
    const std::vector<char> bytes = file.read_all();
    constexpr std::size_t seal_size = sizeof(HHK_SEAL) + sizeof(std::uint64_t);
    if (bytes.size() < seal_size) {
        return false;
    }
    const std::size_t end = bytes.size() - seal_size;
    if (std::memcmp(bytes.data() + end, HHK_SEAL, sizeof(HHK_SEAL)) != 0) {
        return false;
    }
    std::uint64_t sum = 0;
    std::memcpy(&sum, bytes.data() + end + sizeof(HHK_SEAL), sizeof(sum));
    if (sum != archive::checksum_of({bytes.data(), end})) {
        fail(Code::MalformedModel, fmt::format("`{}` was changed after it was written", path),
             rebuild_hint);
    }
    return true;
}

/// Address ranges of the loaded segments of a library.
static std::vector<AddressRange> loaded_ranges(void* handle) {
    struct Search {
        ElfW(Addr) base;
        const void* dynamic;
        std::vector<AddressRange> ranges;
    };
    link_map* map = nullptr;
    if (dlinfo(handle, RTLD_DI_LINKMAP, static_cast<void*>(&map)) != 0) {
        return {};
    }
    Search search{map->l_addr, map->l_ld, {}};
    dl_iterate_phdr(
        [](dl_phdr_info* info, std::size_t, void* data) {
            auto& found = *static_cast<Search*>(data);
            bool mine = false;
            for (unsigned p = 0; p < info->dlpi_phnum; ++p) {
                const auto at = info->dlpi_addr + info->dlpi_phdr[p].p_vaddr;
                mine = mine || (info->dlpi_phdr[p].p_type == PT_DYNAMIC &&
                                at == reinterpret_cast<std::uintptr_t>(found.dynamic));
            }
            for (unsigned p = 0; mine && p < info->dlpi_phnum; ++p) {
                const auto& segment = info->dlpi_phdr[p];
                if (segment.p_type == PT_LOAD) {
                    const std::uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
                    found.ranges.push_back(
                        {begin, begin + segment.p_memsz, (segment.p_flags & PF_X) != 0});
                }
            }
            return mine ? 1 : 0;
        },
        &search);
    return std::move(search.ranges);
}

OpenLibrary open_library(const std::string& path) {
    auto file = std::make_shared<OpenFile>(path);
    check_header(*file, path);
    const bool sealed = check_seal(*file, path);
    const std::string by_descriptor = fmt::format("/proc/self/fd/{}", file->descriptor());
    const bool has_proc = access(by_descriptor.c_str(), R_OK) == 0;
    const std::string name =
        has_proc || path.find('/') != std::string::npos ? path : fmt::format("./{}", path);
    void* handle = dlopen(has_proc ? by_descriptor.c_str() : name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
        const char* said = dlerror();
        std::string reason = said == nullptr ? "no reason given" : said;
        if (reason.starts_with(by_descriptor + ": ")) { // a name that nobody gave
            reason.erase(0, by_descriptor.size() + 2);
        }
        fail(Code::LibraryUnreadable, fmt::format("cannot load `{}`: {}", path, reason));
    }
    std::shared_ptr<const void> code(
        handle, [file](const void* open) { dlclose(const_cast<void*>(open)); });
    const auto* library = static_cast<const hhk_library*>(dlsym(handle, HHK_LIBRARY_SYMBOL));
    if (library == nullptr) {
        fail(Code::LibraryNotElf,
             fmt::format("`{}` is a shared library, but it contains no models", path),
             rebuild_hint);
    }
    return {std::move(code), library, loaded_ranges(handle), sealed};
}

} // namespace hodg::kernel

namespace hodg {

std::vector<Model> load_library(const std::string& path) {
    const kernel::OpenLibrary open = kernel::open_library(path);
    kernel::check_library_table(open.library, open.ranges);
    if (open.library->reserved == HHK_SEALED && !open.sealed) {
        base::fail(base::Code::MalformedModel,
                   fmt::format("`{}` has lost its seal: it was cut short or stripped", path),
                   kernel::rebuild_hint);
    }
    std::vector<Model> models;
    for (std::uint32_t m = 0; m < open.library->model_count; ++m) {
        models.emplace_back(open.library->models[m], open.code);
    }
    return models;
}

} // namespace hodg
