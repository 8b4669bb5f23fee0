// SPDX-License-Identifier: MIT
#include "random_module.h"

#include "abi/kernel_abi.h"
#include "ir/builder.h"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace hhc::testing {
namespace {

using ir::Builder;
using ir::KernelKind;
using ir::MathOp;
using ir::Op;
using ir::Type;
using ir::ValueId;

/// Fills one kernel with random values and uses for them.
class KernelMaker {
public:
    KernelMaker(ir::Module& module, ir::Kernel& kernel, std::mt19937_64& engine,
                const RandomOptions& options)
        : module_(module), options_(options), kind_(kernel.kind), builder_(module, kernel),
          engine_(engine) {}

    void run() {
        leaves();
        for (int k = 0; k < options_.operations; ++k) {
            operation();
        }
        if (options_.matrices &&
            (kind_ == KernelKind::Prepare || kind_ == KernelKind::PrepareEntities)) {
            matrices();
        }
        uses();
    }

private:
    std::size_t below(std::size_t n) { return engine_() % n; }
    bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }
    ValueId one_of(const std::vector<ValueId>& pool) { return pool[below(pool.size())]; }
    ValueId real() { return one_of(reals_); }
    ValueId integer() { return one_of(integers_); }
    ValueId boolean() { return one_of(booleans_); }

    void leaves();
    void operation();
    void real_operation();
    void integer_operation();
    void boolean_operation();
    void draw();
    void matrices();
    void uses();

    ir::Module& module_;
    const RandomOptions& options_;
    KernelKind kind_;
    Builder builder_;
    std::mt19937_64& engine_;
    std::vector<ValueId> reals_, integers_, booleans_;
    std::uint64_t stream_ = 0x1234567;
};

void KernelMaker::leaves() {
    Builder& b = builder_;
    reals_ = {b.real(0.5), b.real(random_number(engine_)), b.real(-3.25), b.dt()};
    integers_ = {b.integer(3), b.integer(-7), b.count()};
    booleans_ = {b.boolean(true)};
    for (std::size_t u = 0; u < module_.uniforms.size(); ++u) {
        reals_.push_back(b.uniform(ir::UniformId(u)));
    }
    const bool entities = kind_ != KernelKind::Prepare;
    if (entities && kind_ != KernelKind::PrepareEntities) { // they run before the step is known
        reals_.push_back(b.time());
        reals_.push_back(b.table(ir::TableId(0U), b.time()));
        reals_.push_back(b.table(ir::TableId(1U), b.time(), b.entity()));
        integers_.push_back(b.step());
    }
    if (entities) {
        integers_.push_back(b.entity());
        for (std::size_t f = 0; f < module_.fields.size(); ++f) {
            const ValueId loaded = b.load(ir::FieldId(f));
            (b.type(loaded) == Type::Real  ? reals_
             : b.type(loaded) == Type::Int ? integers_
                                           : booleans_)
                .push_back(loaded);
        }
        if (kind_ != KernelKind::PrepareEntities) { // any column, also none of the table's
            reals_.push_back(b.table(ir::TableId(1U), b.time(), integers_.back()));
        }
    }
}

void KernelMaker::operation() {
    const std::size_t kind = below(20);
    if (kind < 11) {
        real_operation();
    } else if (kind < 15 && options_.integer_arithmetic) {
        integer_operation();
    } else if (kind < 19 || !options_.random_draws || kind_ == KernelKind::Prepare) {
        boolean_operation();
    } else {
        draw();
    }
}

void KernelMaker::real_operation() {
    Builder& b = builder_;
    ValueId made;
    switch (below(14)) {
    case 0:
        made = b.add(real(), real());
        break;
    case 1:
        made = b.sub(real(), real());
        break;
    case 2:
        made = b.mul(real(), real());
        break;
    case 3:
        made = b.div(real(), real());
        break;
    case 4:
        made = b.neg(real());
        break;
    case 5:
        made = b.fma(real(), real(), real());
        break;
    case 6:
        made = chance(50) ? b.floor_div(real(), real()) : b.mod(real(), real());
        break;
    case 7:
        made = b.powi(real(), static_cast<std::int64_t>(below(9)) - 3);
        break;
    case 8:
        made = b.select(boolean(), real(), real());
        break;
    case 9:
        made = b.to_real(chance(50) ? integer() : boolean());
        break;
    default: {
        const auto all = ir::all_math();
        const std::size_t row = below(all.size());
        const auto op = static_cast<MathOp>(row);
        made = all[row].arity == 1   ? b.math(op, real())
               : all[row].arity == 2 ? b.math(op, {real(), real()})
                                     : b.math(op, {real(), real(), real()});
    }
    }
    reals_.push_back(made);
}

