// SPDX-License-Identifier: MIT
#include "model/flag_names.h"

namespace hhc::model {

std::vector<std::string_view> flag_names(const Flags& flags) {
    std::vector<std::string_view> names;
    const auto add = [&](bool set, std::string_view name) {
        if (set) {
            names.push_back(name);
        }
    };
    add(flags.constant, "constant");
    add(flags.shared, "shared");
    add(flags.unless_refractory, "unless refractory");
    add(flags.outward, "outward");
    add(flags.point_current, "point current");
    add(flags.event_driven, "event-driven");
    add(flags.clock_driven, "clock-driven");
    add(flags.summed, "summed");
    return names;
}

} // namespace hhc::model
