// SPDX-License-Identifier: MIT
#include "archive/archive.h"
#include "archive/checksum.h"
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
        if (!file_.read(entry.offset, to)) {
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
            if (row.name_bytes > rest.size() ||
                row.type > static_cast<std::uint32_t>(Type::Real64) ||
                row.offset > head.index_offset || row.bytes > head.index_offset - row.offset ||
                row.bytes % size_of(static_cast<Type>(row.type)) != 0) {
                refuse(title(), "its list of contents is damaged");
            }
            const std::string name(rest.data(), row.name_bytes);
            rest = rest.subspan(row.name_bytes);
            entries_[name] = {static_cast<Type>(row.type), row.offset, row.bytes, row.checksum};
        }
    }

    void check_contents() const {
        std::uint64_t largest = 1;
        for (const auto& [name, entry] : entries_) {
            largest = std::max(largest, entry.bytes);
        }
        constexpr std::uint64_t at_most = std::uint64_t{1} << 20U;
        std::vector<char> piece(static_cast<std::size_t>(std::min(largest, at_most)));
        for (const auto& [name, entry] : entries_) {
            Checksum checksum;
            for (std::uint64_t at = 0; at < entry.bytes; at += piece.size()) {
                const auto length = static_cast<std::size_t>(
                    std::min<std::uint64_t>(piece.size(), entry.bytes - at));
                const std::span<char> part = std::span(piece).first(length);
                if (!file_.read(entry.offset + at, part)) {
                    refuse(title(), fmt::format("`{}` cannot be read", name));
                }
                checksum.add(part);
            }
            if (checksum.value() != entry.checksum) {
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
            entries_[name] = {section.type, 0, section.bytes.size(), 0};
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
