// SPDX-License-Identifier: MIT
// The values of a moment: what the leaves of the graph are worth in a kernel, and through them what
// any expression is worth. A frame is copied to keep a moment and changed to make the next one.
#pragma once

#include "ir/builder.h"
#include "ir/derivative.h"
#include "lower/scope.h"

#include <map>
#include <optional>

namespace hhc::lower {

class Frame {
public:
    /// All stored values as they were when the kernel began; not_refractory by the model's rule
    /// unless it is set.
    Frame(Scope& scope, ir::Builder& builder);
    Frame(const Frame& other);
    Frame& operator=(const Frame&) = delete;

    /// From now on the leaf has this value.
    void set(ir::ValueId leaf, ir::ValueId value);
    /// What a value of the graph is worth at this moment.
    ir::ValueId of(ir::ValueId meaning);
    std::optional<ir::ValueId> of(std::optional<ir::ValueId> meaning);
    ir::ValueId of(model::ExprId expression) { return of(scope_.value(expression)); }
    ir::ValueId not_refractory() { return of(scope_.not_refractory_leaf()); }

    [[nodiscard]] ir::Builder& builder() const { return builder_; }
    [[nodiscard]] Scope& scope() const { return scope_; }

private:
    ir::ValueId not_refractory_by_rule();
    /// The leaf is read, but has no value here yet.
    [[nodiscard]] bool lacks(ir::ValueId leaf, ir::ValueId meaning) const;

    Scope& scope_;
    ir::Builder& builder_;
    std::map<ir::ValueId, ir::ValueId> replaced_;
    std::optional<ir::Import> import_; // dropped when a leaf changes
};

/// The value converted to a type by the language's rules.
[[nodiscard]] ir::ValueId of_type(ir::Builder& builder, ir::ValueId value, ir::Type type);

/// Runs the statements of a block, each seeing what the earlier ones wrote. Returns the variables
/// written, in order of first writing.
std::vector<model::VariableId> run_block(Frame& frame, const model::Block& block);

} // namespace hhc::lower
