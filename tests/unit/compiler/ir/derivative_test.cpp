// SPDX-License-Identifier: MIT
// Structure of derivatives and linear forms; the interpreter's tests compare their values with
// difference quotients.
#include "ir/derivative.h"
#include "ir/print.h"
#include "ir/read.h"
#include "ir/verify.h"

#include <gtest/gtest.h>

namespace hhc::ir {
namespace {

const char* const gate = R"(hhir 1
field m real state
field alpha real parameter
field beta real parameter
kernel rhs {
  %m = load m
  %alpha = load alpha
  %beta = load beta
  %one = real 1
  %rest = sub %one, %m
  %up = mul %alpha, %rest
  %down = mul %beta, %m
  %rate = sub %up, %down
}
)";

struct Loaded {
    explicit Loaded(const char* text) : module(*read(text).module), b(module, module.kernels[0]) {}
    Module module;
    Builder b;
    [[nodiscard]] ValueId last() const { return ValueId(b.kernel().values.size() - 1); }
};

TEST(IrDerivative, splits_a_gate_into_slope_and_offset) {
    Loaded l(gate);
    const auto form = linear_form(l.b, ValueId(7), ValueId(0));
    ASSERT_TRUE(form && form->slope && form->offset);
    EXPECT_EQ(*form->offset, ValueId(1));
    EXPECT_EQ(*form->slope, l.b.sub(l.b.neg(ValueId(1)), ValueId(2)));
}

TEST(IrDerivative, is_zero_where_the_leaf_does_not_reach) {
    Loaded l(gate);
    Derivative d(l.b, ValueId(2));
    EXPECT_FALSE(d.of(ValueId(5)));
    EXPECT_EQ(*d.of(ValueId(7)), l.b.neg(ValueId(0)));
    EXPECT_FALSE(d.non_smooth());
}

TEST(IrDerivative, tells_linear_from_nonlinear) {
    Loaded l(gate);
    EXPECT_EQ(linearity(l.b.kernel(), ValueId(7), ValueId(0)), Linearity::Linear);
    EXPECT_EQ(linearity(l.b.kernel(), ValueId(5), ValueId(2)), Linearity::Independent);
    const ValueId square = l.b.mul(ValueId(0), ValueId(0));
    EXPECT_EQ(linearity(l.b.kernel(), square, ValueId(0)), Linearity::Nonlinear);
    const ValueId quotient = l.b.div(l.b.real(1), ValueId(0));
    EXPECT_EQ(linearity(l.b.kernel(), quotient, ValueId(0)), Linearity::Nonlinear);
    EXPECT_FALSE(linear_form(l.b, square, ValueId(0)));
    const ValueId chosen = l.b.select(l.b.less(ValueId(0), ValueId(1)), ValueId(0), ValueId(1));
    EXPECT_EQ(linearity(l.b.kernel(), chosen, ValueId(0)), Linearity::Nonlinear);
    EXPECT_EQ(linearity(l.b.kernel(),
                        l.b.select(l.b.less(ValueId(1), ValueId(2)), ValueId(0), ValueId(1)),
                        ValueId(0)),
              Linearity::Linear);
}

TEST(IrDerivative, product_of_two_leaves_is_not_jointly_linear) {
    Loaded l(gate);
    const ValueId leaves[] = {ValueId(0), ValueId(2)};
    EXPECT_FALSE(linear_form(l.b, ValueId(7), leaves));
    const ValueId other[] = {ValueId(1), ValueId(2)};
    const auto form = linear_form(l.b, ValueId(7), other);
    ASSERT_TRUE(form);
    EXPECT_EQ(*form->slopes[0], ValueId(4));
    EXPECT_EQ(*form->slopes[1], l.b.neg(ValueId(0)));
    EXPECT_FALSE(form->offset);
}

TEST(IrDerivative, flags_steps_and_kinks) {
    Loaded l(gate);
    const ValueId kink = l.b.math(MathOp::Abs, ValueId(0));
    const ValueId step = l.b.math(MathOp::Floor, ValueId(0));
    {
        Derivative d(l.b, ValueId(0));
        EXPECT_TRUE(d.of(kink));
        EXPECT_TRUE(d.non_smooth());
    }
    {
        Derivative d(l.b, ValueId(0));
        EXPECT_FALSE(d.of(step));
        EXPECT_TRUE(d.non_smooth());
    }
}

TEST(IrDerivative, knows_every_function) {
    Loaded l(gate);
    Derivative d(l.b, ValueId(0));
    for (std::size_t i = 0; i < all_math().size(); ++i) {
        Value call;
        call.op = Op::Math;
        call.symbol = static_cast<std::uint32_t>(i);
        for (int k = 0; k < all_math()[i].arity; ++k) {
            call.args.push_back(ValueId(static_cast<std::size_t>(k)));
        }
        const ValueId id = l.b.emit(call);
        const auto op = static_cast<MathOp>(i);
        const bool step = op == MathOp::Sign || op == MathOp::Floor || op == MathOp::Ceil;
        EXPECT_EQ(d.of(id).has_value(), !step) << all_math()[i].text;
    }
    EXPECT_TRUE(verify(l.module).empty());
}

TEST(IrSubstitution, computes_anew_only_what_depends) {
    Loaded l(gate);
    const ValueId half = l.b.mul(l.b.real(0.5), ValueId(0));
    Substitution s(l.b, {{ValueId(0), half}});
    const ValueId rate = s.of(ValueId(7));
    const ValueId up = l.b.mul(ValueId(1), l.b.sub(ValueId(3), half));
    EXPECT_EQ(rate, l.b.sub(up, l.b.mul(ValueId(2), half)));
    EXPECT_EQ(s.of(ValueId(1)), ValueId(1));
}

TEST(IrImport, copies_between_kernels_with_replacements) {
    Loaded l(gate);
    Kernel other;
    Builder b(l.module, other);
    Import import(b, l.module.kernels[0]);
    import.replace(ValueId(0), b.real(1.0));
    const ValueId rate = import.of(ValueId(7));
    // alpha*(1 - 1) - beta
    EXPECT_EQ(rate, b.sub(b.mul(b.load(FieldId(1)), b.real(0.0)), b.load(FieldId(2))));
}

} // namespace
} // namespace hhc::ir
