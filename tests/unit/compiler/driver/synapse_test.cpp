// SPDX-License-Identifier: MIT
// Compiled synapses: the interpreter and machine code of every width give the same bits, and what
// is lumped gives what single synapses would.
#include "unit/compiler/driver/synapse_rig.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace hhc::test {
namespace {

const char* const neuron = R"(neuron N {
    param E_L = -65 mV
    dv/dt = (E_L - v)/(20 ms) + I_syn/(1 nF) : volt (unless refractory)
    x : 1
    trace : 1
    input I_syn : amp
    threshold v > -50 mV
    reset { v = -65 mV }
    refractory 2 ms
}
)";

struct Case {
    std::string name;
    std::string block;
    friend void PrintTo(const Case& shown, std::ostream* out) { *out << shown.name; }
};

const std::vector<Case>& cases() {
    static const std::vector<Case> all = {
        {"delta", R"(synapse S {
    w : volt
    on pre { v_post += w }
})"},
        {"exponential", R"(synapse S {
    param tau = 5 ms
    param E = 0 mV
    w : siemens
    dg/dt = -g/tau : siemens
    I_syn_post = g*(E - v_post) : amp (summed)
    on pre { g += w }
})"},
        {"alpha", R"(synapse S {
    param tau = 5 ms
    w : siemens
    dg/dt = (h - g)/tau : siemens
    dh/dt = -h/tau : siemens
    I_syn_post = -g*v_post/(1 + x_post**2) : amp (summed)
    on pre { h += w*e }
})"},
        {"saturating", R"(synapse S {
    param alpha = 0.5/ms
    param beta = 0.1/ms
    w : siemens
    ds/dt = -beta*s + alpha*u*(1 - s) : 1
    du/dt = -u/(2 ms) : 1
    I_syn_post = w*s*(-v_post) : amp (summed)
    on pre { u += 0.3 }
})"},
        {"stdp", R"(synapse S {
    param tau1 = 20 ms
    param tau2 = 25 ms
    w : 1
    dA/dt = -A/tau1 : 1 (event-driven)
    dB/dt = -B/tau2 : 1 (event-driven)
    on pre { trace_post += w
             A += 0.01
             w = clip(w + B, 0, 1) }
    on post { B -= 0.0105
              w = clip(w + A, 0, 1) }
})"},
        {"stdp with own constants", R"(synapse S {
    tau : second
    w : 1
    dA/dt = -A/(tau + 10 ms) : 1 (event-driven)
    dB/dt = (0.1 - B)/(25 ms) : 1 (event-driven)
    on pre { v_post += w*mV
             A += 0.01
             w = clip(w + B, 0, 1) }
    on post { B -= 0.0105
              w = clip(w + A, 0, 1) }
})"},
        {"coupled event-driven", R"(synapse S {
    k : 1
    dp/dt = (q - p)/(8 ms) : 1 (event-driven)
    dq/dt = -q*k/(3 ms) : 1 (event-driven)
    on pre { q += 1
             trace_post += p }
})"},
        {"depression", R"(synapse S {
    param U = 0.5
    param tau_rec = 200 ms
    param tau_facil = 100 ms
    w : siemens
    dg/dt = -g/(3 ms) : siemens
    du/dt = -u/tau_facil : 1 (event-driven)
    dy/dt = (1 - y)/tau_rec : 1 (event-driven)
    I_syn_post = -g*v_post : amp (summed)
    on pre { u += U*(1 - u)
             r = u*y
             y -= r
             g += w*r }
})"},
        {"gap", R"(synapse S {
    w : siemens
    I_syn_post = w*(v_pre - v_post) : amp (summed)
})"},
        {"saturating target", R"(synapse S {
    w : 1
    on pre { trace_post += w*(1 - trace_post) }
    on post { trace_pre = 0.5*trace_pre + 0.001*i - 0.002*j }
})"},
        {"flags and counts", R"(synapse S {
    w : volt
    arrived : integer
    strong : boolean
    dA/dt = -A/(20 ms) : 1 (event-driven)
    on pre { A += exp(-w/(5 mV))
             arrived += 1
             strong = A > 1
             v_post += w*A*(1 + int(strong)) + arrived*uV }
    on post { arrived += 2
              strong = not strong and A > 0.5
              w = w*(1 - 0.01*A*int(strong)) }
})"},
        {"random release", R"(synapse S {
    w : volt
    p : 1
    on pre { v_post += w*int(rand() < p) }
})"},
    };
    return all;
}

constexpr int sources = 19;
constexpr int targets = 45;

std::vector<std::pair<int, int>> connections() {
    std::vector<std::pair<int, int>> pairs;
    std::mt19937_64 random(3);
    for (int source = 0; source < sources; ++source) {
        for (int target = 0; target < targets; ++target) {
            const int copies = random() % 5 == 0 ? 2 : random() % 3 == 0 ? 1 : 0;
            for (int c = 0; c < copies; ++c) {
                pairs.emplace_back(source, target);
            }
        }
    }
    return pairs;
}

