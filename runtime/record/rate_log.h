// SPDX-License-Identifier: MIT
// What a RateRecorder holds: events of a population per bin.
#pragma once

#include "record/recorder.h"

#include "hodg/recorder.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace hodg::record {

class RateLog final : public Recorder {
public:
    RateLog(std::shared_ptr<kernel::PopulationState> population, RateOptions options);

    void start(double dt, std::int64_t step) override;
    void attach(std::int64_t begin, std::int64_t end, Probes& probes) override;
    void begin_stretch(std::int64_t begin, std::int64_t end) override;
    void end_stretch(std::int64_t done, std::int64_t sampled) override;
    void save(const archive::Out& out) const override;
    void check(const archive::In& in) const override;
    void restore(const archive::In& in) override;
    [[nodiscard]] const char* kind() const override { return "rate"; }
    void clear();

    /// Bins that are complete.
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] std::int64_t count(std::size_t bin) const { return counts_[bin]; }
    [[nodiscard]] double time(std::size_t bin) const;
    [[nodiscard]] double rate(std::size_t bin) const;

private:
    struct TileCount {
        std::int64_t begin = 0;
        std::int64_t end = 0;
        const std::uint64_t* bits = nullptr;
        const std::uint64_t* mask = nullptr;                      // entities that count; null: all
        std::vector<std::pair<std::int64_t, std::int64_t>> steps; // step, events
    };

    static void collect(void* self, std::int64_t step);

    RateOptions options_;
    double dt_ = 0;
    std::uint32_t event_ = 0;
    std::int64_t bin_steps_ = 1;
    std::int64_t first_step_ = -1; // where the first bin begins; -1: nothing recorded yet
    std::int64_t end_step_ = 0;
    std::vector<std::unique_ptr<TileCount>> tiles_;
    std::vector<std::int64_t> counts_;
    std::vector<std::uint64_t> mask_; // one bit per entity that counts; empty: all
};

} // namespace hodg::record
