// SPDX-License-Identifier: MIT
// The part of KernelWriter that writes stages with certified polynomials, whose arguments earlier
// stages computed.
#include "codegen/kernel_writer.h"
#include "support/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace hhc::codegen {

using ir::ValueId;

bool KernelWriter::approximates(ValueId id) const {
    return kernel_.values[id].op == ir::Op::Approximate;
}

/// A stage with polynomials, whose arguments earlier stages computed. Where every argument of the
/// word is in their range, each part of the stage goes over the word by itself, two vectors at a
/// time; else vector by vector, exact values beside the polynomials.
void KernelWriter::approximated_stage(const Stage& stage) {
    const std::string index = "[(i - word) / HHK_WIDTH]";
    const std::string loop = fmt::format("for (int64_t i = word; i < stop; i += {}) {{", stride());
    std::map<ValueId, std::string> places; // by argument
    std::set<ValueId> exact;
    const std::string inside = values_.names().make("all_inside");
    const std::string vectors = values_.names().make("vectors");
    open("{");
    say(fmt::format("const int64_t {} = (stop - word) / HHK_WIDTH;", vectors));
    say(fmt::format("Mask {} = hhk_all(true);", inside));
    for (const ValueId id : stage.values) {
        if (approximates(id)) {
            std::string& array = places[kernel_.values[id].args[0]];
            if (array.empty()) {
                array = values_.names().make("places");
                say(fmt::format("hhk_places<Real> {};", array));
            }
            exact.insert(values_.branch_of(id).begin(), values_.branch_of(id).end());
        }
    }
    open(loop);
    std::set<ValueId> seen;
    for (const ValueId id : stage.values) {
        const ir::Args& args = kernel_.values[id].args;
        if (approximates(id) && seen.insert(args[0]).second) {
            carried_value(carried(stage, args[0]));
            say(fmt::format("{0} = hhk_and({0}, {1});", inside, values_.certified(args[0])));
            say(fmt::format("{}.of{} = {};", places.at(args[0]), index, values_.place_of(id)));
        }
    }
    close();
    open(fmt::format("if (__builtin_expect(!hhk_any(hhk_not({})), 1)) {{", inside));
    for (const auto& [argument, array] : places) {
        say(fmt::format("hhk_complete({}, {});", array, vectors));
    }
    for (const Stage& part : parts(kernel_, stage)) {
        polynomial_part(part, places, vectors);
    }
    close();
    open("else {");
    open(loop);
    known_before(stage);
    std::ranges::for_each(exact, [this](ValueId id) { say_value(id); });
    for (const ValueId id : stage.values) {
        if (approximates(id)) {
            const ValueId argument = kernel_.values[id].args[0];
            say(values_.approximation_beside_exact(id, values_.certified(argument),
                                                   places.at(argument) + ".of" + index));
        } else {
            say_value(id);
        }
    }
    results(stage);
    close();
    close();
    close();
}

/// What follows from the polynomials is a local function of a vector.
void KernelWriter::polynomial_part(const Stage& part, const std::map<ValueId, std::string>& places,
                                   const std::string& vectors) {
    struct Polynomial {
        std::string name, places, pair;
    };
    std::vector<Polynomial> polynomials;
    std::string parameters;
    open("{");
    for (const ValueId id : part.values) {
        if (approximates(id)) {
            const Polynomial& one = polynomials.emplace_back(values_.names().make("polynomial"),
                                                             places.at(kernel_.values[id].args[0]),
                                                             values_.names().make("pair"));
            parameters += ", Real " + values_.operand(id, Lanes::Vector);
            say(values_.polynomial(id, one.name));
        }
    }
    const std::string finish = values_.names().make("finish");
    open(fmt::format("const auto {} = [&](int64_t i{}) __attribute__((always_inline)) {{", finish,
                     parameters));
    known_before(part);
    for (const ValueId id : part.values) {
        if (!approximates(id)) {
            say_value(id);
        }
    }
    results(part);
    text_.dedent();
    say("};");
    std::string first;
    std::string second;
    std::string alone;
    say("int64_t at = 0;");
    open(fmt::format("for (; at + 2 <= {}; at += 2) {{", vectors));
    for (const Polynomial& one : polynomials) {
        say(fmt::format("Real {}[2];", one.pair));
        say(fmt::format("hhk_at_pair({}, {}, at, {});", one.name, one.places, one.pair));
        first += fmt::format(", {}[0]", one.pair);
        second += fmt::format(", {}[1]", one.pair);
        alone += fmt::format(", hhk_at({}, {}.of[at])", one.name, one.places);
    }
    say(fmt::format("{}(word + at * HHK_WIDTH{});", finish, first));
    say(fmt::format("{}(word + (at + 1) * HHK_WIDTH{});", finish, second));
    close();
    open(fmt::format("for (; at < {}; ++at) {{", vectors));
    say(fmt::format("{}(word + at * HHK_WIDTH{});", finish, alone));
    close();
    close();
}

/// How a stage knows a value of an earlier one.
const Carried& KernelWriter::carried(const Stage& stage, ValueId id) {
    const auto found = std::ranges::find(stage.carried, id, &Carried::value);
    HHC_CHECK(found != stage.carried.end(), "a polynomial's argument comes from an earlier stage");
    return *found;
}

} // namespace hhc::codegen
