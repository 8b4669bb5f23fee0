// SPDX-License-Identifier: MIT
#include "passes/fold_exponential_families.h"

#include "ir/linear_atoms.h"
#include "passes/rewrite.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

namespace hhc::passes {
namespace {

using ir::Binding;
using ir::Builder;
using ir::LinearAtoms;
using ir::MathOp;
using ir::Op;
using ir::ScaledForm;
using ir::ValueId;

/// A function of an entity that is made of one exponential e^u.
enum class Shape : std::uint8_t { Exponential, Rate, Sigmoid };

/// e^u, u = scale*argument, with u split into what varies between entities and the rest.
struct Exponential {
    ValueId id;
    ValueId argument;
    Shape shape = Shape::Exponential;
    double scale = 1;
    LinearAtoms varying; // constant 0
    LinearAtoms rest;
    std::vector<ValueId> factors, divisors; // of the whole argument
};

/// exp(argument) = base**power * exp((rest) * factors / divisors).
struct Member {
    std::size_t family = 0;
    int power = 1;
    LinearAtoms rest;
    const Exponential* exponential = nullptr;
};

struct Plan {
    std::vector<Exponential> exponentials;
    std::map<ValueId, Member> members; // by the exponential's id
    std::vector<Exponential> bases;    // by family
};

std::optional<Shape> shape_of(const ir::Value& value) {
    if (value.op != Op::Math) {
        return std::nullopt;
    }
    switch (static_cast<MathOp>(value.symbol)) {
    case MathOp::Exp:
        return Shape::Exponential;
    case MathOp::InvExprel:
        return Shape::Rate;
    case MathOp::Sigmoid:
        return Shape::Sigmoid;
    default:
        return std::nullopt;
    }
}

bool is_exponential(const ir::Value& value) {
    return shape_of(value).has_value();
}

void scale_by(LinearAtoms& atoms, double factor) {
    for (auto& term : atoms.terms) {
        term.second *= factor;
    }
    atoms.constant *= factor;
}

/// e^(u/divisor)
Exponential root(Exponential e, int divisor) {
    e.scale /= divisor;
    scale_by(e.varying, 1.0 / divisor);
    scale_by(e.rest, 1.0 / divisor);
    return e;
}

std::vector<Exponential> collect(const Builder& b) {
    std::vector<Exponential> found;
    for (std::size_t i = 0; i < b.kernel().values.size(); ++i) {
        const ValueId id(i);
        const ir::Value& value = b[id];
        const std::optional<Shape> shape = shape_of(value);
        if (!shape || b.binding(id) != Binding::Entity) {
            continue;
        }
        ScaledForm form = scaled_form(b, value.args[0]);
        Exponential e{id, value.args[0], *shape, 1, {}, {}, form.factors, form.divisors};
        if (*shape == Shape::Sigmoid) { // 1/(1 + e^-x)
            e.scale = -1;
            scale_by(form.form, -1);
        }
        e.rest.constant = form.form.constant;
        for (const auto& term : form.form.terms) {
            auto& part = b.binding(term.first) == Binding::Entity ? e.varying : e.rest;
            part.terms.push_back(term);
        }
        const bool scaled_per_entity = std::ranges::any_of(
            form.divisors, [&](ValueId divisor) { return b.binding(divisor) == Binding::Entity; });
        if (!e.varying.terms.empty() && !scaled_per_entity) {
            found.push_back(std::move(e));
        }
    }
    return found;
}

/// a - n*b; what is only rounding error vanishes.
LinearAtoms difference(const LinearAtoms& a, const LinearAtoms& b, int n) {
    constexpr double rounding = 1e-14;
    LinearAtoms result;
    std::map<ValueId, std::pair<double, double>> weights; // value and size
    for (const auto& [atom, weight] : a.terms) {
        weights[atom] = {weight, std::abs(weight)};
    }
    for (const auto& [atom, weight] : b.terms) {
        auto& [sum, size] = weights[atom];
        sum -= n * weight;
        size += std::abs(n * weight);
    }
    for (const auto& [atom, weight] : weights) {
        if (std::abs(weight.first) > rounding * weight.second) {
            result.terms.emplace_back(atom, weight.first);
        }
    }
    const double constant = a.constant - n * b.constant;
    const double size = std::max(std::abs(a.constant), std::abs(n * b.constant));
    result.constant = std::abs(constant) > rounding * size ? constant : 0;
    return result;
}

/// The power of `base` that gives `e` up to the rest, or 0.
int power_of(const Exponential& base, const Exponential& e, int largest) {
    constexpr double largest_literal = 200; // exp(rest) stays far inside the range
    if (base.varying.terms[0].first != e.varying.terms[0].first || base.factors != e.factors ||
        base.divisors != e.divisors) {
        return 0;
    }
    const double first = e.varying.terms[0].second / base.varying.terms[0].second;
    if (std::abs(first - std::round(first)) > 1e-6) {
        return 0; // no whole multiple: by far the most
    }
    const std::optional<double> r = ratio(e.varying, base.varying);
    if (!r || std::abs(*r) > largest + 0.5 ||
        std::abs(*r - std::round(*r)) > 1e-12 * std::abs(*r)) {
        return 0;
    }
    const int n = static_cast<int>(std::lround(*r));
    const LinearAtoms rest = difference(e.rest, base.rest, n);
    const bool known = rest.terms.empty() && e.factors.empty() && e.divisors.empty();
    if (e.shape == Shape::Sigmoid && !known && !(rest.terms.empty() && rest.constant == 0)) {
        return 0; // saturated sigmoids are common: exp(rest) must not meet the other end of the
                  // range
    }
    return rest.terms.empty() && std::abs(rest.constant) > largest_literal ? 0 : n;
}

/// Who may be the base of a family: an exponential, or a root of one that is none of them itself.
std::vector<Exponential> candidates(const std::vector<Exponential>& exponentials, bool with_roots) {
    constexpr int largest_root = 6;
    std::vector<Exponential> result = exponentials;
    for (int divisor = 2; with_roots && divisor <= largest_root; ++divisor) {
        for (const Exponential& e : exponentials) {
            result.push_back(root(e, divisor));
        }
    }
    return result;
}

/// Families greedily: the base that explains most exponentials first; of equals the first one.
/// Sigmoids that are left are families of one.
Plan make_plan(const Builder& b, int largest, bool is_double) {
    Plan plan;
    plan.exponentials = collect(b);
    const std::size_t count = plan.exponentials.size();
    const std::vector<Exponential> bases = candidates(plan.exponentials, is_double);
    std::vector<int> powers(bases.size() * count); // row: base, column: the other
    for (std::size_t i = 0; i < bases.size(); ++i) {
        for (std::size_t k = 0; k < count; ++k) {
            powers[i * count + k] = i == k ? 1 : power_of(bases[i], plan.exponentials[k], largest);
        }
    }
    std::vector<bool> taken(count, false);
    const auto take = [&](std::size_t base) {
        for (std::size_t k = 0; k < count; ++k) {
            const Exponential& e = plan.exponentials[k];
            const int n = taken[k] ? 0 : powers[base * count + k];
            if (n != 0) {
                taken[k] = true;
                plan.members[e.id] = {plan.bases.size(), n, difference(e.rest, bases[base].rest, n),
                                      &e};
            }
        }
        plan.bases.push_back(bases[base]);
    };
    const auto gain_of = [&](std::size_t base) {
        if (base < count && taken[base]) {
            return 0;
        }
        int gain = -2; // positive powers are cheaper than reciprocals
        for (std::size_t k = 0; k < count; ++k) {
            const int n = taken[k] ? 0 : powers[base * count + k];
            gain += n > 0 ? 2 : n < 0 ? 1 : 0;
        }
        return gain;
    };
    while (true) {
        std::size_t best = bases.size();
        int best_gain = 0;
        for (std::size_t i = 0; i < bases.size(); ++i) {
            const int gain = gain_of(i);
            if (gain > best_gain) {
                best = i;
                best_gain = gain;
            }
        }
        if (best == bases.size()) {
            break;
        }
        take(best);
    }
    for (std::size_t k = 0; k < count; ++k) {
        if (!taken[k] && plan.exponentials[k].shape == Shape::Sigmoid) {
            take(k);
        }
    }
    return plan;
}

/// Builds the kernel again, values in any order in which arguments come first.
class Rebuild {
public:
    Rebuild(ir::Module& module, ir::Kernel& kernel, const Plan& plan, const Context& context)
        : plan_(plan), context_(context), old_(std::exchange(kernel.values.raw(), {})),
          b_(module, kernel), new_ids_(old_.size()), bases_(plan.bases.size()) {
        b_.reserve(old_.size() + 16);
    }

