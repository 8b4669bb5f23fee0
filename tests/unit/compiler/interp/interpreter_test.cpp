// SPDX-License-Identifier: MIT
// The meaning of ir/README.md, operation by operation and hook by hook.
#include "abi/float_environment.h"
#include "codegen/scalar_math.h"
#include "interp/interpreter.h"
#include "unit/compiler/interp/rig.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace hhc::test {
namespace {

const char* const integrate_and_fire = R"(hhir 1
module "lif" real_size 8
uniform tau real parameter default 0.01
uniform decay real hidden
field v real state
field count integer state
field lastspike step last_spike default -1e9
event spike sets_last_spike has_statements
kernel prepare {
  %dt = dt
  %tau = uniform tau
  %q = div %dt, %tau
  %one = real 1
  %d = sub %one, %q
  store_uniform decay, %d
}
kernel advance {
  %v = load v
  %d = uniform decay
  %new = mul %v, %d
  %threshold = real 1
  %above = gt %new, %threshold
  store v, %new
  event spike, %above
  guard %new
}
kernel on_event of spike {
  %n = load count
  %one = int 1
  %more = add %n, %one
  %zero = real 0
  %last = load lastspike
  %now = step
  %fresh = eq %last, %now
  store count, %more
  store v, %zero if %fresh
}
)";

TEST(Interpreter, advances_detects_and_resets) {
    Rig rig(read_module(integrate_and_fire), 20);
    rig.set("v", 0.5);
    rig.set("v", 3, 2.0);
    rig.set("v", 19, 5.0);
    ASSERT_EQ(rig.prepare(), HHK_OK);
    EXPECT_EQ(rig.uniform("decay"), 1 - 1e-4 / 0.01);
    rig.context().step = 41;
    rig.step();
    EXPECT_EQ(rig.bits(0)[0], (std::uint64_t{1} << 3U) | (std::uint64_t{1} << 19U));
    EXPECT_EQ(rig.block().any_event, 1U);
    EXPECT_EQ(rig.get("v", 0), 0.5 * (1 - 1e-4 / 0.01));
    EXPECT_EQ(rig.get("v", 3), 0); // its statements saw the spike of this very step
    EXPECT_EQ(rig.get("count", 3), 1);
    EXPECT_EQ(rig.get("count", 4), 0);
    EXPECT_EQ(rig.get("lastspike", 3), 41);
    EXPECT_EQ(rig.get("lastspike", 4), -1e9);
    EXPECT_EQ(rig.block().fault, 0);
}

TEST(Interpreter, masks_padding_out_of_events) {
    Rig rig(read_module(integrate_and_fire), 5);
    rig.set("v", 7.0); // padding too
    rig.prepare();
    rig.step();
    EXPECT_EQ(rig.bits(0)[0], 0x1fU);
}

TEST(Interpreter, reports_faults_of_guarded_values_and_their_origin) {
    Rig rig(read_module(R"(hhir 1
field v real state
field w real state
kernel advance {
  %v = load v      ; v
  %w = load w      ; w
  %q = div %v, %w  ; ratio @0:5-9
  %s = add %q, %v
  store v, %s
  guard %s
}
)"),
            3);
    rig.set("v", {1, 2, 0});
    rig.set("w", {1, 2, 0});
    const std::vector<char> before = rig.slab();
    const auto& kernel = rig.interpreter().module().kernels[0];
    const auto places = rig.interpreter().locate_fault(kernel, rig.context(), 2);
    ASSERT_EQ(places.size(), 1U);
    EXPECT_EQ(places[0].name, "ratio");
    EXPECT_EQ(places[0].span, (Span{0, 5, 9}));
    EXPECT_EQ(places[0].operation, "div %0, %1");
    EXPECT_EQ(rig.slab(), before);
    EXPECT_TRUE(rig.interpreter().locate_fault(kernel, rig.context(), 1).empty());
    rig.call(rig.model().advance);
    EXPECT_EQ(rig.block().fault, 1);
}

const char* const integers = R"(hhir 1
field n integer parameter
field quotient integer state
kernel advance {
  %n = load n
  %hundred = int 100
  %zero = int 0
  %is_zero = eq %n, %zero
  %q = floordiv %hundred, %n
  %safe = select %is_zero, %zero, %q
  store quotient, SAFE
}
)";

