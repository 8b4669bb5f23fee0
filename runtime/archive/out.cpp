// SPDX-License-Identifier: MIT
#include "archive/archive.h"
#include "archive/checksum.h"
#include "archive/chunks.h"
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

namespace {

/// A file that is written array by array.
class Writer {
public:
    explicit Writer(const std::string& path) : file_(path) { put({as_chars(Head()), head_}); }

    IndexRow add(const Section& section) {
        static constexpr std::array<char, 4096> zeros{};
        put(std::span(zeros).first((boundary - at_ % boundary) % boundary));
        IndexRow row;
        row.offset = at_;
        row.bytes = section.bytes.size();
        row.packed = section.bytes.size() >= worth_packing ? 1 : 0;
        row.type = static_cast<std::uint16_t>(section.type);
        checksum_ = {};
        if (row.packed != 0) {
            put_chunks(section);
            while (row.bytes / most_gain > at_ - row.offset) {
                put(zeros);
            }
        } else {
            put(section.bytes);
        }
        row.stored = at_ - row.offset;
        row.checksum = checksum_.value();
        return row;
    }

    void finish(std::span<const char> index, std::uint64_t sections) {
        Head head;
        head.index_offset = at_;
        head.index_bytes = index.size();
        head.index_checksum = checksum_of(index);
        head.sections = sections;
        head.checksum = checksum_of_head(head);
        put(index);
        file_.write_head({as_chars(head), head_});
        file_.finish();
    }

private:
    static constexpr std::size_t head_ = sizeof(Head);
    static const char* as_chars(const Head& head) { return reinterpret_cast<const char*>(&head); }

    void put_chunks(const Section& section) {
        for (std::uint64_t at = 0; at < section.bytes.size();) {
            const std::size_t length = chunk_at(at, section.bytes.size());
            pack(section.bytes.subspan(at, length), size_of(section.type), packed_);
            const auto size = static_cast<ChunkSize>(packed_.size());
            put({reinterpret_cast<const char*>(&size), sizeof(size)});
            put(packed_);
            at += length;
        }
    }

    void put(std::span<const char> bytes) {
        file_.write(bytes);
        checksum_.add(bytes);
        at_ += bytes.size();
    }

    AtomicFile file_;
    std::uint64_t at_ = 0;
    Checksum checksum_; // since the array began
    std::vector<char> packed_;
};

} // namespace

void Out::write(const std::string& path) const {
    Writer file(path);
    std::vector<char> index;
    for (const auto& [name, section] : *sections_) {
        IndexRow row = file.add(section);
        row.name_bytes = static_cast<std::uint32_t>(name.size());
        append(index, &row, sizeof(row));
        append(index, name.data(), name.size());
    }
    file.finish(index, sections_->size());
}

} // namespace hodg::archive
