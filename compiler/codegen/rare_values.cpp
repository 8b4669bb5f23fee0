// SPDX-License-Identifier: MIT
// The part of ValueWriter that finds values which a loop seldom needs: they stand behind a branch,
// which is only taken where some lane needs them. Selects choose lane by lane as before, so no bit
// depends on the branch.
#include "codegen/value_writer.h"

#include <algorithm>
#include <utility>

namespace hhc::codegen {
namespace {

using ir::Op;
using ir::Type;
using ir::Value;
using ir::ValueId;

/// Selects with fewer operations in their first arm are cheaper without a branch.
constexpr int least_operations = 3;
/// A wider surrounding of the point is met in too many vectors. Rates in float32 have 1/2.
constexpr double widest_surrounding = 0.125;

/// select(x < C, quotient, before): divisions that were joined (passes/join_divisions.h), and a
/// denominator as no cell has it.
bool is_chosen_by_size(const ir::Kernel& kernel, ValueId id) {
    constexpr double usual = 1e100;
    const Value& value = kernel.values[id];
    if (value.op != Op::Select || kernel.values[value.args[0]].op != Op::Less) {
        return false;
    }
    const Value& limit = kernel.values[kernel.values[value.args[0]].args[1]];
    return limit.op == Op::ConstReal && limit.number > usual;
}

/// Finds select(abs(u) < c, polynomial in u, otherwise): a function whose formula is 0/0 at 0.
class SeriesNearZero {
public:
    SeriesNearZero(const ir::Kernel& kernel, const std::vector<bool>& faulty)
        : kernel_(kernel), faulty_(faulty) {}

    [[nodiscard]] bool is_chosen_by(ValueId id) const {
        const Value& value = kernel_.values[id];
        if (value.op != Op::Select || value.type != Type::Real || faulty_[id.index]) {
            return false;
        }
        const Value& near = kernel_.values[value.args[0]];
        if (near.op != Op::Less) {
            return false;
        }
        const Value& distance = kernel_.values[near.args[0]];
        const Value& reach = kernel_.values[near.args[1]];
        if (distance.op != Op::Math ||
            static_cast<ir::MathOp>(distance.symbol) != ir::MathOp::Abs ||
            reach.op != Op::ConstReal || !(reach.number <= widest_surrounding)) {
            return false;
        }
        int operations = 0;
        return is_polynomial(value.args[1], distance.args[0], operations) &&
               operations >= least_operations;
    }

private:
    /// Counts what is used several times as often; no series has that many operations.
    [[nodiscard]] bool is_polynomial(ValueId id, ValueId variable, int& operations) const {
        constexpr int most = 64;
        const Value& value = kernel_.values[id];
        if (id == variable || value.op == Op::ConstReal) {
            return true;
        }
        const bool allowed = value.op == Op::Add || value.op == Op::Sub || value.op == Op::Mul ||
                             value.op == Op::Fma || value.op == Op::Neg;
        ++operations;
        return allowed && value.type == Type::Real && operations <= most &&
               std::ranges::all_of(value.args, [&](ValueId arg) {
                   return is_polynomial(arg, variable, operations);
               });
    }

