// SPDX-License-Identifier: MIT
// Private: writes the C++ function of one kernel. Kernels of populations in emit_kernel.cpp and
// approximated_stage.cpp (the second half of long ones in rest_of_loop.cpp), those of synapses in
// synapse_loops.cpp, joined_sums.cpp and counted_arrivals.cpp; what finds faults in
// kernel_checks.cpp.
#pragma once

#include "codegen/emit_kernel.h"
#include "codegen/stage_plan.h"
#include "codegen/value_writer.h"
#include "support/text_writer.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hhc::codegen {

class KernelWriter {
public:
    KernelWriter(const ir::Module& module, const ir::Kernel& kernel, const Options& options,
                 bool in_rounds = false)
        : module_(module), kernel_(kernel), options_(options), values_(module, kernel, in_rounds) {
        if (kernel.kind != ir::KernelKind::Prepare) {
            stages_ = plan_stages(module, kernel, values_, units_of(options.processor));
        }
    }

    KernelBody run();
    /// The head of the function, and the loop's body as a local function: `run` of the kernel that
    /// follows goes on from there. Of a kernel over targets that finds no faults.
    KernelBody run_as_local();
    /// A sum over synapses in rounds of their targets.
    KernelBody run_in_rounds();
    /// A pathway over targets: as many times as events arrive.
    KernelBody run_by_count();
    [[nodiscard]] bool sums_into_targets() const;
    [[nodiscard]] bool sums_by_target() const;
    /// Which synapse, source or target it is at: a value of the kernel.
    [[nodiscard]] bool knows_its_place() const;
    void call(std::string local) { called_ = std::move(local); }
    /// No guards, no integer faults.
    [[nodiscard]] bool is_plain() const { return kernel_.guards.empty() && faulty_uses().empty(); }
    [[nodiscard]] bool is_single() const { return values_.entity_lanes() == Lanes::Single; }

private:
    void say(std::string_view text, Span span = {});
    void open(std::string_view head) {
        say(head);
        text_.indent();
    }
    void close() {
        text_.dedent();
        say("}");
    }
    void place_comment(Span span);

    void population_values(const std::set<ir::ValueId>* wanted = nullptr);
    void pointers();
    void accumulators();
    void loop();
    void word_loop();
    [[nodiscard]] std::size_t first_of_rest() const;
    [[nodiscard]] std::set<ir::ValueId> needed_by(std::span<const Stage> stages) const;
    void share_kept(std::span<const Stage> before, std::span<const Stage> rest);
    void call_rest();
    void write_rest(std::span<const Stage> rest);
    [[nodiscard]] std::vector<std::string> running_sums() const;
    void plain_loop();
    void stage_loop(const Stage& stage);
    void vectors_of(const Stage& stage);
    [[nodiscard]] bool loads_last_spike(const Stage& stage) const;
    void approximated_stage(const Stage& stage);
    void polynomial_part(const Stage& part, const std::map<ir::ValueId, std::string>& places,
                         const std::string& vectors);
    [[nodiscard]] bool approximates(ir::ValueId id) const;
    [[nodiscard]] static const Carried& carried(const Stage& stage, ir::ValueId id);
    void known_before(const Stage& stage);
    void say_value(ir::ValueId id);
    void seldom_choices(std::span<const ir::ValueId> selects);
    [[nodiscard]] std::size_t end_of_choices(std::span<const ir::ValueId> values,
                                             std::size_t begin) const;
    void values_of_entities(const Stage& stage);
    void results(const Stage& stage);
    void carried_value(const Carried& carried);
    void declare_kept(const Stage& stage);
    void stage_loops(std::span<const Stage> stages);
    void keep(const Stage& stage);
    void entity_index();
    void stores(const Stage& stage);
    void store(const ir::FieldStore& store);
    void outputs();
    void guard_checks(const Stage& stage);
    void checks(const Stage& stage);
    [[nodiscard]] std::optional<ir::FieldId> guarded_field(ir::ValueId id) const;
    [[nodiscard]] bool sums_guards() const;
    void look_again();
    void finish();
    void prepare_finish();

    // kernels of synapses: synapse_loops.cpp
    void foreign_pointers();
    void synapse_indices();
    void synapse_loop();
    void whole_blocks();
    void parts_of_vectors();
    void single_synapses();
    struct TargetSum {
        std::string local;
        std::string array;
        std::string term;
    };
    [[nodiscard]] std::vector<TargetSum> target_sums(Lanes lanes);
    void target_by_target();
    void rounds_of_targets();
    void target_stores();
    void synapse_stores();
    void lane_stores();
    void single_stores();
    void synapse_checks(const std::string& inside);
    [[nodiscard]] const char* count() const;
    [[nodiscard]] static std::string_view stored_type(ir::Storage storage);

    [[nodiscard]] const char* stride() const { return is_single() ? "1" : "HHK_WIDTH"; }
    /// Values whose integer faults count where this is stored, written or tested.
    [[nodiscard]] std::vector<ir::ValueId> faulty_uses() const;

    const ir::Module& module_;
    const ir::Kernel& kernel_;
    const Options& options_;
    ValueWriter values_;
    std::vector<Stage> stages_;      // of the loop; usually one
    std::vector<std::string> words_; // event bits of a word of entities, by event of the kernel
    std::map<ir::ValueId, std::string> kept_; // arrays of what a later stage needs
    std::set<ir::ValueId> shared_;            // of them, those that the rest of the loop reads
    std::string meeting_;                     // members of the struct in which the halves meet
    std::string shared_name_;                 // of that struct in both functions
    KernelBody rest_;                         // its text and lines
    std::string called_; // local function: of the loop's body, or a vector's sums
    TextWriter text_;
    std::vector<Span> lines_;
    std::string shown_file_;
    std::uint32_t shown_line_ = 0;
};

} // namespace hhc::codegen
