// SPDX-License-Identifier: MIT
#include "synapse/signal.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace hodg::synapse {

/// At least one.
static std::int64_t row_count(std::size_t bytes, std::size_t row_bytes) {
    return row_bytes == 0 ? 1
                          : std::max<std::int64_t>(1, static_cast<std::int64_t>(bytes / row_bytes));
}

Signal::Signal(Memory memory, std::int64_t longest_delay) : memory_(memory) {
    const auto length = std::bit_ceil(static_cast<std::uint64_t>(longest_delay) + 1);
    mask_ = static_cast<std::int64_t>(length) - 1;
    row_bytes_ = static_cast<std::size_t>(memory.sources) * memory.size;
    past_.resize(length * row_bytes_);
}

Signal::Signal(std::int64_t sources, std::size_t size, std::int64_t step,
               std::span<const char> past)
    : Signal({nullptr, nullptr, sources, size},
             row_count(past.size(), static_cast<std::size_t>(sources) * size) - 1) {
    started_ = !past.empty();
    const std::int64_t rows = row_count(past.size(), row_bytes_);
    for (std::int64_t back = 1; started_ && back <= mask_ + 1; ++back) {
        const auto from = static_cast<std::size_t>(std::min(back, rows) - 1);
        std::memcpy(row(step - back), past.data() + from * row_bytes_, row_bytes_);
    }
}

std::vector<char> Signal::past(std::int64_t step) const {
    std::vector<char> rows;
    for (std::int64_t back = 1; started_ && back <= mask_ + 1; ++back) {
        const char* from = row(step - back);
        rows.insert(rows.end(), from, from + row_bytes_);
    }
    return rows;
}

template <class T>
void Signal::gather(std::int64_t step, std::int64_t delay, const std::int32_t* each,
                    const std::int32_t* pre, std::uint32_t begin, std::uint32_t end) const {
    auto* to = reinterpret_cast<T*>(memory_.target);
    const bool one = memory_.sources == 1;
    for (std::uint32_t at = begin; at < end; ++at) {
        const std::int64_t back = each == nullptr ? delay : each[at];
        const char* from = row(step - back);
        std::memcpy(to + at, from + (one ? 0 : static_cast<std::size_t>(pre[at]) * sizeof(T)),
                    sizeof(T));
    }
}

void Signal::fill(std::int64_t step, std::int64_t delay, const std::int32_t* each,
                  const std::int32_t* pre, std::uint32_t begin, std::uint32_t end) {
    if (!started_) {
        for (std::int64_t back = 0; back <= mask_; ++back) {
            std::memcpy(row(back), memory_.source, row_bytes_);
        }
        started_ = true;
    }
    std::memcpy(row(step), memory_.source, row_bytes_);
    switch (memory_.size) {
    case 8:
        gather<std::uint64_t>(step, delay, each, pre, begin, end);
        break;
    case 4:
        gather<std::uint32_t>(step, delay, each, pre, begin, end);
        break;
    default:
        gather<std::uint8_t>(step, delay, each, pre, begin, end);
        break;
    }
}

void Signal::continue_from(const Signal& old, std::int64_t step) {
    started_ = old.started_ && old.row_bytes_ == row_bytes_;
    for (std::int64_t back = 1; started_ && back <= mask_ + 1; ++back) {
        // Further back than the other one remembers: its oldest.
        const std::int64_t from = step - std::min(back, old.mask_ + 1);
        std::memcpy(row(step - back), old.row(from), row_bytes_);
    }
}

} // namespace hodg::synapse
