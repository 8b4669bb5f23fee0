// SPDX-License-Identifier: MIT
// The constant tables of a model (hhk_model and what it points to) made from its IR, for hosts that
// run the IR themselves. Hooks are left null.
#pragma once

#include "abi/kernel_abi.h"
#include "ir/ir.h"

#include <memory>
#include <vector>

namespace hhc::interp {

/// Owns what its hhk_model points to; the pointers stay valid when the table is moved.
class ModelTable {
public:
    explicit ModelTable(const ir::Module& module);
    ~ModelTable();
    ModelTable(ModelTable&&) noexcept;
    ModelTable& operator=(ModelTable&&) noexcept;

    [[nodiscard]] hhk_model& model();
    [[nodiscard]] const hhk_model& model() const;
    /// Of a synapse; the hooks of both are set by who runs them.
    [[nodiscard]] hhk_synapse& synapse();
    [[nodiscard]] std::vector<hhk_pathway>& pathways();

private:
    struct Storage;
    std::unique_ptr<Storage> storage_;
};

} // namespace hhc::interp
