// SPDX-License-Identifier: MIT
// Values of any storage type as SI doubles.
#pragma once

#include "abi/kernel_abi.h"

#include <cmath>
#include <cstdint>
#include <cstring>

namespace hodg::kernel {

/// Memory of one field: where it starts and how one value is stored.
struct FieldMemory {
    char* data = nullptr;
    std::uint8_t type = HHK_REAL;
    std::uint32_t real_size = 8;
    double dt = 0; // seconds a step, for HHK_STEP

    /// Steps read as seconds; a step that never was as -infinity.
    [[nodiscard]] double read(std::int64_t i) const {
        switch (type) {
        case HHK_REAL:
            return real_size == 8 ? load<double>(i) : static_cast<double>(load<float>(i));
        case HHK_INTEGER:
            return load<std::int32_t>(i);
        case HHK_BOOLEAN:
            return load<std::uint8_t>(i);
        default: {
            const auto step = load<std::int64_t>(i);
            return step <= HHK_NEVER ? -INFINITY : static_cast<double>(step) * dt;
        }
        }
    }

    /// The value must fit the type (checked before by whoever takes it from a user).
    void write(std::int64_t i, double value) const {
        switch (type) {
        case HHK_REAL:
            real_size == 8 ? store(i, value) : store(i, static_cast<float>(value));
            break;
        case HHK_INTEGER:
            store(i, static_cast<std::int32_t>(value));
            break;
        case HHK_BOOLEAN:
            store(i, static_cast<std::uint8_t>(value != 0 ? 1 : 0));
            break;
        default:
            store(i, value == -INFINITY ? HHK_NEVER
                                        : static_cast<std::int64_t>(std::llround(value / dt)));
        }
    }

private:
    template <class T> [[nodiscard]] T load(std::int64_t i) const {
        T value;
        std::memcpy(&value, data + i * static_cast<std::int64_t>(sizeof(T)), sizeof(T));
        return value;
    }
    template <class T> void store(std::int64_t i, T value) const {
        std::memcpy(data + i * static_cast<std::int64_t>(sizeof(T)), &value, sizeof(T));
    }
};

} // namespace hodg::kernel