    void run(ir::Kernel& kernel) {
        for (std::size_t i = 0; i < old_.size(); ++i) {
            need(ValueId(i));
        }
        for_each_result(kernel, [this](ValueId& id) { id = new_ids_[id.index]; });
    }

private:
    ValueId need(ValueId old) {
        if (new_ids_[old.index].valid()) {
            return new_ids_[old.index];
        }
        std::vector<ValueId> open{old};
        while (!open.empty()) {
            const ValueId id = open.back();
            const std::size_t before = open.size();
            for_each_argument(id, [&](ValueId arg) {
                if (!new_ids_[arg.index].valid()) {
                    open.push_back(arg);
                }
            });
            if (open.size() == before) {
                open.pop_back();
                build(id);
            }
        }
        return new_ids_[old.index];
    }

    /// What the new form of a value is made of.
    template <class Function> void for_each_argument(ValueId id, Function&& function) const {
        for (const ValueId arg : old_[id.index].args) {
            function(arg);
        }
        const auto member = plan_.members.find(id);
        if (member == plan_.members.end()) {
            return;
        }
        const Member& m = member->second;
        function(base_of(m).argument);
        for (const auto& [atom, weight] : m.rest.terms) {
            function(atom);
        }
        for (const ValueId factor : m.exponential->factors) {
            function(factor);
        }
        for (const ValueId divisor : m.exponential->divisors) {
            function(divisor);
        }
    }

