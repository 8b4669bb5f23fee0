// SPDX-License-Identifier: MIT
// Compiled hooks where there are any, the interpreter's for the rest: prepare, rhs and the like,
// which are called seldom and would take most of the time of a compilation.
#pragma once

#include "abi/kernel_abi.h"
#include "interp/interpreter.h"
#include "ir/ir.h"
#include "jit/jit.h"

#include "hhc/compile.h"

#include <memory>
#include <string_view>

namespace hhc::driver {

struct HostTable {
    HostTable(std::shared_ptr<jit::LoadedCode> code, const hhk_model& compiled,
              const ir::Module& module);
    HostTable(const HostTable&) = delete;
    HostTable& operator=(const HostTable&) = delete;

    std::shared_ptr<jit::LoadedCode> loaded;
    interp::Interpreter interpreter;
    hhk_model table;
};

/// The model `symbol` of an object in memory; `module` needs no more than its seldom hooks.
[[nodiscard]] Code host_code(const std::shared_ptr<jit::LoadedCode>& loaded,
                             std::string_view symbol, const ir::Module& module, bool from_cache);

/// The part of a module that a HostTable interprets, for the cache.
[[nodiscard]] ir::Module seldom_hooks(const ir::Module& module);

} // namespace hhc::driver
