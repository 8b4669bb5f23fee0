// SPDX-License-Identifier: MIT
// Named arrays: what a network is saved as, in memory or in a file.
//
// The file: a head (magic, version, where the index lies, and a checksum of that), the arrays, each
// on a boundary of 64 bytes and packed (see chunks.h) unless it is small, and an index of name,
// type, place and checksum of each. Everything is little-endian. A file holds data alone: reading
// one runs nothing.
#pragma once

#include "archive/file.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace hodg::archive {

enum class Type : std::uint8_t {
    Bytes = 0,
    Int32 = 1,
    UInt32 = 2,
    Int64 = 3,
    UInt64 = 4,
    Real64 = 5
};

[[nodiscard]] std::size_t size_of(Type type); // bytes of one

template <class T> [[nodiscard]] constexpr Type type_of() {
    if constexpr (std::is_same_v<T, double>) {
        return Type::Real64;
    } else if constexpr (sizeof(T) == 1) {
        return Type::Bytes;
    } else if constexpr (sizeof(T) == 4) {
        return std::is_signed_v<T> ? Type::Int32 : Type::UInt32;
    } else {
        return std::is_signed_v<T> ? Type::Int64 : Type::UInt64;
    }
}

/// One array.
struct Section {
    Type type = Type::Bytes;
    std::vector<char> own;       // unless another one keeps the bytes
    std::span<const char> bytes; // what is saved
};

/// Saves under names that begin alike; copies write to the same archive.
class Out {
public:
    /// `borrow`: large arrays may be referred to, and stay as they are until the archive is
    /// written.
    explicit Out(bool borrow) : sections_(std::make_shared<Sections>()), borrow_(borrow) {}

    /// "cells" -> names begin with "cells/".
    [[nodiscard]] Out in(std::string_view part) const;

    template <class T> void put(std::string_view name, std::span<const T> values) const {
        static_assert(std::is_arithmetic_v<T>);
        add(name, type_of<T>(), std::as_bytes(values), false);
    }
    template <class T> void put(std::string_view name, const std::vector<T>& values) const {
        put(name, std::span<const T>(values));
    }
    template <class T>
        requires std::is_arithmetic_v<T>
    void put(std::string_view name, T value) const {
        put(name, std::span<const T>(&value, 1));
    }
    void put_text(std::string_view name, std::string_view text) const {
        put(name, std::span<const char>(text));
    }
    /// Bytes of an array of this type.
    void put_typed(std::string_view name, Type type, std::span<const char> bytes) const {
        add(name, type, std::as_bytes(bytes), false);
    }
    /// The same that is not copied if the archive borrows.
    void refer(std::string_view name, Type type, std::span<const char> bytes) const {
        add(name, type, std::as_bytes(bytes), borrow_);
    }

    /// Errors HH6061; what was there before stays then.
    void write(const std::string& path) const;

    using Sections = std::map<std::string, Section, std::less<>>;
    [[nodiscard]] const std::shared_ptr<Sections>& sections() const { return sections_; }

private:
    void add(std::string_view name, Type type, std::span<const std::byte> bytes,
             bool borrowed) const;

    std::shared_ptr<Sections> sections_;
    std::string prefix_;
    bool borrow_;
};

/// What a file, or an archive in memory, holds.
class Source {
public:
    virtual ~Source() = default;
    struct Entry {
        Type type = Type::Bytes;
        std::uint64_t offset = 0;
        std::uint64_t bytes = 0;    // of the array
        std::uint64_t stored = 0;   // of the file
        std::uint64_t checksum = 0; // of what is stored
        bool packed = false;
    };
    [[nodiscard]] virtual const std::map<std::string, Entry, std::less<>>& entries() const = 0;
    virtual void read(const std::string& name, const Entry& entry, std::span<char> to) const = 0;
    /// For messages.
    [[nodiscard]] virtual const std::string& title() const = 0;
};

/// Reads names that begin alike. Errors HH6063 for what is not there, or of another type.
class In {
public:
    /// Checks every byte. Errors HH6062 (cannot be read), HH6063 (no such file, or a damaged or
    /// newer one).
    explicit In(const std::string& path);
    explicit In(const Out& memory);

    [[nodiscard]] In in(std::string_view part) const;
    [[nodiscard]] bool has(std::string_view name) const;
    /// Names that follow the prefix, up to the next "/", each once.
    [[nodiscard]] std::vector<std::string> parts() const;
    [[nodiscard]] const std::string& title() const { return source_->title(); }

    template <class T> [[nodiscard]] std::vector<T> get(std::string_view name) const {
        const auto& [full, entry] = find(name, type_of<T>());
        std::vector<T> values(static_cast<std::size_t>(entry.bytes) / sizeof(T));
        source_->read(full, entry, {reinterpret_cast<char*>(values.data()), entry.bytes});
        return values;
    }
    /// Exactly one.
    template <class T> [[nodiscard]] T one(std::string_view name) const {
        const std::vector<T> values = get<T>(name);
        require_count(name, values.size(), 1);
        return values[0];
    }
    /// Exactly so many.
    template <class T>
    [[nodiscard]] std::vector<T> get(std::string_view name, std::size_t count) const {
        std::vector<T> values = get<T>(name);
        require_count(name, values.size(), count);
        return values;
    }
    [[nodiscard]] std::string text(std::string_view name) const;
    /// Bytes of an array of any type.
    [[nodiscard]] std::vector<char> raw(std::string_view name, Type type, std::size_t bytes) const;
    [[nodiscard]] Type type(std::string_view name) const;

    /// Throws HH6063 with this reason.
    [[noreturn]] void damaged(std::string_view reason) const;

private:
    using Item = std::pair<const std::string, Source::Entry>;

    In(std::shared_ptr<const Source> source, std::string prefix)
        : source_(std::move(source)), prefix_(std::move(prefix)) {}
    [[nodiscard]] const Item& find(std::string_view name, Type type) const;
    void require_count(std::string_view name, std::size_t found, std::size_t expected) const;

    std::shared_ptr<const Source> source_;
    std::string prefix_;
};

} // namespace hodg::archive
