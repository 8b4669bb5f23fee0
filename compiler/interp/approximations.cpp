// SPDX-License-Identifier: MIT
#include "interp/approximations.h"

#include "codegen/scalar_math.h"
#include "ir/piecewise.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <span>

namespace hhc::interp {

Approximations::Approximations(const ir::Module& module) : module_(&module) {
    for (const ir::Approximation& row : module.approximations) {
        std::vector<std::size_t>& places = uniforms_.emplace_back();
        for (const std::string& name : row.uniform_names) {
            const auto found = std::ranges::find(module.uniforms, name, &ir::Uniform::name);
            places.push_back(static_cast<std::size_t>(found - module.uniforms.begin()));
        }
    }
}

/// dt, then what each function reads.
std::vector<double> Approximations::inputs(const hhk_context& context) const {
    std::vector<double> result{context.dt};
    for (const std::vector<std::size_t>& places : uniforms_) {
        for (const std::size_t place : places) {
            result.push_back(context.uniforms[place]);
        }
    }
    return result;
}

std::vector<double> Approximations::made(const std::vector<double>& inputs) const {
    const auto evaluate = [](ir::MathOp op, const double* arguments) {
        return codegen::math_function<double>(op)(arguments);
    };
    const ir::Approximation& first = module_->approximations.front();
    std::vector<double> table(module_->tables[first.table].hidden, 0.0);
    table[0] = std::numeric_limits<double>::infinity();
    table[1] = -table[0];
    const std::span<const double> numbers(inputs);
    std::size_t next = 1;
    for (std::size_t k = 0; k < uniforms_.size(); ++k) {
        const ir::Approximation& row = module_->approximations[k];
        const auto own = numbers.subspan(next, uniforms_[k].size());
        next += uniforms_[k].size();
        const ir::FunctionOfOne function{&row.function, own, inputs.front(), evaluate};
        const auto pieces = std::span(table).subspan(row.offset, ir::piecewise_size(row));
        if (!ir::fit(row, function, pieces) || !ir::prove(row, function, pieces)) {
            return table;
        }
    }
    const ir::Interval range = ir::certified_range(first);
    table[0] = range.low;
    table[1] = range.high;
    return table;
}

void Approximations::prepare(const hhk_context& context) {
    if (module_->approximations.empty()) {
        return;
    }
    const std::lock_guard lock(mutex_);
    std::vector<double> now = inputs(context);
    const auto bits = [](double x) { return std::bit_cast<std::uint64_t>(x); };
    if (!std::ranges::equal(now, last_inputs_, {}, bits, bits)) {
        last_table_ = made(now);
        last_inputs_ = std::move(now);
    }
    // memory of the runtime that is only ours to write (hhk_table.hidden)
    auto* const table =
        const_cast<double*>(context.tables[module_->approximations.front().table.index].values);
    std::ranges::copy(last_table_, table);
}

} // namespace hhc::interp