std::vector<int> some(std::mt19937_64& random, int count) {
    std::vector<int> chosen;
    for (int i = 0; i < count; ++i) {
        if (random() % 4 == 0) {
            chosen.push_back(i);
        }
    }
    return chosen;
}

/// Everything that a user could see after 40 steps of random events.
std::vector<double> run(const Case& one, const Options& options) {
    Neurons pre(neuron, sources, options);
    Neurons post(neuron, targets, options);
    const auto block = only_model(compile_text({one.block, "synapse.hhm"}, options));
    SynapseSource source;
    source.block = block.get();
    const auto model =
        only_model(compile_synapse(source, {pre.model.get()}, {post.model.get()}, options));
    SynapseRig rig(model, pre, post, connections());
    std::mt19937_64 random(17);
    std::uniform_real_distribution<double> unit(0, 1);
    const auto fill = [&](Row& row, std::int64_t count, double from, double to) {
        for (std::int64_t i = 0; i < (count + 15) / 16 * 16; ++i) {
            row.set(i, i < count ? from + (to - from) * unit(random) : row.get(count - 1));
        }
    };
    const auto synapses = static_cast<std::int64_t>(connections().size());
    for (const char* parameter : {"w", "tau", "k", "p"}) {
        if (rig.field(parameter) >= 0) {
            const bool siemens =
                rig.table().fields[rig.field(parameter)].dimension.numerator[3] != 0;
            fill(rig.row(parameter), synapses, 0, siemens ? 1e-9 : 0.01);
        }
    }
    for (Neurons* side : {&pre, &post}) {
        fill(side->row("v"), side->count, -0.07, -0.04);
        fill(side->row("x"), side->count, 0, 1);
    }
    std::vector<double> seen;
    for (int step = 0; step < 40; ++step) {
        rig.set_step(step);
        Row& input = post.row("I_syn");
        for (int i = 0; i < targets; ++i) {
            input.set(i, 0);
        }
        rig.sum();
        rig.advance();
        const std::vector<int> spikes = some(random, sources);
        const std::vector<int> back = some(random, targets);
        for (const int target : back) {
            post.row("lastspike").set(target, step);
        }
        for (std::uint32_t p = 0; p < rig.table().synapse->pathway_count; ++p) {
            const hhk_pathway& pathway = rig.table().synapse->pathways[p];
            rig.deliver(pathway.name, pathway.space == HHK_PRE ? spikes : back);
        }
        for (int i = 0; i < targets; ++i) {
            for (const char* name : {"I_syn", "v", "trace"}) {
                seen.push_back(post.row(name).get(i));
            }
        }
        for (int i = 0; i < sources; ++i) {
            seen.push_back(pre.row("trace").get(i));
        }
    }
    if (rig.field("w") >= 0) {
        for (std::int64_t s = 0; s < synapses; ++s) {
            seen.push_back(rig.row("w").get(s));
        }
    }
    seen.push_back(rig.fault());
    return seen;
}

