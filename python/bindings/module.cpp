// SPDX-License-Identifier: MIT
// The extension module hodgpy._core. Errors come first, because every other part raises them; units
// before the compiler, whose results carry dimensions; what belongs to a network before the
// network.
#include "bindings.h"

#include "hhc/version.h"

#include <cstddef>
#include <cstdint>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

/// Of the library that `address` is in: drops the pages of segments that nobody can write. They are
/// those of the file, and come back from it when they are touched.
static int drop_pages(dl_phdr_info* library, std::size_t /*size*/, void* address) {
    const auto wanted = reinterpret_cast<std::uintptr_t>(address);
    const auto begin_of = [&](const ElfW(Phdr) & segment) {
        return library->dlpi_addr + segment.p_vaddr;
    };
    bool found = false;
    for (ElfW(Half) k = 0; k < library->dlpi_phnum; ++k) {
        const ElfW(Phdr)& segment = library->dlpi_phdr[k];
        found = found || (segment.p_type == PT_LOAD && begin_of(segment) <= wanted &&
                          wanted < begin_of(segment) + segment.p_memsz);
    }
    const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    for (ElfW(Half) k = 0; found && k < library->dlpi_phnum; ++k) {
        const ElfW(Phdr)& segment = library->dlpi_phdr[k];
        if (segment.p_type == PT_LOAD && (segment.p_flags & PF_W) == 0) {
            const std::uintptr_t first = (begin_of(segment) + page - 1) / page * page;
            const std::uintptr_t last = (begin_of(segment) + segment.p_filesz) / page * page;
            if (first < last) {
                madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
            }
        }
    }
    return found ? 1 : 0;
}

/// Loading runs the constructors of the compiler all over its code, and relocates: some 30 MB of
/// pages that a process with cached models never needs again.
static void drop_pages_of_loading() {
    dl_iterate_phdr(drop_pages, reinterpret_cast<void*>(&hhc::version));
}

PYBIND11_MODULE(_core, module) {
    module.doc() = "The compiled core of hodgpy; use the hodgpy package.";
    module.attr("__version__") = hhc::version();
    hodgpy::bind_errors(module);
    hodgpy::bind_units(module);
    hodgpy::bind_compiler(module);
    hodgpy::bind_population(module);
    hodgpy::bind_cable(module);
    hodgpy::bind_synapses(module);
    hodgpy::bind_stimuli(module);
    hodgpy::bind_recorders(module);
    hodgpy::bind_network(module);
    drop_pages_of_loading();
}
