// SPDX-License-Identifier: MIT
// Which values depend on a leaf, and whether they do so linearly.
#include "ir/derivative.h"
#include "support/check.h"

#include <algorithm>

namespace hhc::ir {

std::vector<bool> dependents(const Kernel& kernel, std::span<const ValueId> leaves) {
    std::vector<bool> result(kernel.values.size(), false);
    for (const ValueId leaf : leaves) {
        result[leaf.index] = true;
    }
    for (std::size_t i = 0; i < result.size(); ++i) {
        const Args& args = kernel.values[ValueId(i)].args;
        result[i] =
            result[i] || std::ranges::any_of(args, [&](ValueId arg) { return result[arg.index]; });
    }
    return result;
}

bool depends_on(const Kernel& kernel, ValueId value, ValueId leaf) {
    return dependents(kernel, std::span(&leaf, 1))[value.index];
}

namespace {

Linearity combine_linear(const Value& value, const std::vector<Linearity>& known) {
    const auto of = [&](std::size_t i) { return known[value.args[i].index]; };
    const auto one_factor = [&](std::size_t i, std::size_t j) {
        const bool both = of(i) != Linearity::Independent && of(j) != Linearity::Independent;
        return both ? Linearity::Nonlinear : std::max(of(i), of(j));
    };
    switch (value.op) {
    case Op::Add:
    case Op::Sub:
        return std::max(of(0), of(1));
    case Op::Neg:
        return of(0);
    case Op::Mul:
        return one_factor(0, 1);
    case Op::Div:
        return of(1) == Linearity::Independent ? of(0) : Linearity::Nonlinear;
    case Op::Fma:
        return std::max(one_factor(0, 1), of(2));
    case Op::Select:
        return of(0) == Linearity::Independent ? std::max(of(1), of(2)) : Linearity::Nonlinear;
    default:
        break;
    }
    return Linearity::Nonlinear;
}

} // namespace

std::vector<Linearity> linearities(const Kernel& kernel, std::span<const ValueId> leaves) {
    const std::vector<bool> depends = dependents(kernel, leaves);
    std::vector<bool> is_leaf(depends.size(), false);
    for (const ValueId leaf : leaves) {
        is_leaf[leaf.index] = true;
    }
    std::vector<Linearity> result(depends.size(), Linearity::Independent);
    for (std::size_t i = 0; i < result.size(); ++i) {
        if (!depends[i]) {
            continue;
        }
        const Value& value = kernel.values[ValueId(i)];
        if (is_leaf[i]) {
            result[i] = Linearity::Linear;
        } else if (value.type == Type::Real) {
            result[i] = combine_linear(value, result);
        } else {
            result[i] = Linearity::Nonlinear;
        }
    }
    return result;
}

namespace {

/// Collects slopes and offsets of linear values; every value asked for is linear or independent.
class Collector {
public:
    Collector(Builder& builder, std::span<const ValueId> leaves, std::vector<Linearity> how)
        : builder_(&builder), leaves_(leaves), how_(std::move(how)), forms_(how_.size()) {}

    MultiLinearForm of(ValueId value) {
        // arguments precede their users: all dependent values up to this one, in order
        for (std::size_t i = next_; i <= value.index; ++i) {
            if (how_[i] == Linearity::Linear) {
                forms_[i] = collect(ValueId(i));
            }
        }
        next_ = std::max<std::size_t>(next_, value.index + 1);
        return get(value);
    }

private:
    using Term = std::optional<ValueId>;

    MultiLinearForm get(ValueId value) const {
        if (how_[value.index] == Linearity::Linear) {
            return forms_[value.index];
        }
        return {std::vector<Term>(leaves_.size()), value};
    }

    template <class Function>
    MultiLinearForm map(const MultiLinearForm& form, Function&& function) const {
        MultiLinearForm result{std::vector<Term>(leaves_.size()), std::nullopt};
        for (std::size_t k = 0; k < leaves_.size(); ++k) {
            result.slopes[k] = form.slopes[k] ? Term(function(*form.slopes[k])) : std::nullopt;
        }
        result.offset = form.offset ? Term(function(*form.offset)) : std::nullopt;
        return result;
    }

