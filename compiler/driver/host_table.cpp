// SPDX-License-Identifier: MIT
#include "driver/host_table.h"

#include "support/check.h"

#include <string>
#include <utility>

namespace hhc::driver {

HostTable::HostTable(std::shared_ptr<jit::LoadedCode> code, const hhk_model& compiled,
                     const ir::Module& module)
    : loaded(std::move(code)), interpreter(module), table(compiled) {
    const hhk_model& interpreted = *interpreter.model();
    const auto fill = [](auto& hook, auto substitute) {
        hook = hook == nullptr ? substitute : hook;
    };
    table.self = interpreted.self;
    fill(table.prepare, interpreted.prepare);
    fill(table.observe, interpreted.observe);
    fill(table.rhs, interpreted.rhs);
    fill(table.jacobian, interpreted.jacobian);
    fill(table.linear, interpreted.linear);
}

Code host_code(const std::shared_ptr<jit::LoadedCode>& loaded, std::string_view symbol,
               const ir::Module& module, bool from_cache) {
    const auto* compiled = static_cast<const hhk_model*>(loaded->symbol(symbol));
    HHC_CHECK(compiled != nullptr, "the object lacks `" + std::string(symbol) + "`");
    const auto owner = std::make_shared<const HostTable>(loaded, *compiled, module);
    return {&owner->table, owner, from_cache};
}

ir::Module seldom_hooks(const ir::Module& module) {
    ir::Module part = module;
    std::erase_if(part.kernels, [](const ir::Kernel& kernel) {
        switch (kernel.kind) {
        case ir::KernelKind::Prepare:
        case ir::KernelKind::Observe:
        case ir::KernelKind::Rhs:
        case ir::KernelKind::Jacobian:
        case ir::KernelKind::Linear:
            return false;
        default:
            return true;
        }
    });
    part.description.clear();
    return part;
}

} // namespace hhc::driver
