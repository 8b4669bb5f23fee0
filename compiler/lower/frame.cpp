// SPDX-License-Identifier: MIT
#include "lower/frame.h"

#include <algorithm>

namespace hhc::lower {

using ir::ValueId;

Frame::Frame(Scope& scope, ir::Builder& builder) : scope_(scope), builder_(builder) {}

Frame::Frame(const Frame& other)
    : scope_(other.scope_), builder_(other.builder_), replaced_(other.replaced_) {}

void Frame::set(ValueId leaf, ValueId value) {
    replaced_[leaf] = value;
    import_.reset();
}

ValueId Frame::not_refractory_by_rule() {
    const auto& refractory = scope_.model().refractory;
    if (!refractory || !scope_.last_spike().valid()) {
        return builder_.boolean(true);
    }
    if (refractory->is_condition) {
        return builder_.load(scope_.not_refractory_field());
    }
    const ValueId steps =
        builder_.add(builder_.div(of(refractory->value), builder_.dt()), builder_.real(0.001));
    const ValueId length = builder_.to_int(builder_.math(ir::MathOp::Floor, steps));
    const ValueId last = of(scope_.graph().load(scope_.last_spike()));
    return builder_.greater_equal(builder_.sub(builder_.step(), last), length);
}

bool Frame::lacks(ValueId leaf, ValueId meaning) const {
    return !replaced_.contains(leaf) && scope_.reads_special_leaf(meaning, leaf);
}

ValueId Frame::of(ValueId meaning) {
    if (lacks(scope_.table_time_leaf(), meaning)) {
        set(scope_.table_time_leaf(), builder_.time());
    }
    if (lacks(scope_.not_refractory_leaf(), meaning)) {
        set(scope_.not_refractory_leaf(), not_refractory_by_rule());
    }
    if (!import_) {
        import_.emplace(builder_, scope_.graph_kernel());
        for (const auto& [leaf, value] : replaced_) {
            import_->replace(leaf, value);
        }
    }
    return import_->of(meaning);
}

std::optional<ValueId> Frame::of(std::optional<ValueId> meaning) {
    return meaning ? std::optional(of(*meaning)) : std::nullopt;
}

ir::ValueId of_type(ir::Builder& builder, ValueId value, ir::Type type) {
    switch (type) {
    case ir::Type::Int:
        return builder.to_int(value);
    case ir::Type::Bool:
        return builder.to_bool(value);
    default:
        return builder.to_real(value);
    }
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
        const ValueId target =
            statement.to_local ? locals[statement.local] : scope.leaf(statement.target);
        const ValueId value =
            of_type(frame.builder(), frame.of(scope.value(statement.value, locals)),
                    scope.graph().type(target));
        frame.set(target, value);
        const bool first = std::ranges::find(written, statement.target) == written.end();
        if (!statement.to_local && first) {
            written.push_back(statement.target);
        }
    }
    return written;
}

} // namespace hhc::lower
