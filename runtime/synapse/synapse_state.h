// SPDX-License-Identifier: MIT
// What Synapses are made of: connectivity, delays, the stored order, values, and for each thread
// what it calls in a step.
#pragma once

#include "kernel/population_state.h"
#include "record/recorder.h"
#include "synapse/arrivals.h"
#include "synapse/layout.h"
#include "synapse/rounds.h"
#include "synapse/signal.h"

#include "hodg/connect.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hodg::synapse {

using kernel::PopulationState;

/// A kernel with what it works on, ready to be called.
struct Call {
    hhk_block_fn function = nullptr;
    hhk_context* context = nullptr;
    hhk_block block{};
};

/// The share of one thread: the synapses of its targets.
struct Member : base::MadeTogether {
    hhk_context context{};
    base::TogetherVector<std::int64_t> offsets; // fields of PER_PRE in its own copy
    std::vector<Arrivals> arrivals;             // as the pathways of the model
    std::vector<Signal> signals;                // delayed reads, in order of foreign variables
    base::TogetherVector<Call> sums;
    base::TogetherVector<Call> advances;
    /// Synapses for the sums, one target after the other, and where each target has them.
    base::TogetherVector<std::uint32_t> by_target;
    base::TogetherVector<hhk_range> targets;
    /// Or the same in rounds of the targets (hook sum_in_rounds): copies of what does not change in
    /// a run.
    std::unique_ptr<Rounds> rounds;
    std::int32_t fault = 0; // that a kernel reported while events arrived
};

/// What has been said of the delay of a pathway.
struct Delay {
    double seconds = 0;       // of all synapses
    std::vector<double> each; // or of each, by number
    bool round_nearest = false;
    bool given = false; // else the model's default holds

    std::int64_t steps = 0; // once the time step is known
    DelaySteps each_steps;  // empty: one for all, or kept by the routes alone
    bool in_routes = false; // of the members: each_steps is made again from them
    std::int64_t longest = 0;
    std::int64_t shortest = 0;
    bool converted = false;
};

class SynapseState {
public:
    SynapseState(std::shared_ptr<PopulationState> pre, std::shared_ptr<PopulationState> post,
                 std::string name, std::vector<std::int64_t> pre_entities,
                 std::vector<std::int64_t> post_entities);

    // --- who it is
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] bool named() const { return named_; }
    void set_name(std::string name);
    [[nodiscard]] PopulationState& pre() const { return *pre_; }
    [[nodiscard]] PopulationState& post() const { return *post_; }
    /// Positions of a subgroup; empty: all entities.
    [[nodiscard]] const std::vector<std::int64_t>& pre_entities() const { return pre_entities_; }
    [[nodiscard]] const std::vector<std::int64_t>& post_entities() const { return post_entities_; }
    const void* network = nullptr;
    void join(const void* network_id, double dt, std::uint64_t seed);
    /// The network is no more.
    void leave();

    // --- connectivity
    [[nodiscard]] std::int64_t size() const;
    void connect(std::span<const std::int32_t> sources, std::span<const std::int32_t> targets);
    void connect(const ConnectRule& rule, const ConnectOptions& options);
    /// visit(number, source entity, target entity), in the stored order.
    template <class Visit> void for_each(const Visit& visit) const {
        if (!arranged_) {
            connectivity_.for_each(visit);
            return;
        }
        layout_.for_each([&](std::uint32_t at, std::int32_t source) {
            visit(std::size_t{layout_.number(at, source)}, source, layout_.post[at]);
        });
    }

    // --- delays
    void set_delay(const std::string& pathway, Delay delay);
    [[nodiscard]] const Delay& delay(std::string_view pathway) const;
    [[nodiscard]] bool has_pathway(std::string_view name) const;
    /// Seconds: one, or of each synapse.
    [[nodiscard]] std::vector<double> delay_seconds(std::string_view pathway) const;

    // --- values
    [[nodiscard]] bool bound() const { return values_ != nullptr; }
    void bind(Model model);
    [[nodiscard]] const std::shared_ptr<PopulationState>& values() const { return values_; }
    [[nodiscard]] const hhk_synapse& table() const { return *values_->table().synapse; }
    /// Refuses an object without a model.
    void require_bound() const;
    /// Everything in the stored order, for values to be read and written.
    void arrange();
    [[nodiscard]] const Layout& layout() const { return layout_; }
    /// Makes values_->places, where numbers and places differ.
    void find_places();
    /// Foreign variables, sources and targets are there for kernels. Throws Error HH6043 when a
    /// population lacks what the model was compiled for.
    void refresh_context();
    /// From now on kernels find the source of every synapse, whether the model reads it or not.
    void keep_sources() { keep_sources_ = true; }
    /// Values and initial values as they would be now, for reading before the first step.
    void preview();
    /// Memory that grows with the number of synapses.
    [[nodiscard]] std::size_t bytes() const;

    // --- running
    /// One thread must do all of it: a synapse's writes may meet another thread's.
    [[nodiscard]] bool single() const;
    /// Kernels read variables of the sources: `in_step` before the populations advance, else while
    /// events arrive.
    [[nodiscard]] bool reads_sources(bool in_step) const;
    /// Shortest delay of events from the source population, in steps; none without pathways.
    [[nodiscard]] std::optional<std::int64_t> shortest_delay() const;
    /// Cuts the work for threads that own targets [bounds[m], bounds[m + 1]) each.
    /// `join`: nobody looks at the values between their sums and their advance.
    void plan(std::vector<std::int64_t> bounds, std::int64_t step, bool join);
    /// What was assigned makes another plan better, or necessary.
    [[nodiscard]] bool outgrew_plan() const;
    [[nodiscard]] std::vector<std::unique_ptr<Member>>& members() { return members_; }
    /// Before a step, after assignments.
    void prepare_step(std::int64_t step);
    /// What a kernel reported (hhk_block.fault), or 0.
    [[nodiscard]] std::int32_t fault() const;
    /// A state that is NaN or infinite: its name, number and value.
    struct BadValue {
        std::string variable;
        std::int64_t number = 0;
        double value = 0;
    };
    [[nodiscard]] std::optional<BadValue> find_bad_value() const;
    /// Where the network stands after a stretch.
    void at_step(std::int64_t step) { step_ = step; }
    /// Variables of the sources as they were a delay ago, into the own fields for them.
    void fill_signals(std::size_t member, std::int64_t step);
    [[nodiscard]] std::uint64_t revision() const;

    // --- saving (synapse_archive.cpp): all by number, whatever the order of storage
    void save(const archive::Out& out);
    /// Refuses synapses between others, or of another model (HH6064).
    void check(const archive::In& in, bool same_model) const;
    /// After check: connections, delays, values, events under way.
    void restore(const archive::In& in, std::uint64_t seed);

