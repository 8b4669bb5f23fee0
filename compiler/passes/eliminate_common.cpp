// SPDX-License-Identifier: MIT
#include "passes/eliminate_common.h"

#include "passes/rewrite.h"

namespace hhc::passes {

bool eliminate_common(ir::Module& module, const Context& /*context*/) {
    bool changed = false;
    for (ir::Kernel& kernel : module.kernels) {
        changed |= Rewrite(module, kernel).run([](const ir::Value&, ir::ValueId) { // as it is
            return std::optional<ir::ValueId>();
        });
    }
    return changed;
}

} // namespace hhc::passes