    void build(ValueId id) {
        if (new_ids_[id.index].valid()) {
            return;
        }
        ir::Value value = old_[id.index];
        b_.at(value.span);
        for (ValueId& arg : value.args) {
            arg = new_ids_[arg.index];
        }
        const auto member = plan_.members.find(id);
        if (member == plan_.members.end()) {
            new_ids_[id.index] = b_.emit_as_is(std::move(value));
            return;
        }
        const ValueId result = member_value(member->second, value.args[0]);
        new_ids_[id.index] = value.name.empty() ? result : b_.name(result, value.name);
    }

    [[nodiscard]] const Exponential& base_of(const Member& member) const {
        return plan_.bases[member.family];
    }

    ValueId member_value(const Member& member, ValueId argument) {
        switch (member.exponential->shape) {
        case Shape::Rate:
            return rate(member, argument);
        case Shape::Sigmoid:
            return sigmoid(member);
        case Shape::Exponential:
            break;
        }
        const ValueId size = product(member);
        return member.power > 0 ? size : b_.div(b_.real(1.0), size);
    }

    ValueId base_value(const Member& member) {
        ValueId& base = bases_[member.family];
        if (!base.valid()) {
            const Exponential& e = base_of(member);
            const ValueId argument = new_ids_[e.argument.index];
            base = b_.exp(e.scale == 1    ? argument
                          : e.scale == -1 ? b_.neg(argument)
                                          : b_.mul(argument, b_.real(e.scale)));
        }
        return base;
    }

    /// e^u where the power is positive, e^-u where it is negative.
    ValueId product(const Member& member) {
        ValueId square = base_value(member);
        ValueId result;
        for (int n = std::abs(member.power); n != 0; n /= 2) {
            if (n % 2 != 0) {
                result = result.valid() ? b_.mul(result, square) : square;
            }
            square = n > 1 ? b_.mul(square, square) : square;
        }
        if (const std::optional<ValueId> rest = rest_of(member)) {
            result = b_.mul(result, exponential(*rest));
        }
        return result;
    }

