// SPDX-License-Identifier: MIT
// Equation strings as Brian 2 users write them, verbatim, and what they become.
#include "model/dump.h"
#include "tools/checked.h"

#include <gtest/gtest.h>

namespace hhc::sema {
namespace {

using model::Role;
using test::CheckedEquations;

TEST(BrianStrings, hodgkin_huxley_network_cell) {
    CheckedEquations cell("dv/dt = (gl*(El-v)+ge*(Ee-v)+gi*(Ei-v)-\n"
                          "         g_na*(m*m*m)*h*(v-ENa)-\n"
                          "         g_kd*(n*n*n*n)*(v-EK))/Cm : volt\n"
                          "dm/dt = alpha_m*(1-m)-beta_m*m : 1\n"
                          "dn/dt = alpha_n*(1-n)-beta_n*n : 1\n"
                          "dh/dt = alpha_h*(1-h)-beta_h*h : 1\n"
                          "dge/dt = -ge*(1./taue) : siemens\n"
                          "dgi/dt = -gi*(1./taui) : siemens\n"
                          "alpha_m = 0.32*(mV**-1)*4*mV/exprel((13*mV-v+VT)/(4*mV))/ms : Hz\n"
                          "beta_m = 0.28*(mV**-1)*5*mV/exprel((v-VT-40*mV)/(5*mV))/ms : Hz\n"
                          "alpha_h = 0.128*exp((17*mV-v+VT)/(18*mV))/ms : Hz\n"
                          "beta_h = 4./(1+exp((40*mV-v+VT)/(5*mV)))/ms : Hz\n"
                          "alpha_n = 0.032*(mV**-1)*5*mV/exprel((15*mV-v+VT)/(5*mV))/ms : Hz\n"
                          "beta_n = .5*exp((10*mV-v+VT)/(40*mV))/ms : Hz\n");
    const auto siemens = units::siemens();
    for (const char* name : {"gl", "g_na", "g_kd"}) {
        cell.external(name, 1e-8, siemens);
    }
    for (const char* name : {"El", "Ee", "Ei", "ENa", "EK", "VT"}) {
        cell.external(name, -0.06, units::volt());
    }
    cell.external("Cm", 2e-10, units::farad());
    cell.external("taue", 0.005, units::second()).external("taui", 0.01, units::second());
    cell.threshold("v>-20*mV").refractory("3*ms");
    const model::CheckedModel model = cell.check();
    EXPECT_EQ(cell.codes(), "") << cell.rendered();
    EXPECT_EQ(model.find("m").has_value(), true);
    EXPECT_EQ(model.variables[*model.membrane_potential()].name, "v");
    EXPECT_FALSE(model.refractory->is_condition);
}

TEST(BrianStrings, current_based_network_cell) {
    CheckedEquations cell("dv/dt  = (ge+gi-(v-El))/taum : volt (unless refractory)\n"
                          "dge/dt = -ge/taue : volt\n"
                          "dgi/dt = -gi/taui : volt\n");
    cell.external("El", -0.049, units::volt());
    for (const char* name : {"taum", "taue", "taui"}) {
        cell.external(name, 0.01, units::second());
    }
    cell.external("Vt", -0.05, units::volt()).external("Vr", -0.06, units::volt());
    cell.external("unread", 1, units::ohm());
    cell.threshold("v>Vt").reset("v = Vr").refractory("5*ms");
    const model::CheckedModel model = cell.check();
    EXPECT_EQ(cell.codes(), "") << cell.rendered();
    EXPECT_TRUE(model.variables[*model.find("v")].flags.unless_refractory);
    EXPECT_EQ(model.variables[*model.find("taum")].role, Role::SharedParameter);
    EXPECT_FALSE(model.find("unread")) << "only names that are read become parameters";
}

TEST(BrianStrings, adaptive_exponential_with_two_resets) {
    CheckedEquations cell(
        "dvm/dt = (gL*(EL - vm) + gL*DeltaT*exp((vm - VT)/DeltaT) + I - w)/C : volt\n"
        "dw/dt = (a*(vm - EL) - w)/tauw : amp\n"
        "I : amp\n");
    cell.external("gL", 3e-8, units::siemens()).external("a", 4e-9, units::siemens());
    cell.external("b", 8e-11, units::ampere()).external("C", 2.8e-10, units::farad());
    cell.external("tauw", 0.144, units::second());
    for (const char* name : {"EL", "VT", "DeltaT", "Vr", "Vcut"}) {
        cell.external(name, -0.05, units::volt());
    }
    cell.threshold("vm>Vcut").reset("vm=Vr; w+=b");
    const model::CheckedModel model = cell.check();
    EXPECT_EQ(cell.codes(), "") << cell.rendered();
    EXPECT_EQ(model.events.raw()[0].statements.statements.size(), 2U);
    EXPECT_EQ(model::expression_text(model, model.events.raw()[0].statements.statements[1].value),
              "w + b");
}

TEST(BrianStrings, izhikevich_with_units_in_the_text) {
    CheckedEquations cell("dv/dt = (0.04/ms/mV)*v**2+(5/ms)*v+140*mV/ms-u+I : volt\n"
                          "du/dt = (0.02/ms)*((0.2/ms)*v-u) : volt/second\n"
                          "I : volt/second\n");
    cell.threshold("v >= 30*mV").reset("v = -65*mV\nu += 8*mV/ms");
    (void)cell.check();
    EXPECT_EQ(cell.codes(), "") << cell.rendered();
}

TEST(BrianStrings, noise_has_half_a_second_in_its_unit) {
    CheckedEquations cell("dv/dt = -(v-v0)/tau + sigma*xi*tau**-0.5 : volt\n"
                          "dw/dt = -w/tau + xi_w*sqrt(2/tau) : 1\n");
    cell.external("tau", 0.01, units::second());
    cell.external("v0", 0, units::volt()).external("sigma", 0.01, units::volt());
    const model::CheckedModel model = cell.check();
    EXPECT_EQ(cell.codes(), "") << cell.rendered();
    EXPECT_EQ(model.variables[*model.find("xi")].role, Role::Noise);
    EXPECT_EQ(model.variables[*model.find("xi_w")].role, Role::Noise);
    // `tau` decides a unit only through a literal exponent, so it stays a parameter.
    EXPECT_EQ(model.variables[*model.find("tau")].role, Role::SharedParameter);
}

TEST(BrianStrings, adaptive_threshold_and_refractory_expressions) {
    CheckedEquations cell("dv/dt = (I0 - v)/tau : volt (unless refractory)\n"
                          "dvt/dt = (vt0 - vt)/tau_t : volt\n"
                          "ref : second\n"
                          "I0 : volt (constant)\n");
    cell.external("tau", 0.01, units::second()).external("tau_t", 0.1, units::second());
    cell.external("vt0", 0.01, units::volt());
    cell.threshold("v > vt").reset("v = 0*mV\nvt += 3*mV").refractory("ref + 1*ms*rand()");
    const model::CheckedModel model = cell.check();
    EXPECT_EQ(cell.codes(), "") << cell.rendered();
    EXPECT_FALSE(model.refractory->is_condition);
    EXPECT_TRUE(model.variables[*model.find("I0")].flags.constant);
}

TEST(BrianStrings, timed_arrays_and_integers) {
    CheckedEquations cell("dv/dt = (stim(t, i) + ramp(t) - v)/(10*ms) : volt\n"
                          "n : integer\n"
                          "x = int(v > 0*mV)*2.5 : 1\n");
    for (const char* name : {"stim", "ramp"}) {
        External table;
        table.name = name;
        table.kind = ExternalKind::Table;
        table.dimension = units::volt();
        table.per_entity = std::string(name) == "stim";
        cell.environment.externals.push_back(table);
    }
    cell.threshold("v > 5*mV").reset("v = 0*mV; n += 1");
    const model::CheckedModel model = cell.check();
    EXPECT_EQ(cell.codes(), "") << cell.rendered();
    EXPECT_EQ(model.tables.size(), 2U);
    EXPECT_EQ(model.variables[*model.find("n")].role, Role::State) << "the reset writes it";
}

TEST(FreeNames, get_the_unit_that_fits) {
    CheckedEquations cell("dv/dt = (g*(E - v) + I)/C : volt\n"
                          "I : amp\n"
                          "x = v/tau*2 : volt/second\n");
    cell.environment.free_names = true;
    const model::CheckedModel model = cell.check();
    EXPECT_EQ(cell.codes(), "") << cell.rendered();
    EXPECT_EQ(model.variables[*model.find("E")].type.dimension, units::volt());
    EXPECT_EQ(model.variables[*model.find("C")].type.dimension, units::farad());
    EXPECT_EQ(model.variables[*model.find("g")].type.dimension, units::siemens());
    EXPECT_EQ(model.variables[*model.find("tau")].type.dimension, units::second());
}

TEST(FreeNames, that_contradict_themselves_are_an_error) {
    CheckedEquations cell("dv/dt = -v/tau : volt\n"
                          "x = v + tau : volt\n");
    cell.environment.free_names = true;
    (void)cell.check();
    EXPECT_EQ(cell.codes(), "HH3001") << cell.rendered();
}

TEST(Exponents, freeze_the_parameter_that_decides_a_unit) {
    CheckedEquations cell("dv/dt = -v**k/(1*volt)**(k - 1)/(10*ms) : volt\n");
    cell.external("k", 3);
    const model::CheckedModel model = cell.check();
    EXPECT_EQ(cell.codes(), "") << cell.rendered();
    EXPECT_EQ(model.variables[*model.find("k")].role, Role::Frozen);
    EXPECT_FALSE(model.remarks.empty());
}

TEST(Wishes, freeze_and_spread_parameters) {
    test::Checked checked;
    checked.environment.freeze["tau"] = 0.02;
    checked.environment.freeze["k"] = std::nullopt;
    checked.environment.per_entity = {"E"};
    const CheckedFile& file = checked.read("neuron A {\n"
                                           "    param E = -60 mV\n"
                                           "    param tau = 10 ms\n"
                                           "    param k = 3\n"
                                           "    dv/dt = (E - v)*k/tau : volt\n"
                                           "}\n");
    EXPECT_EQ(checked.codes(), "") << checked.rendered();
    const model::CheckedModel& model = file.models.at(0);
    EXPECT_EQ(model.variables[*model.find("E")].role, Role::Parameter);
    EXPECT_EQ(model.variables[*model.find("E")].default_value, -0.06);
    EXPECT_EQ(model.variables[*model.find("tau")].role, Role::Frozen);
    EXPECT_EQ(model.variables[*model.find("tau")].default_value, 0.02);
    EXPECT_EQ(model.variables[*model.find("k")].default_value, 3);
}

} // namespace
} // namespace hhc::sema
