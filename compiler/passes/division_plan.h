// SPDX-License-Identifier: MIT
// Private to this room: which divisions of a kernel join_divisions puts off, and which it does
// together.
#pragma once

#include "ir/ir.h"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace hhc::passes {

class DivisionPlan {
public:
    explicit DivisionPlan(const ir::Kernel& kernel);

    [[nodiscard]] bool empty() const { return formed_.empty(); }
    /// A value that is known as numerator and denominator.
    [[nodiscard]] bool is_carried(ir::ValueId id) const { return carried_[id.index]; }
    /// A quotient that is computed in another way: of carried parts, or together with another one.
    [[nodiscard]] bool is_formed(ir::ValueId id) const { return formed_.contains(id); }
    /// The other quotient of the same reciprocal.
    [[nodiscard]] std::optional<ir::ValueId> partner(ir::ValueId id) const;
    /// All values, arguments first, and before the first of two partners the denominators of both.
    [[nodiscard]] std::vector<ir::ValueId> order() const;

private:
    /// Where the parts of a quotient come to.
    struct Reach {
        std::set<ir::ValueId> way;   // values that are carried as numerator and denominator
        std::set<ir::ValueId> roots; // of them, those that something else than arithmetic needs
        std::set<ir::ValueId> ends;  // divisions that take the parts in
    };
    enum class Part : std::uint8_t { Top, Bottom };

    void settle();
    void carry();
    void pair_up();
    [[nodiscard]] std::size_t too_many() const;
    [[nodiscard]] bool is_alone(ir::ValueId id) const;
    [[nodiscard]] bool is_division(ir::ValueId id) const;
    [[nodiscard]] bool takes_parts(ir::ValueId user, ir::ValueId arg) const;
    [[nodiscard]] Reach reach(ir::ValueId quotient) const;
    [[nodiscard]] bool is_gain(const Reach& found);
    [[nodiscard]] bool can_join(ir::ValueId a, ir::ValueId b) const;
    void join(ir::ValueId a, ir::ValueId b);
    [[nodiscard]] std::set<ir::ValueId> read_by(ir::ValueId id, Part part) const;

    const ir::Kernel& kernel_;
    std::vector<ir::Binding> bindings_;
    std::vector<bool> live_;
    std::vector<bool> needed_; // by what the kernel leaves behind
    std::vector<std::vector<ir::ValueId>> users_;
    std::vector<bool> put_off_; // divisions whose parts are carried
    std::vector<bool> carried_;
    std::set<ir::ValueId> formed_;
    std::map<ir::ValueId, ir::ValueId> partners_;
};

} // namespace hhc::passes
