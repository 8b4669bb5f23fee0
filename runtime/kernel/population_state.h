// SPDX-License-Identifier: MIT
// The values of one object, a Population or Synapses: slab, uniforms, tables, links, and what was
// assigned since when. The public classes check names and values; the run loop works on this one.
#pragma once

#include "abi/kernel_abi.h"
#include "base/together.h"
#include "kernel/entity_set.h"
#include "kernel/field_access.h"
#include "kernel/host_solver.h"
#include "kernel/slab.h"

#include "hodg/model.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hodg::archive {
class In;
class Out;
} // namespace hodg::archive

namespace hodg::kernel {

class PopulationState;

/// Where the values of one linked field come from.
struct Link {
    std::uint32_t field = 0;
    std::weak_ptr<PopulationState> source; // its network keeps it; two may read each other
    std::string source_variable;
    std::vector<std::int64_t> indices; // per entity, padding included

    /// A parameter of the source cannot change within a run: gathered once, not every step.
    [[nodiscard]] bool is_static() const;
};

/// Values of one timed array, as the kernel reads them.
struct TableValues {
    std::vector<double> values; // rows of padded columns
    bool set = false;
};

/// Entities of each hhk_space. A population has HHK_EACH alone.
using Counts = std::array<std::int64_t, HHK_SPACES>;

class PopulationState {
public:
    /// A population.
    PopulationState(Model model, std::int64_t count, std::string name);
    /// Synapses: counts of EACH, PER_PRE and PER_POST. Fields of PER_PRE are kept `pre_copies`
    /// times, one copy after the other; all but the first belong to the run loop.
    PopulationState(Model model, const Counts& counts, int pre_copies, std::string name);

    // --- who it is
    [[nodiscard]] const Model& model() const { return model_; }
    [[nodiscard]] const hhk_model& table() const { return model_.table(); }
    [[nodiscard]] std::int64_t count() const { return counts_[HHK_EACH]; }
    [[nodiscard]] std::int64_t padded() const { return padded_count(count()); }
    [[nodiscard]] std::int64_t count_of(std::uint32_t field) const {
        return counts_[table().fields[field].space];
    }
    [[nodiscard]] std::int64_t padded_of(std::uint32_t field) const {
        return padded_count(count_of(field));
    }
    [[nodiscard]] int pre_copies() const { return pre_copies_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] bool named() const { return named_; }
    void set_name(std::string name);

    /// Network that it belongs to (an identity only), or null.
    const void* network = nullptr;

    /// Takes the clock and the seed of its network. Last spikes that were assigned keep their time;
    /// those of an earlier network are forgotten, states are kept.
    void join(const void* network_id, double dt, std::uint64_t seed);

    // --- values
    [[nodiscard]] FieldMemory field(std::uint32_t index) const;
    [[nodiscard]] const std::shared_ptr<Slab>& slab() const { return slab_; }
    [[nodiscard]] base::TogetherVector<double>& uniforms() { return uniforms_; }
    [[nodiscard]] base::TogetherVector<std::uint64_t>& event_bits(std::uint32_t e) {
        return event_bits_[e];
    }
    void refresh_padding(std::uint32_t field);

    /// Records that entities of a field (no indices: all of them) were assigned. Not `jumps`: the
    /// steps see the values that they saw before.
    void mark_assigned(std::uint32_t field, std::span<const std::int64_t> indices,
                       bool jumps = true);
    void mark_uniform_assigned(bool jumps = true) {
        prepare_pending_ = true;
        preview_valid_ = false;
        assigned_since_prepared_ = true;
        jumped_since_prepared_ = jumped_since_prepared_ || jumps;
    }
    /// Of a model that needs one (hhk_host); null in others.
    void set_host_solver(std::shared_ptr<HostSolver> solver) {
        host_solver_ = std::move(solver);
        assigned_since_prepared_ = true;
        jumped_since_prepared_ = true;
        ++revision_;
    }
    [[nodiscard]] HostSolver* host_solver() const { return host_solver_.get(); }
    void assign_table(std::uint32_t table, std::span<const double> values, std::int64_t rows,
                      std::int64_t columns, double dt);
    void assign_link(Link link);

    /// Something was assigned since the last prepare_step.
    [[nodiscard]] bool assigned() const { return assigned_since_prepared_; }

    // --- moments
    /// What the kernels see; step and t are those of the last prepare_step.
    [[nodiscard]] const hhk_context& context() const { return context_; }
    /// For what only synapses have in it.
    [[nodiscard]] hhk_context& synapse_context() { return context_; }
    /// Changes whenever pointers of the context did (rebind): copies must be made again.
    [[nodiscard]] std::uint64_t revision() const { return revision_; }

