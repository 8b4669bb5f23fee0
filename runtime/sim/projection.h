// SPDX-License-Identifier: MIT
// What carries values from object to object (synapses, stimuli) as the run loop sees it: functions
// that it calls once a step on the calling thread, in order of `order`, then name. A network with
// projections advances step by step; without, populations run on their own for many steps.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace hodg::sim {

struct Projection {
    using Phase = void (*)(void* self, std::int64_t step);

    std::string name;
    int order = 0;
    void* self = nullptr;
    Phase gather = nullptr;  // adds to inputs of its targets, from states at t_k
    Phase advance = nullptr; // own states to t_{k+1}; others stand at t_k still
    Phase deliver = nullptr; // arrivals: events of step k are known, resets are not done
    Phase finish = nullptr;  // after resets
    std::shared_ptr<void> owner;
};

} // namespace hodg::sim
