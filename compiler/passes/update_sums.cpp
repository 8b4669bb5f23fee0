// SPDX-License-Identifier: MIT
#include "passes/update_sums.h"

#include "passes/rewrite.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>

namespace hhc::passes {
namespace {

using ir::Binding;
using ir::Op;
using ir::Type;
using ir::ValueId;

constexpr int deepest = 32;
constexpr std::size_t longest = 64; // terms of a sum, which might double with every level

/// The values of a kernel, who reads them, and which of them vanish with the step.
class Readers {
public:
    Readers(const ir::Module& module, const ir::Kernel& kernel)
        : kernel_(kernel), bindings_(ir::bindings(kernel)), readers_(kernel.values.size()),
          is_result_(kernel.values.size(), false) {
        const std::vector<bool> live = live_values(kernel); // earlier passes leave dead readers
        for (std::size_t i = 0; i < live.size(); ++i) {
            if (live[i]) {
                for (const ValueId arg : kernel.values[ValueId(i)].args) {
                    readers_[arg.index].push_back(ValueId(i));
                }
            }
        }
        for_each_result(kernel, [this](ValueId id) { is_result_[id.index] = true; });
        std::set<ir::UniformId> timed;
        for (const ir::Kernel& other : module.kernels) {
            if (other.kind == ir::KernelKind::Prepare) {
                const std::vector<bool> of_dt = reached_by_dt(other, {});
                for (const ir::UniformStore& store : other.uniform_stores) {
                    if (of_dt[store.value.index]) {
                        timed.insert(store.uniform);
                    }
                }
            }
        }
        of_dt_ = reached_by_dt(kernel, timed);
    }

    [[nodiscard]] const ir::Value& operator[](ValueId id) const { return kernel_.values[id]; }
    [[nodiscard]] bool is_early(ValueId id) const { return bindings_[id.index] != Binding::Entity; }
    [[nodiscard]] bool is_result(ValueId id) const { return is_result_[id.index]; }
    [[nodiscard]] bool has_dt(ValueId id) const { return of_dt_[id.index]; }
    [[nodiscard]] const std::vector<ValueId>& of(ValueId id) const { return readers_[id.index]; }
    [[nodiscard]] bool has_one(ValueId id) const {
        return readers_[id.index].size() + (is_result(id) ? 1 : 0) == 1;
    }

private:
    static std::vector<bool> reached_by_dt(const ir::Kernel& kernel,
                                           const std::set<ir::UniformId>& timed) {
        std::vector<bool> reached(kernel.values.size(), false);
        for (std::size_t i = 0; i < reached.size(); ++i) {
            const ir::Value& value = kernel.values[ValueId(i)];
            reached[i] =
                value.op == Op::TimeStep ||
                (value.op == Op::LoadUniform && timed.contains(ir::UniformId(value.symbol))) ||
                std::ranges::any_of(value.args, [&](ValueId arg) { return reached[arg.index]; });
        }
        return reached;
    }

    const ir::Kernel& kernel_;
    std::vector<Binding> bindings_;
    std::vector<std::vector<ValueId>> readers_;
    std::vector<bool> is_result_, of_dt_;
};

bool is_sum(const ir::Value& value) {
    return (value.op == Op::Add || value.op == Op::Sub) && value.type == Type::Real;
}

/// What a linear value is made of: itself the sum, product or quotient that a sum is taken apart
/// at.
struct Step {
    ValueId arg;
    Weight weight;
};

/// The parts of a value that is linear in them with early weights; none where it is an atom.
std::vector<Step> parts(const Readers& readers, ValueId id, Weight weight) {
    const ir::Value& value = readers[id];
    if (value.type != Type::Real) {
        return {};
    }
    Weight other = weight;
    switch (value.op) {
    case Op::Add:
    case Op::Sub:
        other.negative ^= value.op == Op::Sub;
        return {{value.args[0], std::move(weight)}, {value.args[1], std::move(other)}};
    case Op::Neg:
        other.negative = !other.negative;
        return {{value.args[0], std::move(other)}};
    case Op::Mul: {
        const std::size_t early = readers.is_early(value.args[0]) ? 0 : 1;
        if (!readers.is_early(value.args[early])) {
            return {};
        }
        other.factors.push_back(value.args[early]);
        return {{value.args[1 - early], std::move(other)}};
    }
    case Op::Div:
        if (!readers.is_early(value.args[1])) {
            return {};
        }
        other.divisors.push_back(value.args[1]);
        return {{value.args[0], std::move(other)}};
    default:
        return {};
    }
}

/// A sum taken apart, and the operations it was made of.
struct Opened {
    UpdateSum sum;
    std::set<ValueId> covered;
    bool whole = true; // no limit was met

