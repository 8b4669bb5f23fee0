// SPDX-License-Identifier: MIT
// Private to the interpreter: the values of one kernel for one entity.
#pragma once

#include "abi/kernel_abi.h"
#include "ir/ir.h"

#include <cstdint>
#include <vector>

namespace hhc::interp {

/// What a value is right now. A Bool is an integer 0 or 1. `fault` is set on the result of a faulty
/// integer operation and on everything computed from it, except through the arm of a select that
/// was not taken.
struct Slot {
    double real = 0;
    std::int64_t integer = 0;
    bool fault = false;
    std::vector<double> matrix;
};

/// Evaluates the values of a kernel: first those of the whole population, then entity by entity.
class Frame {
public:
    Frame(const ir::Module& module, const ir::Kernel& kernel, const hhk_context& context);

    void run_population();
    void run_entity(std::int64_t position); // where its fields are; its number is below `count`
    /// Entities of the kernel's space.
    [[nodiscard]] std::int64_t count() const { return count_; }

    [[nodiscard]] const Slot& operator[](ir::ValueId id) const { return slots_[id.index]; }
    [[nodiscard]] bool is_true(ir::ValueId id) const { return slots_[id.index].integer != 0; }
    /// As an output or a uniform holds it.
    [[nodiscard]] double as_double(ir::ValueId id) const;
    [[nodiscard]] ir::Binding binding(ir::ValueId id) const { return bindings_[id.index]; }

    /// Writes a value to a field, or to a variable of another object, of the entity run last.
    void store(const ir::FieldStore& store) const;
    void store(const ir::ForeignStore& store) const;

private:
    template <class Real> void compute(const ir::Value& value, ir::Binding binding, Slot& out);
    template <class Real> double arithmetic(const ir::Value& value) const;
    template <class Real> double math(const ir::Value& value) const;
    void integer_arithmetic(const ir::Value& value, Slot& out) const;
    void compute_bool(const ir::Value& value, ir::Binding binding, Slot& out) const;
    void select(const ir::Value& value, Slot& out) const;
    template <class Real> [[nodiscard]] double draw(const ir::Value& value) const;
    [[nodiscard]] double table(const ir::Value& value) const;
    [[nodiscard]] double approximate(const ir::Value& value) const;
    void matrix(const ir::Value& value, Slot& out) const;
    void load(const ir::Value& value, Slot& out) const;
    void run(ir::ValueId id);
    /// Where a value of `space` stands for the entity at hand.
    [[nodiscard]] std::int64_t place(ir::Space space) const;
    void read(const char* base, ir::Storage storage, std::int64_t position, Slot& out) const;
    void write(char* base, ir::Storage storage, std::int64_t position, const Slot& slot,
               bool add) const;
    /// A real argument in the precision of its user.
    template <class Real> [[nodiscard]] Real real(ir::ValueId id) const {
        return static_cast<Real>(slots_[id.index].real);
    }
    [[nodiscard]] const Slot& slot(const ir::Value& value, std::size_t argument) const {
        return slots_[value.args[argument].index];
    }

    const ir::Module& module_;
    const ir::Kernel& kernel_;
    const hhk_context& context_;
    std::vector<ir::Binding> bindings_;
    std::vector<Slot> slots_;
    std::int64_t count_ = 0;
    std::int64_t position_ = 0;
    std::int64_t entity_ = 0;
    std::int64_t pre_ = 0; // the entities that this one connects
    std::int64_t post_ = 0;
};

} // namespace hhc::interp
