// SPDX-License-Identifier: MIT
// Where the values of a model are: its fields and uniforms in declaration order, and the meaning of
// all its expressions as one shared graph of IR values over leaves (what is stored, t, xi, ...).
// Kernels are made from this graph by giving the leaves their values of some moment (frame.h).
#pragma once

#include "diag/sink.h"
#include "ir/builder.h"
#include "lower/lower.h"
#include "model/model.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace hhc::lower {

/// `a crosses b` needs its comparison at the start of the step: `leaf` stands for it in the graph.
struct Crossing {
    ir::ValueId leaf;
    ir::ValueId comparison;
};

class Scope {
public:
    Scope(const model::CheckedModel& model, const Options& options, diag::Sink& sink);
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

    [[nodiscard]] const model::CheckedModel& model() const { return model_; }
    [[nodiscard]] const Options& options() const { return options_; }
    [[nodiscard]] diag::Sink& sink() const { return sink_; }
    [[nodiscard]] const model::Variable& variable(model::VariableId id) const {
        return model_.variables[id];
    }

    /// The module under construction: tables from the start, kernels added by others.
    ir::Module& module() { return module_; }
    [[nodiscard]] const ir::Module& module() const { return module_; }
    /// The graph of meanings.
    ir::Builder& graph() { return graph_; }
    [[nodiscard]] const ir::Kernel& graph_kernel() const { return graph_kernel_; }

    /// Meaning of an expression; subexpressions are followed to what is stored.
    ir::ValueId value(model::ExprId id);
    /// Meaning of a variable where it is read.
    ir::ValueId value(model::VariableId id);
    /// Meaning of an expression inside a block, where locals are leaves of their own.
    ir::ValueId value(model::ExprId id, const std::vector<ir::ValueId>& locals);
    /// What a `constant over dt` variable is computed from, or a state's derivative.
    ir::ValueId definition(model::VariableId id) { return value(variable(id).definition); }

    /// The leaf that stands for a stored variable, a noise or a flag. None for other roles.
    [[nodiscard]] ir::ValueId leaf(model::VariableId id) const { return leaves_[id.index]; }
    [[nodiscard]] ir::FieldId field(model::VariableId id) const { return fields_[id.index]; }
    [[nodiscard]] ir::UniformId uniform(model::VariableId id) const { return uniforms_[id.index]; }
    /// Where a variable of a population of this synapse is.
    [[nodiscard]] ir::ForeignId foreign(model::VariableId id) const { return foreign_[id.index]; }
    /// Whether the source or target entity of a synapse is not refractory, as graph value.
    ir::ValueId not_refractory(model::Side side);
    [[nodiscard]] ir::FieldId last_update() const { return last_update_; }
    [[nodiscard]] ir::ValueId time_leaf() { return graph_.time(); }
    /// t as tables see it: at the start of the step, whatever the stage.
    [[nodiscard]] ir::ValueId table_time_leaf() const { return table_time_; }
    [[nodiscard]] ir::ValueId not_refractory_leaf() const { return not_refractory_; }
    /// Is a value computed from the leaf of not_refractory, or of t for tables?
    [[nodiscard]] bool reads_special_leaf(ir::ValueId value, ir::ValueId leaf);
    [[nodiscard]] ir::FieldId last_spike() const { return last_spike_; }
    /// Memory of a refractoriness given as a condition.
    [[nodiscard]] ir::FieldId not_refractory_field() const { return not_refractory_field_; }
    [[nodiscard]] const std::vector<Crossing>& crossings() const { return crossings_; }
    /// A leaf that exists in the graph only.
    ir::ValueId new_leaf(std::string_view name, ir::Storage storage);

    /// Fields and uniforms that the compiler adds.
    ir::FieldId add_hidden_field(const std::string& name);
    ir::UniformId add_hidden_uniform(const std::string& name, ir::Storage storage);

    /// Default of a parameter, or the value of a frozen one, SI; NaN if there is none.
    [[nodiscard]] double number(model::VariableId id) const { return numbers_[id.index]; }
    [[nodiscard]] bool is_frozen(model::VariableId id) const;
    [[nodiscard]] bool is_per_entity(model::VariableId id) const;

private:
    friend class Translator;

    void lay_out();
    void lay_out_variable(model::VariableId id);
    void add_field(model::VariableId id, std::uint8_t role);
    void add_uniform(model::VariableId id);
    void add_refractory_fields();
    void add_foreign(model::VariableId id);
    void add_given(model::VariableId id);
    void add_synapse();
    void add_flags();
    void evaluate_defaults();
    void make_leaves();
    void make_leaf(model::VariableId id);

    const model::CheckedModel& model_;
    const Options& options_;
    diag::Sink& sink_;
    ir::Module module_;
    ir::Module graph_module_; // the same tables and the leaves that are stored nowhere
    ir::Kernel graph_kernel_;
    ir::Builder graph_;

    std::vector<ir::FieldId> fields_;     // by variable
    std::vector<ir::UniformId> uniforms_; // by variable
    std::vector<ir::ForeignId> foreign_;  // by variable
    std::vector<ir::ValueId> leaves_;     // by variable
    std::vector<double> numbers_;         // by variable
    ir::FieldId last_spike_, not_refractory_field_, last_update_;
    ir::ValueId table_time_, not_refractory_;
    std::vector<std::uint8_t> special_; // by graph value: 1 reads not_refractory_, 2 table_time_
    std::vector<Crossing> crossings_;
    std::map<std::pair<std::uint32_t, bool>, ir::ValueId> meanings_; // (variable, inside a table)
};

/// Value of an expression of numbers and parameters with known values; NaN if it has another part.
[[nodiscard]] double constant_value(const model::CheckedModel& model, model::ExprId id,
                                    const std::vector<double>& known);

/// Which leaf operations a graph value is computed from.
[[nodiscard]] std::vector<ir::ValueId> leaves_of(const ir::Kernel& kernel, ir::ValueId value);

/// 64 bits that depend on the text only: names of random streams.
[[nodiscard]] std::uint64_t stream_of(std::string_view text);

} // namespace hhc::lower