bool same_bits(double a, double b) {
    return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

class Synapse : public testing::TestWithParam<Case> {};

TEST_P(Synapse, has_the_same_bits_at_every_width_as_in_the_interpreter) {
    for (const std::uint32_t real_size : {8U, 4U}) {
        Options options;
        options.use_cache = false;
        options.real_size = real_size;
        options.target = "interpreter";
        const std::vector<double> expected = run(GetParam(), options);
        options.target = "native";
        options.optimisation = 1;
        for (const std::uint32_t bytes : {real_size, 2 * real_size, 32U, 64U}) {
            options.vector_bytes = bytes;
            const std::vector<double> found = run(GetParam(), options);
            ASSERT_EQ(found.size(), expected.size());
            for (std::size_t k = 0; k < expected.size(); ++k) {
                ASSERT_TRUE(same_bits(found[k], expected[k]))
                    << "real" << 8 * real_size << ", " << bytes << " bytes, value " << k << ": "
                    << found[k] << " instead of " << expected[k];
            }
        }
    }
}

TEST_P(Synapse, is_the_same_when_nothing_is_lumped) {
    Options options;
    options.use_cache = false;
    options.target = "interpreter";
    const std::vector<double> lumped = run(GetParam(), options);
    options.lump = false;
    const std::vector<double> single = run(GetParam(), options);
    ASSERT_EQ(lumped.size(), single.size());
    double largest = 0;
    for (std::size_t k = 0; k < single.size(); ++k) {
        const double scale = std::abs(single[k]) + 1e-15;
        ASSERT_LT(std::abs(lumped[k] - single[k]) / scale, 1e-11) << "value " << k;
        largest = std::max(largest, std::abs(single[k]));
    }
    EXPECT_GT(largest, 0);
}

INSTANTIATE_TEST_SUITE_P(Models, Synapse, testing::ValuesIn(cases()));

std::vector<std::string> lumped_states(const std::string& block, bool varying = false) {
    Options options;
    options.target = "interpreter";
    options.use_cache = false;
    if (varying) {
        options.varying_delays = {"pre"};
    }
    Neurons population(neuron, 3, options);
    const auto made = only_model(compile_text({block, "synapse.hhm"}, options));
    SynapseSource source;
    source.block = made.get();
    const auto model = only_model(
        compile_synapse(source, {population.model.get()}, {population.model.get()}, options));
    std::vector<std::string> states;
    const hhk_model& table = *model->code().table;
    for (std::uint32_t f = 0; f < table.field_count; ++f) {
        if (table.fields[f].space != HHK_EACH && table.fields[f].role != HHK_HIDDEN) {
            states.push_back(
                std::string(table.fields[f].name) +
                (table.fields[f].space == HHK_PER_PRE ? " per source" : " per target"));
        }
    }
    return states;
}

using Names = std::vector<std::string>;

const Case& named(const std::string& name) {
    for (const Case& one : cases()) {
        if (one.name == name) {
            return one;
        }
    }
    throw std::runtime_error(name);
}

TEST(Lumping, keeps_linear_conductances_once_per_target) {
    EXPECT_EQ(lumped_states(named("exponential").block), Names{"g per target"});
    EXPECT_EQ(lumped_states(named("alpha").block), (Names{"g per target", "h per target"}));
}

TEST(Lumping, leaves_saturating_synapses_alone_but_not_what_drives_them) {
    EXPECT_EQ(lumped_states(named("saturating").block), (Names{"s per source", "u per source"}));
    EXPECT_EQ(lumped_states(named("saturating").block, true), Names{});
}

TEST(Lumping, keeps_traces_once_per_neuron_unless_delays_differ) {
    EXPECT_EQ(lumped_states(named("stdp").block), (Names{"A per source", "B per target"}));
    EXPECT_EQ(lumped_states(named("stdp").block, true), Names{"B per target"});
    EXPECT_EQ(lumped_states(named("stdp with own constants").block), Names{"B per target"});
}

/// Over whose entities the hooks add up.
TEST(Lumping, takes_factors_of_the_target_out_of_sums) {
    Options options;
    options.target = "interpreter";
    options.use_cache = false;
    Neurons population(neuron, 3, options);
    const auto hooks = [&](const std::string& value, bool lump) {
        options.lump = lump;
        const auto made = only_model(compile_text(
            {"synapse Test {\n w : siemens\n I_syn_post = " + value + " : amp (summed)\n}\n",
             "synapse.hhm"},
            options));
        SynapseSource source;
        source.block = made.get();
        const auto model = only_model(
            compile_synapse(source, {population.model.get()}, {population.model.get()}, options));
        const hhk_synapse& table = *model->code().table->synapse;
        return std::pair{table.sum[HHK_EACH] != nullptr, table.sum[HHK_PER_POST] != nullptr};
    };
    const std::string graded = "w*(v_pre/mV)*exp(-v_post/(20*mV))*(10*mV - v_post)";
    EXPECT_EQ(hooks(graded, true), (std::pair{true, true}));
    EXPECT_EQ(hooks(graded, false), (std::pair{true, false}));
    EXPECT_EQ(hooks("w*(v_pre - v_post)", true), (std::pair{true, false})); // no such factor
}

TEST(Lumping, splits_what_is_released_from_what_arrives) {
    EXPECT_EQ(lumped_states(named("depression").block),
              (Names{"g per target", "u per source", "y per source"}));
}

// ---- Diagnostics between two populations --------------------------------------------------------

Compilation brian(const std::string& equations, const std::string& on_pre, const Neurons* pre,
                  const Neurons* post, const Options& options) {
    SynapseSource source;
    source.equations = {equations, "<equations>"};
    if (!on_pre.empty()) {
        SynapsePathway pathway;
        pathway.name = "pre";
        pathway.statements = {on_pre, "<on_pre>"};
        source.pathways.push_back(pathway);
    }
    const auto side = [](const Neurons* population) {
        return SynapseSide{population == nullptr ? nullptr : population->model.get(), nullptr};
    };
    return compile_synapse(source, side(pre), side(post), options);
}

std::string first_code(const Compilation& compilation) {
    for (const Diagnostic& diagnostic : compilation.diagnostics) {
        if (diagnostic.severity == Severity::Error) {
            return diagnostic.code;
        }
    }
    return "";
}

class SynapseDiagnostics : public testing::Test {
protected:
    SynapseDiagnostics() : options(interpreter()), population(neuron, 3, options) {}

    static Options interpreter() {
        Options made;
        made.target = "interpreter";
        made.use_cache = false;
        return made;
    }
    [[nodiscard]] std::string code(const std::string& equations, const std::string& on_pre) const {
        return first_code(brian(equations, on_pre, &population, &population, options));
    }

    Options options;
    Neurons population;
};

TEST_F(SynapseDiagnostics, names_without_ending_are_the_targets) {
    const auto model = only_model(brian("w : volt", "v += w", &population, &population, options));
    const hhk_synapse& table = *model->code().table->synapse;
    EXPECT_EQ(std::string(table.foreign[0].name), "v");
    EXPECT_EQ(table.foreign[0].space, HHK_POST);
    EXPECT_EQ(table.foreign[0].access, HHK_ADD | HHK_GUARDED);
    EXPECT_EQ(table.pathways[0].sequential, 0);
}

TEST_F(SynapseDiagnostics, unknown_variable_of_a_population) {
    const Compilation made = brian("w : volt", "vv_post += w", &population, &population, options);
    EXPECT_EQ(first_code(made), "HH2001");
    EXPECT_NE(problems(made).find("v_post"), std::string::npos) << problems(made);
}

TEST_F(SynapseDiagnostics, a_source_without_equations_has_no_variables) {
    EXPECT_EQ(first_code(brian("w : 1", "w += x_pre", nullptr, &population, options)), "HH2022");
    EXPECT_EQ(first_code(brian("w : volt", "v_post += w", nullptr, &population, options)), "");
}

TEST_F(SynapseDiagnostics, units_of_both_sides) {
    EXPECT_EQ(code("w : siemens", "v_post += w"), "HH3001");
    EXPECT_EQ(code("w : siemens\nI_syn_post = w : siemens (summed)", ""), "HH3002");
    EXPECT_EQ(code("w : amp\nI_syn_post = w : amp (summed)", ""), "");
    EXPECT_EQ(code("w : amp/meter**2\nI_syn_post = w : amp/meter**2 (summed)", ""), "HH3012");
}

TEST_F(SynapseDiagnostics, what_cannot_be_written) {
    EXPECT_EQ(code("w : amp", "I_syn_post += w"), "HH4005");
    EXPECT_EQ(code("w : volt", "E_L_post += w"), "HH4005");
    EXPECT_EQ(code("w : volt\nE_L_post = w : volt (summed)", ""), "HH4040");
}

TEST_F(SynapseDiagnostics, events_that_the_population_does_not_have) {
    SynapseSource source;
    source.equations = {"w : volt", "<equations>"};
    SynapsePathway pathway;
    pathway.name = "pre";
    pathway.event = "burst";
    pathway.statements = {"v_post += w", "<on_pre>"};
    source.pathways = {pathway};
    const SynapseSide side{population.model.get(), nullptr};
    EXPECT_EQ(first_code(compile_synapse(source, side, side, options)), "HH2012");
    source.pathways[0].event = ""; // every step
    EXPECT_EQ(first_code(compile_synapse(source, side, side, options)), "");
}

TEST_F(SynapseDiagnostics, event_driven_needs_a_linear_equation) {
    EXPECT_EQ(code("dA/dt = -A**2/(5*ms) : 1 (event-driven)", "A += 1"), "HH5016");
    EXPECT_EQ(code("dA/dt = -A/(5*ms) + xi/ms**0.5 : 1 (event-driven)", "A += 1"), "HH4043");
}

TEST_F(SynapseDiagnostics, a_block_alone_has_no_code) {
    const auto block = only_model(compile_text(
        {"synapse S {\n    w : 1\n    on pre { x_post += w }\n}\n", "s.hhm"}, options));
    try {
        static_cast<void>(block->code());
        FAIL() << "a template has code";
    } catch (const CompileError& error) {
        EXPECT_EQ(error.diagnostics().front().code, "HH8009");
    }
}

TEST_F(SynapseDiagnostics, precision_is_that_of_the_populations) {
    Options single = options;
    single.real_size = 4;
    EXPECT_EQ(first_code(brian("w : volt", "v_post += w", &population, &population, single)),
              "HH8010");
}

TEST_F(SynapseDiagnostics, a_synapse_of_a_loaded_library_knows_its_table) {
    const SynapseSide loaded{nullptr, population.model->code().table};
    SynapseSource source;
    source.equations = {"w : volt\nI_syn_post = w*nS : amp (summed)", "<equations>"};
    SynapsePathway pathway;
    pathway.name = "pre";
    pathway.statements = {"trace_post += w/mV", "<on_pre>"};
    source.pathways = {pathway};
    EXPECT_EQ(first_code(compile_synapse(source, loaded, loaded, options)), "");
}

} // namespace
} // namespace hhc::test
