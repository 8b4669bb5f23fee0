// SPDX-License-Identifier: MIT
// Rows of a cell's states as the solver sees them: in double precision, whatever they are stored
// in.
#pragma once

#include "abi/kernel_abi.h"
#include "cable/layout.h"

#include <algorithm>
#include <cstdint>

namespace hodg::cable {

/// The values of a real field in a piece: the field itself, or a copy of one in single precision
/// that goes back at the end of its life.
class InDouble {
public:
    /// `scratch` holds as many numbers as the piece has entities.
    InDouble(const hhk_context& context, std::uint32_t field, const PieceRange& range,
             double* scratch)
        : count_(range.end - range.begin) {
        char* row = context.slab + context.offsets[field];
        if (context.model->real_size == sizeof(double)) {
            data_ = reinterpret_cast<double*>(row) + range.begin;
        } else {
            stored_ = reinterpret_cast<float*>(row) + range.begin;
            data_ = scratch;
            std::copy_n(stored_, count_, data_);
        }
    }
    ~InDouble() {
        for (std::int64_t e = 0; stored_ != nullptr && e < count_; ++e) {
            stored_[e] = static_cast<float>(data_[e]);
        }
    }
    InDouble(const InDouble&) = delete;
    InDouble& operator=(const InDouble&) = delete;

    /// Of the first entity of the piece.
    [[nodiscard]] double* data() const { return data_; }

private:
    std::int64_t count_;
    double* data_ = nullptr;
    float* stored_ = nullptr;
};

} // namespace hodg::cable