void KernelMaker::integer_operation() {
    Builder& b = builder_;
    ValueId made;
    switch (below(10)) {
    case 0:
        made = b.add(integer(), integer());
        break;
    case 1:
        made = b.sub(integer(), integer());
        break;
    case 2:
        made = b.mul(integer(), integer());
        break;
    case 3:
        made = b.neg(integer());
        break;
    case 4:
        made = b.floor_div(integer(), integer());
        break;
    case 5:
        made = b.mod(integer(), integer());
        break;
    case 6:
        made = b.powi(integer(), static_cast<std::int64_t>(below(4)));
        break;
    case 7:
        made = b.select(boolean(), integer(), integer());
        break;
    case 8:
        made = b.to_int(boolean());
        break;
    default:
        made = b.to_int(real());
    }
    integers_.push_back(made);
}

void KernelMaker::boolean_operation() {
    Builder& b = builder_;
    constexpr std::array comparisons = {Op::Less,         Op::LessEqual, Op::Greater,
                                        Op::GreaterEqual, Op::Equal,     Op::NotEqual};
    const Op comparison = comparisons[below(comparisons.size())];
    ValueId made;
    switch (below(8)) {
    case 0:
        made = b.logical_and(boolean(), boolean());
        break;
    case 1:
        made = b.logical_or(boolean(), boolean());
        break;
    case 2:
        made = b.logical_not(boolean());
        break;
    case 3:
        made = b.select(boolean(), boolean(), boolean());
        break;
    case 4:
        made = b.compare(comparison, integer(), integer());
        break;
    case 5:
        made = b.to_bool(integer());
        break;
    default:
        made = b.compare(comparison, real(), real());
    }
    booleans_.push_back(made);
}

void KernelMaker::draw() {
    Builder& b = builder_;
    const std::uint64_t stream = stream_ += 0x9e3779b97f4a7c15U;
    using ir::Distribution;
    switch (below(8)) {
    case 0:
        reals_.push_back(b.random(Distribution::Uniform, stream));
        break;
    case 1:
        reals_.push_back(b.random(Distribution::Normal, stream));
        break;
    case 2:
        integers_.push_back(b.random(Distribution::Poisson, stream, {b.real(4.5)}));
        break;
    case 3:
        reals_.push_back(b.random(Distribution::UniformBetween, stream, {real(), real()}));
        break;
    case 4:
        reals_.push_back(b.random(Distribution::Exponential, stream, {real()}));
        break;
    case 5:
        reals_.push_back(b.random(Distribution::Gamma, stream, {b.real(0.7), real()}));
        break;
    case 6:
        reals_.push_back(b.random(Distribution::Lognormal, stream, {b.real(0.1), b.real(0.4)}));
        break;
    default:
        reals_.push_back(b.random(Distribution::TruncatedNormal, stream,
                                  {b.real(0), b.real(2), b.real(-1), b.real(1.5)}));
    }
}

void KernelMaker::matrices() {
    Builder& b = builder_;
    std::vector<ValueId> elements;
    for (int k = 0; k < 9; ++k) { // a bounded matrix: special numbers would only give NaN
        elements.push_back(b.math(MathOp::Sin, real()));
    }
    const ValueId matrix = b.matrix(3, elements);
    const ValueId exponential = b.matrix_exp(matrix, b.real(0.7));
    const ValueId integral = b.matrix_exp_integral(matrix, b.dt());
    reals_.push_back(b.element(exponential, 0, 2));
    reals_.push_back(b.element(integral, 1, 1));
}

