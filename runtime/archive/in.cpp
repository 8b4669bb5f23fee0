// SPDX-License-Identifier: MIT
#include "archive/archive.h"
#include "archive/checksum.h"
#include "archive/chunks.h"
#include "archive/format.h"
#include "base/fail.h"

#include <fmt/format.h>

#include <algorithm>

namespace hodg::archive {

using base::Code;
using base::fail;
using Entries = std::map<std::string, Source::Entry, std::less<>>;

[[noreturn]] static void refuse(const std::string& title, std::string_view reason,
                                std::string hint = {}) {
    fail(Code::SaveDamaged, fmt::format("`{}` is no saved network: {}", title, reason),
         std::move(hint));
}

namespace {

class FileSource final : public Source {
public:
    explicit FileSource(const std::string& path) : file_(path) {
        read_index(read_head());
        check_contents();
    }

    [[nodiscard]] const Entries& entries() const override { return entries_; }
    [[nodiscard]] const std::string& title() const override { return file_.path(); }

    void read(const std::string& name, const Entry& entry, std::span<char> to) const override {
        const bool same =
            entry.packed ? read_chunks(entry, [&](std::uint64_t at,
                                                  auto chunk) { return to.subspan(at, chunk); })
                         : file_.read(entry.offset, to);
        if (!same) {
            refuse(title(), fmt::format("`{}` cannot be read any more", name));
        }
    }

private:
    [[nodiscard]] Head read_head() const {
        Head head;
        const bool whole = file_.read(0, {reinterpret_cast<char*>(&head), sizeof(head)});
        const std::size_t known = std::min<std::uint64_t>(file_.size(), sizeof(magic));
        if (known == 0) {
            refuse(title(), "it is empty");
        }
        if (std::memcmp(head.mark, magic, known) != 0) {
            refuse(title(), "it begins like another kind of file");
        }
        if (!whole) {
            refuse(title(), "it ends within its head", "it was cut short");
        }
        if (head.version > format_version) {
            refuse(title(),
                   fmt::format("it has format {}, this version of hodgpy reads up to {}",
                               head.version, format_version),
                   "a newer hodgpy reads it");
        }
        if (head.checksum != checksum_of_head(head) || head.version == 0) {
            refuse(title(), "its head is damaged");
        }
        if (head.version < format_version) {
            refuse(title(), fmt::format("it has format {}, this version of hodgpy reads {}",
                                        head.version, format_version));
        }
        return head;
    }

    void read_index(const Head& head) {
        if (head.index_offset > file_.size() ||
            head.index_bytes > file_.size() - head.index_offset) {
            refuse(title(),
                   fmt::format("it has {} bytes and should have {}", file_.size(),
                               head.index_offset + head.index_bytes),
                   "it was cut short");
        }
        std::vector<char> index(head.index_bytes);
        if (!file_.read(head.index_offset, index) || checksum_of(index) != head.index_checksum) {
            refuse(title(), "its list of contents is damaged");
        }
        std::span<const char> rest(index);
        for (std::uint64_t n = 0; n < head.sections; ++n) {
            IndexRow row;
            if (rest.size() < sizeof(row)) {
                refuse(title(), "its list of contents is damaged");
            }
            std::memcpy(&row, rest.data(), sizeof(row));
            rest = rest.subspan(sizeof(row));
            if (row.name_bytes > rest.size() || !is_possible(row, head)) {
                refuse(title(), "its list of contents is damaged");
            }
            const std::string name(rest.data(), row.name_bytes);
            rest = rest.subspan(row.name_bytes);
            entries_[name] = {static_cast<Type>(row.type),
                              row.offset,
                              row.bytes,
                              row.stored,
                              row.checksum,
                              row.packed != 0};
        }
    }

    static bool is_possible(const IndexRow& row, const Head& head) {
        return row.type <= static_cast<std::uint32_t>(Type::Real64) && row.packed <= 1 &&
               row.offset <= head.index_offset && row.stored <= head.index_offset - row.offset &&
               (row.packed != 0 ? row.bytes / most_gain <= row.stored : row.bytes == row.stored) &&
               row.bytes % size_of(static_cast<Type>(row.type)) == 0;
    }

