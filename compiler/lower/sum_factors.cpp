// SPDX-License-Identifier: MIT
#include "lower/sum_factors.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace hhc::lower {

using ir::Op;
using ir::Space;
using ir::ValueId;

bool is_shared_constant(const ir::Value& leaf) {
    return leaf.op == Op::ConstReal || leaf.op == Op::ConstInt || leaf.op == Op::ConstBool ||
           leaf.op == Op::LoadUniform || leaf.op == Op::TimeStep || leaf.op == Op::ForeignUniform;
}

/// Something that differs between targets.
static bool is_own_of_target(const ir::Module& module, const ir::Value& leaf) {
    if (leaf.op == Op::LoadForeign) {
        return module.foreign[ir::ForeignId(leaf.symbol)].space == Space::Post;
    }
    // Leaves that exist in the graph only have numbers beyond the module's fields.
    return leaf.op == Op::LoadField && leaf.symbol < module.fields.size() &&
           module.fields[ir::FieldId(leaf.symbol)].space == Space::PerPost;
}

bool is_of_target(const Scope& scope, const ir::Value& leaf) {
    return is_own_of_target(scope.module(), leaf) || is_shared_constant(leaf) ||
           leaf.op == Op::PostIndex || leaf.op == Op::Time || leaf.op == Op::StepCount ||
           leaf.op == Op::PreCount || leaf.op == Op::PostCount;
}

namespace {

class Splitter {
public:
    explicit Splitter(Scope& scope) : scope_(scope), graph_(scope.graph()) {}

    std::optional<SumFactors> split(ValueId term) {
        if (graph_.type(term) != ir::Type::Real) {
            return std::nullopt;
        }
        collect(term);
        if (!reads_target_ || parts_.synapse.empty()) {
            return std::nullopt;
        }
        return SumFactors{product(parts_.synapse), product(parts_.target)};
    }

private:
    void collect(ValueId id) {
        const ir::Value value = graph_[id];
        switch (value.op) {
        case Op::Mul:
            collect(value.args[0]);
            collect(value.args[1]);
            return;
        case Op::Neg:
            parts_.target.push_back(graph_.real(-1.0));
            collect(value.args[0]);
            return;
        case Op::Div:
            if (is_target_value(value.args[1])) {
                collect(value.args[0]);
                parts_.target.push_back(graph_.div(graph_.real(1.0), value.args[1]));
                return;
            }
            break;
        default:
            break;
        }
        (is_target_value(id) ? parts_.target : parts_.synapse).push_back(id);
    }

    bool is_target_value(ValueId id) {
        bool own = false;
        for (const ValueId leaf : leaves_of(scope_.graph_kernel(), id)) {
            if (!is_of_target(scope_, scope_.graph_kernel().values[leaf])) {
                return false;
            }
            own = own || is_own_of_target(scope_.module(), scope_.graph_kernel().values[leaf]);
        }
        reads_target_ = reads_target_ || own;
        return true;
    }

    ValueId product(const std::vector<ValueId>& factors) {
        ValueId result = factors.front();
        for (std::size_t k = 1; k < factors.size(); ++k) {
            result = graph_.mul(result, factors[k]);
        }
        return result;
    }

    struct Parts {
        std::vector<ValueId> synapse, target;
    };

    Scope& scope_;
    ir::Builder& graph_;
    Parts parts_;
    bool reads_target_ = false;
};

} // namespace

std::optional<SumFactors> split_sum(Scope& scope, ValueId term) {
    return Splitter(scope).split(term);
}

} // namespace hhc::lower
