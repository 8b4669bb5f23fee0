// SPDX-License-Identifier: MIT
#include "archive/archive.h"
#include "archive/checksum.h"
#include "archive/format.h"

#include <fmt/format.h>

#include <array>

namespace hodg::archive {

std::size_t size_of(Type type) {
    constexpr std::array<std::size_t, 6> sizes{1, 4, 4, 8, 8, 8};
    return sizes[static_cast<std::size_t>(type)];
}

Out Out::in(std::string_view part) const {
    Out nested = *this;
    nested.prefix_ = fmt::format("{}{}/", prefix_, part);
    return nested;
}

void Out::add(std::string_view name, Type type, std::span<const std::byte> bytes,
              bool borrowed) const {
    Section& section = (*sections_)[prefix_ + std::string(name)];
    section.type = type;
    section.bytes = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    if (!borrowed) {
        section.own.assign(section.bytes.begin(), section.bytes.end());
        section.bytes = section.own;
    }
}

static void append(std::vector<char>& to, const void* from, std::size_t bytes) {
    const auto* first = static_cast<const char*>(from);
    to.insert(to.end(), first, first + bytes);
}

void Out::write(const std::string& path) const {
    std::vector<char> index;
    std::uint64_t offset = sizeof(Head);
    const auto padding_at = [](std::uint64_t at) {
        return static_cast<std::size_t>((boundary - at % boundary) % boundary);
    };
    for (const auto& [name, section] : *sections_) {
        offset += padding_at(offset);
        IndexRow row;
        row.offset = offset;
        row.bytes = section.bytes.size();
        row.checksum = checksum_of(section.bytes);
        row.name_bytes = static_cast<std::uint32_t>(name.size());
        row.type = static_cast<std::uint32_t>(section.type);
        append(index, &row, sizeof(row));
        append(index, name.data(), name.size());
        offset += row.bytes;
    }
    Head head;
    head.index_offset = offset;
    head.index_bytes = index.size();
    head.index_checksum = checksum_of(index);
    head.sections = sections_->size();
    head.checksum = checksum_of_head(head);
    AtomicFile file(path);
    file.write({reinterpret_cast<const char*>(&head), sizeof(head)});
    std::uint64_t at = sizeof(head);
    const std::array<char, boundary> zeros{};
    for (const auto& [name, section] : *sections_) {
        const std::size_t padding = padding_at(at);
        file.write(std::span(zeros).first(padding));
        file.write(section.bytes);
        at += padding + section.bytes.size();
    }
    file.write(index);
    file.finish();
}

} // namespace hodg::archive
