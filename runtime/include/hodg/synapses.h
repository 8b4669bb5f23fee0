// SPDX-License-Identifier: MIT
// Synapses from the neurons of one population to those of another, or the same.
#pragma once

#include "hodg/connect.h"
#include "hodg/export.h"
#include "hodg/expression.h"
#include "hodg/model.h"
#include "hodg/population.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hodg {

namespace synapse {
class SynapseState;
}

/// A handle: copies refer to the same synapses.
///
/// They are numbered in the order in which they were made; that never changes. A synapse model is
/// compiled for a pair of populations, so it may come after the connections: values exist once
/// bind was called. Values are SI; what the compiler keeps once per source or target (`space` of
/// the variable) is numbered by the neurons of that population.
class HODG_API Synapses {
public:
    /// From the neurons `pre_entities` of `pre` (none: all) to `post_entities` of `post`; sources
    /// and targets are then positions in these lists.
    Synapses(const Population& pre, const Population& post, std::string name = {},
             std::vector<std::int64_t> pre_entities = {},
             std::vector<std::int64_t> post_entities = {});

    [[nodiscard]] const std::string& name() const;
    [[nodiscard]] std::int64_t size() const;

    /// Adds synapses, which are numbered as the arrays are. HH6016 for an index out of range.
    void connect(std::span<const std::int32_t> sources, std::span<const std::int32_t> targets);
    /// Adds the synapses of a rule, numbered by source. HH6053: more than 4e9; HH6029: more than
    /// the memory holds; HH6050: a rule that cannot be followed.
    void connect(const ConnectRule& rule, const ConnectOptions& options = {});
    [[nodiscard]] std::vector<std::int32_t> sources() const;
    [[nodiscard]] std::vector<std::int32_t> targets() const;
    /// Synapses of each source, and onto each target.
    [[nodiscard]] std::vector<std::int64_t> outgoing() const;
    [[nodiscard]] std::vector<std::int64_t> incoming() const;

    /// Takes a compiled model, or another compilation of it; values are kept by name.
    void bind(Model model);
    [[nodiscard]] bool bound() const;
    /// What follows but for delays needs a model (HH6044).
    [[nodiscard]] const Model& model() const;
    [[nodiscard]] std::vector<Variable> variables() const;
    [[nodiscard]] Variable variable(std::string_view name) const;

    [[nodiscard]] std::vector<double> get(std::string_view name) const;
    [[nodiscard]] std::vector<double> get(std::string_view name,
                                          std::span<const std::int64_t> indices) const;
    void set(std::string_view name, double value);
    void set(std::string_view name, std::span<const double> values);
    void set(std::string_view name, std::span<const std::int64_t> indices,
             std::span<const double> values);
    void set_table(std::string_view name, std::span<const double> values, std::int64_t rows,
                   double dt);
    /// Sets initial values again, of everything that was not assigned.
    void initialize();

    /// Delay of all synapses on a pathway ("pre", "post", or the model's), seconds: not negative,
    /// and a multiple of the network's dt unless `round_nearest` (HH6042). Events that are under
    /// way keep their time.
    void set_delay(const std::string& pathway, double seconds, bool round_nearest = false);
    /// One delay per synapse.
    void set_delays(const std::string& pathway, std::span<const double> seconds,
                    bool round_nearest = false);
    /// One number, or one per synapse.
    [[nodiscard]] std::vector<double> delays(std::string_view pathway) const;

    /// Memory that grows with the number of synapses, a synapse.
    [[nodiscard]] double bytes_per_synapse() const;

    [[nodiscard]] const std::shared_ptr<synapse::SynapseState>& state() const { return state_; }

private:
    std::shared_ptr<synapse::SynapseState> state_;
};

/// As for a population: one value per synapse, in their order.
[[nodiscard]] HODG_API std::vector<std::vector<double>>
evaluate(const Synapses& synapses, const Expression& expression, std::uint64_t seed);

} // namespace hodg
