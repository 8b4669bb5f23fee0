// SPDX-License-Identifier: MIT
#include "passes/recognise_singularities.h"

#include "ir/linear_atoms.h"
#include "passes/rewrite.h"

#include <fmt/format.h>

#include <algorithm>

namespace hhc::passes {
namespace {

using ir::Builder;
using ir::LinearAtoms;
using ir::MathOp;
using ir::Op;
using ir::ScaledForm;
using ir::ValueId;

/// Part of something that vanishes.
bool may_vanish(const ir::Value& value) {
    return is_math(value, MathOp::Exp) || is_math(value, MathOp::Expm1) ||
           is_math(value, MathOp::Sinh);
}

/// Something that vanishes with `u`: sign*(exp(u) - 1), or sinh(u).
struct Vanishing {
    ValueId node;
    ValueId u;
    double sign = 1;
    bool is_sinh = false;
};

std::optional<Vanishing> match(const Builder& b, ValueId id) {
    const ir::Value& value = b[id];
    const auto exponent = [&](std::size_t i) -> std::optional<ValueId> {
        const ir::Value& arg = b[value.args[i]];
        return is_math(arg, MathOp::Exp) ? std::optional(arg.args[0]) : std::nullopt;
    };
    const auto is = [&](std::size_t i, double number) { return b.is_real(value.args[i], number); };
    if (is_math(value, MathOp::Expm1)) {
        return Vanishing{id, value.args[0], 1};
    }
    if (is_math(value, MathOp::Sinh)) {
        return Vanishing{id, value.args[0], 1, true};
    }
    if (value.op == Op::Sub && is(1, 1.0) && exponent(0)) {
        return Vanishing{id, *exponent(0), 1};
    }
    if (value.op == Op::Sub && is(0, 1.0) && exponent(1)) {
        return Vanishing{id, *exponent(1), -1};
    }
    if (value.op == Op::Add && is(1, -1.0) && exponent(0)) {
        return Vanishing{id, *exponent(0), 1};
    }
    if (value.op == Op::Add && is(0, -1.0) && exponent(1)) {
        return Vanishing{id, *exponent(1), 1};
    }
    return std::nullopt;
}

constexpr int deepest = 16;

/// The first node of the product under `root` for which `test` gives something: the root, factors,
/// numerators.
template <class Test>
auto find_factor(const Builder& b, ValueId root, Test&& test, int depth = 0)
    -> decltype(test(root)) {
    if (auto found = test(root); found || depth == deepest) {
        return found;
    }
    const ir::Value& value = b[root];
    if (value.op == Op::Mul || value.op == Op::Neg || value.op == Op::Div) {
        const std::size_t count = value.op == Op::Mul ? 2 : 1;
        for (std::size_t i = 0; i < count; ++i) {
            if (auto found = find_factor(b, value.args[i], test, depth + 1)) {
                return found;
            }
        }
    }
    return std::nullopt;
}

/// The product with one of its nodes replaced.
ValueId replace_factor(Builder& b, ValueId root, ValueId node, ValueId replacement, int depth = 0) {
    if (root == node) {
        return replacement;
    }
    ir::Value value = b[root];
    if (depth > deepest || (value.op != Op::Mul && value.op != Op::Neg && value.op != Op::Div)) {
        return root;
    }
    const std::size_t count = value.op == Op::Mul ? 2 : 1;
    for (std::size_t i = 0; i < count; ++i) {
        const ValueId before = value.args[i];
        value.args[i] = replace_factor(b, before, node, replacement, depth + 1);
        if (value.args[i] != before) { // one occurrence only: x*x has two
            value.name.clear();
            return b.emit(std::move(value));
        }
    }
    return root;
}

/// A node that is q*u.
struct Multiple {
    ValueId node;
    double ratio = 1;
    std::vector<ValueId> factors, divisors;
};

void cancel(std::vector<ValueId>& a, std::vector<ValueId>& b) {
    std::vector<ValueId> both;
    std::ranges::set_intersection(a, b, std::back_inserter(both));
    for (const ValueId id : both) {
        a.erase(std::ranges::find(a, id));
        b.erase(std::ranges::find(b, id));
    }
}

std::optional<Multiple> find_multiple(const Builder& b, ValueId root, const ScaledForm& u) {
    return find_factor(b, root, [&](ValueId node) -> std::optional<Multiple> {
        const ScaledForm form = scaled_form(b, node);
        const std::optional<double> r = ratio(form.form, u.form);
        if (!r) {
            return std::nullopt;
        }
        Multiple result{node, *r, form.factors, form.divisors};
        std::vector<ValueId> below = u.factors; // u's factors divide, its divisors multiply
        cancel(result.factors, below);
        std::vector<ValueId> above = u.divisors;
        cancel(result.divisors, above);
        result.factors.insert(result.factors.end(), above.begin(), above.end());
        result.divisors.insert(result.divisors.end(), below.begin(), below.end());
        return result;
    });
}

ValueId build_ratio(Builder& b, const Multiple& multiple) {
    ValueId q = b.real(multiple.ratio);
    for (const ValueId factor : multiple.factors) {
        q = b.mul(q, factor);
    }
    for (const ValueId divisor : multiple.divisors) {
        q = b.div(q, divisor);
    }
    return q;
}

/// u/(exp(u) - 1) or u/sinh(u)
ValueId regular_reciprocal(Builder& b, const Vanishing& v) {
    if (!v.is_sinh) {
        return b.math(MathOp::InvExprel, v.u);
    }
    const ValueId twice = b.mul(b.real(2.0), v.u);
    return b.math(MathOp::Sqrt,
                  b.mul(b.math(MathOp::InvExprel, twice), b.math(MathOp::InvExprel, b.neg(twice))));
}

class Recogniser {
public:
    Recogniser(Builder& b, const ir::Module& module, diag::Sink& sink)
        : b_(b), module_(module), sink_(sink) {}