    /// Unpacks into what `room` gives for so many bytes at a place; false where the file is not as
    /// it was written. The checksum, if any, gets every byte that is stored.
    template <class Room>
    bool read_chunks(const Entry& entry, Room room, Checksum* checksum = nullptr) const {
        std::vector<char> packed;
        std::uint64_t from = 0;
        const auto take = [&](std::span<char> to) {
            const bool whole =
                to.size() <= entry.stored - from && file_.read(entry.offset + from, to);
            from += to.size();
            if (whole && checksum != nullptr) {
                checksum->add(to);
            }
            return whole;
        };
        for (std::uint64_t at = 0; at < entry.bytes;) {
            const std::size_t length = chunk_at(at, entry.bytes);
            ChunkSize size = 0;
            if (!take({reinterpret_cast<char*>(&size), sizeof(size)}) || size > length) {
                return false;
            }
            packed.resize(size);
            if (!take(packed) || !unpack(packed, size_of(entry.type), room(at, length))) {
                return false;
            }
            at += length;
        }
        while (from < entry.stored) { // zeros
            packed.resize(static_cast<std::size_t>(
                std::min<std::uint64_t>(entry.stored - from, chunk_bytes)));
            if (!take(packed)) {
                return false;
            }
        }
        return true;
    }

    void check_contents() const {
        std::vector<char> piece(chunk_bytes);
        for (const auto& [name, entry] : entries_) {
            Checksum checksum;
            bool whole = true;
            if (entry.packed) {
                whole = read_chunks(
                    entry,
                    [&](std::uint64_t, std::size_t length) {
                        return std::span(piece).first(length);
                    },
                    &checksum);
            }
            for (std::uint64_t at = 0; !entry.packed && whole && at < entry.bytes;) {
                const std::span<char> part = std::span(piece).first(chunk_at(at, entry.bytes));
                whole = file_.read(entry.offset + at, part);
                checksum.add(part);
                at += part.size();
            }
            if (!whole || checksum.value() != entry.checksum) {
                refuse(title(), fmt::format("`{}` is damaged", name));
            }
        }
    }

    ReadableFile file_;
    Entries entries_;
};

class MemorySource final : public Source {
public:
    explicit MemorySource(const Out& out) : sections_(out.sections()) {
        for (const auto& [name, section] : *sections_) {
            entries_[name].type = section.type;
            entries_[name].bytes = section.bytes.size();
        }
    }
    [[nodiscard]] const Entries& entries() const override { return entries_; }
    [[nodiscard]] const std::string& title() const override { return title_; }
    void read(const std::string& name, const Entry& /*entry*/, std::span<char> to) const override {
        const Section& section = sections_->find(name)->second;
        std::copy(section.bytes.begin(), section.bytes.end(), to.begin());
    }

private:
    std::shared_ptr<Out::Sections> sections_;
    Entries entries_;
    std::string title_ = "memory";
};

} // namespace

In::In(const std::string& path) : source_(std::make_shared<FileSource>(path)) {}

In::In(const Out& memory) : source_(std::make_shared<MemorySource>(memory)) {}

In In::in(std::string_view part) const {
    return {source_, fmt::format("{}{}/", prefix_, part)};
}

bool In::has(std::string_view name) const {
    return source_->entries().contains(prefix_ + std::string(name));
}

std::vector<std::string> In::parts() const {
    std::vector<std::string> found;
    const Entries& all = source_->entries();
    for (auto at = all.lower_bound(prefix_); at != all.end() && at->first.starts_with(prefix_);
         ++at) {
        const std::string rest = at->first.substr(prefix_.size());
        std::string part = rest.substr(0, rest.find('/'));
        if (found.empty() || found.back() != part) {
            found.push_back(std::move(part));
        }
    }
    return found;
}

void In::damaged(std::string_view reason) const {
    refuse(title(), reason);
}

const In::Item& In::find(std::string_view name, Type type) const {
    const auto found = source_->entries().find(prefix_ + std::string(name));
    if (found == source_->entries().end()) {
        damaged(fmt::format("it lacks `{}{}`", prefix_, name));
    }
    if (found->second.type != type) {
        damaged(fmt::format("`{}{}` has another type", prefix_, name));
    }
    return *found;
}

void In::require_count(std::string_view name, std::size_t found, std::size_t expected) const {
    if (found != expected) {
        damaged(fmt::format("`{}{}` has {} values instead of {}", prefix_, name, found, expected));
    }
}

std::string In::text(std::string_view name) const {
    const std::vector<char> bytes = get<char>(name);
    return {bytes.begin(), bytes.end()};
}

Type In::type(std::string_view name) const {
    const auto found = source_->entries().find(prefix_ + std::string(name));
    return found == source_->entries().end() ? Type::Bytes : found->second.type;
}

std::vector<char> In::raw(std::string_view name, Type type, std::size_t bytes) const {
    const auto& [full, entry] = find(name, type);
    require_count(name, static_cast<std::size_t>(entry.bytes), bytes);
    std::vector<char> values(bytes);
    source_->read(full, entry, values);
    return values;
}

} // namespace hodg::archive
