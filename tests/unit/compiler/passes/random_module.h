// SPDX-License-Identifier: MIT
// Random well-formed modules, the same for the same seed, for tests of equivalence.
#pragma once

#include "ir/builder.h"

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace hhc::test {

/// Fields x0..x3 (real), n0, n1 (integer), flag (boolean), k (constant parameter); uniforms u0..u2;
/// an event; kernels prepare, advance and on_event made of values chosen at random.
class RandomModule {
public:
    explicit RandomModule(std::uint64_t seed, std::uint32_t real_size, std::size_t size = 60)
        : random_(seed), size_(size) {
        module_.name = "random";
        module_.real_size = real_size;
        for (int i = 0; i < 3; ++i) {
            ir::Uniform uniform;
            uniform.name = "u" + std::to_string(i);
            module_.uniforms.push_back(uniform);
        }
        for (const char* name : {"x0", "x1", "x2", "x3"}) {
            add_field(name, ir::Storage::Real);
        }
        add_field("n0", ir::Storage::Integer);
        add_field("n1", ir::Storage::Integer);
        add_field("flag", ir::Storage::Boolean);
        ir::Field constant;
        constant.name = "k";
        constant.role = ir::role::parameter;
        constant.flags = ir::flag::constant;
        module_.fields.push_back(constant);
        module_.events.push_back({"spike", false, true});
        make_kernel(ir::KernelKind::Advance);
        make_kernel(ir::KernelKind::OnEvent);
    }

    [[nodiscard]] const ir::Module& module() const { return module_; }

    /// Numbers that bring out what an identity forgets, among ordinary ones.
    static double number(std::mt19937_64& random) {
        constexpr double special[] = {0.0,
                                      -0.0,
                                      1.0,
                                      -1.0,
                                      2.0,
                                      0.5,
                                      3.0,
                                      1e-3,
                                      1e300,
                                      1e-310,
                                      std::numeric_limits<double>::infinity(),
                                      -std::numeric_limits<double>::infinity(),
                                      std::numeric_limits<double>::quiet_NaN()};
        if (random() % 3 == 0) {
            return special[random() % std::size(special)];
        }
        return std::uniform_real_distribution<>(-4, 4)(random);
    }

private:
    void add_field(const char* name, ir::Storage storage) {
        ir::Field field;
        field.name = name;
        field.storage = storage;
        module_.fields.push_back(field);
    }

    void make_kernel(ir::KernelKind kind) {
        ir::Kernel kernel;
        kernel.kind = kind;
        kernel.name = text(kind);
        if (kind == ir::KernelKind::OnEvent) {
            kernel.event = ir::EventId(0);
        }
        module_.kernels.push_back(std::move(kernel));
        ir::Kernel& made = module_.kernels.back();
        ir::Builder b(module_, made);
        reals_.clear();
        ints_.clear();
        bools_.clear();
        leaves(b);
        while (made.values.size() < size_) {
            append(b);
        }
        b.store(ir::FieldId(0), pick(reals_), pick(bools_));
        b.store(ir::FieldId(1), pick(reals_));
        b.store(ir::FieldId(2), reals_.back());
        b.store(ir::FieldId(4), pick(ints_));
        b.store(ir::FieldId(6), pick(bools_));
        if (kind == ir::KernelKind::Advance) {
            b.event(ir::EventId(0), pick(bools_));
            b.guard(pick(reals_));
        }
    }

    void leaves(ir::Builder& b) {
        for (std::size_t f = 0; f < module_.fields.size(); ++f) {
            add(b, b.load(ir::FieldId(f)));
        }
        for (std::size_t u = 0; u < module_.uniforms.size(); ++u) {
            add(b, b.uniform(ir::UniformId(u)));
        }
        add(b, b.dt());
        add(b, b.time());
        add(b, b.entity());
        add(b, b.random(ir::Distribution::Normal, random_()));
        for (int i = 0; i < 6; ++i) {
            add(b, b.real(number(random_)));
        }
        for (const int n : {0, 1, -3, 1000}) {
            add(b, b.integer(n));
        }
        add(b, b.boolean(true));
        add(b, b.less(reals_[0], reals_[1]));
    }

    void add(ir::Builder& b, ir::ValueId id) {
        auto& list = b.type(id) == ir::Type::Real  ? reals_
                     : b.type(id) == ir::Type::Int ? ints_
                                                   : bools_;
        list.push_back(id);
    }

    ir::ValueId pick(const std::vector<ir::ValueId>& list) {
        // recent ones more often, so that expressions grow deep
        const std::size_t back = std::min(random_() % list.size(), random_() % list.size());
        return list[list.size() - 1 - back];
    }

    /// As read from a text: nothing simplified on the way.
    void append(ir::Builder& b) {
        using ir::Op;
        constexpr Op real_ops[] = {Op::Add,  Op::Sub,    Op::Mul,       Op::Div,
                                   Op::Neg,  Op::Fma,    Op::Mod,       Op::PowInt,
                                   Op::Math, Op::Select, Op::IntToReal, Op::BoolToReal};
        constexpr Op other_ops[] = {Op::Less,     Op::GreaterEqual, Op::Equal,     Op::And, Op::Or,
                                    Op::Not,      Op::RealToInt,    Op::BoolToInt, Op::Add, Op::Mul,
                                    Op::FloorDiv, Op::IntToBool,    Op::Select};
        ir::Value value;
        const bool real = random_() % 3 != 0;
        value.op = real ? real_ops[random_() % std::size(real_ops)]
                        : other_ops[random_() % std::size(other_ops)];
        const auto& numbers = real ? reals_ : ints_;
        value.type = real ? ir::Type::Real : ir::Type::Int;
        switch (value.op) {
        case Op::Neg:
        case Op::PowInt:
            value.args = {pick(numbers)};
            value.payload = value.op == Op::PowInt ? static_cast<int>(random_() % 9) - 4 : 0;
            break;
        case Op::Fma:
            value.args = {pick(reals_), pick(reals_), pick(reals_)};
            break;
        case Op::Math: {
            constexpr ir::MathOp functions[] = {ir::MathOp::Exp, ir::MathOp::Abs, ir::MathOp::Sqrt,
                                                ir::MathOp::Floor, ir::MathOp::Tanh};
            value.symbol = static_cast<std::uint32_t>(functions[random_() % std::size(functions)]);
            value.args = {pick(reals_)};
            break;
        }
        case Op::Select:
            value.args = {pick(bools_), pick(numbers), pick(numbers)};
            break;
        case Op::IntToReal:
        case Op::IntToBool:
            value.args = {pick(ints_)};
            break;
        case Op::BoolToReal:
        case Op::BoolToInt:
        case Op::Not:
            value.args = {pick(bools_)};
            break;
        case Op::RealToInt:
            value.args = {pick(reals_)};
            break;
        case Op::And:
        case Op::Or:
            value.args = {pick(bools_), pick(bools_)};
            break;
        case Op::Less:
        case Op::GreaterEqual:
        case Op::Equal:
            value.args = {pick(reals_), pick(reals_)};
            break;
        default:
            value.args = {pick(numbers), pick(numbers)};
        }
        value.type = result_type(value.op, value.type).value_or(value.type);
        const std::size_t before = b.kernel().values.size();
        const ir::ValueId id = b.emit_as_is(std::move(value));
        if (b.kernel().values.size() > before) {
            add(b, id);
        }
    }

    ir::Module module_;
    std::mt19937_64 random_;
    std::size_t size_;
    std::vector<ir::ValueId> reals_, ints_, bools_;
};

} // namespace hhc::test
