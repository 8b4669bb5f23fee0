// SPDX-License-Identifier: MIT
#include "jit/place_objects.h"

#include "jit/object_symbols.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <elf.h>
#include <limits>
#include <map>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace hhc::jit {

namespace {

using Address = std::uint64_t;

/// Parts of the memory, by what may be done with it.
enum Part : std::uint8_t { code, constants, variables, part_count };

constexpr std::array rights = {PROT_READ | PROT_EXEC, PROT_READ, PROT_READ | PROT_WRITE};

/// jmp *0(%rip), then the address: functions of the process may be further away than a jump goes.
constexpr std::array<unsigned char, 6> jump = {0xff, 0x25, 0, 0, 0, 0};
constexpr Address stub_size = 16;

Address aligned(Address value, Address alignment) {
    return (value + alignment - 1) / alignment * alignment;
}

bool is_loaded(const ElfSection& section) {
    return (section.flags & SHF_ALLOC) != 0 && section.name != ".eh_frame" && section.size > 0;
}

Part part_of(const ElfSection& section) {
    if ((section.flags & SHF_EXECINSTR) != 0) {
        return code;
    }
    const bool written = (section.flags & SHF_WRITE) != 0 && //
                         !section.name.starts_with(".data.rel.ro");
    return written ? variables : constants;
}

/// Given back to the system with the last user of the code.
class Pages {
public:
    explicit Pages(std::size_t size) : size_(size) {
        void* const made =
            mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        begin_ = made == MAP_FAILED ? nullptr : static_cast<char*>(made);
    }
    ~Pages() {
        if (begin_ != nullptr) {
            munmap(begin_, size_);
        }
    }
    Pages(const Pages&) = delete;
    Pages& operator=(const Pages&) = delete;
    [[nodiscard]] char* begin() const { return begin_; }

private:
    char* begin_;
    std::size_t size_;
};

class Placement {
public:
    explicit Placement(std::span<const ElfObject> objects) : objects_(objects) {}

    std::optional<std::string> run(LoadedObject& loaded) {
        if (auto problem = lay_out()) {
            return problem;
        }
        pages_ = std::make_shared<Pages>(begin_[part_count]);
        if (pages_->begin() == nullptr) {
            return std::string("no memory: ") + std::strerror(errno);
        }
        if (auto problem = resolve()) {
            return problem;
        }
        copy();
        for (std::size_t o = 0; o < objects_.size(); ++o) {
            for (std::size_t s = 0; s < objects_[o].sections.size(); ++s) {
                if (auto problem = relocate(o, s)) {
                    return problem;
                }
            }
        }
        for (std::size_t part = 0; part < part_count; ++part) {
            const Address size = begin_[part + 1] - begin_[part];
            if (size > 0 && mprotect(pages_->begin() + begin_[part], size, rights[part]) != 0) {
                return std::string("its memory cannot be protected: ") + std::strerror(errno);
            }
        }
        for (const auto& [name, address] : globals_) {
            loaded.symbols.emplace(name, reinterpret_cast<void*>(address.first));
        }
        loaded.memory = pages_;
        return std::nullopt;
    }

private:
    /// Where every section goes, counted from the begin of the memory.
    std::optional<std::string> lay_out() {
        const auto page = static_cast<Address>(sysconf(_SC_PAGESIZE));
        std::array<Address, part_count> size{};
        places_.resize(objects_.size());
        for (std::size_t o = 0; o < objects_.size(); ++o) {
            for (const ElfSection& section : objects_[o].sections) {
                places_[o].push_back(0);
                if (!is_loaded(section)) {
                    continue;
                }
                if (section.alignment > page || (section.flags & SHF_TLS) != 0 ||
                    section.size > std::numeric_limits<std::int32_t>::max()) {
                    return "section `" + std::string(section.name) + "` cannot be placed";
                }
                Address& end = size[part_of(section)];
                places_[o].back() = end = aligned(end, section.alignment);
                end += section.size;
            }
        }
        const Address stubs = allowed_symbols().size() * stub_size;
        stubs_ = aligned(size[code], stub_size);
        size[code] = stubs_ + stubs;
        slots_ = aligned(size[constants], sizeof(Address));
        size[constants] = slots_ + slot_count() * sizeof(Address);
        for (std::size_t part = 0; part < part_count; ++part) {
            begin_[part + 1] = begin_[part] + aligned(size[part], page);
        }
        return std::nullopt;
    }

    /// As many as there can be addresses that the code reads from a table.
    [[nodiscard]] Address slot_count() const {
        Address count = 0;
        for (const ElfObject& object : objects_) {
            for (const ElfSection& section : object.sections) {
                count += static_cast<Address>(
                    std::ranges::count_if(section.relocations, reads_slot, &ElfRelocation::type));
            }
        }
        return count;
    }

    static bool reads_slot(std::uint32_t type) {
        return type == R_X86_64_GOTPCREL || type == R_X86_64_GOTPCRELX ||
               type == R_X86_64_REX_GOTPCRELX;
    }

    [[nodiscard]] Address address_of(std::size_t object, std::size_t section) const {
        const Part part = part_of(objects_[object].sections[section]);
        return reinterpret_cast<Address>(pages_->begin()) + begin_[part] + places_[object][section];
    }

