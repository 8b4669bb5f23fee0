// SPDX-License-Identifier: MIT
// States that are computed only when an event arrives: from the last update to now, exactly.
#pragma once

#include "lower/equations.h"
#include "lower/frame.h"

#include <vector>

namespace hhc::lower {

class EventDriven {
public:
    /// Reports equations that are not linear.
    EventDriven(Scope& scope, const std::function<bool(model::VariableId)>& wanted);

    [[nodiscard]] bool empty() const { return equations_.size() == 0; }
    [[nodiscard]] Equations& equations() { return equations_; }
    /// The states at t, of a frame that holds them as they were at the last update.
    void propagate(Frame& frame);

private:
    struct Group {
        std::vector<StateIndex> states;
        Equations::Linear form;
    };

    void propagate_one(Frame& frame, const Group& group, ir::ValueId h);
    void propagate_coupled(Frame& frame, const Group& group, ir::ValueId h);

    Equations equations_;
    std::vector<Group> groups_;
};

} // namespace hhc::lower
