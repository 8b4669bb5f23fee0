// SPDX-License-Identifier: MIT
// Memory for one model, as a runtime would own it, and the hooks called in order.
#pragma once

#include "abi/kernel_abi.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace hhc::testing {

class World {
public:
    /// Fields, uniforms and tables get random values of `seed`, the same for any model with the
    /// same fields.
    World(const hhk_model* model, std::int64_t count, std::uint64_t seed);

    /// prepare, prepare_entities, init, then steps with events and observe.
    void run(int steps);

    /// Everything that the hooks left behind, as text, NaNs alike, one item a line: what differs is
    /// seen by name.
    [[nodiscard]] std::vector<std::string> state() const;

private:
    void fill(std::uint64_t seed);
    void call(hhk_block_fn hook, const char* name, int event = -1);
    void repeat_last();
    [[nodiscard]] std::string value(std::size_t field, std::int64_t entity) const;

    const hhk_model* model_;
    std::int64_t count_;
    std::int64_t padded_;
    std::vector<std::int64_t> offsets_;
    std::unique_ptr<char, void (*)(void*)> slab_;
    std::vector<double> uniforms_;
    std::vector<std::vector<double>> table_values_;
    std::vector<hhk_table_data> tables_;
    std::vector<std::vector<std::uint64_t>> bits_;
    std::vector<std::uint64_t*> bit_pointers_;
    std::vector<std::vector<double>> outputs_;
    std::vector<double*> output_pointers_;
    std::vector<std::string> log_;
    hhk_context context_{};
};

} // namespace hhc::testing