    /// Addresses of all global symbols; one that is not weak goes before those that are.
    std::optional<std::string> resolve() {
        for (std::size_t o = 0; o < objects_.size(); ++o) {
            for (const ElfSymbol& symbol : objects_[o].symbols) {
                if (symbol.binding == STB_LOCAL || symbol.section == SHN_UNDEF) {
                    continue;
                }
                const auto address = own_address(o, symbol);
                if (!address) {
                    return "symbol `" + std::string(symbol.name) + "` has no place";
                }
                const bool weak = symbol.binding == STB_WEAK;
                const auto [found, is_new] =
                    globals_.try_emplace(std::string(symbol.name), *address, weak);
                if (!is_new && !weak && !found->second.second) {
                    return "symbol `" + std::string(symbol.name) + "` is there twice";
                }
                if (!is_new && !weak) {
                    found->second = {*address, false};
                }
            }
        }
        return std::nullopt;
    }

    [[nodiscard]] std::optional<Address> own_address(std::size_t object,
                                                     const ElfSymbol& symbol) const {
        if (symbol.section == SHN_ABS) {
            return symbol.value;
        }
        const auto& sections = objects_[object].sections;
        if (symbol.section >= sections.size() || !is_loaded(sections[symbol.section]) ||
            symbol.value > sections[symbol.section].size || symbol.type == STT_TLS) {
            return std::nullopt;
        }
        return address_of(object, symbol.section) + symbol.value;
    }

    /// What a relocation means by a symbol; `far`: it may be anywhere.
    [[nodiscard]] std::optional<Address> target(std::size_t object, const ElfSymbol& symbol,
                                                bool far) const {
        if (symbol.binding == STB_LOCAL && symbol.section != SHN_UNDEF) {
            return own_address(object, symbol);
        }
        if (const auto found = globals_.find(std::string(symbol.name)); found != globals_.end()) {
            return found->second.first;
        }
        const auto& allowed = allowed_symbols();
        const auto found = std::ranges::find(allowed, symbol.name, &AllowedSymbol::name);
        if (found == allowed.end()) {
            return std::nullopt;
        }
        const auto index = static_cast<Address>(found - allowed.begin());
        return far ? reinterpret_cast<Address>(found->address)
                   : reinterpret_cast<Address>(pages_->begin()) + stubs_ + index * stub_size;
    }

    void copy() {
        for (std::size_t o = 0; o < objects_.size(); ++o) {
            for (std::size_t s = 0; s < objects_[o].sections.size(); ++s) {
                const std::string_view bytes = objects_[o].sections[s].bytes;
                if (is_loaded(objects_[o].sections[s]) && !bytes.empty()) {
                    std::memcpy(reinterpret_cast<void*>(address_of(o, s)), bytes.data(),
                                bytes.size());
                }
            }
        }
        char* stub = pages_->begin() + stubs_;
        for (const AllowedSymbol& symbol : allowed_symbols()) {
            std::memcpy(stub, jump.data(), jump.size());
            std::memcpy(stub + jump.size(), &symbol.address, sizeof symbol.address);
            stub += stub_size;
        }
    }

    std::optional<std::string> relocate(std::size_t object, std::size_t index) {
        const ElfSection& section = objects_[object].sections[index];
        if (!is_loaded(section)) {
            return std::nullopt; // notes and what a debugger reads
        }
        for (const ElfRelocation& relocation : section.relocations) {
            const ElfSymbol& symbol = objects_[object].symbols[relocation.symbol];
            const std::uint32_t type = relocation.type;
            const bool is_wide = type == R_X86_64_64 || type == R_X86_64_PC64;
            const auto found = target(object, symbol, is_wide || reads_slot(type));
            const std::size_t size = is_wide ? sizeof(std::int64_t) : sizeof(std::int32_t);
            if (!found || relocation.offset + size > section.size) {
                return "a reference to `" + std::string(symbol.name) + "` leads nowhere";
            }
            const Address place = address_of(object, index) + relocation.offset;
            Address value = *found;
            if (reads_slot(type)) {
                value = new_slot(value);
            }
            value += static_cast<Address>(relocation.addend);
            if (type != R_X86_64_64) {
                value -= place;
            }
            switch (type) {
            case R_X86_64_64:
            case R_X86_64_PC64:
                break;
            case R_X86_64_PC32:
            case R_X86_64_PLT32:
            case R_X86_64_GOTPCREL:
            case R_X86_64_GOTPCRELX:
            case R_X86_64_REX_GOTPCRELX:
                if (!fits(value)) {
                    return "`" + std::string(symbol.name) + "` is too far away";
                }
                break;
            default:
                return "it has a relocation of kind " + std::to_string(type);
            }
            std::memcpy(reinterpret_cast<void*>(place), &value, size);
        }
        return std::nullopt;
    }

    static bool fits(Address value) {
        return std::in_range<std::int32_t>(static_cast<std::int64_t>(value));
    }

    Address new_slot(Address value) {
        char* const slot = pages_->begin() + begin_[constants] + slots_;
        std::memcpy(slot, &value, sizeof value);
        slots_ += sizeof value;
        return reinterpret_cast<Address>(slot);
    }

    std::span<const ElfObject> objects_;
    std::vector<std::vector<Address>> places_; // within the part; by object and section
    std::array<Address, part_count + 1> begin_{};
    Address stubs_ = 0; // of the code
    Address slots_ = 0; // the next of the constants
    std::shared_ptr<Pages> pages_;
    std::map<std::string, std::pair<Address, bool>, std::less<>> globals_; // bool: weak
};

} // namespace

bool can_place() {
#if defined(__x86_64__)
    return true;
#else
    return false;
#endif
}

std::optional<std::string> place_objects(std::span<const ElfObject> objects, LoadedObject& loaded) {
    return Placement(objects).run(loaded);
}

} // namespace hhc::jit
