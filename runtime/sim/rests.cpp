// SPDX-License-Identifier: MIT
#include "sim/rests.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace hodg::sim {

/// Of more steps than this nobody would see the end, and never is not so long ago.
static constexpr double longest_rest = 0x1p40;

const hhk_field* Rests::field_of(const hhk_model& model) {
    for (std::uint32_t f = 0; f < model.field_count; ++f) {
        const hhk_field& field = model.fields[f];
        if (field.role == HHK_LAST_SPIKE && field.rest > 0) {
            return &field;
        }
    }
    return nullptr;
}

Rests::Bits Rests::bits_for(std::int64_t entities) {
    return std::make_shared<base::Array<std::uint64_t>>(
        static_cast<std::size_t>((entities + HHK_BLOCK - 1) / HHK_BLOCK));
}

Rests::Rests(hhk_context& context, Bits bits, std::int64_t begin, std::int64_t end)
    : context_(context), bits_(std::move(bits)), begin_(begin), end_(end) {
    const hhk_field* field = field_of(*context.model);
    const auto f = static_cast<std::size_t>(field - context.model->fields);
    last_spike_ = reinterpret_cast<const std::int64_t*>(context.slab + context.offsets[f]);
    uniform_ = context.uniforms + (field->rest - 1);
}

void Rests::set(std::int64_t entity, bool rested) {
    const auto i = static_cast<std::size_t>(entity);
    std::uint64_t& word = (*bits_)[i / HHK_BLOCK];
    const std::uint64_t bit = std::uint64_t{1} << (i % HHK_BLOCK);
    word = rested ? word | bit : word & ~bit;
}

/// From the field. Lengths without an end and spikes to come are left to the kernel.
void Rests::make(std::int64_t step) {
    const auto first = static_cast<std::size_t>(begin_ / HHK_BLOCK);
    const auto last = static_cast<std::size_t>((end_ + HHK_BLOCK - 1) / HHK_BLOCK);
    std::fill(bits_->data() + first, bits_->data() + last, ~std::uint64_t{0});
    resting_.clear();
    next_ = step;
    known_length_ = *uniform_;
    context_.rested = nullptr;
    if (known_length_ > longest_rest) {
        return;
    }
    length_ = known_length_ > 0 ? static_cast<std::int64_t>(known_length_) : 0; // NaN: 0, as there
    for (std::int64_t i = begin_; i < std::min(end_, context_.count); ++i) {
        if (last_spike_[i] >= step) {
            return;
        }
        if (step - last_spike_[i] < length_) {
            resting_.push_back({last_spike_[i], i});
            set(i, false);
        }
    }
    std::ranges::sort(resting_, {}, &Spike::step);
    context_.rested = bits_->data();
}

void Rests::begin_step(std::int64_t step) {
    const bool same_length = *uniform_ == known_length_ || *uniform_ != *uniform_;
    if (next_ != step || !same_length) {
        make(step);
    }
    ++next_;
    while (!resting_.empty() && step - resting_.front().step >= length_) {
        const Spike& spike = resting_.front();
        if (last_spike_[spike.entity] == spike.step) { // else there was another one since
            set(spike.entity, true);
        }
        resting_.pop_front();
    }
}

void Rests::add_spikes(const std::uint64_t* words) {
    if (context_.rested == nullptr) {
        return;
    }
    const std::int64_t step = next_ - 1;
    for (std::int64_t word = begin_ / HHK_BLOCK; word < (end_ + HHK_BLOCK - 1) / HHK_BLOCK;
         ++word) {
        for (std::uint64_t left = words[word]; left != 0; left &= left - 1) {
            const std::int64_t entity = word * HHK_BLOCK + std::countr_zero(left);
            resting_.push_back({step, entity});
            set(entity, false);
        }
    }
}

} // namespace hodg::sim
