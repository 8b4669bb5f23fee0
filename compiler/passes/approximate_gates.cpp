// SPDX-License-Identifier: MIT
#include "passes/approximate_gates.h"

#include "ir/derivative.h"
#include "ir/piecewise.h"
#include "passes/rewrite.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace hhc::passes {
namespace {

using ir::Binding;
using ir::FieldId;
using ir::Op;
using ir::Type;
using ir::ValueId;

constexpr double lowest_voltage = -0.105;
constexpr double highest_voltage = 0.055;
/// The bound is proven when compiling for the largest usual step; smaller ones are easier.
constexpr double certified_dt = 1e-4;
/// Cheaper functions are not worth a table.
constexpr std::size_t least_operations = 3;

/// new = inf + (old - inf)*decay, as lowering writes it.
struct Gate {
    ValueId root, old, inf, decay;
    ValueId voltage;
    ValueId inf_function; // inf without the select that guards its division
    std::string name;
};

class Finder {
public:
    Finder(const ir::Module& module, const ir::Kernel& kernel)
        : module_(module), kernel_(kernel), bindings_(ir::bindings(kernel)) {
        find_voltages();
        find_origins();
    }

    [[nodiscard]] std::vector<Gate> gates() const {
        std::vector<Gate> found;
        for (const ir::FieldStore& store : kernel_.stores) {
            const ir::Field& field = module_.fields[store.field];
            if (field.role != ir::role::state || field.storage != ir::Storage::Real) {
                continue;
            }
            if (std::optional<Gate> gate = match(store.value, store.field)) {
                gate->name = field.name;
                found.push_back(std::move(*gate));
            }
        }
        return found;
    }

    /// A function of a voltage as a kernel of its own.
    [[nodiscard]] ir::Approximation extract(ValueId root) const {
        ir::Approximation result;
        result.function.kind = ir::KernelKind::Rhs;
        std::map<ValueId, ValueId> copies;
        copy(root, result, copies);
        result.function.outputs.push_back(copies.at(root));
        return result;
    }

    [[nodiscard]] std::size_t operations(ValueId root) const {
        const ir::Approximation function = extract(root);
        return static_cast<std::size_t>(
            std::count_if(function.function.values.begin(), function.function.values.end(),
                          [](const ir::Value& value) { return !value.args.empty(); }));
    }

private:
    static constexpr std::uint32_t none = 0xffffffff;  // known before the entity
    static constexpr std::uint32_t mixed = 0xfffffffe; // no function of one voltage

    /// States in volt, as loaded and as stored: gates read either.
    void find_voltages() {
        const units::Dimension volt = units::volt();
        const auto is_voltage = [&](FieldId field) {
            const ir::Field& row = module_.fields[field];
            return row.role == ir::role::state && row.dimension == volt &&
                   row.storage == ir::Storage::Real;
        };
        for (std::size_t k = 0; k < kernel_.values.size(); ++k) {
            const ir::Value& value = kernel_.values[ValueId(k)];
            if (value.op == Op::LoadField && is_voltage(FieldId(value.symbol))) {
                voltages_.emplace_back(k);
            }
        }
        for (const ir::FieldStore& store : kernel_.stores) {
            if (is_voltage(store.field)) {
                voltages_.push_back(store.value);
            }
        }
    }

    void find_origins() {
        origins_.assign(kernel_.values.size(), mixed);
        for (std::size_t k = 0; k < origins_.size(); ++k) {
            const ValueId id(k);
            const ir::Value& value = kernel_.values[id];
            if (std::ranges::find(voltages_, id) != voltages_.end()) {
                origins_[k] = id.index;
            } else if (bindings_[k] != Binding::Entity) {
                origins_[k] = is_known_to_prepare(value) ? none : mixed;
            } else if (ir::has_taylor_series(value)) {
                std::uint32_t origin = none;
                for (const ValueId arg : value.args) {
                    const std::uint32_t other = origins_[arg.index];
                    if (other != none) {
                        origin = origin == none || origin == other ? other : mixed;
                    }
                }
                origins_[k] = origin;
            }
        }
    }