private:
    /// Events under way, apart from any order of storage.
    struct Pending {
        std::size_t pathway = 0;
        std::int64_t step = 0; // of arrival
        std::vector<std::uint32_t> numbers;
        std::vector<std::uint32_t> entities;
    };

    void save_delays(const archive::Out& out) const;
    void restore_delays(const archive::In& in);
    void restore_pending_events(const archive::In& in);
    void restore_connections(const archive::In& in);
    void take_apart();
    void rearrange(std::vector<std::int64_t> bounds);
    [[nodiscard]] bool may_count(std::uint32_t pathway) const;
    [[nodiscard]] bool is_alike(std::uint32_t field) const;
    void make_context(std::size_t part);
    [[nodiscard]] std::int64_t whole_vectors(std::int64_t count) const;
    [[nodiscard]] hhk_range reached_targets(std::size_t part) const;
    void make_calls(std::size_t part, bool join);
    void order_by_target(std::size_t part);
    [[nodiscard]] bool sums_what_stays() const;
    /// The sum may be called target by target.
    [[nodiscard]] bool takes_items() const;
    void lay_out_rounds(std::size_t part);
    void make_signals(std::size_t part);
    void copy_per_source() const;
    void watch_foreign_uniforms();
    [[nodiscard]] Routes make_routes(const hhk_pathway& pathway, std::size_t part) const;
    [[nodiscard]] std::int64_t longest_wait(std::uint32_t pathway) const;
    [[nodiscard]] std::vector<Pending> events_under_way() const;
    void collect_pending();
    void leave_delays_to_routes();
    [[nodiscard]] DelaySteps delays_in_routes(std::string_view pathway) const;
    void restore_pending();
    void convert(Delay& delay) const;
    void convert_delays();
    [[nodiscard]] const Delay* sorting_delay() const;
    void fill_given();
    void fill_gaps();
    [[nodiscard]] char* resolve(const hhk_foreign& foreign) const;
    [[nodiscard]] bool needs_pre() const;
    void changed() { ++revision_; }

    std::shared_ptr<PopulationState> pre_;
    std::shared_ptr<PopulationState> post_;
    std::string name_;
    bool named_;
    std::vector<std::int64_t> pre_entities_;
    std::vector<std::int64_t> post_entities_;
    double dt_ = 0; // 0: no network yet
    std::uint64_t seed_ = 0;
    std::int64_t step_ = 0;

    Connectivity connectivity_; // while not arranged
    Layout layout_;             // while arranged
    bool arranged_ = false;
    base::Array<std::int32_t> sources_; // of each place, if kernels read them
    base::Array<std::int32_t> numbers_; // the same, unless places or the layout have them
    std::size_t value_count_ = 0;       // synapses that values_ holds
    std::shared_ptr<const std::vector<std::uint32_t>> value_places_; // and where; null: by number

    mutable std::map<std::string, Delay, std::less<>> delays_;
    std::shared_ptr<PopulationState> values_;
    base::TogetherVector<char*> foreign_;
    std::int64_t signal_delay_ = 0;
    base::Array<std::int32_t> signal_delays_; // of each place, if delayed reads have several

    std::vector<std::unique_ptr<Member>> members_;
    std::vector<Pending> pending_;
    std::vector<Signal> old_signals_;
    std::vector<double> foreign_uniforms_; // as the derived values have seen them
    bool delays_changed_ = false;
    bool keep_sources_ = false;
    std::uint64_t revision_ = 0;
};

} // namespace hodg::synapse
