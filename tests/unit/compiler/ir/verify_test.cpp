// SPDX-License-Identifier: MIT
// Every rule of well-formedness has a module that breaks it.
#include "ir/count.h"
#include "ir/read.h"
#include "ir/verify.h"
#include "support/check.h"

#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>

namespace hhc::ir {
namespace {

Module sample() {
    return *read(R"(hhir 1
uniform g real parameter
uniform h real hidden
field x real state
field n integer parameter
field hid real hidden
table I
event spike
kernel advance {
  %0 = load x
  %1 = real 2
  %2 = mul %0, %1
  %3 = lt %0, %2
  %4 = load n
  store x, %2 if %3
  event spike, %3
  guard %2
}
kernel prepare {
  %0 = uniform g
  %1 = matrix 1 %0
  %2 = element 0 %1
  store_uniform h, %2
}
kernel prepare_entities {
  %0 = load x
  store hid, %0
}
)")
                .module;
}

struct Broken {
    const char* what;
    std::function<void(Module&)> breaks;

    friend void PrintTo(const Broken& broken, std::ostream* out) { *out << broken.what; }
};

Kernel& advance(Module& m) {
    return m.kernels[0];
}
Kernel& prepare(Module& m) {
    return m.kernels[1];
}
Value make(Op op, Type type, Args args = {}) {
    Value v;
    v.op = op;
    v.type = type;
    v.args = std::move(args);
    return v;
}

class BrokenIr : public testing::TestWithParam<Broken> {};

TEST_P(BrokenIr, is_found) {
    Module module = sample();
    ASSERT_TRUE(verify(module).empty()) << verify(module).front();
    GetParam().breaks(module);
    std::string all;
    for (const std::string& line : verify(module)) {
        all += line + '\n';
    }
    EXPECT_NE(all.find(GetParam().what), std::string::npos) << all;
    EXPECT_THROW(check_verified(module, "the test"), InternalError);
}

INSTANTIATE_TEST_SUITE_P(
    Verify, BrokenIr,
    testing::Values(
        Broken{"does not precede",
               [](Module& m) { advance(m).values[ValueId(2)].args[0] = ValueId(2); }},
        Broken{"takes 2 arguments",
               [](Module& m) { advance(m).values[ValueId(2)].args.push_back(ValueId(0)); }},
        Broken{"the type is not the operation's",
               [](Module& m) { advance(m).values[ValueId(3)].type = Type::Real; }},
        Broken{"wrong arguments of `mul`",
               [](Module& m) {
                   advance(m).values.push_back(make(Op::Mul, Type::Real, {ValueId(0), ValueId(4)}));
               }},
        Broken{"only numbers have an order",
               [](Module& m) {
                   advance(m).values.push_back(
                       make(Op::Less, Type::Bool, {ValueId(3), ValueId(3)}));
               }},
        Broken{"its symbol does not exist",
               [](Module& m) { advance(m).values[ValueId(0)].symbol = 9; }},
        Broken{"the type is not the field's",
               [](Module& m) { advance(m).values[ValueId(4)].symbol = 0; }},
        Broken{"a field is stored twice",
               [](Module& m) { advance(m).stores.push_back(advance(m).stores[0]); }},
        Broken{"the mask has the wrong type",
               [](Module& m) { advance(m).stores[0].mask = ValueId(0); }},
        Broken{"the value has the wrong type",
               [](Module& m) { advance(m).stores[0].value = ValueId(3); }},
        Broken{"the condition has the wrong type",
               [](Module& m) { advance(m).events[0].condition = ValueId(0); }},
        Broken{"only advance detects events",
               [](Module& m) { m.kernels[2].events.push_back({EventId(0), ValueId(0)}); }},
        Broken{"this kernel has no outputs",
               [](Module& m) { advance(m).outputs.push_back(ValueId(0)); }},
        Broken{"prepare reads and writes uniforms only",
               [](Module& m) { prepare(m).values.push_back(make(Op::LoadField, Type::Real)); }},
        Broken{"only prepare stores uniforms",
               [](Module& m) { advance(m).uniform_stores.push_back({UniformId(1), ValueId(0)}); }},
        Broken{"only hidden uniforms are stored",
               [](Module& m) { prepare(m).uniform_stores[0].uniform = UniformId(0); }},
        Broken{"prepare_entities writes hidden fields only",
               [](Module& m) { m.kernels[2].stores[0].field = FieldId(0); }},
        Broken{"a matrix outside prepare",
               [](Module& m) { prepare(m).kind = KernelKind::Advance; }},
        Broken{"prepare runs before the step is known",
               [](Module& m) { prepare(m).values.push_back(make(Op::Time, Type::Real)); }},
        Broken{"element outside the matrix",
               [](Module& m) { prepare(m).values[ValueId(2)].payload = 1; }},
        Broken{"wrong arguments of `table`",
               [](Module& m) {
                   advance(m).values.push_back(
                       make(Op::Table, Type::Real, {ValueId(0), ValueId(4)}));
               }},
        Broken{"stands twice", [](Module& m) { m.kernels.push_back(advance(m)); }},
        Broken{"an on_event kernel has an event", [](Module& m) { advance(m).event = EventId(0); }},
        Broken{"guard: the value has the wrong type",
               [](Module& m) { advance(m).guards[0] = ValueId(3); }},
        Broken{"is no name", [](Module& m) { m.fields[FieldId(0)].name = ""; }},
        Broken{"two fields", [](Module& m) { m.fields[FieldId(0)].name = "n"; }},
        Broken{"8 or 4 bytes", [](Module& m) { m.real_size = 2; }}));

TEST(IrCount, counts_work_of_one_entity) {
    Module module = *read(R"(hhir 1
uniform g real parameter
field x real state
field n integer parameter
kernel advance {
  %g = uniform g
  %t = time
  %s = mul %g, %t
  %x = load x
  %n = load n
  %r = int_to_real %n
  %a = add %x, %s
  %f = fma %a, %x, %r
  %d = div %f, %a
  %e = math exp %d
  store x, %e
}
)")
                         .module;
    const Counts counts = count(module, module.kernels[0]);
    EXPECT_EQ(counts.flops(), 4U); // add, fma (2), div
    EXPECT_EQ(counts.divisions, 1U);
    EXPECT_EQ(counts.math[static_cast<std::size_t>(MathOp::Exp)], 1U);
    EXPECT_EQ(counts.math_calls(), 1U);
    EXPECT_EQ(counts.loaded_bytes, 12U);
    EXPECT_EQ(counts.stored_bytes, 8U);
    EXPECT_EQ(counts.scalar_values, 3U);
    EXPECT_EQ(counts.other, 1U);
}

} // namespace
} // namespace hhc::ir
