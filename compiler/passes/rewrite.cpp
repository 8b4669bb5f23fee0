// SPDX-License-Identifier: MIT
#include "passes/rewrite.h"

#include <utility>

namespace hhc::passes {

Rewrite::Rewrite(ir::Module& module, ir::Kernel& kernel)
    : old_(std::exchange(kernel.values.raw(), {})), kernel_(&kernel), builder_(module, kernel),
      new_ids_(old_.size()) {
    builder_.reserve(old_.size() + 16);
}

void Rewrite::finish() {
    changed_ = changed_ || kernel_->values.size() != old_.size();
    for_each_result(*kernel_, [this](ir::ValueId& id) { id = new_ids_[id.index]; });
}

std::vector<std::uint32_t> use_counts(const ir::Kernel& kernel) {
    std::vector<std::uint32_t> uses(kernel.values.size(), 0);
    for (const ir::Value& value : kernel.values) {
        for (const ir::ValueId arg : value.args) {
            ++uses[arg.index];
        }
    }
    for_each_result(kernel, [&](ir::ValueId id) { ++uses[id.index]; });
    return uses;
}

std::vector<bool> live_values(const ir::Kernel& kernel) {
    std::vector<bool> live(kernel.values.size(), false);
    for_each_result(kernel, [&](ir::ValueId id) { live[id.index] = true; });
    for (std::size_t i = live.size(); i-- > 0;) {
        if (live[i]) {
            for (const ir::ValueId arg : kernel.values[ir::ValueId(i)].args) {
                live[arg.index] = true;
            }
        }
    }
    return live;
}

} // namespace hhc::passes