TEST(Interpreter, keeps_the_fault_of_the_arm_not_taken_to_itself) {
    std::string text = integers;
    text.replace(text.find("SAFE"), 4, "%safe");
    Rig rig(read_module(text), 2);
    rig.set("n", {0, -7});
    rig.call(rig.model().advance);
    EXPECT_EQ(rig.block().fault, 0);
    EXPECT_EQ(rig.get("quotient", 0), 0);
    EXPECT_EQ(rig.get("quotient", 1), -15); // floor(-14.3)
}

TEST(Interpreter, reports_integer_faults_that_are_stored) {
    std::string text = integers;
    text.replace(text.find("SAFE"), 4, "%q");
    Rig rig(read_module(text), 2);
    rig.set("n", {3, 0});
    rig.call(rig.model().advance);
    EXPECT_EQ(rig.block().fault, 2);
    EXPECT_EQ(rig.get("quotient", 1), 0);
}

TEST(Interpreter, rounds_entity_values_to_float_and_keeps_run_values_double) {
    Rig rig(read_module(R"(hhir 1
module "f" real_size 4
uniform a real parameter default 0.1
field x real state
field y real state
field z real state
kernel advance {
  %a = uniform a
  %third = real 0.3333333333333333
  %run = mul %a, %third
  %x = load x
  %product = mul %x, %run
  %sum = add %product, %x
  %e = math exp %x
  store x, %sum
  store y, %run
  store z, %e
}
)"),
            1);
    rig.set("x", 0.7);
    rig.call(rig.model().advance);
    const auto run = static_cast<float>(0.1 * 0.3333333333333333);
    const float x = 0.7F;
    EXPECT_EQ(rig.get("x"), x * run + x);
    EXPECT_EQ(rig.get("y"), run);
    EXPECT_EQ(rig.get("z"), codegen::math_function<float>(ir::MathOp::Exp)(&x));
    EXPECT_NE(rig.get("z"), std::exp(static_cast<double>(x)));
}

TEST(Interpreter, stores_at_the_end_so_that_loads_see_the_beginning) {
    Rig rig(read_module(R"(hhir 1
field a real state
field b real state
kernel advance {
  %a = load a
  %b = load b
  store a, %b
  store b, %a
}
)"),
            2);
    rig.set("a", 1.0);
    rig.set("b", 2.0);
    rig.call(rig.model().advance);
    EXPECT_EQ(rig.get("a", 1), 2);
    EXPECT_EQ(rig.get("b", 1), 1);
}

TEST(Interpreter, draws_the_numbers_of_the_prelude) {
    Rig rig(read_module(R"(hhir 1
field x real state
field n integer state
kernel advance {
  %x = random normal 1234
  %mean = real 3.5
  %n = random poisson 99 %mean
  store x, %x
  store n, %n
}
)"),
            3);
    rig.context().step = 17;
    rig.call(rig.model().advance);
    const auto key = codegen::random_stream(1, 7, 1234);
    EXPECT_EQ(rig.get("x", 2),
              codegen::random_draw<double>(ir::Distribution::Normal, key, 2, 17, {}));
    EXPECT_NE(rig.get("x", 1), rig.get("x", 2));
    EXPECT_GE(rig.get("n", 0), 0);
    const double before = rig.get("x", 2);
    rig.call(rig.model().advance);
    EXPECT_EQ(rig.get("x", 2), before); // a function of the step, not of the order of calls
}

TEST(Interpreter, reads_tables_by_row_and_column) {
    Rig rig(read_module(R"(hhir 1
field x real state
field y real state
table f
table g per_entity
kernel advance {
  %t = time
  %i = entity
  %f = table f %t
  %g = table g %t, %i
  store x, %f
  store y, %g
}
)"),
            3);
    const double f[] = {1, 2, 3};
    const double g[] = {1, 2, 10, 20};
    rig.table("f") = {f, 3, 1, 1e-3};
    rig.table("g") = {g, 2, 2, 1e-3};
    rig.context().t = 0.9999999e-3; // rounding must not give the row before
    rig.call(rig.model().advance);
    EXPECT_EQ(rig.get("x"), 2);
    EXPECT_EQ(rig.get("y", 0), 10);
    EXPECT_EQ(rig.get("y", 2), 20); // clamped column
    rig.context().t = 99;
    rig.call(rig.model().advance);
    EXPECT_EQ(rig.get("x"), 3);
    rig.context().t = -1;
    rig.call(rig.model().advance);
    EXPECT_EQ(rig.get("x"), 1);
}