    /// Literals, parameters and dt, and what follows from them.
    [[nodiscard]] bool is_known_to_prepare(const ir::Value& value) const {
        const bool leaf =
            value.op == Op::ConstReal || value.op == Op::TimeStep ||
            (value.op == Op::LoadUniform &&
             module_.uniforms[ir::UniformId(value.symbol)].role == ir::role::parameter);
        if (value.args.empty()) {
            return leaf;
        }
        const bool computable = ir::has_taylor_series(value) || value.op == Op::Math;
        return computable && value.type == Type::Real &&
               std::ranges::all_of(value.args.begin(), value.args.end(),
                                   [this](ValueId arg) { return origins_[arg.index] == none; });
    }

    [[nodiscard]] bool is_function(ValueId id) const { return origins_[id.index] < mixed; }

    [[nodiscard]] std::optional<Gate> match(ValueId root, FieldId field) const {
        const ir::Value& sum = kernel_.values[root];
        if (sum.op != Op::Add) {
            return std::nullopt;
        }
        for (const std::size_t side : {0, 1}) {
            const ValueId inf = sum.args[side];
            const ir::Value& product = kernel_.values[sum.args[1 - side]];
            if (product.op != Op::Mul) {
                continue;
            }
            for (const std::size_t factor : {0, 1}) {
                const ir::Value& difference = kernel_.values[product.args[factor]];
                const ValueId decay = product.args[1 - factor];
                if (difference.op != Op::Sub || difference.args[1] != inf ||
                    !is_load(difference.args[0], field) || !is_function(decay)) {
                    continue;
                }
                const std::optional<ValueId> function = unguarded(inf, difference.args[0]);
                if (function && origins_[function->index] == origins_[decay.index]) {
                    const ValueId voltage(std::size_t{origins_[decay.index]});
                    return Gate{root, difference.args[0], inf, decay, voltage, *function, {}};
                }
            }
        }
        return std::nullopt;
    }

    [[nodiscard]] bool is_load(ValueId id, FieldId field) const {
        const ir::Value& value = kernel_.values[id];
        return value.op == Op::LoadField && value.symbol == field.index;
    }

    /// alpha/sum behind select(sum != 0, alpha/sum, old): the certificate proves that sum is not 0.
    [[nodiscard]] std::optional<ValueId> unguarded(ValueId inf, ValueId old) const {
        const ir::Value& value = kernel_.values[inf];
        if (value.op == Op::Select && value.args[2] == old && is_function(value.args[1])) {
            const ir::Value& guard = kernel_.values[value.args[0]];
            const ir::Value& quotient = kernel_.values[value.args[1]];
            const bool guards = guard.op == Op::NotEqual && quotient.op == Op::Div &&
                                guard.args[0] == quotient.args[1];
            return guards ? std::optional(value.args[1]) : std::nullopt;
        }
        return is_function(inf) ? std::optional(inf) : std::nullopt;
    }

    void copy(ValueId root, ir::Approximation& into, std::map<ValueId, ValueId>& copies) const {
        std::vector<ValueId> open{root};
        while (!open.empty()) {
            const ValueId id = open.back();
            if (copies.contains(id)) {
                open.pop_back();
                continue;
            }
            ir::Value value = kernel_.values[id];
            if (origins_[root.index] == id.index) { // the voltage, however it came about
                value = ir::Value();
                value.op = Op::LoadField;
            }
            const std::size_t before = open.size();
            for (const ValueId arg : value.args) {
                if (!copies.contains(arg)) {
                    open.push_back(arg);
                }
            }
            if (open.size() > before) {
                continue;
            }
            open.pop_back();
            for (ValueId& arg : value.args) {
                arg = copies.at(arg);
            }
            if (value.op == Op::LoadUniform) {
                into.uniform_names.push_back(module_.uniforms[ir::UniformId(value.symbol)].name);
                value.symbol = static_cast<std::uint32_t>(into.uniform_names.size() - 1);
            }
            copies[id] = into.function.values.push_back(std::move(value));
        }
    }