void KernelMaker::uses() {
    Builder& b = builder_;
    if (kind_ == KernelKind::Prepare) {
        b.store(ir::UniformId(2U), reals_.back());
        b.store(ir::UniformId(3U), b.to_real(integers_.back()));
        return;
    }
    if (kind_ == KernelKind::Observe) {
        for (int k = 0; k < 3; ++k) {
            b.output(real());
        }
        b.output(integer());
        b.output(boolean());
        return;
    }
    for (std::size_t f = 0; f < module_.fields.size(); ++f) {
        const ir::Storage storage = module_.fields[ir::FieldId(f)].storage;
        const ValueId value = storage == ir::Storage::Real      ? real()
                              : storage == ir::Storage::Boolean ? boolean()
                                                                : integer();
        const bool allowed = kind_ != KernelKind::PrepareEntities ||
                             module_.fields[ir::FieldId(f)].role == HHK_HIDDEN;
        if (allowed && chance(75)) {
            b.store(ir::FieldId(f), value, chance(50) ? boolean() : ValueId());
        }
    }
    b.guard(real());
    if (kind_ == KernelKind::Advance) {
        b.event(ir::EventId(0U), boolean());
        b.event(ir::EventId(1U), boolean());
    }
}

} // namespace

double random_number(std::mt19937_64& engine) {
    constexpr std::array special = {0.0,
                                    -0.0,
                                    std::numeric_limits<double>::infinity(),
                                    -std::numeric_limits<double>::infinity(),
                                    std::numeric_limits<double>::quiet_NaN(),
                                    5e-324,
                                    -1e-310,
                                    1e300,
                                    -1e300,
                                    709.9,
                                    -745.2,
                                    1e-40,
                                    3e38,
                                    88.8,
                                    1.0,
                                    9.3e18,
                                    -9.3e18};
    if (engine() % 8 == 0) {
        return special[engine() % special.size()];
    }
    return std::uniform_real_distribution<double>(-4, 4)(engine);
}

ir::Module random_module(std::uint64_t seed, const RandomOptions& options) {
    std::mt19937_64 engine(seed);
    ir::Module module;
    module.name = "random_" + std::to_string(seed);
    module.real_size = options.real_size;
    for (const auto& [name, storage] :
         std::vector<std::pair<std::string, ir::Storage>>{{"x", ir::Storage::Real},
                                                          {"y", ir::Storage::Real},
                                                          {"n.k", ir::Storage::Integer},
                                                          {"on", ir::Storage::Boolean},
                                                          {"z", ir::Storage::Real},
                                                          {"last", ir::Storage::Step},
                                                          {"lastspike", ir::Storage::Step}}) {
        ir::Field field;
        field.name = name;
        field.storage = storage;
        field.role = name == "lastspike"           ? HHK_LAST_SPIKE
                     : name == "y" || name == "on" ? HHK_HIDDEN
                                                   : HHK_STATE;
        module.fields.push_back(field);
    }
    for (const char* name : {"a", "b", "c", "d"}) {
        ir::Uniform uniform;
        uniform.name = name;
        uniform.default_value = random_number(engine);
        uniform.role = *name < 'c' ? HHK_PARAMETER : HHK_HIDDEN;
        module.uniforms.push_back(uniform);
    }
    module.tables.push_back({"stimulus", {}, false});
    module.tables.push_back({"stimuli", {}, true});
    module.events.push_back({"spike", true, true});
    module.events.push_back({"other", false, true});
    const auto add = [&](KernelKind kind, const char* name, ir::EventId event = {}) {
        ir::Kernel kernel;
        kernel.kind = kind;
        kernel.name = name;
        kernel.event = event;
        KernelMaker(module, kernel, engine, options).run();
        module.kernels.push_back(std::move(kernel));
    };
    add(KernelKind::Prepare, "prepare");
    add(KernelKind::PrepareEntities, "prepare_entities");
    add(KernelKind::Init, "init");
    add(KernelKind::Advance, "advance");
    add(KernelKind::OnEvent, "on_spike", ir::EventId(0U));
    add(KernelKind::OnEvent, "on_other", ir::EventId(1U));
    add(KernelKind::Observe, "observe");
    return module;
}

} // namespace hhc::testing
