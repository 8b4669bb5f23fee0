// SPDX-License-Identifier: MIT
// The closed list of flags, and where each may stand.
#pragma once

#include "ast/nodes.h"
#include "diag/sink.h"
#include "model/model.h"

#include <vector>

namespace hhc::sema {

enum class FlagContext : std::uint8_t {
    Ode,
    Subexpression,
    Parameter,
    Input,
    SynapseOde,
    SynapseSubexpression,
    SynapseParameter
};

struct ReadFlags {
    model::Flags flags;
    bool constant_over_dt = false;
    bool linked = false;
};

/// Reports what is unknown, out of place or contradictory, and leaves it out.
[[nodiscard]] ReadFlags read_flags(const std::vector<ast::Flag>& flags, FlagContext context,
                                   diag::Sink& sink);

} // namespace hhc::sema