    [[nodiscard]] std::size_t
    operations() const { // a fused one an atom, the first may be a product
        std::set<ValueId> atoms;
        for (const Term& term : sum.terms) {
            atoms.insert(term.atom);
        }
        return atoms.size();
    }
};

class Opener {
public:
    /// Stops at `ends`, which are computed anyway; unless `shared`, also at what others read.
    Opener(const Readers& readers, const std::set<ValueId>& ends, bool shared)
        : readers_(readers), ends_(ends), shared_(shared) {}

    Opened open(ValueId root) {
        opened_ = {};
        collect(root, {}, 0);
        return std::move(opened_);
    }

private:
    void collect(ValueId id, Weight weight, int depth) {
        if (readers_.is_early(id)) {
            opened_.sum.constant.push_back({id, std::move(weight)});
            return;
        }
        const bool limit = depth == deepest || opened_.sum.terms.size() >= longest;
        opened_.whole &= !limit;
        const bool end = depth > 0 && (ends_.contains(id) || !(shared_ || readers_.has_one(id)));
        const std::vector<Step> steps =
            limit || end ? std::vector<Step>() : parts(readers_, id, weight);
        if (steps.empty()) {
            opened_.sum.terms.push_back({id, std::move(weight)});
            return;
        }
        opened_.covered.insert(id);
        for (const Step& step : steps) {
            collect(step.arg, step.weight, depth + 1);
        }
    }

    const Readers& readers_;
    const std::set<ValueId>& ends_;
    bool shared_;
    Opened opened_;
};

/// New values of states, through the selects that hold them back.
void find_new_values(const Readers& readers, ValueId id, int depth, std::set<ValueId>& found) {
    const ir::Value& value = readers[id];
    if (value.op == Op::Select && value.type == Type::Real && depth < deepest) {
        find_new_values(readers, value.args[1], depth + 1, found);
        find_new_values(readers, value.args[2], depth + 1, found);
    } else {
        found.insert(id);
    }
}

bool is_state(const ir::Module& module, const ir::Value& value) {
    return value.op == Op::LoadField &&
           module.fields[ir::FieldId(value.symbol)].role == ir::role::state;
}

bool vanishes_with_dt(const Readers& readers, const UpdateSum& change) {
    const auto has_dt = [&](ValueId id) { return readers.has_dt(id); };
    const auto timed = [&](const Term& term) {
        return std::ranges::any_of(term.weight.factors, has_dt) || has_dt(term.atom);
    };
    return std::ranges::all_of(change.terms, timed) && std::ranges::all_of(change.constant, timed);
}

/// A state moved within the step: x plus a change that vanishes with dt, read by what is not linear
/// in it. Its rounding is that of a state, other than that of a difference which a rate reads.
bool is_moved_state(const ir::Module& module, const Readers& readers, ValueId id) {
    const ir::Value& value = readers[id];
    if (!is_sum(value) || readers.is_early(id) || !is_state(module, readers[value.args[0]])) {
        return false;
    }
    const auto nonlinear = [&](ValueId reader) { return parts(readers, reader, {}).empty(); };
    if (!readers.is_result(id) && std::ranges::none_of(readers.of(id), nonlinear)) {
        return false;
    }
    const Opened change = Opener(readers, {}, true).open(value.args[1]);
    return change.whole && vanishes_with_dt(readers, change.sum);
}

/// A product that is added somewhere, and nothing else, costs nothing: it is joined to the sum.
bool is_joined(const Readers& readers, ValueId id) {
    return readers[id].op == Op::Mul && readers.has_one(id) && !readers.of(id).empty() &&
           is_sum(readers[readers.of(id).front()]);
}

/// How many operations go when the roots no longer need what they were made of.
std::size_t operations_saved(const Readers& readers, const std::set<ValueId>& covered,
                             const std::set<ValueId>& roots) {
    std::set<ValueId> gone;
    std::size_t count = 0;
    for (auto id = covered.rbegin(); id != covered.rend(); ++id) { // readers before what they read
        const auto is_gone = [&](ValueId reader) { return gone.contains(reader); };
        const bool unread =
            !readers.is_result(*id) && std::ranges::all_of(readers.of(*id), is_gone);
        if (roots.contains(*id) || unread) {
            gone.insert(*id);
            count += readers[*id].op == Op::Neg || is_joined(readers, *id) ? 0 : 1;
        }
    }
    return count;
}

class Chooser {
public:
    Chooser(const Readers& readers, std::set<ValueId> roots)
        : readers_(readers), roots_(std::move(roots)) {}

