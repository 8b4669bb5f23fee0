// SPDX-License-Identifier: MIT
#include "lower/frame.h"

#include <algorithm>

namespace hhc::lower {

using ir::ValueId;

namespace {

/// Without refractoriness always true; for a time from the last spike; for a condition from memory.
ValueId stored_not_refractory(Scope& scope, Frame& frame, ir::Builder& builder) {
    const auto& refractory = scope.model().refractory;
    if (!refractory || !scope.last_spike().valid()) {
        return builder.boolean(true);
    }
    if (refractory->is_condition) {
        return builder.load(scope.not_refractory_field());
    }
    const ValueId length = builder.math(
        ir::MathOp::Floor, builder.add(builder.div(frame.of(refractory->value), builder.dt()),
                                       builder.real(0.001)));
    const ValueId since = builder.sub(builder.step(), builder.load(scope.last_spike()));
    return builder.greater_equal(since, builder.to_int(length));
}

} // namespace

Frame::Frame(Scope& scope, ir::Builder& builder) : scope_(scope), builder_(builder) {
    replaced_[scope.table_time_leaf()] = builder.time();
    replaced_[scope.not_refractory_leaf()] = builder.boolean(true); // while its rule is evaluated
    set(scope.not_refractory_leaf(), stored_not_refractory(scope, *this, builder));
}

Frame::Frame(const Frame& other)
    : scope_(other.scope_), builder_(other.builder_), replaced_(other.replaced_) {}

void Frame::set(ValueId leaf, ValueId value) {
    replaced_[leaf] = value;
    import_.reset();
}

ValueId Frame::of(ValueId meaning) {
    const std::size_t size = scope_.graph_kernel().values.size();
    if (!import_ || import_size_ != size) {
        import_.emplace(builder_, scope_.graph_kernel());
        import_size_ = size;
        for (const auto& [leaf, value] : replaced_) {
            import_->replace(leaf, value);
        }
    }
    return import_->of(meaning);
}

std::optional<ValueId> Frame::of(std::optional<ValueId> meaning) {
    return meaning ? std::optional(of(*meaning)) : std::nullopt;
}

std::vector<model::VariableId> run_block(Frame& frame, const model::Block& block) {
    Scope& scope = frame.scope();
    std::vector<ValueId> locals;
    for (std::size_t i = 0; i < block.locals.size(); ++i) {
        const model::Scalar scalar = block.local_types[i].scalar;
        locals.push_back(scope.new_leaf(block.locals[i],
                                        scalar == model::Scalar::Real      ? ir::Storage::Real
                                        : scalar == model::Scalar::Integer ? ir::Storage::Integer
                                                                           : ir::Storage::Boolean));
    }
    std::vector<model::VariableId> written;
    for (const model::Statement& statement : block.statements) {
        const ir::Builder::Context context(frame.builder(), statement.span);
        const ValueId value = frame.of(scope.value(statement.value, locals));
        if (statement.to_local) {
            frame.set(locals[statement.local], value);
            continue;
        }
        frame.set(scope.leaf(statement.target), value);
        if (std::ranges::find(written, statement.target) == written.end()) {
            written.push_back(statement.target);
        }
    }
    return written;
}

} // namespace hhc::lower
