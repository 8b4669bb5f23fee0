// SPDX-License-Identifier: MIT
// Values are shared, simplified where that is exact, and left alone where it is not.
#include "ir/builder.h"
#include "ir/print.h"
#include "support/check.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace hhc::ir {
namespace {

class IrBuilder : public testing::Test {
protected:
    IrBuilder() {
        for (const char* name : {"x", "y"}) {
            Field field;
            field.name = name;
            module.fields.push_back(field);
        }
        Field count;
        count.name = "n";
        count.storage = Storage::Integer;
        module.fields.push_back(count);
        Uniform uniform;
        uniform.name = "g";
        module.uniforms.push_back(uniform);
    }
    ValueId x() { return b.load(FieldId(0)); }
    ValueId y() { return b.load(FieldId(1)); }
    ValueId n() { return b.load(FieldId(2)); }

    Module module;
    Kernel kernel;
    Builder b{module, kernel};
};

TEST_F(IrBuilder, shares_equal_values) {
    const ValueId product = b.mul(x(), y());
    EXPECT_EQ(b.mul(y(), x()), product); // commutes exactly
    EXPECT_EQ(b.fma(y(), x(), x()), b.fma(x(), y(), x()));
    EXPECT_NE(b.sub(x(), y()), b.sub(y(), x()));
    EXPECT_NE(b.div(x(), y()), b.div(y(), x()));
    EXPECT_NE(b.real(0.0), b.real(-0.0));
    EXPECT_EQ(b.real(NAN), b.real(NAN));
    EXPECT_NE(b.random(Distribution::Normal, 1), b.random(Distribution::Normal, 2));
    EXPECT_EQ(b.random(Distribution::Normal, 1), b.random(Distribution::Normal, 1));
}

TEST_F(IrBuilder, knows_the_values_of_a_kernel_it_continues) {
    const ValueId product = b.mul(x(), y());
    Builder again(module, kernel);
    EXPECT_EQ(again.mul(again.load(FieldId(0)), again.load(FieldId(1))), product);
}

TEST_F(IrBuilder, folds_literals_with_one_rounding) {
    EXPECT_EQ(b.constant(b.add(b.real(0.1), b.real(0.2))), 0.1 + 0.2);
    EXPECT_EQ(b.constant(b.fma(b.real(0.1), b.real(10), b.real(-1))), std::fma(0.1, 10.0, -1.0));
    EXPECT_EQ(b.constant(b.mod(b.real(-7), b.real(3))), 2.0);
    EXPECT_EQ(b.constant(b.floor_div(b.real(-7), b.real(2))), -4.0);
    EXPECT_EQ(b.constant(b.powi(b.real(3), -2)), 1.0 / 9.0);
    EXPECT_EQ(b.int_constant(b.floor_div(b.integer(-7), b.integer(2))), -4);
    EXPECT_EQ(b.int_constant(b.mod(b.integer(-7), b.integer(3))), 2);
    EXPECT_EQ(b.int_constant(b.to_int(b.real(-2.9))), -2);
    EXPECT_EQ(b.int_constant(b.to_int(b.real(NAN))), 0);
    EXPECT_EQ(b.int_constant(b.to_int(b.real(1e300))), INT64_MAX - 1023);
    EXPECT_EQ(b.bool_constant(b.less(b.real(NAN), b.real(1))), false);
}

TEST_F(IrBuilder, leaves_integer_faults_to_run_time) {
    EXPECT_FALSE(b.int_constant(b.floor_div(b.integer(1), b.integer(0))));
    EXPECT_FALSE(b.int_constant(b.add(b.integer(INT64_MAX), b.integer(1))));
    EXPECT_FALSE(b.int_constant(b.powi(b.integer(2), 63)));
}

TEST_F(IrBuilder, simplifies_what_is_exact) {
    EXPECT_EQ(b.mul(x(), b.real(1)), x());
    EXPECT_EQ(b.mul(b.real(-1), x()), b.neg(x()));
    EXPECT_EQ(b.div(x(), b.real(1)), x());
    EXPECT_EQ(b.add(x(), b.real(-0.0)), x());
    EXPECT_EQ(b.sub(x(), b.real(0.0)), x());
    EXPECT_EQ(b.neg(b.neg(x())), x());
    EXPECT_EQ(b.add(x(), b.neg(y())), b.sub(x(), y()));
    EXPECT_EQ(b.sub(x(), b.neg(y())), b.add(x(), y()));
    EXPECT_EQ(b.mul(b.neg(x()), b.neg(y())), b.mul(x(), y()));
    EXPECT_EQ(b.select(b.boolean(true), x(), y()), x());
    const ValueId less = b.less(x(), y());
    EXPECT_EQ(b.select(less, x(), x()), x());
    EXPECT_EQ(b.select(b.logical_not(less), x(), y()), b.select(less, y(), x()));
    EXPECT_EQ(b.select(less, b.boolean(true), b.boolean(false)), less);
    EXPECT_EQ(b.logical_not(b.logical_not(less)), less);
    EXPECT_EQ(b.logical_not(b.equal(x(), y())), b.not_equal(x(), y()));
    EXPECT_EQ(b.logical_and(less, b.boolean(true)), less);
    EXPECT_EQ(b.fma(x(), b.real(1), y()), b.add(x(), y()));
    EXPECT_EQ(b.add(n(), b.integer(0)), n());
}

TEST_F(IrBuilder, keeps_what_signed_zeros_and_nans_forbid) {
    EXPECT_NE(b.add(x(), b.real(0.0)), x());         // -0 + 0 is 0
    EXPECT_FALSE(b.constant(b.mul(x(), b.real(0)))); // inf, NaN, -1
    EXPECT_FALSE(b.constant(b.sub(x(), x())));
    EXPECT_FALSE(b.constant(b.div(x(), x())));
    EXPECT_NE(b.sub(b.real(0.0), x()), b.neg(x())); // 0 - 0 is 0
    const ValueId less = b.less(x(), y());
    EXPECT_NE(b.logical_not(less), b.greater_equal(x(), y())); // both false for NaN
}

TEST_F(IrBuilder, keeps_a_select_that_makes_a_double_a_float) {
    module.real_size = 4;
    const ValueId g = b.uniform(UniformId(0));
    const ValueId less = b.less(x(), y());
    EXPECT_NE(b.select(less, g, g), g);
    EXPECT_EQ(b.select(less, x(), x()), x());
}

TEST_F(IrBuilder, follows_bindings) {
    const ValueId g = b.uniform(UniformId(0));
    EXPECT_EQ(b.binding(b.real(2)), Binding::Literal);
    EXPECT_EQ(b.binding(b.mul(g, b.dt())), Binding::Run);
    EXPECT_EQ(b.binding(b.mul(g, b.time())), Binding::Step);
    EXPECT_EQ(b.binding(b.mul(g, x())), Binding::Entity);
    EXPECT_EQ(bindings(kernel)[b.mul(g, b.time()).index], Binding::Step);
}

TEST_F(IrBuilder, gives_span_and_name_of_the_innermost_context) {
    const Builder::Context outer(b, Span{0, 1, 9}, "na.m");
    ValueId inner_value;
    {
        const Builder::Context inner(b, Span{0, 3, 4});
        inner_value = b.mul(x(), y());
    }
    EXPECT_EQ(b[inner_value].span, (Span{0, 3, 4}));
    EXPECT_EQ(b[inner_value].name, "na.m");
    EXPECT_EQ(b[b.add(x(), y())].span, (Span{0, 1, 9}));
    EXPECT_EQ(b[x()].name, "x");
}

TEST_F(IrBuilder, refuses_values_of_no_kernel) {
    EXPECT_THROW(b.neg(ValueId(99)), InternalError);
    EXPECT_THROW(b.mul(x(), n()), InternalError);
    EXPECT_THROW(b.logical_and(x(), x()), InternalError);
}

TEST_F(IrBuilder, adds_sums_from_the_left) {
    const ValueId terms[] = {x(), y(), b.real(2)};
    EXPECT_EQ(b.sum(terms), b.add(b.add(x(), y()), b.real(2)));
}

} // namespace
} // namespace hhc::ir
