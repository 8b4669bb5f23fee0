// SPDX-License-Identifier: MIT
// Reads the build id that the linker left in the note segment of the library we are in.
#include "cache/object_cache.h"

#include <cstring>
#include <elf.h>
#include <link.h>

namespace hhc::cache {

namespace {

struct Search {
    std::uintptr_t address;
    std::string id;
};

bool holds(const dl_phdr_info& library, std::uintptr_t address) {
    for (int i = 0; i < library.dlpi_phnum; ++i) {
        const auto& segment = library.dlpi_phdr[i];
        const std::uintptr_t begin = library.dlpi_addr + segment.p_vaddr;
        if (segment.p_type == PT_LOAD && address >= begin && address < begin + segment.p_memsz) {
            return true;
        }
    }
    return false;
}

/// The description of the note "GNU" of type NT_GNU_BUILD_ID, in a segment of notes.
std::string_view find_note(std::string_view notes) {
    const auto padded = [](std::size_t size) { return (size + 3) & ~std::size_t{3}; };
    while (notes.size() >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) header;
        std::memcpy(&header, notes.data(), sizeof header);
        const std::size_t name_at = sizeof header;
        const std::size_t id_at = name_at + padded(header.n_namesz);
        const std::size_t end = id_at + padded(header.n_descsz);
        if (end > notes.size()) {
            break;
        }
        if (header.n_type == NT_GNU_BUILD_ID &&
            notes.substr(name_at, 4) == std::string_view("GNU\0", 4)) {
            return notes.substr(id_at, header.n_descsz);
        }
        notes.remove_prefix(end);
    }
    return {};
}

int visit(dl_phdr_info* library, std::size_t /*size*/, void* data) {
    auto& search = *static_cast<Search*>(data);
    if (!holds(*library, search.address)) {
        return 0;
    }
    for (int i = 0; i < library->dlpi_phnum; ++i) {
        const auto& segment = library->dlpi_phdr[i];
        if (segment.p_type == PT_NOTE) {
            const auto* begin = reinterpret_cast<const char*>(library->dlpi_addr + segment.p_vaddr);
            if (const auto id = find_note({begin, segment.p_memsz}); !id.empty()) {
                search.id = hash_bytes(id).hex();
            }
        }
    }
    return 1;
}

} // namespace

std::string build_id() {
    Search search{reinterpret_cast<std::uintptr_t>(&build_id), {}};
    dl_iterate_phdr(visit, &search);
    // Without a note (a foreign linker) nothing tells two builds apart: then nothing is shared.
    return search.id.empty() ? "unknown-" + std::to_string(search.address) : search.id;
}

} // namespace hhc::cache
