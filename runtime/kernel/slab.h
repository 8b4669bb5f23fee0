// SPDX-License-Identifier: MIT
// The memory of one population, or of the synapses of one object: every field of its model in one
// block.
//
// Fields start on cache lines and are padded to whole vectors. Their starts are spread over the
// page (offsets modulo 4096 differ), because a loop that reads and writes two dozen arrays with
// equal page offsets takes every load for a store to the same address: 6 to 9 times slower,
// measured.
#pragma once

#include "abi/kernel_abi.h"
#include "base/aligned_memory.h"
#include "base/together.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace hodg::kernel {

/// Entities rounded up to whole vectors.
constexpr std::int64_t padded_count(std::int64_t count) {
    return (count + HHK_PADDING - 1) / HHK_PADDING * HHK_PADDING;
}

/// Bytes of one value of this field.
std::size_t element_size(const hhk_model& model, const hhk_field& field);

class Slab {
public:
    /// `lengths`: values of each field, padding included.
    Slab(const hhk_model& model, std::span<const std::int64_t> lengths);
    /// Every field has `count` values.
    Slab(const hhk_model& model, std::int64_t count);

    [[nodiscard]] char* data() const { return memory_.get(); }
    [[nodiscard]] const base::TogetherVector<std::int64_t>& offsets() const { return offsets_; }
    [[nodiscard]] char* field(std::uint32_t index) const { return data() + offsets_[index]; }

private:
    base::TogetherVector<std::int64_t> offsets_;
    std::unique_ptr<char[], base::FreeAligned> memory_;
};

} // namespace hodg::kernel
