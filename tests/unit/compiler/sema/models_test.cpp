// SPDX-License-Identifier: MIT
// Checked models in their text form, and what only a whole file shows.
#include "model/dump.h"
#include "tools/checked.h"

#include <gtest/gtest.h>

namespace hhc::sema {
namespace {

using model::Role;
using test::Checked;

const model::Variable& variable(const model::CheckedModel& model, const std::string& name) {
    return model.variables[model.find(name).value()];
}

TEST(Dump, of_a_small_neuron) {
    Checked checked;
    const CheckedFile& file = checked.read("channel K {\n"
                                           "    param g = 36 mS/cm**2\n"
                                           "    gate n {\n"
                                           "        inf = 1/(1 + exp(-v/(10 mV)))\n"
                                           "        tau = 5 ms\n"
                                           "    }\n"
                                           "    I = g*n**4*(v + 77 mV) : uA/cm**2 (outward)\n"
                                           "}\n"
                                           "neuron A {\n"
                                           "    param C = 1 uF/cm**2\n"
                                           "    use K as k\n"
                                           "    dv/dt = k.I/C : mV\n"
                                           "    init v = -65 mV\n"
                                           "    threshold v crosses 0 mV\n"
                                           "}\n");
    EXPECT_EQ(checked.codes(), "") << checked.rendered();
    EXPECT_EQ(model::dump(file.models.at(0)),
              "neuron A\n"
              "    shared parameter C : farad/meter**2 shown in uF/cm**2\n"
              "        default 0.01\n"
              "        value 0.01*farad/meter**2\n"
              "    shared parameter k.g : siemens/meter**2 shown in mS/cm**2\n"
              "        default 360\n"
              "        value 360*siemens/meter**2\n"
              "    state k.n : 1\n"
              "        rate (k.n.inf - k.n)/k.n.tau\n"
              "        gate by inf, tau\n"
              "        init k.n.inf\n"
              "    subexpression k.n.inf : 1\n"
              "        value 1/(1 + exp(-v/(0.01*volt)))\n"
              "    subexpression k.n.tau : second\n"
              "        value 0.005*second\n"
              "    subexpression k.n.alpha : 1/second\n"
              "        value k.n.inf/k.n.tau\n"
              "    subexpression k.n.beta : 1/second\n"
              "        value (1 - k.n.inf)/k.n.tau\n"
              "    subexpression k.I : amp/meter**2 shown in uA/cm**2 (outward)\n"
              "        value -(k.g*k.n**4*(v + 0.077*volt))\n"
              "    state v : volt shown in mV\n"
              "        rate k.I/C\n"
              "        init -0.065*volt\n"
              "    event spike when v crosses 0*volt\n"
              "    order k.n.inf k.n.tau k.n.alpha k.n.beta k.I\n"
              "    init order v k.n\n");
}

TEST(Quantities, are_scaled_in_decimal_before_they_are_rounded) {
    Checked checked;
    const CheckedFile& file = checked.read("neuron A {\n"
                                           "    param a = 13.8 mV\n"
                                           "    param b = 54.387 mS/cm**2\n"
                                           "    param c = 6.3 degC\n"
                                           "    x = a*b*c : volt*siemens*kelvin/meter**2\n"
                                           "}\n");
    EXPECT_EQ(checked.codes(), "") << checked.rendered();
    const model::CheckedModel& model = file.models.at(0);
    EXPECT_EQ(variable(model, "a").default_value, 0.0138);
    EXPECT_EQ(variable(model, "b").default_value, 543.87);
    EXPECT_EQ(variable(model, "c").default_value, 279.45);
    EXPECT_EQ(variable(model, "b").display.text, "mS/cm**2");
    EXPECT_EQ(variable(model, "b").display.scale, 10);
}

TEST(Parts, follow_an_argument_that_changes_and_fix_one_that_does_not) {
    Checked checked;
    const CheckedFile& file = checked.read("channel Leak {\n"
                                           "    param g = 1 mS/cm**2\n"
                                           "    param E = -60 mV\n"
                                           "    I = g*(E - v) : amp/meter**2\n"
                                           "}\n"
                                           "neuron A {\n"
                                           "    param C = 1 uF/cm**2\n"
                                           "    param g_l = 3 mS/cm**2\n"
                                           "    use Leak(g = 2*g_l, E = -70 mV) as l\n"
                                           "    dv/dt = l.I/C : volt\n"
                                           "}\n");
    EXPECT_EQ(checked.codes(), "") << checked.rendered();
    const model::CheckedModel& model = file.models.at(0);
    EXPECT_EQ(variable(model, "l.g").role, Role::Subexpression);
    EXPECT_EQ(model::expression_text(model, variable(model, "l.g").definition), "2*g_l");
    EXPECT_EQ(variable(model, "l.E").default_value, -0.07);
    EXPECT_EQ(variable(model, "l.E").used_from.size(), 1U);
}

TEST(Hygiene, a_channel_does_not_see_the_names_of_its_user) {
    Checked checked;
    checked.read("const k = 2\n"
                 "channel C { I = k*a*(-60 mV - v) : amp/meter**2 }\n"
                 "neuron A {\n"
                 "    param a = 1 mS/cm**2\n"
                 "    param k = 5\n"
                 "    param Cm = 1 uF/cm**2\n"
                 "    use C as c\n"
                 "    dv/dt = c.I/Cm*k/a*(1 mS/cm**2) : volt\n"
                 "}\n");
    EXPECT_EQ(checked.codes(), "HH2001 HH2003") << checked.rendered(); // A's own k hides the file's
}

TEST(Functions, are_checked_with_each_call_and_share_their_arguments) {
    Checked checked;
    const CheckedFile& file = checked.read("function twice(x) = x + x\n"
                                           "neuron A {\n"
                                           "    param tau = 10 ms\n"
                                           "    dv/dt = -twice(v)/twice(tau) : volt\n"
                                           "}\n");
    EXPECT_EQ(checked.codes(), "") << checked.rendered();
    const model::CheckedModel& model = file.models.at(0);
    EXPECT_EQ(model::expression_text(model, variable(model, "v").definition),
              "-(v + v)/(tau + tau)");
}

TEST(Limits, a_chain_of_doublings_ends_in_a_diagnostic) {
    std::string text = "function f0(x) = x*x + x\n";
    for (int i = 1; i <= 30; ++i) {
        const std::string before = "f" + std::to_string(i - 1);
        text += "function f" + std::to_string(i) + "(x) = " + before + "(x*x) + " + before +
                "(x + x)\n";
    }
    Checked checked;
    checked.read(text + "neuron A { dx/dt = f30(x)/second : 1 }\n");
    EXPECT_NE(checked.codes().find("HH5012"), std::string::npos) << checked.rendered();
}

TEST(Limits, a_long_chain_of_constants_in_the_wrong_order_ends_in_a_diagnostic) {
    std::string text = "neuron A {\n    dx/dt = -x*c0/second : 1\n";
    constexpr int count = 3000;
    for (int i = 0; i < count; ++i) {
        text += "    const c" + std::to_string(i) + " = c" + std::to_string(i + 1) + "\n";
    }
    Checked checked;
    checked.read(text + "    const c" + std::to_string(count) + " = 1\n}\n");
    EXPECT_NE(checked.codes().find("HH4034"), std::string::npos);
}

TEST(Limits, a_sum_of_many_terms_needs_no_deep_stack) {
    std::string text = "neuron A { dx/dt = (x";
    constexpr int count = 8000;
    for (int i = 0; i < count; ++i) {
        text += " + x";
    }
    Checked checked;
    const CheckedFile& file = checked.read(text + ")/second : 1 }\n");
    if (checked.codes().empty()) {
        EXPECT_GT(model::dump(file.models.at(0)).size(), 8000U);
    }
}

TEST(Streams, belong_to_the_equation_and_the_occurrence_in_it) {
    const char* alone = "neuron A {\n"
                        "    r = randn() + randn() : 1 (constant over dt)\n"
                        "    dx/dt = (r - x)/second : 1\n"
                        "}\n";
    const char* with_another = "neuron A {\n"
                               "    q = rand() : 1 (constant over dt)\n"
                               "    r = randn() + randn() : 1 (constant over dt)\n"
                               "    dx/dt = (r + q - x)/second : 1\n"
                               "}\n";
    const auto streams = [](const char* text) {
        Checked checked;
        const CheckedFile& file = checked.read(text);
        const model::CheckedModel& model = file.models.at(0);
        const model::Expr& sum = model.exprs[variable(model, "r").definition];
        return std::pair(model.exprs[sum.args[0]].stream, model.exprs[sum.args[1]].stream);
    };
    EXPECT_NE(streams(alone).first, streams(alone).second);
    EXPECT_EQ(streams(alone), streams(with_another));
}

TEST(Temperature, is_the_common_reference_unless_set) {
    Checked checked;
    const char* text = "channel K {\n"
                       "    param g = 1 mS/cm**2\n"
                       "    gate n {\n"
                       "        alpha = 1/ms\n"
                       "        beta = 1/ms\n"
                       "        q10 = 3 at 6.3 degC\n"
                       "    }\n"
                       "    I = g*n*(-77 mV - v) : amp/meter**2\n"
                       "}\n"
                       "neuron A {\n"
                       "    param C = 1 uF/cm**2\n"
                       "    use K as k\n"
                       "    dv/dt = k.I/C : volt\n";
    const CheckedFile& file = checked.read(std::string(text) + "}\n");
    EXPECT_EQ(checked.codes(), "") << checked.rendered();
    EXPECT_EQ(variable(file.models.at(0), "temperature").default_value, 279.45);
    Checked warmer;
    const CheckedFile& warm = warmer.read(std::string(text) + "    temperature = 18.5 degC\n}\n");
    EXPECT_EQ(variable(warm.models.at(0), "temperature").default_value, 291.65);
}

TEST(Ions, have_a_reversal_potential_that_follows_from_the_concentrations) {
    Checked checked;
    const CheckedFile& file = checked.read("neuron A {\n"
                                           "    temperature = 37 degC\n"
                                           "    param tau = 10 ms\n"
                                           "    ion k {\n"
                                           "        valence = 1\n"
                                           "        inside = 140 mmolar\n"
                                           "        outside = 4 mmolar\n"
                                           "    }\n"
                                           "    dv/dt = (k.E - v)/tau : volt\n"
                                           "}\n");
    EXPECT_EQ(checked.codes(), "") << checked.rendered();
    const model::CheckedModel& model = file.models.at(0);
    EXPECT_EQ(variable(model, "k.inside").role, Role::SharedParameter);
    EXPECT_EQ(variable(model, "k.inside").default_value, 140);
    EXPECT_EQ(variable(model, "k.E").type.dimension, units::volt());
    EXPECT_EQ(model::expression_text(model, variable(model, "k.E").definition).substr(0, 9),
              "8.6173332");
}

TEST(Errors, leave_a_model_that_can_be_looked_at) {
    Checked checked;
    const CheckedFile& file = checked.read("neuron A {\n"
                                           "    dv/dt = (E - v)/tau : volt\n"
                                           "    x = 3 * : 1\n"
                                           "    y = x + 1 : 1\n"
                                           "}\n");
    EXPECT_EQ(file.models.size(), 1U);
    EXPECT_TRUE(file.models.at(0).find("y").has_value());
    EXPECT_EQ(checked.codes(), "HH2001 HH2001 HH1022") << checked.rendered();
}

} // namespace
} // namespace hhc::sema
