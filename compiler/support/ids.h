// SPDX-License-Identifier: MIT
// Typed indices and the vector that they index: an id of one table cannot be used in another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace hhc {

/// Index with a tag type; default-constructed it is "none".
template <class Tag> struct Id {
    std::uint32_t index = none_index;
    static constexpr std::uint32_t none_index = 0xffffffffU;

    constexpr Id() = default;
    constexpr explicit Id(std::size_t i) : index(static_cast<std::uint32_t>(i)) {}
    [[nodiscard]] constexpr bool valid() const { return index != none_index; }
    constexpr explicit operator bool() const { return valid(); }
    friend constexpr bool operator==(Id, Id) = default;
    friend constexpr auto operator<=>(Id, Id) = default;
};

/// std::vector indexed by Id<Tag>.
template <class Tag, class T> class IdVector {
public:
    Id<Tag> push_back(T value) {
        items_.push_back(std::move(value));
        return Id<Tag>(items_.size() - 1);
    }
    T& operator[](Id<Tag> id) { return items_[id.index]; }
    const T& operator[](Id<Tag> id) const { return items_[id.index]; }
    [[nodiscard]] std::size_t size() const { return items_.size(); }
    [[nodiscard]] bool empty() const { return items_.empty(); }
    auto begin() { return items_.begin(); }
    auto end() { return items_.end(); }
    [[nodiscard]] auto begin() const { return items_.begin(); }
    [[nodiscard]] auto end() const { return items_.end(); }
    std::vector<T>& raw() { return items_; }
    [[nodiscard]] const std::vector<T>& raw() const { return items_; }

private:
    std::vector<T> items_;
};

} // namespace hhc

template <class Tag> struct std::hash<hhc::Id<Tag>> {
    std::size_t operator()(hhc::Id<Tag> id) const noexcept {
        return std::hash<std::uint32_t>()(id.index);
    }
};
