// SPDX-License-Identifier: MIT
// Private: the values of one kernel as C++ expressions, each computed for the population, for a
// vector of entities or for one entity.
#pragma once

#include "codegen/cpp_names.h"
#include "ir/ir.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::codegen {

/// For how many entities one C++ value stands.
enum class Lanes : std::uint8_t {
    Population, // one value known before the loop: double, int64_t, bool
    Vector,     // Real, Int, Mask
    Single,     // one entity: hhk_real, int64_t, bool; kernels with matrices
};

class ValueWriter {
public:
    /// `in_rounds`: a sum over synapses that stand in rounds of their targets.
    ValueWriter(const ir::Module& module, const ir::Kernel& kernel, bool in_rounds = false);

    /// Lanes of what varies from entity to entity in this kernel.
    [[nodiscard]] Lanes entity_lanes() const { return entity_lanes_; }
    [[nodiscard]] Lanes lanes(ir::ValueId id) const;
    /// Whether it reaches a store, an output, an event or a guard.
    [[nodiscard]] bool is_live(ir::ValueId id) const { return live_[id.index]; }
    [[nodiscard]] bool is_literal(ir::ValueId id) const;
    /// Whether only the exact side of approximations needs it, or only lanes near a point where a
    /// formula is 0/0: it stands in their branches.
    [[nodiscard]] bool is_rare(ir::ValueId id) const { return rare_[id.index]; }
    /// Whether it is a select of which one arm stands in a branch.
    [[nodiscard]] bool seldom_chooses(ir::ValueId id) const;
    /// That arm of a select, or the exact side of an approximation; and the other arm of a select.
    [[nodiscard]] ir::ValueId rare_arm(ir::ValueId id) const;
    [[nodiscard]] ir::ValueId usual_arm(ir::ValueId id) const;
    /// Selects that can be chosen in one branch, in the order of the kernel; empty for one alone.
    [[nodiscard]] std::span<const ir::ValueId> mates(ir::ValueId id) const;
    /// What must be known before it: its arguments, and what its branch reads if it has one.
    [[nodiscard]] std::vector<ir::ValueId> inputs(ir::ValueId id) const;
    /// Whether the lanes of some user are more than its own.
    [[nodiscard]] bool is_spread(ir::ValueId id) const { return spread_[id.index]; }
    /// Whether it may be the result of a faulty integer operation (see ir/README.md).
    [[nodiscard]] bool may_be_faulty(ir::ValueId id) const { return faulty_[id.index]; }
    /// Where it is: "x12_bad", a Mask or bool.
    [[nodiscard]] std::string fault_flag(ir::ValueId id, Lanes lanes) const;
    [[nodiscard]] bool needs_entity_index() const { return needs_entity_index_; }

    /// "const Real na_m = hhk_load(na_m_at + i);", with its fault flag where there can be one
    [[nodiscard]] std::string declaration(ir::ValueId id) const;
    /// The same value in all lanes: "const Real na_g_all = hhk_all(na_g);"
    [[nodiscard]] std::string spread_declaration(ir::ValueId id) const;
    /// The key of a random value's stream: "const hhk_random_key xi_key = ...;"
    [[nodiscard]] std::string key_declaration(ir::ValueId id) const;
    /// A value read from a table at a time that is known for the population.
    [[nodiscard]] bool has_row(ir::ValueId id) const;
    /// The row of the table for that time: "const hhk_table_row stim_row = ...;"
    [[nodiscard]] std::string row_declaration(ir::ValueId id) const;
    /// The value as an operand with these lanes, of exactly the type.
    [[nodiscard]] std::string operand(ir::ValueId id, Lanes lanes) const;
    [[nodiscard]] std::string type_name(ir::Type type, Lanes lanes) const;

    /// Pointer to the values of a field: "na_m_at".
    [[nodiscard]] const std::string& pointer(ir::FieldId field) const {
        return pointers_[field.index];
    }
    [[nodiscard]] bool field_is_used(ir::FieldId field) const {
        return !pointers_[field.index].empty();
    }
    /// Where the polynomials of this argument hold, and where it stands among their pieces.
    [[nodiscard]] std::string certified(ir::ValueId argument) const;
    [[nodiscard]] std::string place_of(ir::ValueId approximation) const;
    /// Rare values that the exact side of an approximation or the first arm of a select needs.
    [[nodiscard]] const std::vector<ir::ValueId>& branch_of(ir::ValueId id) const {
        return branches_.at(id);
    }
    /// Declares the polynomials of an approximation under a name.
    [[nodiscard]] std::string polynomial(ir::ValueId id, std::string_view name) const;
    /// Declaration of an approximation where some lanes are not `inside`.
    [[nodiscard]] std::string approximation_beside_exact(ir::ValueId id, std::string_view inside,
                                                         std::string_view place) const;
    /// The table of the approximations, as declarations before the loop.
    [[nodiscard]] std::vector<std::string> table_declarations() const;
    /// The value that loads this field, if one does.
    [[nodiscard]] ir::ValueId load_of(ir::FieldId field) const;
    /// Whether this kernel's event sets the field to the step before its statements.
    [[nodiscard]] bool sets_last_spike(ir::FieldId field) const;
    /// Fields that an event's kernel sets to the step, as it does not store to them itself.
    [[nodiscard]] std::vector<ir::FieldId> last_spike_fields() const;
    [[nodiscard]] std::string load(ir::FieldId field, Lanes lanes) const;
    /// "rested", the bits of who is not refractory, where they may stand in for lastspike.
    [[nodiscard]] const std::string& rested() const { return rested_; }
    [[nodiscard]] bool is_last_spike(ir::FieldId field) const {
        return field.valid() && module_->fields[field].role == ir::role::last_spike;
    }
    /// From now on they do.
    void use_rested(bool use) { use_rested_ = use; }