TEST(Interpreter, writes_outputs_of_existing_entities) {
    Rig rig(read_module(R"(hhir 1
field n integer parameter
kernel observe {
  %n = load n
  %i = entity
  %x = add %n, %i
  %b = lt %n, %x
  output %x
  output %b
}
)"),
            3);
    rig.set("n", 10.0);
    const auto outputs = rig.outputs(rig.model().observe, 2);
    EXPECT_EQ(outputs[0], (std::vector<double>{10, 11, 12}));
    EXPECT_EQ(outputs[1], (std::vector<double>{0, 1, 1}));
}

TEST(Interpreter, prepares_matrix_exponentials_per_entity) {
    Rig rig(read_module(R"(hhir 1
field rate real parameter
field growth real hidden
kernel prepare_entities {
  %r = load rate
  %z = real 0
  %a = matrix 2 %r, %z, %z, %z
  %dt = dt
  %e = expm %a, %dt
  %e00 = element 0 %e
  store growth, %e00
}
)"),
            2);
    rig.set("rate", {0, 100});
    rig.prepare();
    EXPECT_EQ(rig.get("growth", 0), 1);
    EXPECT_NEAR(rig.get("growth", 1), std::exp(0.01), 1e-15);
}

TEST(Interpreter, converts_as_the_readme_says) {
    Rig rig(read_module(R"(hhir 1
field x real parameter
field n integer state
field m real state
field f real state
field p real state
kernel advance {
  %x = load x
  %n = real_to_int %x
  %three = real 3
  %m = mod %x, %three
  %f = floordiv %x, %three
  %p = powi -3 %x
  store n, %n
  store m, %m
  store f, %f
  store p, %p
}
)"),
            3);
    rig.set("x", {-7.5, std::numeric_limits<double>::quiet_NaN(), 7.5});
    rig.call(rig.model().advance);
    EXPECT_EQ(rig.get("n", 0), -7);
    EXPECT_EQ(rig.get("n", 1), 0);
    EXPECT_EQ(rig.get("m", 0), 1.5);
    EXPECT_EQ(rig.get("m", 2), 1.5);
    EXPECT_EQ(rig.get("f", 0), -3);
    EXPECT_EQ(rig.get("p", 2), 1 / (7.5 * (7.5 * 7.5)));
}

TEST(Interpreter, computes_with_gradual_underflow_and_restores_the_environment) {
#if defined(__x86_64__)
    const unsigned before = _mm_getcsr();
    _mm_setcsr(before | 0x8040U); // flush to zero, denormals are zero
    Rig rig(read_module(R"(hhir 1
field x real state
kernel advance {
  %x = load x
  %half = real 0.5
  %y = mul %x, %half
  store x, %y
}
)"),
            1);
    rig.set("x", 0, std::numeric_limits<double>::min());
    rig.call(rig.model().advance);
    EXPECT_EQ(_mm_getcsr() & 0x8040U, 0x8040U);
    _mm_setcsr(before);
    EXPECT_EQ(rig.get("x"), std::numeric_limits<double>::min() / 2);
#endif
}

TEST(Interpreter, table_says_what_the_module_says) {
    interp::Interpreter interpreter(read_module(integrate_and_fire));
    const interp::Interpreter moved = std::move(interpreter);
    const hhk_model& model = *moved.model();
    EXPECT_EQ(model.size, sizeof(hhk_model));
    EXPECT_EQ(model.abi_version, 1U);
    EXPECT_EQ(model.vector_width, 1U);
    EXPECT_EQ(model.real_size, 8U);
    ASSERT_EQ(model.field_count, 3U);
    EXPECT_STREQ(model.fields[2].name, "lastspike");
    EXPECT_EQ(model.fields[2].type, HHK_STEP);
    EXPECT_EQ(model.fields[2].role, HHK_LAST_SPIKE);
    EXPECT_EQ(model.fields[0].init_flag, -1);
    EXPECT_EQ(model.fields[0].dimension.denominator[0], 1);
    EXPECT_EQ(model.uniforms[1].role, HHK_HIDDEN);
    EXPECT_EQ(model.events[0].sets_last_spike, 1);
    EXPECT_NE(model.advance, nullptr);
    EXPECT_EQ(model.observe, nullptr);
    EXPECT_NE(model.on_event[0], nullptr);
}

} // namespace
} // namespace hhc::test
