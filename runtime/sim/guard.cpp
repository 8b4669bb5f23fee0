// SPDX-License-Identifier: MIT
// Where a number first went wrong: from a copy of the state the steps are repeated one by one. They
// give the same bits, so the fault comes again.
#include "archive/archive.h"
#include "sim/network_state.h"

#include "hodg/error.h"

namespace hodg::sim {

void NetworkState::keep_copy() {
    set_stimuli(false);
    copy_ = std::make_unique<archive::Out>(false);
    write_to(*copy_, {});
}

/// Throws the fault of the first step that has one, and stands at its start.
void NetworkState::find_first_fault() {
    const archive::In before(*copy_);
    const auto begin_again = [&] {
        take_back(before);
        prepare();
    };
    const std::int64_t last = step_ + 1;
    std::int64_t bad = 0;
    begin_again();
    try {
        while (step_ <= last) {
            bad = step_;
            run_stretch(step_, step_ + 1, true);
        }
    } catch (const SimulationError&) {
        begin_again();
        while (step_ < bad) {
            run_stretch(step_, step_ + 1, false);
        }
        set_stimuli(false);
        throw;
    }
}

} // namespace hodg::sim
