// SPDX-License-Identifier: MIT
// A population of one module without the runtime: storage, and the hooks called by hand.
#pragma once

#include "abi/kernel_abi.h"
#include "interp/interpreter.h"
#include "ir/count.h"
#include "ir/ir.h"
#include "ir/read.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::test {

inline ir::Module read_module(std::string_view text) {
    ir::ReadResult result = ir::read(text);
    if (!result.module) {
        throw std::runtime_error("line " + std::to_string(result.error.line) + ": " +
                                 result.error.message);
    }
    return std::move(*result.module);
}

class Rig {
public:
    Rig(const ir::Module& module, std::int64_t count)
        : interpreter_(module), module_(interpreter_.module()), count_(count),
          padded_((count + HHK_PADDING - 1) / HHK_PADDING * HHK_PADDING) {
        std::size_t size = 0;
        for (const ir::Field& field : module_.fields) {
            offsets_.push_back(static_cast<std::int64_t>(size));
            size += static_cast<std::size_t>(padded_) * ir::storage_size(module_, field.storage);
            size = (size + 63) / 64 * 64;
        }
        slab_.resize(size + 64);
        for (const ir::Uniform& uniform : module_.uniforms) {
            uniforms_.push_back(uniform.default_value);
        }
        bits_.resize(module_.events.size(),
                     std::vector<std::uint64_t>(static_cast<std::size_t>(padded_ + 63) / 64));
        for (std::vector<std::uint64_t>& words : bits_) {
            bit_pointers_.push_back(words.data());
        }
        table_data_.resize(module_.tables.size());
        context_.size = sizeof(hhk_context);
        context_.model = interpreter_.model();
        context_.slab = slab_.data();
        context_.offsets = offsets_.data();
        context_.uniforms = uniforms_.data();
        context_.tables = table_data_.data();
        context_.event_bits = bit_pointers_.data();
        context_.count = count;
        context_.dt = 1e-4;
        context_.seed = 1;
        context_.random_object = 7;
        for (const ir::Field& field : module_.fields) {
            set(field.name, field.default_value);
        }
    }

    [[nodiscard]] const interp::Interpreter& interpreter() const { return interpreter_; }
    [[nodiscard]] const hhk_model& model() const { return *interpreter_.model(); }
    hhk_context& context() { return context_; }
    hhk_block& block() { return block_; }
    double& uniform(std::string_view name) {
        return uniforms_[index(module_.uniforms.raw(), name)];
    }
    hhk_table_data& table(std::string_view name) {
        return table_data_[index(module_.tables.raw(), name)];
    }
    std::vector<std::uint64_t>& bits(std::size_t event) { return bits_[event]; }

    void set(std::string_view name, std::int64_t i, double value) {
        const std::size_t f = index(module_.fields.raw(), name);
        switch (module_.fields.raw()[f].storage) {
        case ir::Storage::Real:
            module_.real_size == 4 ? put(f, i, static_cast<float>(value)) : put(f, i, value);
            break;
        case ir::Storage::Integer:
            put(f, i, static_cast<std::int32_t>(value));
            break;
        case ir::Storage::Boolean:
            put(f, i, static_cast<std::uint8_t>(value != 0));
            break;
        case ir::Storage::Step:
            put(f, i, static_cast<std::int64_t>(value));
            break;
        }
    }
    /// Every entity, padding too.
    void set(std::string_view name, double value) {
        for (std::int64_t i = 0; i < padded_; ++i) {
            set(name, i, value);
        }
    }
    /// Entity i gets values[i]; padding gets the last one.
    void set(std::string_view name, const std::vector<double>& values) {
        for (std::int64_t i = 0; i < padded_; ++i) {
            set(name, i, values[static_cast<std::size_t>(std::min(i, count_ - 1))]);
        }
    }
    [[nodiscard]] double get(std::string_view name, std::int64_t i = 0) const {
        const std::size_t f = index(module_.fields.raw(), name);
        switch (module_.fields.raw()[f].storage) {
        case ir::Storage::Real:
            return module_.real_size == 4 ? take<float>(f, i) : take<double>(f, i);
        case ir::Storage::Integer:
            return take<std::int32_t>(f, i);
        case ir::Storage::Boolean:
            return take<std::uint8_t>(f, i);
        case ir::Storage::Step:
            return static_cast<double>(take<std::int64_t>(f, i));
        }
        return 0;
    }
    [[nodiscard]] std::vector<char>& slab() { return slab_; }

    /// A hook over all entities; nothing if the model has none.
    void call(hhk_block_fn hook, std::int32_t event = 0) {
        block_ = {};
        block_.end = padded_;
        block_.event = event;
        if (hook != nullptr) {
            hook(&context_, &block_);
        }
    }
    std::int32_t prepare() {
        const std::int32_t status =
            model().prepare != nullptr ? model().prepare(&context_) : std::int32_t{HHK_OK};
        call(model().prepare_entities);
        return status;
    }
    /// advance, then on_event of every event that occurred.
    void step() {
        call(model().advance);
        const hhk_block advanced = block_;
        for (std::size_t e = 0; e < bits_.size(); ++e) {
            if ((advanced.any_event >> e & 1U) != 0) {
                call(model().on_event[e], static_cast<std::int32_t>(e));
            }
        }
        block_ = advanced;
        ++context_.step;
        context_.t = static_cast<double>(context_.step) * context_.dt;
    }
    /// outputs[k][i] of an observe, rhs, jacobian or linear kernel.
    std::vector<std::vector<double>> outputs(hhk_block_fn hook, std::size_t how_many) {
        std::vector<std::vector<double>> result(
            how_many, std::vector<double>(static_cast<std::size_t>(count_)));
        std::vector<double*> pointers;
        for (auto& each : result) {
            pointers.push_back(each.data());
        }
        context_.outputs = pointers.data();
        call(hook);
        context_.outputs = nullptr;
        return result;
    }

private:
    template <class Items> static std::size_t index(const Items& items, std::string_view name) {
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (items[i].name == name) {
                return i;
            }
        }
        throw std::runtime_error("no " + std::string(name));
    }
    template <class T> void put(std::size_t field, std::int64_t i, T value) {
        std::memcpy(slab_.data() + offsets_[field] + i * static_cast<std::int64_t>(sizeof(T)),
                    &value, sizeof(T));
    }
    template <class T> [[nodiscard]] T take(std::size_t field, std::int64_t i) const {
        T value;
        std::memcpy(&value,
                    slab_.data() + offsets_[field] + i * static_cast<std::int64_t>(sizeof(T)),
                    sizeof(T));
        return value;
    }

    interp::Interpreter interpreter_;
    const ir::Module& module_;
    std::int64_t count_;
    std::int64_t padded_;
    std::vector<char> slab_;
    std::vector<std::int64_t> offsets_;
    std::vector<double> uniforms_;
    std::vector<std::vector<std::uint64_t>> bits_;
    std::vector<std::uint64_t*> bit_pointers_;
    std::vector<hhk_table_data> table_data_;
    hhk_context context_{};
    hhk_block block_{};
};

} // namespace hhc::test