    template <class Function>
    MultiLinearForm merge(const MultiLinearForm& a, const MultiLinearForm& b,
                          Function&& function) const {
        MultiLinearForm result{std::vector<Term>(leaves_.size()), std::nullopt};
        for (std::size_t k = 0; k < leaves_.size(); ++k) {
            result.slopes[k] = function(a.slopes[k], b.slopes[k]);
        }
        result.offset = function(a.offset, b.offset);
        return result;
    }

    MultiLinearForm add(const MultiLinearForm& a, const MultiLinearForm& b) {
        return merge(a, b, [this](Term x, Term y) -> Term {
            return x && y ? builder_->add(*x, *y) : (x ? x : y);
        });
    }

    MultiLinearForm sub(const MultiLinearForm& a, const MultiLinearForm& b) {
        return merge(a, b, [this](Term x, Term y) -> Term {
            if (x && y) {
                return builder_->sub(*x, *y);
            }
            return y ? Term(builder_->neg(*y)) : x;
        });
    }

    MultiLinearForm product(ValueId a, ValueId b) {
        if (how_[b.index] == Linearity::Linear) {
            return map(get(b), [&](ValueId x) { return builder_->mul(a, x); });
        }
        return map(get(a), [&](ValueId x) { return builder_->mul(x, b); });
    }

    MultiLinearForm choose(ValueId condition, const MultiLinearForm& a, const MultiLinearForm& b) {
        return merge(a, b, [&](Term x, Term y) -> Term {
            if (!x && !y) {
                return std::nullopt;
            }
            const ValueId zero = builder_->real(0.0);
            return builder_->select(condition, x.value_or(zero), y.value_or(zero));
        });
    }

    MultiLinearForm collect(ValueId id) {
        const auto leaf = std::ranges::find(leaves_, id);
        if (leaf != leaves_.end()) {
            MultiLinearForm form{std::vector<Term>(leaves_.size()), std::nullopt};
            form.slopes[static_cast<std::size_t>(leaf - leaves_.begin())] = builder_->real(1.0);
            return form;
        }
        const Value value = (*builder_)[id]; // a copy: the kernel grows below
        const Builder::Context context(*builder_, value.span);
        switch (value.op) {
        case Op::Add:
            return add(get(value.args[0]), get(value.args[1]));
        case Op::Sub:
            return sub(get(value.args[0]), get(value.args[1]));
        case Op::Neg:
            return map(get(value.args[0]), [this](ValueId x) { return builder_->neg(x); });
        case Op::Mul:
            return product(value.args[0], value.args[1]);
        case Op::Div:
            return map(get(value.args[0]),
                       [&](ValueId x) { return builder_->div(x, value.args[1]); });
        case Op::Fma:
            return add(product(value.args[0], value.args[1]), get(value.args[2]));
        case Op::Select:
            return choose(value.args[0], get(value.args[1]), get(value.args[2]));
        default:
            HHC_CHECK(false, "not a linear operation");
        }
    }

    Builder* builder_;
    std::span<const ValueId> leaves_;
    std::vector<Linearity> how_;
    std::vector<MultiLinearForm> forms_;
    std::size_t next_ = 0;
};

} // namespace

Linearity linearity(const Kernel& kernel, ValueId value, ValueId leaf) {
    return linearities(kernel, std::span(&leaf, 1))[value.index];
}

std::optional<MultiLinearForm> linear_form(Builder& builder, ValueId value,
                                           std::span<const ValueId> leaves) {
    std::vector<Linearity> how = linearities(builder.kernel(), leaves);
    if (how[value.index] == Linearity::Nonlinear) {
        return std::nullopt;
    }
    return Collector(builder, leaves, std::move(how)).of(value);
}

std::optional<LinearForm> linear_form(Builder& builder, ValueId value, ValueId leaf) {
    auto form = linear_form(builder, value, std::span<const ValueId>(&leaf, 1));
    if (!form) {
        return std::nullopt;
    }
    return LinearForm{form->slopes[0], form->offset};
}

} // namespace hhc::ir
