// SPDX-License-Identifier: MIT
#include "jit/elf_object.h"

#include <cstring>
#include <elf.h>

namespace hhc::jit {

namespace {

/// The bytes need not be aligned: two objects may be one string.
class Bytes {
public:
    explicit Bytes(std::string_view all) : all_(all) {}

    [[nodiscard]] std::optional<std::string_view> part(std::uint64_t at, std::uint64_t size) const {
        if (at > all_.size() || size > all_.size() - at) {
            return std::nullopt;
        }
        return all_.substr(at, size);
    }

    /// `count` rows of a table; nothing where it leaves the file.
    template <class Row>
    [[nodiscard]] std::optional<std::vector<Row>> rows(std::uint64_t at,
                                                       std::uint64_t count) const {
        if (count > all_.size() / sizeof(Row)) {
            return std::nullopt;
        }
        const auto found = part(at, count * sizeof(Row));
        if (!found) {
            return std::nullopt;
        }
        std::vector<Row> rows(count);
        if (count > 0) {
            std::memcpy(rows.data(), found->data(), found->size());
        }
        return rows;
    }

private:
    std::string_view all_;
};

/// A text of a table of texts, up to its zero byte.
std::optional<std::string_view> text_at(std::string_view table, std::uint64_t at) {
    if (at >= table.size()) {
        return std::nullopt;
    }
    const std::string_view rest = table.substr(at);
    const std::size_t end = rest.find('\0');
    return end == std::string_view::npos ? std::nullopt : std::optional(rest.substr(0, end));
}

class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

    /// What is wrong, or nullptr.
    const char* read(ElfObject& object) {
        const char* problem = read_head(object);
        problem = problem == nullptr ? read_sections(object) : problem;
        for (std::size_t s = 0; problem == nullptr && s < rows_.size(); ++s) {
            if (rows_[s].sh_type == SHT_SYMTAB) {
                problem = read_symbols(object, rows_[s]);
            }
        }
        for (std::size_t s = 0; problem == nullptr && s < rows_.size(); ++s) {
            if (rows_[s].sh_type == SHT_RELA) {
                problem = read_relocations(object, rows_[s]);
            } else if (rows_[s].sh_type == SHT_REL) {
                problem = "it has relocations without addends";
            }
        }
        return problem;
    }

private:
    const char* read_head(ElfObject& object) {
        const auto heads = bytes_.rows<Elf64_Ehdr>(0, 1);
        if (!heads || std::memcmp(heads->front().e_ident, ELFMAG, SELFMAG) != 0) {
            return "it does not begin as one";
        }
        const Elf64_Ehdr& head = heads->front();
        if (head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_ident[EI_DATA] != ELFDATA2LSB ||
            head.e_type != ET_REL || head.e_shentsize != sizeof(Elf64_Shdr)) {
            return "it is of another kind";
        }
        object.machine = head.e_machine;
        auto rows = bytes_.rows<Elf64_Shdr>(head.e_shoff, head.e_shnum);
        if (!rows || head.e_shstrndx >= head.e_shnum) {
            return "its table of sections is cut off";
        }
        rows_ = std::move(*rows);
        names_at_ = head.e_shstrndx;
        return nullptr;
    }

    std::optional<std::string_view> content(const Elf64_Shdr& row) const {
        return row.sh_type == SHT_NOBITS || row.sh_type == SHT_NULL
                   ? std::string_view()
                   : bytes_.part(row.sh_offset, row.sh_size);
    }

    const char* read_sections(ElfObject& object) {
        const auto names = content(rows_[names_at_]);
        for (const Elf64_Shdr& row : rows_) {
            const auto bytes = content(row);
            const auto name = names ? text_at(*names, row.sh_name) : std::nullopt;
            if (!bytes || !name) {
                return "a section is cut off";
            }
            ElfSection section;
            section.name = *name;
            section.type = row.sh_type;
            section.flags = row.sh_flags;
            section.size = row.sh_size;
            section.alignment = row.sh_addralign == 0 ? 1 : row.sh_addralign;
            section.bytes = *bytes;
            object.sections.push_back(std::move(section));
        }
        return nullptr;
    }

    const char* read_symbols(ElfObject& object, const Elf64_Shdr& table) const {
        const auto rows =
            bytes_.rows<Elf64_Sym>(table.sh_offset, table.sh_size / sizeof(Elf64_Sym));
        if (!rows || table.sh_link >= rows_.size() || !object.symbols.empty()) {
            return "its table of symbols is cut off";
        }
        const auto names = content(rows_[table.sh_link]);
        for (const Elf64_Sym& row : *rows) {
            const auto name = names ? text_at(*names, row.st_name) : std::nullopt;
            const bool inside = row.st_shndx < rows_.size() || row.st_shndx >= SHN_LORESERVE;
            if (!name || !inside) {
                return "a symbol is of no section";
            }
            object.symbols.push_back({*name, row.st_value, row.st_shndx,
                                      static_cast<std::uint8_t>(ELF64_ST_BIND(row.st_info)),
                                      static_cast<std::uint8_t>(ELF64_ST_TYPE(row.st_info))});
        }
        return nullptr;
    }

    const char* read_relocations(ElfObject& object, const Elf64_Shdr& table) const {
        const auto rows =
            bytes_.rows<Elf64_Rela>(table.sh_offset, table.sh_size / sizeof(Elf64_Rela));
        if (!rows || table.sh_info >= rows_.size()) {
            return "its relocations are cut off";
        }
        ElfSection& section = object.sections[table.sh_info];
        for (const Elf64_Rela& row : *rows) {
            const std::uint64_t symbol = ELF64_R_SYM(row.r_info);
            if (symbol >= object.symbols.size() || row.r_offset >= section.size) {
                return "a relocation is of no symbol or no place";
            }
            section.relocations.push_back({row.r_offset,
                                           static_cast<std::uint32_t>(ELF64_R_TYPE(row.r_info)),
                                           static_cast<std::uint32_t>(symbol), row.r_addend});
        }
        return nullptr;
    }

    Bytes bytes_;
    std::vector<Elf64_Shdr> rows_;
    std::uint16_t names_at_ = 0;
};

} // namespace

std::optional<ElfObject> read_elf(std::string_view bytes, std::string& why) {
    ElfObject object;
    if (const char* problem = Reader(bytes).read(object)) {
        why = problem;
        return std::nullopt;
    }
    return object;
}

} // namespace hhc::jit