    // Kernels of synapses.
    /// Where the values of a foreign variable are: "v_post_at"; empty if it is not used.
    [[nodiscard]] const std::string& pointer(ir::ForeignId foreign) const {
        return foreign_pointers_[foreign.index];
    }
    /// Whether the source or target of each synapse is needed.
    [[nodiscard]] bool needs(ir::Space side) const {
        return side == ir::Space::Pre ? needs_pre_ : needs_post_;
    }
    /// The kernel is called with items, synapses or entities: they do not stand side by side.
    [[nodiscard]] bool is_indexed() const { return indexed_; }
    [[nodiscard]] bool in_rounds() const { return in_rounds_; }
    /// A sum in rounds with little arithmetic beside what it reads of the sources.
    [[nodiscard]] bool mostly_gathers() const;
    /// A value of this space is found by the number of the synapse's source or target: "pre",
    /// "post"; empty if it stands where the kernel is.
    [[nodiscard]] std::string index_of(ir::Space space) const;
    Names& names() { return names_; }

private:
    /// By value: whether a store, an output, an event or a guard takes it.
    [[nodiscard]] std::vector<bool> results() const;
    void mark_live();
    void mark_rare();
    void find_mates();
    [[nodiscard]] std::vector<ir::ValueId> branching(std::vector<bool>& usual) const;
    void mark_spread();
    void bound_integers();
    void mark_faulty();
    [[nodiscard]] std::string fault_expression(ir::ValueId id, Lanes lanes) const;
    [[nodiscard]] bool may_overflow(ir::ValueId id) const;
    void make_names();
    void name_foreign();
    void find_access();
    [[nodiscard]] bool is_small() const;
    /// So many cheap operations at most.
    [[nodiscard]] bool is_cheap(int most) const;
    [[nodiscard]] std::string load_from(const std::string& pointer, ir::Storage storage,
                                        ir::Space space, Lanes lanes) const;
    [[nodiscard]] std::string expression(ir::ValueId id, Lanes lanes) const;
    [[nodiscard]] std::string infix(const ir::Value& value, Lanes lanes, const char* op) const;
    [[nodiscard]] std::string call(std::string_view function, const ir::Value& value,
                                   Lanes lanes) const;
    [[nodiscard]] std::string arithmetic(ir::ValueId id, Lanes lanes) const;
    [[nodiscard]] std::string integer_arithmetic(ir::ValueId id, Lanes lanes) const;
    [[nodiscard]] std::string comparison(const ir::Value& value, Lanes lanes) const;
    [[nodiscard]] std::string conversion(const ir::Value& value, Lanes lanes) const;
    [[nodiscard]] std::string math(const ir::Value& value, Lanes lanes) const;
    [[nodiscard]] std::string leaf(const ir::Value& value, Lanes lanes) const;
    [[nodiscard]] std::string random(ir::ValueId id, Lanes lanes) const;
    [[nodiscard]] std::string table(ir::ValueId id, Lanes lanes) const;
    [[nodiscard]] std::string literal(const ir::Value& value, Lanes lanes, bool bare) const;
    [[nodiscard]] std::string bare_operand(ir::ValueId id, Lanes lanes) const;

    const ir::Module* module_;
    const ir::Kernel* kernel_;
    std::vector<ir::Binding> bindings_;
    Lanes entity_lanes_ = Lanes::Vector;
    bool in_rounds_ = false;
    bool needs_entity_index_ = false;
    std::vector<bool> live_;
    std::vector<bool> rare_;
    std::map<ir::ValueId, std::vector<ir::ValueId>> branches_; // rare values by what chooses them
    std::map<ir::ValueId, std::vector<ir::ValueId>> mates_;
    std::string pieces_; // table of approximations, if used
    std::vector<bool> spread_;
    std::vector<bool> faulty_;
    std::vector<int> bits_; // of an Int value: its magnitude is below 2^bits
    std::vector<std::string> value_names_;
    std::vector<std::string> pointers_;
    std::string rested_;
    bool use_rested_ = false;
    std::vector<std::string> foreign_pointers_; // by foreign variable
    bool needs_pre_ = false;
    bool needs_post_ = false;
    bool indexed_ = false;
    Names names_;
};

} // namespace hhc::codegen