    std::optional<ValueId> quotient(const ir::Value& value) {
        const ValueId above = value.args[0];
        const ValueId below = value.args[1];
        const auto test = [this](ValueId id) { return match(b_, id); };
        if (const auto v = find_factor(b_, below, test)) { // f/(exp(u) - 1)
            if (const auto multiple = find_multiple(b_, above, scaled_form(b_, v->u))) {
                const ValueId top =
                    replace_factor(b_, above, multiple->node, build_ratio(b_, *multiple));
                const ValueId bottom = replace_factor(b_, below, v->node, b_.real(v->sign));
                note(value, *v);
                return b_.mul(b_.div(top, bottom), regular_reciprocal(b_, *v));
            }
        }
        if (const auto v = find_factor(b_, above, test); v && !v->is_sinh) { // (exp(u) - 1)/f
            if (const auto multiple = find_multiple(b_, below, scaled_form(b_, v->u))) {
                const ValueId top = replace_factor(b_, above, v->node, b_.real(v->sign));
                const ValueId bottom =
                    replace_factor(b_, below, multiple->node, build_ratio(b_, *multiple));
                note(value, *v);
                return b_.mul(b_.div(top, bottom), b_.math(MathOp::Exprel, v->u));
            }
        }
        return std::nullopt;
    }

    /// f * (g/(exp(u) - 1)): the quotient stands inside one factor, f inside the other.
    std::optional<ValueId> product(const ir::Value& value) {
        for (const std::size_t side : {0U, 1U}) {
            const ValueId with_quotient = value.args[side];
            const ValueId other = value.args[1 - side];
            const auto found =
                find_factor(b_, with_quotient,
                            [this](ValueId id) -> std::optional<std::pair<ValueId, Vanishing>> {
                                const ir::Value& inner = b_[id];
                                if (inner.op != Op::Div) {
                                    return std::nullopt;
                                }
                                const auto v = find_factor(b_, inner.args[1], [this](ValueId node) {
                                    return match(b_, node);
                                });
                                return v ? std::optional(std::pair(id, *v)) : std::nullopt;
                            });
            if (!found) {
                continue;
            }
            const auto& [node, v] = *found;
            const auto multiple = find_multiple(b_, other, scaled_form(b_, v.u));
            if (!multiple) {
                continue;
            }
            const ir::Args parts = b_[node].args;
            const ValueId bottom = replace_factor(b_, parts[1], v.node, b_.real(v.sign));
            const ValueId rest = replace_factor(b_, with_quotient, node, b_.div(parts[0], bottom));
            const ValueId top =
                replace_factor(b_, other, multiple->node, build_ratio(b_, *multiple));
            note(value, v);
            return b_.mul(b_.mul(rest, top), regular_reciprocal(b_, v));
        }
        return std::nullopt;
    }

private:
    /// "at `v` = -40 mV" where one variable decides.
    [[nodiscard]] std::string place(const Vanishing& v) const {
        const LinearAtoms form = scaled_form(b_, v.u).form;
        if (form.terms.size() != 1) {
            return {};
        }
        const ir::Value& atom = b_[form.terms[0].first];
        const double zero = -form.constant / form.terms[0].second;
        if (atom.op == Op::LoadField) {
            const ir::Field& field = module_.fields[ir::FieldId(atom.symbol)];
            return fmt::format(" at `{}` = {:.10g}{}", field.name, zero / field.unit_scale + 0.0,
                               field.unit == "1" ? "" : " " + field.unit);
        }
        return atom.name.empty() ? "" : fmt::format(" at `{}` = {:.10g}", atom.name, zero + 0.0);
    }

    void note(const ir::Value& value, const Vanishing& v) {
        const auto same = [&](const Diagnostic& d) {
            return d.code == code() && d.span == value.span;
        };
        if (std::ranges::any_of(sink_.seen(), same)) {
            return; // the same text in another kernel
        }
        sink_.report(diag::Code::SingularityRemoved, value.span,
                     fmt::format("this is 0/0{}; it is evaluated through `exprel`, which has the "
                                 "limit there",
                                 place(v)));
    }

    static std::string_view code() { return diag::info(diag::Code::SingularityRemoved).code; }

    Builder& b_;
    const ir::Module& module_;
    diag::Sink& sink_;
};

} // namespace

bool recognise_singularities(ir::Module& module, const Context& context) {
    bool changed = false;
    for (ir::Kernel& kernel : module.kernels) {
        if (!any_value(kernel, may_vanish)) {
            continue;
        }
        Rewrite rewrite(module, kernel);
        Recogniser recogniser(rewrite.builder(), module, context.sink);
        changed |= rewrite.run([&](const ir::Value& value, ValueId) -> std::optional<ValueId> {
            if (value.op == Op::Div) {
                return recogniser.quotient(value);
            }
            if (value.op == Op::Mul && value.type == ir::Type::Real) {
                return recogniser.product(value);
            }
            return std::nullopt;
        });
    }
    return changed;
}

} // namespace hhc::passes
