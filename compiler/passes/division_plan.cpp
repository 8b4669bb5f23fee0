// SPDX-License-Identifier: MIT
#include "passes/division_plan.h"

#include "passes/cost.h"
#include "passes/rewrite.h"

#include <algorithm>

namespace hhc::passes {

using ir::Binding;
using ir::Op;
using ir::Type;
using ir::ValueId;

/// A quotient whose parts would be carried through more values is divided where it stands.
static constexpr std::size_t longest_way = 8;
/// Other operations that a processor does while it divides once: 16 cycles and two units at worst.
static constexpr int beside_division = 32;

DivisionPlan::DivisionPlan(const ir::Kernel& kernel)
    : kernel_(kernel), bindings_(ir::bindings(kernel)), live_(live_values(kernel)),
      needed_(kernel.values.size(), false), users_(kernel.values.size()),
      put_off_(kernel.values.size(), false) {
    for_each_result(kernel, [&](ValueId id) { needed_[id.index] = true; });
    for (std::size_t k = 0; k < kernel.values.size(); ++k) {
        put_off_[k] = is_division(ValueId(k));
        for (const ValueId arg : live_[k] ? kernel.values[ValueId(k)].args : ir::Args()) {
            users_[arg.index].push_back(ValueId(k));
        }
    }
    settle();
    pair_up();
}

std::optional<ValueId> DivisionPlan::partner(ValueId id) const {
    const auto found = partners_.find(id);
    return found == partners_.end() ? std::nullopt : std::optional(found->second);
}

bool DivisionPlan::is_division(ValueId id) const {
    return live_[id.index] && kernel_.values[id].op == Op::Div &&
           bindings_[id.index] == Binding::Entity;
}

/// Leaves alone, the last first, the quotients whose parts would gain nothing.
void DivisionPlan::settle() {
    for (bool settled = false; !settled;) {
        settled = true;
        carry();
        formed_.clear();
        partners_.clear();
        for (std::size_t k = put_off_.size(); settled && k-- > 0;) {
            if (put_off_[k] && !is_gain(reach(ValueId(k)))) {
                put_off_[k] = false;
                settled = false;
            }
        }
    }
}

void DivisionPlan::carry() {
    carried_ = put_off_;
    for (std::size_t k = 0; k < carried_.size(); ++k) {
        const ir::Value& value = kernel_.values[ValueId(k)];
        carried_[k] =
            carried_[k] ||
            (live_[k] && value.op != Op::Div && std::ranges::any_of(value.args, [&](ValueId arg) {
                 return carried_[arg.index] && takes_parts(ValueId(k), arg);
             }));
    }
}

/// Whether `user` can be computed from the parts of `arg`.
bool DivisionPlan::takes_parts(ValueId user, ValueId arg) const {
    const ir::Value& value = kernel_.values[user];
    switch (value.op) {
    case Op::Add:
    case Op::Sub:
    case Op::Mul:
    case Op::Neg:
    case Op::Div:
        return value.type == Type::Real;
    case Op::Select: // a series near 0/0 stands in for the quotient
        return value.type == Type::Real && value.args[2] == arg && value.args[1] != arg &&
               kernel_.values[value.args[0]].op == Op::Less;
    default:
        return false;
    }
}

DivisionPlan::Reach DivisionPlan::reach(ValueId quotient) const {
    Reach found;
    std::vector<ValueId> open{quotient};
    while (!open.empty() && found.way.size() <= longest_way) {
        const ValueId id = open.back();
        open.pop_back();
        if (!found.way.insert(id).second) {
            continue;
        }
        if (needed_[id.index]) {
            found.roots.insert(id);
        }
        for (const ValueId user : users_[id.index]) {
            if (!takes_parts(user, id)) {
                found.roots.insert(id);
            } else if (kernel_.values[user].op == Op::Div && !put_off_[user.index]) {
                found.ends.insert(user);
            } else {
                open.push_back(user);
            }
        }
    }
    return found;
}

/// A division less, or as many, of which two become one.
bool DivisionPlan::is_gain(const Reach& found) {
    if (found.way.size() > longest_way || found.ends.empty() || found.roots.size() > 1) {
        return false;
    }
    if (!found.roots.empty()) {
        const ValueId root = *found.roots.begin();
        const ValueId end = *found.ends.begin();
        if (found.ends.size() != 1 || !can_join(root, end)) {
            return false;
        }
        join(root, end);
    }
    formed_.insert(found.ends.begin(), found.ends.end());
    return true;
}

/// Whether both denominators are there where the first quotient is needed.
bool DivisionPlan::can_join(ValueId a, ValueId b) const {
    const auto free = [&](ValueId id, ValueId other) {
        const std::optional<ValueId> known = partner(id);
        return !known || *known == other;
    };
    const auto [first, second] = std::minmax(a, b);
    const ir::Value& later = kernel_.values[second];
    for (std::size_t k = 0; k < later.args.size(); ++k) {
        const bool counts = carried_[later.args[k].index] || (later.op == Op::Div && k == 1);
        if (counts && later.args[k] > first) {
            return false;
        }
    }
    return free(a, b) && free(b, a);
}

/// How many divisions the rest of the kernel leaves no time for.
std::size_t DivisionPlan::too_many() const {
    int divisions = 0;
    int others = 0;
    for (std::size_t k = 0; k < kernel_.values.size(); ++k) {
        const ValueId id(k);
        if (!live_[k] || bindings_[k] != Binding::Entity) {
            continue;
        }
        if (!is_division(id)) {
            others += cost(kernel_.values[id]);
        }
        divisions += is_alone(id) ? 2 : formed_.contains(id) ? 1 : 0;
    }
    return static_cast<std::size_t>(std::max(0, divisions / 2 - others / beside_division));
}

/// A division that stays one.
bool DivisionPlan::is_alone(ValueId id) const {
    return (formed_.contains(id) || (is_division(id) && !put_off_[id.index])) && !partner(id);
}

void DivisionPlan::join(ValueId a, ValueId b) {
    partners_[a] = b;
    partners_[b] = a;
    formed_.insert({a, b});
}

/// Further divisions two by two, as long as they take longer than all else. Partners have the same
/// number of divisions before their denominators: so none waits for itself, however the pairs wait
/// for each other.
void DivisionPlan::pair_up() {
    const std::size_t count = kernel_.values.size();
    std::vector<std::size_t> level(count, 0); // divisions before it, one after the other
    const auto highest = [&](const auto& ids) {
        std::size_t found = 0;
        for (const ValueId id : ids) {
            found = std::max(found, level[id.index]);
        }
        return found;
    };
    std::map<std::size_t, ValueId> alone; // by level
    std::size_t wanted = too_many();
    for (std::size_t k = 0; k < count; ++k) {
        const ValueId id(k);
        const bool divides = formed_.contains(id) || (is_division(id) && !put_off_[k]);
        if (!divides) {
            level[k] = highest(kernel_.values[id].args);
            continue;
        }
        std::size_t below = highest(read_by(id, Part::Bottom));
        if (const std::optional<ValueId> other = partner(id); other && *other > id) {
            below = std::max(below, highest(read_by(*other, Part::Bottom)));
        } else if (other) {
            below = std::max(below, level[other->index] - 1);
        } else if (const auto waiting = alone.find(below); waiting != alone.end() && wanted > 0) {
            join(waiting->second, id);
            alone.erase(waiting);
            --wanted;
        } else {
            alone.emplace(below, id);
        }
        level[k] = std::max(
            {below + 1, highest(read_by(id, Part::Top)), highest(kernel_.values[id].args)});
    }
}

/// The values of which a numerator or a denominator is made.
std::set<ValueId> DivisionPlan::read_by(ValueId id, Part part) const {
    std::set<ValueId> found;
    std::set<std::pair<ValueId, Part>> seen;
    std::vector<std::pair<ValueId, Part>> open{{id, part}};
    const auto add = [&](ValueId arg, Part of) {
        if (carried_[arg.index]) {
            open.emplace_back(arg, of);
        } else if (of == Part::Top) {
            found.insert(arg);
        }
    };
    while (!open.empty()) {
        const auto [next, wanted] = open.back();
        open.pop_back();
        if (!seen.insert({next, wanted}).second) {
            continue;
        }
        const ir::Value& value = kernel_.values[next];
        const bool is_select = value.op == Op::Select;
        const bool is_top = wanted == Part::Top;
        for (std::size_t k = 0; k < value.args.size(); ++k) {
            const ValueId arg = value.args[k];
            if (is_select && k < 2) {
                if (k == 0 || is_top) {
                    found.insert(arg);
                }
                continue;
            }
            const bool divisor = value.op == Op::Div && k == 1;
            if (is_top != divisor || carried_[arg.index]) {
                add(arg, Part::Top);
            }
            add(arg, Part::Bottom);
        }
    }
    return found;
}

std::vector<ValueId> DivisionPlan::order() const {
    std::vector<ValueId> found;
    std::vector<bool> placed(kernel_.values.size(), false);
    std::vector<ValueId> open;
    for (std::size_t k = 0; k < placed.size(); ++k) {
        open.emplace_back(k);
        while (!open.empty()) {
            const ValueId id = open.back();
            const std::size_t before = open.size();
            const auto want = [&](ValueId other) {
                if (!placed[other.index]) {
                    open.push_back(other);
                }
            };
            if (!placed[id.index]) {
                const ir::Args& args = kernel_.values[id].args;
                std::for_each(args.begin(), args.end(), want);
                if (const std::optional<ValueId> other = partner(id)) {
                    std::ranges::for_each(read_by(*other, Part::Bottom), want);
                }
            }
            if (open.size() == before) {
                open.pop_back();
                if (!placed[id.index]) {
                    placed[id.index] = true;
                    found.push_back(id);
                }
            }
        }
    }
    return found;
}

} // namespace hhc::passes
