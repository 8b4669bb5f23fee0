// SPDX-License-Identifier: MIT
#include "ir/linear_atoms.h"

#include <algorithm>
#include <cmath>

namespace hhc::ir {
namespace {

constexpr int deepest = 24;
constexpr double tolerance = 1e-12;

class Collector {
public:
    Collector(const Builder& builder, Depth depth) : b_(builder), depth_(depth) {}

    void add(ValueId id, double weight, int depth) {
        const Value& value = b_[id];
        if (value.op == Op::ConstReal) {
            result_.constant += weight * value.number;
            return;
        }
        const auto literal = [&](std::size_t i) { return b_.constant(value.args[i]); };
        if (depth < deepest && value.type == Type::Real) {
            switch (value.op) {
            case Op::Add:
                if (is_atom(value)) {
                    break;
                }
                add(value.args[0], weight, depth + 1);
                add(value.args[1], weight, depth + 1);
                return;
            case Op::Sub:
                if (is_atom(value)) {
                    break;
                }
                add(value.args[0], weight, depth + 1);
                add(value.args[1], -weight, depth + 1);
                return;
            case Op::Neg:
                add(value.args[0], -weight, depth + 1);
                return;
            case Op::Mul:
                if (const auto x = literal(0); x && std::isfinite(*x)) {
                    add(value.args[1], weight * *x, depth + 1);
                    return;
                }
                if (const auto x = literal(1); x && std::isfinite(*x)) {
                    add(value.args[0], weight * *x, depth + 1);
                    return;
                }
                break;
            case Op::Div:
                if (const auto x = literal(1); x && std::isfinite(*x) && *x != 0) {
                    add(value.args[0], weight / *x, depth + 1);
                    return;
                }
                break;
            default:
                break;
            }
        }
        result_.terms.emplace_back(id, weight);
    }

    LinearAtoms take() {
        auto& terms = result_.terms;
        std::ranges::sort(terms);
        std::size_t kept = 0;
        for (std::size_t i = 0; i < terms.size();) {
            auto [id, weight] = terms[i++];
            while (i < terms.size() && terms[i].first == id) {
                weight += terms[i++].second;
            }
            if (weight != 0) {
                terms[kept++] = {id, weight};
            }
        }
        terms.resize(kept);
        return std::move(result_);
    }

private:
    [[nodiscard]] bool is_atom(const Value& sum) const {
        return depth_ == Depth::OneVarying && b_.binding(sum.args[0]) == Binding::Entity &&
               b_.binding(sum.args[1]) == Binding::Entity;
    }

    const Builder& b_;
    Depth depth_;
    LinearAtoms result_;
};

bool close(double a, double b) {
    return std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b));
}

} // namespace

LinearAtoms linear_atoms(const Builder& builder, ValueId value, Depth depth) {
    Collector collector(builder, depth);
    collector.add(value, 1, 0);
    return collector.take();
}

ScaledForm scaled_form(const Builder& b, ValueId id, Depth depth) {
    ScaledForm result;
    double sign = 1;
    for (int level = 0; level < deepest; ++level) {
        const Value& value = b[id];
        const auto bound = [&](std::size_t i) { return b.binding(value.args[i]); };
        const auto literal = [&](std::size_t i) { return b.constant(value.args[i]).has_value(); };
        if (value.op == Op::Neg) {
            sign = -sign;
            id = value.args[0];
        } else if (value.op == Op::Div && !literal(1)) {
            result.divisors.push_back(value.args[1]);
            id = value.args[0];
        } else if (value.op == Op::Mul && !literal(0) && bound(0) < bound(1)) {
            result.factors.push_back(value.args[0]);
            id = value.args[1];
        } else if (value.op == Op::Mul && !literal(1) && bound(1) < bound(0)) {
            result.factors.push_back(value.args[1]);
            id = value.args[0];
        } else {
            break;
        }
    }
    result.form = linear_atoms(b, id, depth);
    for (auto& [atom, weight] : result.form.terms) {
        weight *= sign;
    }
    result.form.constant *= sign;
    std::ranges::sort(result.factors);
    std::ranges::sort(result.divisors);
    return result;
}

std::optional<ValueId> fused_form(Builder& b, ValueId u) {
    const auto early = [&](ValueId id) { return b.binding(id) != Binding::Entity; };
    const ScaledForm form = scaled_form(b, u, Depth::OneVarying);
    const auto& terms = form.form.terms;
    const auto varying =
        std::ranges::find_if_not(terms, [&](const auto& term) { return early(term.first); });
    const auto varies = [&](const auto& term) { return !early(term.first); };
    if (std::ranges::count_if(terms, varies) != 1 || !std::ranges::all_of(form.factors, early) ||
        !std::ranges::all_of(form.divisors, early)) {
        return std::nullopt;
    }
    const auto scaled = [&](ValueId value) {
        for (const ValueId factor : form.factors) {
            value = b.mul(value, factor);
        }
        for (const ValueId divisor : form.divisors) {
            value = b.div(value, divisor);
        }
        return value;
    };
    const ValueId t = varying->first;
    const Value& now = b[u];
    const bool is_one = u == t || (now.op != Op::Neg && now.op != Op::Div && !now.args.empty() &&
                                   (now.args[0] == t || now.args.size() < 2 || now.args[1] == t));
    if (is_one) {
        return std::nullopt;
    }
    const ValueId weight = scaled(b.real(varying->second));
    std::optional<ValueId> rest;
    for (const auto& [atom, factor] : terms) {
        if (atom != t) {
            const ValueId term = b.mul(b.real(factor), atom);
            rest = rest ? b.add(*rest, term) : term;
        }
    }
    if (form.form.constant != 0) {
        const ValueId constant = b.real(form.form.constant);
        rest = rest ? b.add(*rest, constant) : constant;
    }
    const ValueId result = rest ? b.fma(t, weight, scaled(*rest)) : b.mul(t, weight);
    return result == u ? std::nullopt : std::optional(result);
}

std::optional<double> ratio(const LinearAtoms& a, const LinearAtoms& b) {
    if (a.terms.empty() || a.terms.size() != b.terms.size()) {
        return std::nullopt;
    }
    const double r = a.terms[0].second / b.terms[0].second;
    if (!std::isfinite(r) || r == 0) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < a.terms.size(); ++i) {
        if (a.terms[i].first != b.terms[i].first ||
            !close(a.terms[i].second, r * b.terms[i].second)) {
            return std::nullopt;
        }
    }
    return close(a.constant, r * b.constant) ? std::optional(r) : std::nullopt;
}

} // namespace hhc::ir