    /// Everything due before a step after assignments: derived values, the first initial values,
    /// half steps of assigned staggered states. Cheap when nothing was assigned.
    void prepare_step(std::int64_t step);
    /// Initial values of what was not assigned, as they would be now; only before the first step.
    void preview_initial_values();
    [[nodiscard]] bool started() const { return started_; }
    void initialize();
    void rebind(Model model);
    /// Called first by prepare_step, with dt; may be empty.
    std::function<void(double dt)> before_step;
    /// Tells which entities of EACH the new ones from `first` on come from. Asked piece by piece: a
    /// list of all would take as much memory as the values of a synapse.
    using Sources = std::function<void(std::int64_t first, std::span<std::uint32_t> sources)>;
    /// Other numbers of entities: a new entity of EACH takes the values of its source, or defaults
    /// where that is `no_source` (no sources: entity e comes from e); other spaces keep their
    /// values if their size is the same.
    void reshape(const Counts& counts, int pre_copies, const Sources& sources);
    static constexpr std::uint32_t no_source = UINT32_MAX;
    /// Entities of EACH that users number; -1: all of them.
    std::int64_t numbered = -1;
    [[nodiscard]] std::int64_t numbered_in(std::uint8_t space) const {
        return space == HHK_EACH && numbered >= 0 ? numbered : counts_[space];
    }
    /// Which entity of EACH a user means by a number, where that is another one.
    std::shared_ptr<const std::vector<std::uint32_t>> places;
    [[nodiscard]] std::int64_t place_of(std::uint32_t field, std::int64_t number) const {
        return places == nullptr || table().fields[field].space != HHK_EACH
                   ? number
                   : (*places)[static_cast<std::size_t>(number)];
    }

    [[nodiscard]] const std::vector<Link>& links() const { return links_; }
    void gather(const Link& link) const;

    // --- saving (population_archive.cpp): values by number, whatever the order of storage
    void save(const archive::Out& out) const;
    /// Refuses what has other variables or another size (HH6064), or, where `same_model`, a model
    /// of another name.
    void check(const archive::In& in, bool same_model) const;
    /// After check, which says that it can be done.
    void restore(const archive::In& in, std::uint64_t seed);
    /// What else belongs to a population and is saved with it; may be empty.
    std::function<void(const archive::Out&)> save_given;
    std::function<void(const archive::In&)> restore_given;

private:
    void save_field(const archive::Out& out, std::uint32_t f) const;
    void restore_field(const archive::In& in, std::uint32_t f);
    void restore_uniforms(const archive::In& in);
    void restore_tables(const archive::In& in);
    void check_variables(const archive::In& in) const;
    /// Throws HH6064.
    [[noreturn]] void refuse(const archive::In& in, const std::string& reason) const;
    void allocate();
    void allocate_hidden(std::uint32_t t);
    void keep_values_of(PopulationState& old, const Sources& sources);
    void keep_field(std::uint32_t f, PopulationState& old, std::uint32_t g, const Sources& sources);
    void require_values() const;
    void require_links() const;
    void prepare_derived();
    void set_initial_values();
    void set_initial_values(std::uint8_t space);
    void shift_staggered();
    void set_flags(std::int32_t hhk_field::* flag, const std::vector<bool>& on);
    [[nodiscard]] hhk_block_fn init_hook(std::uint8_t space) const;
    void call(hhk_block_fn function, std::uint8_t space);
    [[nodiscard]] std::vector<char> copy_field(std::uint32_t f) const;
    void restore(std::uint32_t f, const std::vector<char>& saved, std::int64_t entity) const;

    Model model_;
    Counts counts_{};
    int pre_copies_ = 1;
    std::string name_;
    bool named_;
    std::shared_ptr<Slab> slab_;
    base::TogetherVector<double> uniforms_;
    std::vector<TableValues> tables_;
    std::vector<hhk_table_data> table_data_;
    std::vector<base::TogetherVector<std::uint64_t>> event_bits_;
    base::TogetherVector<std::uint64_t*> event_pointers_;
    std::vector<Link> links_;
    hhk_context context_{};

    std::vector<EntitySet> assigned_;      // per field: not to be set by init
    std::vector<EntitySet> shift_pending_; // per field: due for a half step
    bool prepare_pending_ = true;          // a uniform or dt changed
    bool entities_pending_ = true;         // a constant field changed
    bool init_pending_ = true;             // initial values are due before the next step
    bool preview_valid_ = false;           // initial values shown are up to date
    bool started_ = false;                 // the first step was prepared
    std::shared_ptr<HostSolver> host_solver_;
    bool assigned_since_prepared_ = true; // anything at all
    bool jumped_since_prepared_ = true;   // and to other values than the steps have seen
    std::uint64_t revision_ = 0;
};

/// Throws Error HH6016 for an index that is no entity.
void check_indices(const PopulationState& state, std::span<const std::int64_t> indices);

} // namespace hodg::kernel
