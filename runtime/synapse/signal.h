// SPDX-License-Identifier: MIT
// Past values of a variable of the sources, for synapses that read x_pre(t - delay). Before the
// first step the variable is taken to have always been what it was then.
#pragma once

#include "abi/kernel_abi.h"
#include "synapse/layout.h"

#include <cstdint>
#include <span>
#include <vector>

namespace hodg::synapse {

class Signal {
public:
    /// `source`: entity 0 of the variable, or its one value; `target`: the own field for place 0.
    struct Memory {
        const char* source = nullptr;
        char* target = nullptr;
        std::int64_t sources = 0; // values of the variable
        std::size_t size = 8;     // bytes of one
    };
    Signal(Memory memory, std::int64_t longest_delay);

    /// Remembers the values of this step and writes those of the past into places [begin, end).
    /// `each`: delay of each place less the first; null: `delay` for all.
    void fill(std::int64_t step, std::int64_t delay, const std::int32_t* each,
              const std::int32_t* pre, std::uint32_t begin, std::uint32_t end);

    /// Takes over what another one remembers, up to `step`.
    void continue_from(const Signal& old, std::int64_t step);

    /// What it remembers up to `step`, the newest first; empty before the first step.
    [[nodiscard]] std::vector<char> past(std::int64_t step) const;
    /// One that remembers `past`, rows of sources*size bytes.
    Signal(std::int64_t sources, std::size_t size, std::int64_t step, std::span<const char> past);

private:
    template <class T>
    void gather(std::int64_t step, std::int64_t delay, const std::int32_t* each,
                const std::int32_t* pre, std::uint32_t begin, std::uint32_t end) const;
    [[nodiscard]] char* row(std::int64_t step) {
        return past_.data() + static_cast<std::size_t>(step & mask_) * row_bytes_;
    }
    [[nodiscard]] const char* row(std::int64_t step) const {
        return past_.data() + static_cast<std::size_t>(step & mask_) * row_bytes_;
    }

    Memory memory_;
    std::size_t row_bytes_ = 0;
    std::int64_t mask_ = 0;
    bool started_ = false;
    std::vector<char> past_;
};

} // namespace hodg::synapse
