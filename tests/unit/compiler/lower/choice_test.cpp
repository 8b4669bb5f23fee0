// SPDX-License-Identifier: MIT
// Which method is chosen, what is refused and with which code, warnings about signs.
#include "lowered.h"

#include <nlohmann/json.hpp>

namespace hhc::lower::test {
namespace {

using Codes = std::vector<std::string>;

Text adex() {
    Text t;
    const E v = t.state("v", units::volt());
    const E w = t.state("w");
    t.derivative("v", -v + 2.0 * exp((v - 1.0) / 2.0) - w);
    t.derivative("w", (0.5 * v - w) / t.param("tau_w", 0.1));
    t.event("spike", v > 2.0).statements.statements = {t.assign("v", t.number(-1))};
    return t;
}

Text quadratic() {
    Text t;
    const E v = t.state("v", units::volt());
    t.derivative("v", v * v + 1.0);
    t.event("spike", v > 10.0).statements.statements = {t.assign("v", t.number(-1))};
    return t;
}

Text morris_lecar() {
    Text t;
    const E v = t.state("v", units::volt());
    const E w = t.state("w");
    const E m = t.let("m_inf", 0.5 * (1.0 + t.call("tanh", {v / 18.0})));
    t.derivative("v", m * (120.0 - v) + 8.0 * w * (-84.0 - v) + 2.0 * (-60.0 - v));
    t.derivative("w", 0.04 * (0.5 * (1.0 + t.call("tanh", {(v - 2.0) / 30.0})) - w));
    t.event("spike", v > 0.0);
    return t;
}

Text fitzhugh() {
    Text t;
    const E v = t.state("v");
    const E w = t.state("w");
    t.derivative("v", v - pow(v, 3) / 3.0 - w + 0.5);
    t.derivative("w", 0.08 * (v + 0.7 - 0.8 * w));
    return t;
}

Text lotka() {
    Text t;
    const E x = t.state("x");
    const E y = t.state("y");
    t.derivative("x", x * (1.0 - y));
    t.derivative("y", y * (x - 1.0));
    return t;
}

/// v, two gates, calcium that reads v and a gate, and a gate of calcium.
Text calcium() {
    Text t;
    const E v = t.state("v", units::volt());
    const E m = t.gate("m", exp(v), exp(-v));
    const E ca = t.state("ca");
    const E q = t.state("q");
    t.derivative("ca", m * (1.0 - v) - ca);
    t.derivative("q", (ca / (ca + 1.0) - q) / t.param("tau_q", 2));
    t.derivative("v", m * (1.0 - v) + q * (-1.0 - v));
    return t;
}

TEST(Default, follows_the_rules) {
    EXPECT_EQ(method_of(lower_text(adex()), "v").method, "euler");
    EXPECT_EQ(method_of(lower_text(quadratic()), "v").method, "euler");
    EXPECT_EQ(method_of(lower_text(morris_lecar()), "v").method, "staggered");
    EXPECT_EQ(method_of(lower_text(fitzhugh()), "v").method, "rk4");
    EXPECT_EQ(method_of(lower_text(lotka()), "x").method, "rk4");
    EXPECT_EQ(method_of(lower_text(squid()), "n").method, "staggered");
}

TEST(Default, says_what_brian_would_take) {
    EXPECT_EQ(method_of(lower_text(squid()), "v").brian, "euler");
    EXPECT_EQ(method_of(lower_text(quadratic()), "v").brian, "");
    EXPECT_EQ(method_of(lower_text(squid(), "brian"), "v").method, "euler");
}

TEST(Split, puts_calcium_beside_the_potential_and_says_what_it_costs) {
    const Lowered lowered = lower_text(calcium());
    EXPECT_EQ(method_of(lowered, "v").order, "1");
    EXPECT_NE(method_of(lowered, "ca").why.find("`v` and `ca`"), std::string::npos);
    EXPECT_NE(method_of(lowered, "q").why.find("t + 3dt/2"), std::string::npos);
    EXPECT_NE(method_of(lowered, "m").why.find("t + 3dt/2"), std::string::npos);
    const auto& fields = lowered.module.fields.raw();
    for (const ir::Field& field : fields) {
        const bool staggered = field.stagger_flag.valid();
        EXPECT_EQ(staggered, field.name == "m" || field.name == "q") << field.name;
    }
}

TEST(Method, may_be_asked_for_by_state) {
    Text t = squid();
    t.variable("v").method = "rk4";
    const Lowered lowered = lower_text(t, "exponential_euler");
    EXPECT_EQ(method_of(lowered, "v").method, "rk4");
    EXPECT_EQ(method_of(lowered, "m").method, "exponential_euler");
    EXPECT_FALSE(lowered.methods.remarks.empty());
}

TEST(Refusal, unknown_method) {
    EXPECT_EQ(codes_of(squid(), "gsl_rkf45"), Codes{"HH5001"});
    Text t = squid();
    t.variable("m").method = "rk5";
    EXPECT_EQ(codes_of(t), Codes{"HH5001"});
}

TEST(Refusal, cvode_for_a_part_of_the_states) {
    Text t = squid();
    t.variable("v").method = "cvode";
    EXPECT_EQ(codes_of(t, "exponential_euler"), Codes{"HH5001"});
}

TEST(Refusal, exact_of_nonlinear_equations) {
    EXPECT_EQ(codes_of(squid(), "exact"), Codes{"HH5002"});
}

TEST(Refusal, exact_of_an_equation_with_t) {
    Text t;
    const E x = t.state("x");
    t.derivative("x", sin(t.add("t", model::Role::Time)) - x);
    EXPECT_EQ(codes_of(t, "exact"), Codes{"HH5003"});
}

TEST(Method, exact_by_name_holds_parameters_that_nothing_assigns) {
    Text t;
    const E v = t.state("v", units::volt());
    const E g = t.state("g");
    t.derivative("v", (g - v) / t.parameter("tau"));
    t.derivative("g", -g);
    EXPECT_NE(method_of(lower_text(t), "v").method, "exact"); // a synapse may change tau
    const Lowered lowered = lower_text(t, "exact");
    ASSERT_EQ(lowered.methods.remarks.size(), 1U);
    EXPECT_NE(lowered.methods.remarks[0].find("`tau` is `constant`"), std::string::npos);
    t.variable("tau").flags.constant = true;
    EXPECT_EQ(method_of(lower_text(t), "v").method, "exact");
}

TEST(Refusal, noise) {
    Text t = squid();
    t.derivative("v", t.read(*t.model.find("I")) + t.add("xi", model::Role::Noise));
    for (const char* method : {"exact", "staggered", "exponential_euler", "rk2", "rk4"}) {
        const Codes codes = codes_of(t, method);
        EXPECT_EQ(codes.at(0), std::string(method) == "exact" ? codes.at(0) : "HH5004") << method;
        EXPECT_EQ(codes.size(), 1U);
    }
    EXPECT_EQ(codes_of(t, "euler"), Codes{});
}

TEST(Refusal, euler_of_multiplicative_noise) {
    Text t;
    const E x = t.state("x");
    t.derivative("x", x * t.add("xi", model::Role::Noise));
    EXPECT_EQ(codes_of(t, "euler"), Codes{"HH5005"});
}

TEST(Refusal, exponential_euler_of_what_is_not_linear_in_itself) {
    EXPECT_EQ(codes_of(quadratic(), "exponential_euler"), Codes{"HH5006"});
}

TEST(Refusal, exponential_euler_holds_functions_of_the_state_itself) {
    Text t;
    const E v = t.state("v");
    t.derivative("v", 1.0 - v + exp(v));
    const Lowered lowered = lower_text(t, "exponential_euler");
    EXPECT_NE(method_of(lowered, "v").why.find("held over the step"), std::string::npos);
    t.derivative("v", 1.0 - exp(v)); // v itself is no factor of any term
    EXPECT_EQ(codes_of(t, "exponential_euler"), Codes{"HH5006"});
    t.derivative("v", (1.0 - v) * (v - 0.3) * v);
    EXPECT_EQ(codes_of(t, "exponential_euler"), Codes{"HH5006"});
}

TEST(Split, linearises_a_concentration_that_moves_its_own_reversal_potential) {
    Text t = calcium();
    t.derivative("ca", t["m"] * (1.0 - t["v"] - t["ca"] * t["ca"]) - t["ca"]);
    const Lowered lowered = lower_text(t);
    EXPECT_EQ(method_of(lowered, "ca").method, "staggered");
    EXPECT_NE(method_of(lowered, "ca").why.find("linearised at t"), std::string::npos);
    EXPECT_NE(method_of(lowered, "v").why.find("linear in itself"), std::string::npos);
}

TEST(Refusal, staggered_without_a_potential) {
    EXPECT_EQ(codes_of(lotka(), "staggered"), Codes{"HH5007"});
}

TEST(Refusal, milstein_of_noise_that_is_not_diagonal) {
    Text t = lotka();
    const E xi = t.add("xi", model::Role::Noise);
    t.derivative("x", t["y"] * xi);
    EXPECT_EQ(codes_of(t, "milstein"), Codes{}); // y is smooth
    t.derivative("y", t.add("xi_y", model::Role::Noise));
    EXPECT_EQ(codes_of(t, "milstein"), Codes{"HH5008"});
}

TEST(Refusal, noise_that_is_not_linear) {
    Text t;
    t.state("x");
    const E xi = t.add("xi", model::Role::Noise);
    t.derivative("x", xi * xi);
    EXPECT_EQ(codes_of(t), Codes{"HH5009"});
}

TEST(Refusal, no_safe_default) {
    Text t;
    const E v = t.state("v", units::volt());
    const E w = t.state("w");
    t.derivative("v", -v - w);
    t.derivative("w", exp(w) - w * v);
    t.event("spike", v > 1.0).statements.statements = {t.assign("v", t.number(0))};
    EXPECT_EQ(codes_of(t), Codes{"HH5010"});
}

TEST(Refusal, an_update_block_instead_of_an_integrator) {
    Text t = lotka();
    model::Update update;
    update.statements.statements = {t.assign("x", t["y"])};
    t.model.updates = {update};
    EXPECT_EQ(codes_of(t), Codes{"HH5011"});
}

TEST(Refusal, a_model_that_is_too_large) {
    Text t;
    for (int i = 0; i < 1001; ++i) {
        const std::string name = "x" + std::to_string(i);
        const E x = t.state(name);
        t.derivative(name, -x);
    }
    EXPECT_EQ(codes_of(t), Codes{"HH5012"});
}

TEST(Refusal, one_draw_for_all) {
    Text t;
    t.add("noise", model::Role::ConstantOverDt);
    t.variable("noise").definition = t.make(model::ExprKind::Random, {}).id;
    t.variable("noise").flags.shared = true;
    EXPECT_EQ(codes_of(t), Codes{"HH5015"});
}

TEST(Warning, rk4_with_a_reset_and_an_exponential) {
    EXPECT_EQ(codes_of(adex(), "rk4"), Codes{"HH5013"});
    EXPECT_EQ(codes_of(adex(), "euler"), Codes{});
}

TEST(Warning, a_current_of_the_wrong_sign) {
    Text t;
    const E v = t.state("v", units::volt());
    const E current = t.let("I_L", t.param("g", 2) * (v - t.param("E", -70e-3)), units::ampere());
    t.derivative("v", (current + t.parameter("I")) / t.param("C", 1));
    EXPECT_EQ(codes_of(t), Codes{"HH5014"});
    t.derivative("v", (t.parameter("J") - current) / t.param("C2", 1));
    EXPECT_EQ(codes_of(t), Codes{});
    t.variable("g").default_value = 0.0; // the sign is no longer certain
    t.derivative("v", (current + t["I"]) / t["C"]);
    EXPECT_EQ(codes_of(t), Codes{});
}

TEST(Sharing, a_chain_of_doublings_stays_a_chain) {
    Text t;
    E a = t.parameter("a0");
    for (int i = 1; i <= 60; ++i) {
        a = t.let("a" + std::to_string(i), a * a + a);
    }
    t.state("x");
    t.derivative("x", a);
    const Lowered lowered = lower_text(t);
    EXPECT_LT(lowered.module.find(ir::KernelKind::Advance)->values.size(), 200U);
}

TEST(Layout, is_the_order_of_declaration_and_freezing_removes_a_uniform) {
    Options options;
    options.freeze = {{"g_K", std::nullopt}, {"C", 2e-6}};
    const Lowered lowered = lower_text(squid(), "", options);
    std::vector<std::string> names;
    for (const ir::Uniform& uniform : lowered.module.uniforms) {
        names.push_back(uniform.name);
    }
    names.resize(2);
    EXPECT_EQ(names, (Codes{"g_Na", "g_L"}));
    EXPECT_EQ(lowered.module.fields[ir::FieldId(0)].name, "v");
}

TEST(Expressions, are_outputs_over_the_same_layout) {
    Text t = squid();
    const E value = -65e-3 + 5e-3 * t["n"];
    const Lowered whole = lower_text(t);
    diag::Sink sink;
    const ir::Module module = lower_expressions(t.model, {{"v", value.id}}, {}, sink);
    for (const std::string& problem : ir::verify(module)) {
        ADD_FAILURE() << problem;
    }
    EXPECT_EQ(module.find(ir::KernelKind::Observe)->outputs.size(), 1U);
    for (std::size_t i = 0; i < module.fields.size(); ++i) {
        EXPECT_EQ(module.fields.raw()[i].name, whole.module.fields.raw()[i].name);
    }
}

TEST(Description, is_one_record_per_variable) {
    const Lowered lowered = lower_text(squid());
    const auto json = nlohmann::json::parse(lowered.module.description);
    EXPECT_EQ(json["variables"].size(), squid().model.variables.size());
    EXPECT_EQ(json["variables"][0]["name"], "v");
    EXPECT_EQ(json["variables"][0]["method"], "staggered");
    EXPECT_EQ(json["states"], nlohmann::json({"v", "m", "h", "n"}));
    EXPECT_EQ(json["events"][0]["condition"], "v > 0");
    EXPECT_NE(explain(squid().model, lowered.methods).find("Brian 2 would take euler"),
              std::string::npos);
}

} // namespace
} // namespace hhc::lower::test