    const ir::Module& module_;
    const ir::Kernel& kernel_;
    std::vector<Binding> bindings_;
    std::vector<ValueId> voltages_;
    std::vector<std::uint32_t> origins_; // by value: the voltage it is a function of
};

/// Cycles of a coefficient, roughly: a permutation and a fused operation for eight doubles; for
/// sixteen floats one each.
double price(const ir::Approximation& row) {
    return 1.7 * row.doubles + 0.7 * (row.degree + 1 - row.doubles);
}

/// The cheapest polynomials whose bound can be proven for the defaults of the parameters.
class Choice {
public:
    Choice(const ir::Module& module, const ir::Approximation& row, ir::Evaluate evaluate)
        : row_(row), evaluate_(evaluate),
          pieces_(ir::piecewise_size(ir::max_piece_degree, ir::max_piece_degree + 1)) {
        for (const std::string& name : row.uniform_names) {
            uniforms_.push_back(
                std::ranges::find(module.uniforms, name, &ir::Uniform::name)->default_value);
        }
    }

    /// The row with its degree, and its bound. One degree more than needed may save doubles.
    std::optional<std::pair<ir::Approximation, double>> run() {
        std::optional<std::pair<ir::Approximation, double>> best;
        for (row_.degree = 3; row_.degree <= ir::max_piece_degree; ++row_.degree) {
            const bool last = best.has_value();
            if (const std::optional<double> bound = fewest_doubles()) {
                if (!best || price(row_) < price(best->first)) {
                    best.emplace(row_, *bound);
                }
            }
            if (last) {
                break;
            }
        }
        return best;
    }

private:
    std::optional<double> fewest_doubles() {
        const ir::FunctionOfOne function{&row_.function, uniforms_, certified_dt, evaluate_};
        row_.doubles = row_.degree + 1;
        const double room = 0.9 * row_.tolerance;
        const std::optional<double> error = ir::fit(row_, function, pieces_);
        if (!error || *error > room) {
            return std::nullopt;
        }
        for (row_.doubles = 0; row_.doubles <= row_.degree + 1; ++row_.doubles) {
            if (ir::fit(row_, function, pieces_) &&
                *error + ir::single_rounding(row_, pieces_) <= room) {
                if (const std::optional<double> bound = ir::prove(row_, function, pieces_)) {
                    return bound;
                }
            }
        }
        return std::nullopt;
    }

    ir::Approximation row_;
    ir::Evaluate evaluate_;
    std::vector<double> uniforms_;
    std::vector<double> pieces_;
};

class Approximator {
public:
    Approximator(ir::Module& module, const Context& context) : module_(module), context_(context) {}

    /// Gates of the voltage alone that stay exact, as a list.
    [[nodiscard]] const std::string& exact() const { return exact_; }

    bool run(ir::Kernel& kernel) {
        const Finder finder(module_, kernel);
        std::map<ValueId, std::pair<Gate, std::array<std::uint32_t, 2>>> chosen;
        for (const Gate& gate : finder.gates()) {
            if (std::ranges::any_of(chosen, [&](const auto& other) {
                    return ir::depends_on(kernel, gate.voltage, other.first);
                })) {
                continue; // the argument must be known before all polynomials
            }
            auto inf = made(finder, gate.inf_function, gate.name + ".inf");
            auto decay = inf ? made(finder, gate.decay, gate.name + ".decay") : std::nullopt;
            if (decay) {
                chosen.emplace(gate.root, std::pair(gate, std::array{add(std::move(*inf)),
                                                                     add(std::move(*decay))}));
            } else {
                exact_ += fmt::format("{}`{}`", exact_.empty() ? "" : ", ", gate.name);
            }
        }
        if (chosen.empty()) {
            return false;
        }
        report(chosen.size());
        Rewrite rewrite(module_, kernel);
        ir::Builder& b = rewrite.builder();
        rewrite.run([&](const ir::Value&, ValueId id) -> std::optional<ValueId> {
            const auto found = chosen.find(id);
            if (found == chosen.end()) {
                return std::nullopt;
            }
            const auto& [gate, rows] = found->second;
            const ValueId t = rewrite.new_id(gate.voltage);
            const ValueId inf = approximate(b, rows[0], t, rewrite.new_id(gate.inf));
            const ValueId decay = approximate(b, rows[1], t, rewrite.new_id(gate.decay));
            const ValueId old = rewrite.new_id(gate.old);
            return b.add(inf, b.mul(b.sub(old, inf), decay));
        });
        return true;
    }

private:
    struct Proven {
        ir::Approximation row;
        double bound = 0;
    };

