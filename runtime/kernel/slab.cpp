// SPDX-License-Identifier: MIT
#include "kernel/slab.h"

namespace hodg::kernel {

static constexpr std::int64_t lines_per_page = 64;
static constexpr std::int64_t stagger_lines = 5; // odd: 64 fields get 64 different places in a page

std::size_t element_size(const hhk_model& model, const hhk_field& field) {
    switch (field.type) {
    case HHK_REAL:
        return model.real_size;
    case HHK_INTEGER:
        return sizeof(std::int32_t);
    case HHK_BOOLEAN:
        return sizeof(std::uint8_t);
    default:
        return sizeof(std::int64_t);
    }
}

/// Lines to leave free so that a field starts at `wanted` lines within a page.
static std::int64_t lines_to(std::int64_t line, std::int64_t wanted) {
    return ((wanted - line) % lines_per_page + lines_per_page) % lines_per_page;
}

Slab::Slab(const hhk_model& model, std::int64_t count)
    : Slab(model, std::vector<std::int64_t>(model.field_count, padded_count(count))) {}

Slab::Slab(const hhk_model& model, std::span<const std::int64_t> lengths) {
    constexpr auto line_bytes = static_cast<std::int64_t>(base::cache_line);
    std::int64_t line = 0;
    for (std::uint32_t f = 0; f < model.field_count; ++f) {
        const auto bytes =
            static_cast<std::int64_t>(element_size(model, model.fields[f])) * lengths[f];
        std::int64_t lines = (bytes + line_bytes - 1) / line_bytes;
        // Short fields lie close together: an odd distance of at least 5 lines is enough for them.
        // Others get their own place within the page.
        if (lines < lines_per_page / 2) {
            lines = std::max(lines, stagger_lines) | 1;
        } else {
            line += lines_to(line, stagger_lines * f);
        }
        offsets_.push_back(line * line_bytes);
        line += lines;
    }
    memory_ = base::allocate_aligned(static_cast<std::size_t>(line * line_bytes));
}

} // namespace hodg::kernel
