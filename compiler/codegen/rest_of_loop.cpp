// SPDX-License-Identifier: MIT
// The part of KernelWriter that gives the second half of a long loop a function of its own, which
// is called once for every word of entities. Two functions are compiled side by side; the stages,
// their order and their operations stay as they are. What both halves need of a word is in a struct
// on the stack of the first.
#include "codegen/kernel_writer.h"
#include "codegen/stage_cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace hhc::codegen {

using ir::ValueId;

namespace {

/// Values in the stages from which on a call for every word costs nothing that can be measured; and
/// from which on it costs up to 4 % but compiles sooner, where a text is compiled in parts.
constexpr std::size_t least_for_rest = 300;
constexpr std::size_t least_in_parts = 60;
/// What stands in the first half beside its stages, in the unit of work_of().
constexpr int beside_stages = 40;
/// Of what is known for the whole population and computed in every call.
constexpr int cheap_latency = 8;

} // namespace

/// The stage with which the second half begins; the number of stages where one function is enough.
std::size_t KernelWriter::first_of_rest() const {
    const auto values = [](std::size_t sum, const Stage& stage) {
        return sum + stage.values.size();
    };
    const std::size_t least = options_.in_parts ? least_in_parts : least_for_rest;
    if (kernel_.kind != ir::KernelKind::Advance || module_.is_synapse || is_single() ||
        std::accumulate(stages_.begin(), stages_.end(), std::size_t{0}, values) < least ||
        !faulty_uses().empty()) {
        return stages_.size();
    }
    std::vector<int> sums;
    for (const Stage& stage : stages_) {
        int sum = sums.empty() ? 0 : sums.back();
        for (const ValueId id : stage.values) {
            const Work work = work_of(kernel_.values[id]);
            sum += work.products + work.others;
        }
        sums.push_back(sum + static_cast<int>(stage.carried.size() + stage.kept.size()));
    }
    std::size_t first = 1;
    const auto dearer_half = [&](std::size_t at) {
        return std::max(sums[at - 1] + beside_stages, sums.back() - sums[at - 1]);
    };
    while (first + 1 < sums.size() && dearer_half(first + 1) <= dearer_half(first)) {
        ++first;
    }
    const std::span<const Stage> rest = std::span(stages_).subspan(first);
    const bool is_cheap = std::ranges::all_of(needed_by(rest), [this](ValueId id) {
        return values_.lanes(id) != Lanes::Population ||
               work_of(kernel_.values[id]).latency <= cheap_latency;
    });
    return is_cheap ? first : stages_.size();
}

/// What the stages compute and what they compute it from, but not what is carried to them.
std::set<ValueId> KernelWriter::needed_by(std::span<const Stage> stages) const {
    std::set<ValueId> needed;
    std::set<ValueId> carried;
    std::vector<ValueId> left;
    for (const Stage& stage : stages) {
        std::ranges::for_each(stage.carried,
                              [&](const Carried& each) { carried.insert(each.value); });
    }
    for (const Stage& stage : stages) {
        left.insert(left.end(), stage.values.begin(), stage.values.end());
        std::ranges::for_each(stage.values, [&](ValueId id) { carried.erase(id); });
        for (const std::size_t row : stage.stores) {
            left.push_back(kernel_.stores[row].value);
            left.push_back(kernel_.stores[row].mask);
        }
        for (const std::size_t row : stage.events) {
            left.push_back(kernel_.events[row].condition);
        }
        for (const std::size_t row : stage.guards) {
            left.push_back(kernel_.guards[row]);
        }
    }
    while (!left.empty()) {
        const ValueId id = left.back();
        left.pop_back();
        if (id && !carried.contains(id) && needed.insert(id).second) {
            const std::vector<ValueId> inputs = values_.inputs(id);
            left.insert(left.end(), inputs.begin(), inputs.end());
        }
    }
    return needed;
}

/// What both halves add to.
std::vector<std::string> KernelWriter::running_sums() const {
    std::vector<std::string> sums = words_;
    if (!kernel_.guards.empty()) {
        sums.emplace_back("bad_real");
    }
    return sums;
}

/// Arrays of the first half that the second reads are members of the struct.
void KernelWriter::share_kept(std::span<const Stage> before, std::span<const Stage> rest) {
    shared_name_ = values_.names().make("shared");
    const Lanes lanes = values_.entity_lanes();
    std::set<ValueId> kept;
    for (const Stage& stage : before) {
        kept.insert(stage.kept.begin(), stage.kept.end());
    }
    for (const Stage& stage : rest) {
        for (const Carried& each : stage.carried) {
            const ValueId id = each.value;
            if (!each.field.valid() && kept.contains(id) && shared_.insert(id).second) {
                const std::string array =
                    values_.names().make(values_.operand(id, lanes) + "_kept");
                kept_[id] = shared_name_ + "." + array;
                meeting_ += fmt::format("    {} {}[64 / HHK_WIDTH];\n",
                                        values_.type_name(kernel_.values[id].type, lanes), array);
            }
        }
    }
    for (const std::string& sum : running_sums()) {
        meeting_ += fmt::format("    {} {};\n", sum == "bad_real" ? "Real" : "uint64_t", sum);
    }
    say(fmt::format("rest_{}_shared {};", rest_mark, shared_name_));
}

void KernelWriter::call_rest() {
    for (const std::string& sum : running_sums()) {
        say(fmt::format("{0}.{1} = {1};", shared_name_, sum));
    }
    say(fmt::format("rest_{}(context, word, stop, &{});", rest_mark, shared_name_));
    for (const std::string& sum : running_sums()) {
        say(fmt::format("{1} = {0}.{1};", shared_name_, sum));
    }
}

/// Into rest_: as the first half, with declarations of its own.
void KernelWriter::write_rest(std::span<const Stage> rest) {
    TextWriter text;
    std::vector<Span> lines;
    std::swap(text, text_);
    std::swap(lines, lines_);
    shown_line_ = 0;
    for (const ValueId id : shared_) {
        std::string& array = kept_.at(id);
        array = shared_name_ + "->" + array.substr(shared_name_.size() + 1);
    }
    open(fmt::format("(const hhk_context* context, int64_t word, int64_t stop, "
                     "rest_{}_shared* {}) {{",
                     rest_mark, shared_name_));
    const std::set<ValueId> needed = needed_by(rest);
    population_values(&needed);
    pointers();
    if (!kernel_.guards.empty()) {
        say("const int64_t count = context->count;");
    }
    for (const std::string& sum : running_sums()) {
        say(fmt::format("auto {1} = {0}->{1};", shared_name_, sum));
    }
    stage_loops(rest);
    for (const std::string& sum : running_sums()) {
        say(fmt::format("{0}->{1} = {1};", shared_name_, sum));
    }
    close();
    std::swap(text, text_);
    std::swap(lines, lines_);
    rest_.text = text.take();
    rest_.lines = std::move(lines);
    shown_line_ = 0;
}

} // namespace hhc::codegen