    [[nodiscard]] std::optional<Proven> made(const Finder& finder, ValueId function,
                                             std::string name) const {
        Proven result{finder.extract(function), 0};
        if (finder.operations(function) < least_operations) {
            return std::nullopt;
        }
        result.row.name = std::move(name);
        result.row.low = lowest_voltage;
        result.row.high = highest_voltage;
        result.row.tolerance = context_.options.approximate;
        auto chosen = Choice(module_, result.row, context_.options.evaluate).run();
        if (!chosen) {
            return std::nullopt;
        }
        return Proven{std::move(chosen->first), chosen->second};
    }

    /// Its place among the approximations of the module, whose table grows.
    std::uint32_t add(Proven proven) {
        worst_ = std::max(worst_, proven.bound);
        if (!table_) {
            ir::Table table;
            table.name = "approximate:pieces"; // no name that a model can have
            table.hidden = ir::piece_header;
            table_ = module_.tables.push_back(std::move(table));
        }
        ir::Table& table = module_.tables[*table_];
        proven.row.table = *table_;
        proven.row.offset = table.hidden;
        table.hidden += static_cast<std::uint32_t>(ir::piecewise_size(proven.row));
        module_.approximations.push_back(std::move(proven.row));
        return static_cast<std::uint32_t>(module_.approximations.size() - 1);
    }

    void report(std::size_t gates) const {
        const auto [low, high] =
            std::ranges::minmax(module_.approximations, {}, &ir::Approximation::degree);
        context_.sink.report(
            diag::Code::GateApproximated, Span(),
            fmt::format(
                "approximate: {} gate{}, {} pieces of degree {} to {} over {:g} to {:g} mV, error "
                "<= {:.1e}, proven for steps of {:g} ms and the defaults of the parameters{}",
                gates, gates == 1 ? "" : "s", ir::piece_count, low.degree, high.degree,
                1e3 * lowest_voltage, 1e3 * highest_voltage, worst_, 1e3 * certified_dt,
                exact_.empty() ? "" : "; no such bound for " + exact_));
    }

    static ValueId approximate(ir::Builder& b, std::uint32_t row, ValueId t, ValueId exact) {
        ir::Value value;
        value.op = Op::Approximate;
        value.type = Type::Real;
        value.symbol = row;
        value.args = {t, exact};
        return b.emit_as_is(std::move(value));
    }

    ir::Module& module_;
    const Context& context_;
    std::optional<ir::TableId> table_;
    double worst_ = 0;
    std::string exact_;
};

void report_nothing(const Context& context, std::string_view why) {
    context.sink.report(diag::Code::GateApproximated, Span(),
                        fmt::format("approximate: nothing, {}", why));
}

} // namespace

bool approximate_gates(ir::Module& module, const Context& context) {
    const Options& options = context.options;
    if (!(options.approximate > 0)) {
        return false;
    }
    if (options.strict || module.real_size != 8) {
        report_nothing(context, options.strict ? "because of `strict`" : "float64 only");
        return false;
    }
    bool changed = false;
    std::string exact;
    for (ir::Kernel& kernel : module.kernels) {
        const bool has_matrices =
            any_value(kernel, [](const ir::Value& value) { return value.type == Type::Matrix; });
        if (kernel.kind == ir::KernelKind::Advance && !has_matrices) {
            Approximator approximator(module, context);
            changed |= approximator.run(kernel);
            exact += approximator.exact();
        }
    }
    if (!changed) {
        report_nothing(
            context, exact.empty() ? "no gate is a function of one voltage, parameters and dt alone"
                                   : fmt::format("no error below {:g} could be proven for {}",
                                                 options.approximate, exact));
    }
    return changed;
}

} // namespace hhc::passes