    std::map<ValueId, UpdateSum> run() && {
        for (const std::vector<ValueId>& group : groups()) {
            if (!choose(group, true)) {
                for (const ValueId root : group) {
                    choose({root}, false);
                }
            }
        }
        return std::move(chosen_);
    }

private:
    /// Roots whose sums share operations, directly or through others.
    [[nodiscard]] std::vector<std::vector<ValueId>> groups() const {
        std::vector<std::vector<ValueId>> groups;
        std::vector<std::set<ValueId>> covered;
        for (const ValueId root : roots_) {
            std::vector<ValueId> group = {root};
            std::set<ValueId> own = Opener(readers_, roots_, true).open(root).covered;
            for (std::size_t i = groups.size(); i-- > 0;) {
                const auto is_own = [&](ValueId id) { return own.contains(id); };
                if (std::ranges::any_of(covered[i], is_own)) {
                    group.insert(group.end(), groups[i].begin(), groups[i].end());
                    own.merge(covered[i]);
                    groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(i));
                    covered.erase(covered.begin() + static_cast<std::ptrdiff_t>(i));
                }
            }
            groups.push_back(std::move(group));
            covered.push_back(std::move(own));
        }
        return groups;
    }

    bool choose(const std::vector<ValueId>& group, bool shared) {
        std::set<ValueId> covered;
        std::map<ValueId, UpdateSum> sums;
        std::size_t operations = 0;
        for (const ValueId root : group) {
            Opened opened = Opener(readers_, roots_, shared).open(root);
            if (opened.sum.terms.empty()) {
                return false;
            }
            operations += opened.operations();
            covered.merge(opened.covered);
            sums.emplace(root, std::move(opened.sum));
        }
        if (operations >=
            operations_saved(readers_, covered, std::set<ValueId>(group.begin(), group.end()))) {
            return false;
        }
        chosen_.merge(sums);
        return true;
    }

    const Readers& readers_;
    std::set<ValueId> roots_;
    std::map<ValueId, UpdateSum> chosen_;
};

} // namespace

std::map<ValueId, UpdateSum> shorter_sums(const ir::Module& module, const ir::Kernel& kernel) {
    const Readers readers(module, kernel);
    std::set<ValueId> roots;
    for (const ir::FieldStore& store : kernel.stores) {
        const ir::Field& field = module.fields[store.field];
        if (field.role == ir::role::state && field.storage == ir::Storage::Real) {
            find_new_values(readers, store.value, 0, roots);
        }
    }
    if (roots.empty()) {
        return {};
    }
    for (std::size_t i = 0; i < kernel.values.size(); ++i) {
        if (is_moved_state(module, readers, ValueId(i))) {
            roots.insert(ValueId(i));
        }
    }
    return Chooser(readers, std::move(roots)).run();
}

} // namespace hhc::passes