    /// The same, but finite.
    ValueId finite_product(const Member& member) {
        const double limit = b_.module().real_size == 8 ? 1e300 : 1e30;
        return b_.math(MathOp::Clip, {product(member), b_.real(0.0), b_.real(limit)});
    }

    std::optional<ValueId> rest_of(const Member& member) {
        const double sign = member.power > 0 ? 1 : -1;
        std::optional<ValueId> sum;
        const auto add = [&](ValueId term) { sum = sum ? b_.add(*sum, term) : term; };
        for (const auto& [atom, weight] : member.rest.terms) {
            add(b_.mul(b_.real(sign * weight), new_ids_[atom.index]));
        }
        if (member.rest.constant != 0) {
            add(b_.real(sign * member.rest.constant));
        }
        if (!sum) {
            return std::nullopt;
        }
        for (const ValueId factor : member.exponential->factors) {
            sum = b_.mul(*sum, new_ids_[factor.index]);
        }
        for (const ValueId divisor : member.exponential->divisors) {
            sum = b_.div(*sum, new_ids_[divisor.index]);
        }
        return sum;
    }

    ValueId exponential(ValueId argument) {
        const std::optional<double> literal = b_.constant(argument);
        if (literal && context_.options.evaluate != nullptr) {
            return b_.real(context_.options.evaluate(MathOp::Exp, &*literal));
        }
        return b_.exp(argument);
    }

    /// 1/(1 + e^u), or p/(1 + p) with p = e^-u.
    ValueId sigmoid(const Member& member) {
        const ValueId one = b_.real(1.0);
        if (member.power > 0) {
            return b_.div(one, b_.add(one, product(member)));
        }
        const ValueId p = finite_product(member);
        return b_.div(p, b_.add(one, p));
    }

    /// u/(e^u - 1), or u p/(1 - p) with p = e^-u; near 0 its series 1 - u/2 + u^2/12 - u^4/720 +
    /// u^6/30240, whose next term is below 2e-16 for |u| < 1/16, and 4e-9 for |u| < 1/2 (float32).
    ValueId rate(const Member& member, ValueId argument) {
        const ValueId u = fused_form(b_, argument).value_or(argument);
        const ValueId square = b_.mul(u, u);
        ValueId even = b_.fma(square, b_.real(1.0 / 30240), b_.real(-1.0 / 720));
        even = b_.fma(square, even, b_.real(1.0 / 12));
        const ValueId one = b_.real(1.0);
        const ValueId series = b_.fma(square, even, b_.fma(u, b_.real(-0.5), one));
        ValueId direct;
        if (member.power > 0) {
            direct = b_.div(u, b_.sub(product(member), one));
        } else {
            const ValueId p = finite_product(member);
            direct = b_.div(b_.mul(u, p), b_.sub(one, p));
        }
        const ValueId near =
            b_.less(b_.math(MathOp::Abs, u), b_.real(b_.module().real_size == 8 ? 0.0625 : 0.5));
        return b_.select(near, series, direct);
    }

    const Plan& plan_;
    const Context& context_;
    std::vector<ir::Value> old_;
    Builder b_;
    std::vector<ValueId> new_ids_;
    std::vector<ValueId> bases_;
};

} // namespace

bool fold_exponential_families(ir::Module& module, const Context& context) {
    if (context.options.strict) {
        return false;
    }
    const bool is_double = module.real_size == 8;
    const int largest = !is_double ? 4 : context.options.precision == Precision::Fast ? 64 : 16;
    bool changed = false;
    for (ir::Kernel& kernel : module.kernels) {
        if (!any_value(kernel, is_exponential)) {
            continue;
        }
        const Plan plan = make_plan(Builder(module, kernel), largest, is_double);
        if (!plan.members.empty()) {
            Rebuild(module, kernel, plan, context).run(kernel);
            changed = true;
        }
    }
    return changed;
}

} // namespace hhc::passes
