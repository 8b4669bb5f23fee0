// SPDX-License-Identifier: MIT
// A compiled model as the runtime sees it: a checked table of variables and kernels. It does not
// matter who made the table: the JIT, `hhc -o model.so`, the interpreter, or a hand-written kernel.
#pragma once

#include "hodg/export.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct hhk_model;

namespace hodg {

enum class Type : std::uint8_t { Real, Integer, Boolean, Step };

enum class Role : std::uint8_t {
    State,
    Parameter,
    ConstantOverDt,
    Input,
    Linked,
    LastSpike,
    NotRefractory,
    Hidden,
    LastUpdate,
    Given
};

/// Whose values they are. A population has Each alone.
enum class Space : std::uint8_t { Each, PerPre, PerPost };

/// One variable of a model. Values are SI everywhere in this API; `unit` is for people.
struct Variable {
    std::string name; // dotted, as in the equations: "v", "na.m"
    std::string unit; // as declared: "mV"
    double unit_scale = 1;
    double default_value = 0; // NaN: must be set before the first run
    std::array<std::int8_t, 7> dimension_numerator{};
    std::array<std::int8_t, 7> dimension_denominator{};
    Type type = Type::Real;
    Role role = Role::Parameter;
    bool per_entity = false; // else one value for the population
    Space space = Space::Each;
    bool constant = false;
    bool unless_refractory = false;
    bool staggered = false; // stands at t + dt/2
    bool has_init = false;
};

/// A timed array that the model reads.
struct Table {
    std::string name;
    bool per_entity = false;
};

/// A checked model; a cheap handle, which keeps the code alive.
class HODG_API Model {
public:
    /// Refuses (HH8504, HH8505, HH8506) a table of another ABI version or for another CPU, or one
    /// that contradicts itself. `owner` keeps table and code alive; it may be null for static code.
    explicit Model(const hhk_model* table, std::shared_ptr<const void> owner = nullptr);

    [[nodiscard]] std::string_view name() const;
    [[nodiscard]] std::string_view description() const; // JSON
    [[nodiscard]] const hhk_model& table() const { return *table_; }
    [[nodiscard]] const std::shared_ptr<const void>& owner() const { return owner_; }

    /// Everything that a user may read, fields first; hidden ones are left out.
    [[nodiscard]] std::vector<Variable> variables() const;
    [[nodiscard]] std::vector<std::string> events() const;
    [[nodiscard]] std::vector<Table> tables() const;

private:
    const hhk_model* table_;
    std::shared_ptr<const void> owner_;
};

/// The models of a library made by `hhc model.hhm -o model.so`. A file that cannot be read
/// (HH8501), is no library (HH8502), or is for another machine (HH8503), ABI (HH8504) or CPU
/// (HH8505) is refused before any of its kernels is called.
HODG_API std::vector<Model> load_library(const std::string& path);

} // namespace hodg
