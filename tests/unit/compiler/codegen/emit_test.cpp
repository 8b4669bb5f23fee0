// SPDX-License-Identifier: MIT
// The generated text: kernels and tables as files under tests/golden/codegen, sharing, names.
#include "codegen/cpp_names.h"
#include "codegen/emit_cpp.h"
#include "codegen/emit_header.h"
#include "codegen/model_hash.h"
#include "golden.h"
#include "hand_models.h"

#include <gtest/gtest.h>

#include <regex>

namespace hhc::codegen {
namespace {

using hhc::testing::add_field;
using hhc::testing::add_uniform;
using hhc::testing::expect_golden;
using hhc::testing::SquidAxon;

Options width(int lanes) {
    Options options;
    options.vector_width = lanes;
    return options;
}

const ir::Kernel& kernel(const ir::Module& module, ir::KernelKind kind, ir::EventId event = {}) {
    return *module.find(kind, event);
}

TEST(EmitKernel, StaggeredSquidAxon) {
    const SquidAxon squid;
    expect_golden(
        emit_kernel_text(squid.module, kernel(squid.module, ir::KernelKind::Advance), width(8)),
        "codegen/squid_advance.cpp");
}

TEST(EmitKernel, TouchesOnlyVectorsInWhichTheEventHappened) {
    const SquidAxon squid;
    expect_golden(emit_kernel_text(squid.module,
                                   kernel(squid.module, ir::KernelKind::OnEvent, ir::EventId(0U)),
                                   width(8)),
                  "codegen/squid_on_spike.cpp");
}

/// x of every type, and every way of storing.
struct AllTypes {
    AllTypes() {
        module.name = "types";
        const auto real = add_field(module, "x");
        const auto integer = add_field(module, "class", ir::Storage::Integer);
        const auto truth = add_field(module, "is.on", ir::Storage::Boolean);
        const auto step = add_field(module, "since", ir::Storage::Step);
        const auto parameter = add_uniform(module, "a", 2);
        module.kernels.emplace_back();
        module.kernels.back().kind = ir::KernelKind::Init;
        module.kernels.back().name = "init";
        ir::Builder b(module, module.kernels.back());
        const auto a = b.uniform(parameter);
        const auto on = b.load(truth);
        const auto count = b.load(integer);
        b.store(real, b.select(on, b.mul(b.load(real), a), b.to_real(b.entity())));
        b.store(integer, b.floor_div(b.mul(count, b.integer(7)), b.integer(3)), on);
        b.store(truth, b.less(a, b.real(1)), b.greater(a, b.real(0)));
        b.store(step, b.sub(b.step(), b.load(step)));
    }
    ir::Module module;
};

TEST(EmitKernel, StoresEveryTypeWithMasks) {
    const AllTypes types;
    expect_golden(
        emit_kernel_text(types.module, kernel(types.module, ir::KernelKind::Init), width(4)),
        "codegen/all_types.cpp");
}

TEST(EmitKernel, LeavesOutWhatNobodyReads) {
    ir::Module module;
    module.name = "dead";
    const auto x = add_field(module, "x");
    const auto y = add_field(module, "y");
    module.kernels.emplace_back();
    ir::Builder b(module, module.kernels.back());
    b.exp(b.load(y));
    b.store(x, b.neg(b.load(x)));
    const std::string text = emit_kernel_text(module, module.kernels.back(), width(8));
    EXPECT_EQ(text.find("y"), std::string::npos) << text;
    EXPECT_EQ(text.find("exp"), std::string::npos) << text;
}

TEST(EmitKernel, NamesPlacesOnce) {
    const SquidAxon squid;
    ir::Module module = squid.module;
    for (ir::Value& value : module.kernels[0].values) {
        value.span = Span{0, 5, 9};
    }
    Options options = width(8);
    options.place = [](Span span) {
        return Place{"squid.hhm", span.begin + 12, "  dv/dt = (I - g*(v - E))/C : volt \\"};
    };
    const std::string text = emit_kernel_text(module, module.kernels[0], options);
    const std::string comment = "// 17: dv/dt = (I - g*(v - E))/C : volt\n";
    EXPECT_NE(text.find(comment), std::string::npos) << text;
    EXPECT_EQ(text.find(comment), text.rfind(comment));
    options.line_directives = true;
    EXPECT_NE(emit_kernel_text(module, module.kernels[0], options).find("#line 17 \"squid.hhm\"\n"),
              std::string::npos);
}

TEST(EmitUnit, LinesCarryTheirSpans) {
    SquidAxon squid;
    for (ir::Value& value : squid.module.kernels[1].values) {
        value.span = Span{3, 70, 80};
    }
    const ir::Module* module = &squid.module;
    const CppUnit unit = emit_cpp({&module, 1}, width(8));
    std::size_t line = 1;
    std::size_t found = 0;
    for (std::size_t at = 0; at < unit.text.size(); ++line) {
        const std::size_t end = unit.text.find('\n', at);
        if (unit.text.substr(at, end - at).find("hhk_store(lastspike_at") != std::string::npos) {
            EXPECT_EQ(unit.lines.at(line - 1), (Span{3, 70, 80}));
            ++found;
        }
        at = end + 1;
    }
    EXPECT_EQ(found, 1U);
    EXPECT_EQ(unit.lines.size(), line - 1);
}

TEST(EmitUnit, EqualKernelsAreOneFunction) {
    const SquidAxon a;
    SquidAxon b;
    b.module.name = "Other";
    for (ir::Value& value : b.module.kernels[0].values) {
        value.span = Span{0, 1, 2};
    }
    const ir::Module* modules[] = {&a.module, &b.module};
    const CppUnit unit = emit_cpp(modules, width(8));
    EXPECT_EQ(unit.kernels, 2U);
    EXPECT_EQ(unit.symbols, (std::vector<std::string>{"hhk_model_Squid", "hhk_model_Other"}));
    EXPECT_NE(unit.text.find(".name = \"Other\""), std::string::npos);
    EXPECT_EQ(unit.text.find("Other_advance"), std::string::npos);
}

TEST(EmitUnit, LoopsOfMiddleLengthHaveTwoHalvesInParts) {
    const SquidAxon squid;
    const ir::Module* modules[] = {&squid.module};
    Options options = width(8);
    const CppUnit whole = emit_cpp(modules, options);
    EXPECT_EQ(whole.text.find(" rest_"), std::string::npos);
    options.in_parts = true;
    const CppUnit halves = emit_cpp(modules, options);
    EXPECT_NE(halves.text.find("HHK_SHARED void rest_"), std::string::npos);
    EXPECT_EQ(halves.kernels, whole.kernels + 1);
}

TEST(EmitUnit, LeavesRareHooksToAHostThatInterprets) {
    SquidAxon squid;
    squid.module.kernels.emplace_back();
    squid.module.kernels.back().kind = ir::KernelKind::Rhs;
    squid.module.kernels.back().name = "rhs";
    {
        ir::Builder b(squid.module, squid.module.kernels.back());
        b.output(b.exp(b.load(ir::FieldId(0U))));
    }
    const ir::Module* module = &squid.module;
    Options options = width(8);
    EXPECT_NE(emit_cpp({&module, 1}, options).text.find(".rhs = Squid_rhs"), std::string::npos);
    options.stand_alone = false;
    EXPECT_NE(emit_cpp({&module, 1}, options).text.find(".rhs = nullptr"), std::string::npos);
}

TEST(EmitUnit, EmbedsOnlyTheSectionsItNeeds) {
    const SquidAxon squid;
    const ir::Module* module = &squid.module;
    const std::string text = emit_cpp({&module, 1}, width(8)).text;
    EXPECT_NE(text.find("hhk_inv_exprel(V x)"), std::string::npos);
    EXPECT_EQ(text.find("hhk_erf(V x)"), std::string::npos);
    EXPECT_EQ(text.find("#include \""), std::string::npos);
}

TEST(EmitUnit, TablesQuoteWhatPeopleWrote) {
    ir::Module module;
    module.name = "x\"y\\z\n\x01?";
    module.description = "{\"a\": \"line\\n\"}\nnext";
    module.fields.push_back(
        {"v", "mV", 1e-3, -0.065, units::volt(), ir::Storage::Real, 0, 9, ir::UniformId(3U), {}});
    const ir::Module* const pointer = &module;
    const std::string text = emit_cpp({&pointer, 1}, width(2)).text;
    const std::string tables = text.substr(text.rfind("static const hhk_field"));
    const std::regex code_hash("\\.code_hash = [^\n]*"); // changes with the prelude
    expect_golden(std::regex_replace(tables, code_hash, ".code_hash = {}"), "codegen/tables.cpp");
}

TEST(EmitHeader, NamesEveryIndex) {
    const AllTypes types;
    const ir::Module* module = &types.module;
    const std::string text = emit_c_header({&module, 1});
    EXPECT_NE(text.find("typedef struct hhk_model"), std::string::npos);
    expect_golden(text.substr(text.find("/* ---- types")), "codegen/header.h");
}

TEST(InterfaceHash, DependsOnNamesUnitsAndTypesButNotOnCode) {
    const SquidAxon a;
    SquidAxon b;
    b.module.kernels.clear();
    b.module.name = "Other";
    b.module.uniforms.raw()[0].default_value = 5;
    b.module.uniforms.push_back({.name = "hoisted.1", .dimension = {}, .role = ir::role::hidden});
    EXPECT_EQ(interface_hash(a.module), interface_hash(b.module));
    b.module.fields.raw()[0].unit = "mV";
    EXPECT_NE(interface_hash(a.module), interface_hash(b.module));
    b = SquidAxon();
    b.module.fields.raw()[1].storage = ir::Storage::Integer;
    EXPECT_NE(interface_hash(a.module), interface_hash(b.module));
}

TEST(Names, AreLegalUniqueAndReadable) {
    Names names;
    EXPECT_EQ(names.make("na.m"), "na_m");
    EXPECT_EQ(names.make("na_m"), "na_m_2");
    EXPECT_EQ(names.make("na.m"), "na_m_3");
    EXPECT_EQ(names.make("class"), "class_2");
    EXPECT_EQ(names.make("2x"), "x2x");
    EXPECT_EQ(names.make("hhk_exp"), "x_hhk_exp");
    EXPECT_EQ(names.make("\xce\xb1"), "x");
    EXPECT_EQ(names.make("i"), "i_2");
}

} // namespace
} // namespace hhc::codegen
