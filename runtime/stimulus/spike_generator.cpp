// SPDX-License-Identifier: MIT
// A spike generator is a population of a model whose kernel looks into a sorted table.
#include "hodg/spike_generator.h"

#include "abi/kernel_abi.h"
#include "archive/archive.h"
#include "base/fail.h"
#include "kernel/population_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace hodg::stimulus {

using base::Code;
using base::fail;

/// Spikes by step, then entity; and the model that shows them.
class SpikeTable {
public:
    explicit SpikeTable(std::int64_t count);

    [[nodiscard]] const hhk_model& model() const { return model_; }
    void set(std::span<const double> times, std::span<const std::int64_t> indices);
    /// Times become steps; refuses two of one entity in one step.
    void make_steps(double dt);
    void save(const archive::Out& out) const;
    void restore(const archive::In& in);

private:
    struct Spike {
        std::int64_t step;
        std::int32_t entity;
    };

    static std::int32_t advance(const hhk_context* context, hhk_block* block);
    [[nodiscard]] std::size_t first_at(std::int64_t step) const {
        return static_cast<std::size_t>(
            std::lower_bound(spikes_.begin(), spikes_.end(), step,
                             [](const Spike& spike, std::int64_t k) { return spike.step < k; }) -
            spikes_.begin());
    }

    std::int64_t count_;
    double dt_ = 0;
    std::vector<std::pair<double, std::int32_t>> given_;
    std::vector<Spike> spikes_;
    hhk_field cursor_{}; // per tile: where the next spikes are, at its first entity
    hhk_event event_{};
    hhk_block_fn no_statements_ = nullptr;
    hhk_model model_{};
};

SpikeTable::SpikeTable(std::int64_t count) : count_(count) {
    cursor_.name = "next";
    cursor_.unit = "1";
    cursor_.unit_scale = 1;
    cursor_.type = HHK_STEP;
    cursor_.role = HHK_HIDDEN;
    cursor_.init_flag = cursor_.stagger_flag = -1;
    event_.name = "spike";
    model_.size = sizeof(hhk_model);
    model_.abi_version = HHK_ABI_VERSION;
    model_.name = "spike generator";
    model_.required_features = "";
    model_.vector_width = 1;
    model_.real_size = 8;
    model_.field_count = 1;
    model_.fields = &cursor_;
    model_.event_count = 1;
    model_.events = &event_;
    model_.on_event = &no_statements_;
    model_.advance = advance;
    model_.self = this;
}

void SpikeTable::set(std::span<const double> times, std::span<const std::int64_t> indices) {
    if (times.size() != indices.size()) {
        fail(Code::WrongLength, fmt::format("a spike generator was given {} times and {} indices",
                                            times.size(), indices.size()));
    }
    for (std::size_t n = 0; n < times.size(); ++n) {
        if (!std::isfinite(times[n]) || std::fabs(times[n]) > 1e12) {
            fail(Code::ValueNotFinite,
                 fmt::format("a spike generator was given the time {} s", times[n]));
        }
        if (indices[n] < 0 || indices[n] >= count_) {
            fail(Code::IndexOutOfRange,
                 fmt::format("index {} of a spike generator of {} entities", indices[n], count_));
        }
    }
    given_.clear();
    for (std::size_t n = 0; n < times.size(); ++n) {
        given_.emplace_back(times[n], static_cast<std::int32_t>(indices[n]));
    }
    dt_ = 0;
}

void SpikeTable::save(const archive::Out& out) const {
    std::vector<double> times;
    std::vector<std::int64_t> indices;
    for (const auto& [time, entity] : given_) {
        times.push_back(time);
        indices.push_back(entity);
    }
    out.put("times", times);
    out.put("indices", indices);
}

void SpikeTable::restore(const archive::In& in) {
    set(in.get<double>("times"), in.get<std::int64_t>("indices"));
}

void SpikeTable::make_steps(double dt) {
    if (dt == dt_) {
        return;
    }
    std::vector<Spike> spikes;
    for (const auto& [time, entity] : given_) {
        constexpr double rounding = 1e-3; // of a step: times that are multiples of dt but for it
        spikes.push_back({static_cast<std::int64_t>(std::floor(time / dt + rounding)), entity});
    }
    std::sort(spikes.begin(), spikes.end(), [](const Spike& a, const Spike& b) {
        return a.step < b.step || (a.step == b.step && a.entity < b.entity);
    });
    for (std::size_t n = 1; n < spikes.size(); ++n) {
        if (spikes[n].step == spikes[n - 1].step && spikes[n].entity == spikes[n - 1].entity) {
            fail(
                Code::SpikesCollide,
                fmt::format("entity {} of a spike generator has two spikes in the step at {:.9g} s",
                            spikes[n].entity, static_cast<double>(spikes[n].step) * dt),
                "a smaller dt, or synapses of twice the weight");
        }
    }
    spikes_ = std::move(spikes);
    dt_ = dt;
}

std::int32_t SpikeTable::advance(const hhk_context* context, hhk_block* block) {
    const auto& table = *static_cast<const SpikeTable*>(context->model->self);
    auto& cursor =
        reinterpret_cast<std::int64_t*>(context->slab + context->offsets[0])[block->begin];
    const auto& spikes = table.spikes_;
    auto next = static_cast<std::size_t>(std::max<std::int64_t>(cursor, 0));
    const bool there = next <= spikes.size() &&
                       (next == 0 || spikes[next - 1].step < context->step) &&
                       (next == spikes.size() || spikes[next].step >= context->step);
    if (!there) { // the first step, or other spikes were given
        next = table.first_at(context->step);
    }
    for (; next < spikes.size() && spikes[next].step == context->step; ++next) {
        const std::int64_t entity = spikes[next].entity;
        if (entity >= block->begin && entity < block->end) {
            context->event_bits[0][entity / HHK_BLOCK] |= std::uint64_t{1} << (entity % HHK_BLOCK);
            block->any_event |= 1;
        }
    }
    cursor = static_cast<std::int64_t>(next);
    return HHK_OK;
}

} // namespace hodg::stimulus

namespace hodg {

SpikeGenerator::SpikeGenerator(std::int64_t count, std::string name)
    : table_(std::make_shared<stimulus::SpikeTable>(count)),
      population_(Model(&table_->model(), table_), count, std::move(name)) {
    kernel::PopulationState& state = *population_.state();
    state.before_step = [table = table_.get()](double dt) { table->make_steps(dt); };
    state.save_given = [table = table_.get()](const archive::Out& out) { table->save(out); };
    state.restore_given = [table = table_.get()](const archive::In& in) { table->restore(in); };
}

void SpikeGenerator::set(std::span<const double> times, std::span<const std::int64_t> indices) {
    table_->set(times, indices);
}

} // namespace hodg
