// SPDX-License-Identifier: MIT
// Derivatives and linear forms agree with difference quotients of the interpreter.
#include "ir/builder.h"
#include "ir/derivative.h"
#include "unit/compiler/interp/rig.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace hhc::test {
namespace {

const std::string start = "hhir 1\nfield x real state\nfield y real parameter\nkernel rhs {\n"
                          "  %x = load x\n  %y = load y\n";

/// f(x, y) of the last value, and its derivative in x.
struct Values {
    double value, slope;
};

Values evaluate(const ir::Module& module, double x, double y) {
    Rig rig(module, 1);
    rig.set("x", x);
    rig.set("y", y);
    const auto outputs = rig.outputs(rig.model().rhs, 2);
    return {outputs[0][0], outputs[1][0]};
}

class DerivativeOf : public testing::TestWithParam<const char*> {};

TEST_P(DerivativeOf, agrees_with_a_difference_quotient) {
    ir::Module module = read_module(start + GetParam() + "\n}\n");
    ir::Builder b(module, module.kernels[0]);
    const ir::ValueId f(b.kernel().values.size() - 1);
    ir::Derivative d(b, ir::ValueId(0));
    const auto slope = d.of(f);
    b.output(f);
    b.output(slope ? *slope : b.real(0.0));
    const ir::Module done = module;
    for (const double x : {0.37, 0.8, 0.05}) {
        const double y = 0.6;
        const double h = 1e-6;
        const double quotient =
            (evaluate(done, x + h, y).value - evaluate(done, x - h, y).value) / (2 * h);
        // error of a central difference: h^2 f'''/6 and rounding 1e-16/h
        EXPECT_NEAR(evaluate(done, x, y).slope, quotient, 2e-9 * (1 + std::abs(quotient)))
            << GetParam() << " at " << x;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Interpreter, DerivativeOf,
    testing::Values("%a = add %x, %y", "%a = sub %y, %x", "%a = mul %x, %x", "%a = neg %x",
                    "%a = div %y, %x", "%a = div %x, %y", "%a = fma %x, %y, %x", "%a = powi 5 %x",
                    "%a = powi -2 %x", "%c = real 0.3\n%a = mod %y, %c\n%b = mul %a, %x",
                    "%c = lt %y, %x\n%a = mul %x, %x\n%b = select %c, %a, %y", "%a = math exp %x",
                    "%a = math expm1 %x", "%a = math exprel %x", "%a = math inv_exprel %x",
                    "%a = math log %x", "%a = math log1p %x", "%a = math log10 %x",
                    "%a = math pow %x, %y", "%a = math pow %y, %x", "%a = math pow %x, %x",
                    "%a = math sqrt %x", "%a = math sin %x", "%a = math cos %x", "%a = math tan %x",
                    "%a = math sinh %x", "%a = math cosh %x", "%a = math tanh %x",
                    "%a = math arcsin %x", "%a = math arccos %x", "%a = math arctan %x",
                    "%a = math sigmoid %x", "%a = math erf %x", "%n = neg %x\n%a = math abs %n",
                    "%a = math min %x, %y", "%a = math max %x, %y",
                    "%c = real 0.7\n%a = math clip %x, %c, %y", "%n = neg %x\n%a = math exprel %n",
                    "%k = real 3\n%n = mul %k, %x\n%a = math exprel %n",
                    "%k = real -40\n%n = mul %k, %x\n%a = math inv_exprel %n"));

TEST(Interpreter, linear_form_gives_back_the_value) {
    ir::Module module = read_module(start + R"(
  %one = real 1
  %rest = sub %one, %x
  %c = lt %y, %one
  %p = select %c, %rest, %x
  %q = div %p, %y
  %s = fma %y, %q, %x
  %f = neg %s
}
)");
    ir::Builder b(module, module.kernels[0]);
    const ir::ValueId f(b.kernel().values.size() - 1);
    const auto form = ir::linear_form(b, f, ir::ValueId(0));
    ASSERT_TRUE(form && form->slope && form->offset);
    b.output(f);
    b.output(b.fma(*form->slope, ir::ValueId(0), *form->offset));
    const Values values = evaluate(module, 0.37, 0.6);
    EXPECT_NEAR(values.value, values.slope, 1e-15);
}

} // namespace
} // namespace hhc::test