    const ir::Kernel& kernel_;
    const std::vector<bool>& faulty_;
};

} // namespace

/// Selects and approximations whose seldom arm is worth a branch, of those that are always needed;
/// what else is always needed becomes `usual`.
std::vector<ValueId> ValueWriter::branching(std::vector<bool>& usual) const {
    usual = results();
    const auto root = [&](ValueId id) {
        if (id) {
            usual[id.index] = true;
        }
    };
    const bool with_polynomials = std::ranges::any_of(
        kernel_->values, [](const Value& value) { return value.op == Op::Approximate; });
    const bool in_loop = kernel_->kind == ir::KernelKind::Advance && !module_->is_synapse &&
                         entity_lanes_ == Lanes::Vector && !with_polynomials;
    const SeriesNearZero series(*kernel_, faulty_);
    std::vector<ValueId> found;
    for (std::size_t k = usual.size(); k-- > 0;) {
        const ValueId id(k);
        const Value& value = kernel_->values[id];
        if (!usual[k]) {
            continue;
        }
        const bool approximation = value.op == Op::Approximate;
        if (approximation || (in_loop && lanes(id) == Lanes::Vector &&
                              (series.is_chosen_by(id) || is_chosen_by_size(*kernel_, id)))) {
            found.push_back(id);
            root(value.args[0]);
            root(approximation ? ValueId() : usual_arm(id));
        } else {
            std::ranges::for_each(value.args.begin(), value.args.end(), root);
        }
    }
    return found;
}

/// Live values that nothing reaches but through the second argument of what branches.
void ValueWriter::mark_rare() {
    const std::size_t count = kernel_->values.size();
    rare_.assign(count, false);
    std::vector<bool> usual(count, false);
    const std::vector<ValueId> found = branching(usual);
    if (found.empty()) {
        return;
    }
    for (std::size_t k = 0; k < count; ++k) {
        const ValueId id(k);
        rare_[k] = live_[k] && !usual[k] && !is_literal(id) && lanes(id) == entity_lanes_ &&
                   !kernel_->values[id].args.empty();
    }
    for (const ValueId id : found) {
        std::vector<bool> needed(id.index + 1, false);
        needed[rare_arm(id).index] = true;
        for (std::size_t k = id.index; k-- > 0;) {
            if (needed[k] && rare_[k]) {
                for (const ValueId arg : kernel_->values[ValueId(k)].args) {
                    needed[arg.index] = true;
                }
            }
        }
        std::vector<ValueId>& branch = branches_[id];
        for (std::size_t k = 0; k < id.index; ++k) {
            if (needed[k] && rare_[k]) {
                branch.emplace_back(k);
            }
        }
    }
    find_mates();
}

/// Selects that follow the test of a branch: as one of them waits for what all of them choose from,
/// none may depend on another.
void ValueWriter::find_mates() {
    const std::size_t count = kernel_->values.size();
    std::map<ValueId, std::vector<ValueId>> by_test;
    for (const auto& [id, branch] : branches_) {
        if (seldom_chooses(id)) {
            by_test[kernel_->values[id].args[0]];
        }
    }
    for (std::size_t k = 0; k < count && !by_test.empty(); ++k) {
        const Value& value = kernel_->values[ValueId(k)];
        const auto test = value.op == Op::Select ? by_test.find(value.args[0]) : by_test.end();
        if (test != by_test.end() && value.type == Type::Real && live_[k] && !rare_[k] &&
            !faulty_[k]) {
            test->second.emplace_back(k);
        }
    }
    for (const auto& [test, selects] : by_test) {
        std::vector<bool> follows(count, false); // one of the selects
        bool apart = true;
        for (std::size_t k = selects.front().index; k < count; ++k) {
            const std::vector<ValueId> read = inputs(ValueId(k));
            follows[k] = std::ranges::any_of(read, [&](ValueId id) { return follows[id.index]; });
            if (std::ranges::find(selects, ValueId(k)) != selects.end()) {
                apart = apart && !follows[k];
                follows[k] = true;
            }
        }
        for (const ValueId id : apart&& selects.size() > 1 ? selects : std::vector<ValueId>()) {
            mates_.emplace(id, selects);
        }
    }
}

ValueId ValueWriter::rare_arm(ValueId id) const {
    return kernel_->values[id].args[is_chosen_by_size(*kernel_, id) ? 2 : 1];
}

ValueId ValueWriter::usual_arm(ValueId id) const {
    return kernel_->values[id].args[is_chosen_by_size(*kernel_, id) ? 1 : 2];
}

std::span<const ValueId> ValueWriter::mates(ValueId id) const {
    const auto found = mates_.find(id);
    return found == mates_.end() ? std::span<const ValueId>() : found->second;
}

bool ValueWriter::seldom_chooses(ValueId id) const {
    const auto branch = branches_.find(id);
    return kernel_->values[id].op == Op::Select && branch != branches_.end() &&
           !branch->second.empty();
}

std::vector<ValueId> ValueWriter::inputs(ValueId id) const {
    const Value& value = kernel_->values[id];
    std::vector<ValueId> found(value.args.begin(), value.args.end());
    const auto branch = branches_.find(id);
    if (branch == branches_.end()) {
        return found;
    }
    if (value.op == Op::Select) { // so that the test stands beside the choice
        found = {usual_arm(id), rare_arm(id), value.args[0]};
    }
    for (const ValueId rare : branch->second) {
        const ir::Args& args = kernel_->values[rare].args;
        found.insert(found.end(), args.begin(), args.end());
    }
    std::erase_if(found, [this](ValueId each) { return rare_[each.index]; });
    return found;
}

} // namespace hhc::codegen
