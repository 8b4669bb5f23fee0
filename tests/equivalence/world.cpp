// SPDX-License-Identifier: MIT
#include "world.h"

#include "random_module.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace hhc::testing {
namespace {

constexpr std::size_t output_count = 5;

std::string hex(double x) {
    char text[40];
    if (std::isnan(x)) {
        return "nan";
    }
    std::snprintf(text, sizeof(text), "%a", x);
    return text;
}

} // namespace

World::World(const hhk_model* model, std::int64_t count, std::uint64_t seed)
    : model_(model), count_(count), padded_((count + HHK_PADDING - 1) / HHK_PADDING * HHK_PADDING),
      slab_(nullptr, std::free) {
    std::int64_t at = 64;
    for (std::uint32_t f = 0; f < model->field_count; ++f) {
        offsets_.push_back(at);
        at += (padded_ * 8 + 63) / 64 * 64 + 64 * 3; // odd: alignment of 64 and no more
    }
    at = (at + 63) / 64 * 64;
    slab_.reset(static_cast<char*>(std::aligned_alloc(64, static_cast<std::size_t>(at))));
    std::memset(slab_.get(), 0, static_cast<std::size_t>(at));
    context_.size = sizeof(hhk_context);
    context_.random_object = 77;
    context_.model = model;
    context_.slab = slab_.get();
    context_.offsets = offsets_.data();
    for (std::uint32_t u = 0; u < model->uniform_count; ++u) {
        uniforms_.push_back(model->uniforms[u].default_value);
    }
    context_.uniforms = uniforms_.data();
    bits_.assign(model->event_count,
                 std::vector<std::uint64_t>(static_cast<std::size_t>(padded_ / 64 + 1)));
    for (auto& words : bits_) {
        bit_pointers_.push_back(words.data());
    }
    context_.event_bits = bit_pointers_.data();
    outputs_.assign(output_count, std::vector<double>(static_cast<std::size_t>(count)));
    for (auto& output : outputs_) {
        output_pointers_.push_back(output.data());
    }
    context_.outputs = output_pointers_.data();
    context_.count = count;
    context_.step = 41;
    context_.dt = 1e-4;
    context_.t = 41 * 1e-4;
    context_.seed = 5;
    fill(seed);
}

void World::fill(std::uint64_t seed) {
    std::mt19937_64 engine(seed);
    for (std::uint32_t f = 0; f < model_->field_count; ++f) {
        char* const base = slab_.get() + offsets_[f];
        for (std::int64_t i = 0; i < count_; ++i) {
            const double number = random_number(engine);
            const auto whole = static_cast<std::int64_t>(engine());
            switch (model_->fields[f].type) {
            case HHK_INTEGER:
                reinterpret_cast<std::int32_t*>(base)[i] =
                    static_cast<std::int32_t>(i % 3 == 0 ? whole : whole % 100);
                break;
            case HHK_BOOLEAN:
                reinterpret_cast<std::uint8_t*>(base)[i] = static_cast<std::uint8_t>(whole & 1);
                break;
            case HHK_STEP:
                reinterpret_cast<std::int64_t*>(base)[i] = i % 4 == 0 ? HHK_NEVER : whole % 1000;
                break;
            default:
                if (model_->real_size == 4) {
                    reinterpret_cast<float*>(base)[i] = static_cast<float>(number);
                } else {
                    reinterpret_cast<double*>(base)[i] = number;
                }
            }
        }
    }
    for (std::uint32_t t = 0; t < model_->table_count; ++t) {
        const std::int64_t columns = model_->tables[t].per_entity != 0 ? count_ : 1;
        std::vector<double> values;
        for (std::int64_t k = 0; k < 7 * columns; ++k) {
            values.push_back(random_number(engine));
        }
        table_values_.push_back(std::move(values));
        tables_.push_back({table_values_.back().data(), 7, columns, 1e-3});
    }
    context_.tables = tables_.data();
    repeat_last();
}

void World::repeat_last() {
    for (std::uint32_t f = 0; f < model_->field_count; ++f) {
        const std::size_t size = model_->fields[f].type == HHK_INTEGER   ? 4
                                 : model_->fields[f].type == HHK_BOOLEAN ? 1
                                 : model_->fields[f].type == HHK_STEP    ? 8
                                                                         : model_->real_size;
        char* const base = slab_.get() + offsets_[f];
        for (std::int64_t i = count_; i < padded_; ++i) {
            std::memcpy(base + static_cast<std::size_t>(i) * size,
                        base + static_cast<std::size_t>(count_ - 1) * size, size);
        }
    }
}

void World::call(hhk_block_fn hook, const char* name, int event) {
    if (hook == nullptr) {
        return;
    }
    hhk_block block{};
    block.end = padded_;
    block.event = event;
    const std::int32_t status = hook(&context_, &block);
    log_.push_back(std::string(name) + " step " + std::to_string(context_.step) + ": status " +
                   std::to_string(status) + ", fault " + std::to_string(block.fault) + ", events " +
                   std::to_string(event < 0 ? block.any_event : 0));
    if (event < 0) {
        for (std::uint32_t e = 0; e < model_->event_count; ++e) {
            if ((block.any_event >> e & 1U) != 0 && model_->on_event != nullptr) {
                call(model_->on_event[e], "on_event", static_cast<int>(e));
            }
        }
    }
}

void World::run(int steps) {
    if (model_->prepare != nullptr) {
        log_.push_back("prepare: status " + std::to_string(model_->prepare(&context_)));
    }
    call(model_->prepare_entities, "prepare_entities");
    call(model_->init, "init");
    for (int k = 0; k < steps; ++k) {
        call(model_->observe, "observe");
        call(model_->advance, "advance");
        ++context_.step;
        context_.t = static_cast<double>(context_.step) * context_.dt;
    }
}

std::string World::value(std::size_t field, std::int64_t entity) const {
    const char* const base = slab_.get() + offsets_[field];
    switch (model_->fields[field].type) {
    case HHK_INTEGER:
        return std::to_string(reinterpret_cast<const std::int32_t*>(base)[entity]);
    case HHK_BOOLEAN:
        return std::to_string(reinterpret_cast<const std::uint8_t*>(base)[entity]);
    case HHK_STEP:
        return std::to_string(reinterpret_cast<const std::int64_t*>(base)[entity]);
    default:
        return hex(model_->real_size == 4 ? reinterpret_cast<const float*>(base)[entity]
                                          : reinterpret_cast<const double*>(base)[entity]);
    }
}

std::vector<std::string> World::state() const {
    std::vector<std::string> lines = log_;
    for (std::uint32_t u = 0; u < model_->uniform_count; ++u) {
        lines.push_back(std::string(model_->uniforms[u].name) + " = " + hex(uniforms_[u]));
    }
    for (std::uint32_t f = 0; f < model_->field_count; ++f) {
        for (std::int64_t i = 0; i < padded_; ++i) { // the padding follows the last entity
            lines.push_back(std::string(model_->fields[f].name) + "[" + std::to_string(i) +
                            "] = " + value(f, i));
        }
    }
    for (std::size_t k = 0; k < outputs_.size(); ++k) {
        for (std::size_t i = 0; i < outputs_[k].size(); ++i) {
            lines.push_back("output " + std::to_string(k) + "[" + std::to_string(i) +
                            "] = " + hex(outputs_[k][i]));
        }
    }
    for (const auto& words : bits_) {
        for (const std::uint64_t word : words) {
            lines.push_back("bits " + std::to_string(word));
        }
    }
    return lines;
}

} // namespace hhc::testing
