// SPDX-License-Identifier: MIT
// A number of entities (neurons) that share one model.
#pragma once

#include "hodg/export.h"
#include "hodg/model.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hodg {

namespace kernel {
class PopulationState;
}

/// Memory of one variable, for a view without a copy. `owner` keeps it alive.
struct FieldView {
    void* data = nullptr;
    Type type = Type::Real;
    std::size_t element_size = 8;
    std::int64_t count = 0;
    std::shared_ptr<void> owner;
};

/// A handle: copies refer to the same population.
///
/// Values are SI; a variable with one value for the whole population reads as one element. Names
/// are dotted ("na.g"). A wrong name, length, index or value is an Error (HH601x), and changes
/// nothing.
///
/// Initial values: at the first run, entities that were not assigned get the `init` expression or
/// steady state of their variable, from the values then in force. Reading before shows what that
/// would give now.
class HODG_API Population {
public:
    /// An empty name is replaced by "population", "population_1", ... when a network takes it.
    Population(Model model, std::int64_t count, std::string name = {});

    [[nodiscard]] const std::string& name() const;
    [[nodiscard]] std::int64_t size() const;
    [[nodiscard]] const Model& model() const;
    [[nodiscard]] std::vector<Variable> variables() const;
    [[nodiscard]] Variable variable(std::string_view name) const;

    [[nodiscard]] std::vector<double> get(std::string_view name) const;
    [[nodiscard]] std::vector<double> get(std::string_view name,
                                          std::span<const std::int64_t> indices) const;

    void set(std::string_view name, double value);
    /// One value per entity; throws NeedsPerEntity where the model keeps one for all.
    void set(std::string_view name, std::span<const double> values);
    /// `values` holds one element, or one per index.
    void set(std::string_view name, std::span<const std::int64_t> indices,
             std::span<const double> values);

    /// Writing through the view counts as assigning every entity, if `writable` is said.
    [[nodiscard]] FieldView view(std::string_view name, bool writable = false);

    /// f(t): rows values, columns 1; f(t, i): rows x size() values, row by row. `dt` is seconds a
    /// row. Before time 0 the first row holds, after the end the last.
    void set_table(std::string_view name, std::span<const double> values, std::int64_t rows,
                   std::int64_t columns, double dt);

    /// Entity i of linked variable `name` reads `source_variable` of entity indices[i] of `source`,
    /// as it was at the start of the step. `source` must be in the same network at a run. No
    /// indices: entity i, for populations of one size; or entity 0, where `source` has one.
    void link(std::string_view name, const Population& source, std::string_view source_variable,
              std::span<const std::int64_t> indices = {});

    /// Sets initial values again, of everything that was not assigned.
    void initialize();

    /// Takes another compilation of the same model and keeps all values by name.
    void rebind(Model model);

    [[nodiscard]] const std::shared_ptr<kernel::PopulationState>& state() const { return state_; }

private:
    std::shared_ptr<kernel::PopulationState> state_;
};

} // namespace hodg
