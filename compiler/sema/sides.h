// SPDX-License-Identifier: MIT
// The two populations of a synapse as its text sees them: `v_post`, `x_pre`, unsuffixed names of
// the target, `i`, `j`, `N_incoming`. A variable comes into the draft when it is first named.
#pragma once

#include "sema/draft.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hhc::sema {

class Sides {
public:
    Sides(const PopulationSide& pre, const PopulationSide& post) : pre_(pre), post_(post) {}

    [[nodiscard]] const PopulationSide& of(model::Side side) const {
        return side == model::Side::Pre ? pre_ : post_;
    }
    /// Scope of the synapse itself, in which everything is declared.
    void set_scope(const Scope& scope) { scope_ = &scope; }

    /// What a name means beyond the synapse's own variables; reports an unknown variable of a
    /// population and gives one that stands for it. Nothing if the name is not of this kind.
    std::optional<VariableId> find(Draft& draft, const Scope& scope, const std::string& name,
                                   Span span);
    /// `x_pre(t - delay)`: the variable one synaptic delay ago; nothing if the name has no suffix.
    std::optional<VariableId> find_delayed(Draft& draft, const std::string& name, Span span);
    /// Everything that can be named, with suffix.
    [[nodiscard]] std::vector<std::string> names() const;
    /// Brings what the populations' refractoriness is computed from into the model.
    void import_refractoriness(Draft& draft);

private:
    std::optional<VariableId> find_with_suffix(Draft& draft, const std::string& name, bool delayed,
                                               Span span);
    VariableId import(Draft& draft, model::Side side, VariableId variable, bool delayed, Span span);
    VariableId import_stored(Draft& draft, model::Side side, const model::Variable& from,
                             bool delayed);
    VariableId import_computed(Draft& draft, model::Side side, const model::Variable& from,
                               bool delayed, Span span);
    ExprId import_expression(Draft& draft, model::Side side, ExprId id, bool delayed, Span span);
    VariableId declare(Draft& draft, model::Variable variable);
    VariableId declare_free(Draft& draft, model::Side side, const std::string& name, bool delayed,
                            Span span);
    VariableId unknown(Draft& draft, model::Side side, const std::string& name, Span span);

    const PopulationSide& pre_;
    const PopulationSide& post_;
    const Scope* scope_ = nullptr;
};

/// "pre", "post"
[[nodiscard]] const char* spelling(model::Side side);

} // namespace hhc::sema
