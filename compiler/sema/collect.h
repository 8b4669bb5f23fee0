// SPDX-License-Identifier: MIT
// From the items of a block to variables of a draft: names, roles, declared units, flags. What the
// variables are worth is only noted, and checked once every name is known.
#pragma once

#include "sema/draft.h"
#include "sema/unit_position.h"

#include <optional>
#include <string>
#include <vector>

namespace hhc::sema {

/// The items of a block that are no variables.
struct Behaviour {
    struct Condition {
        ast::ExprId value;
        Span span;
    };
    struct NamedCondition {
        ast::Name name;
        ast::ExprId condition;
        Span span;
    };
    struct Handler {
        ast::Name event;
        std::vector<ast::Statement> statements;
        Span span;
        ast::ExprId order = {}; // of a synapse; may be none
        ast::ExprId delay = {};
    };
    struct UpdateBlock {
        const ast::Update* update;
        Span span;
    };
    std::optional<Condition> threshold;
    std::optional<Condition> refractory;
    std::optional<Handler> reset;
    std::vector<NamedCondition> events;
    std::vector<Handler> handlers;
    std::vector<UpdateBlock> updates;
    std::optional<ast::Name> method;
    std::optional<ast::Name> interpretation; // of noise
};

/// Everything that stands in a block; a channel may hold less than a neuron.
void collect_block(Draft& draft, FileScopes& files, const ast::Block& block, Scope& scope,
                   Behaviour& behaviour);

/// The equations of a string.
void collect_equations(Draft& draft, const ast::File& file, Scope& scope);

void declare_init(Draft& draft, Scope& scope, const ast::Init& init, Span span);

// One kind of item each.
void declare_equation(Draft& draft, Scope& scope, const ast::Equation& equation, Span span);
void declare_gate(Draft& draft, Scope& scope, const ast::Gate& gate, Span span);
void declare_ion(Draft& draft, Scope& scope, const ast::Ion& ion, Span span);
void declare_kinetic(Draft& draft, Scope& scope, const ast::Kinetic& kinetic);
/// `x_post = value : unit (summed)`
void declare_sum(Draft& draft, const Scope& scope, const ast::Equation& equation, Span span);
void declare_setting(Draft& draft, Scope& scope, const ast::Setting& setting);
/// A variable named by the language after something of the user's: `na.m.alpha`.
VariableId declare_generated(Draft& draft, Scope& scope, const std::string& name,
                             const units::Dimension& dimension, Span span,
                             std::function<ExprId()> define);
/// The factor q10**((temperature - reference)/(10 kelvin)) as a variable.
VariableId declare_q10(Draft& draft, Scope& scope, const std::string& name,
                       const ast::Setting& setting, ast::ExprId fallback_reference);

/// Common parts of a declaration in `scope`.
model::Variable start_variable(const Draft& draft, const Scope& scope, const ast::Name& name,
                               Span item);
/// Where problems of a scope are reported.
[[nodiscard]] diag::Sink& sink_of(const Draft& draft, const Scope& scope);

/// Finds what a channel needs among the names of its user.
void bind_need(Draft& draft, const ast::Needs& needs, Scope& scope, const Scope& user);

/// Walks the items of a block; parts lead to further blocks.
class Collector {
public:
    Collector(Draft& draft, FileScopes& files, Behaviour& behaviour)
        : draft_(draft), files_(files), behaviour_(behaviour) {}

    void items(const ast::Block& block, Scope& scope);

private:
    struct Arguments {
        const Scope* user = nullptr;
        std::map<std::string, const ast::Argument*> by_name;
    };

    void item(const ast::Block& block, const ast::Item& item, Scope& scope);
    void neuron_item(const ast::Item& item, Scope& scope);
    void channel_item(const ast::Item& item, Scope& scope);
    void synapse_item(const ast::Item& item, Scope& scope);
    void error_item(const ast::ErrorItem& item, Scope& scope);
    void parameter(const ast::Param& param, Scope& scope, Span span);
    void constant(const ast::Const& constant, Scope& scope, Span span);
    void input(const ast::Input& input, Scope& scope, Span span);
    void needs(const ast::Needs& needs, Scope& scope, Span span);
    /// False where the part could not be made; reported then.
    bool part(const ast::Part& part, Scope& scope);
    // cells.cpp
    void insert(const ast::Insert& insert, Scope& scope);
    void insert_again(const ast::Part& part, model::Insertion insertion, Scope& scope);
    const TopLevel* find_part(const ast::Part& part, const Scope& scope);
    void arguments(const ast::Part& part, const ast::Block& block, const Scope& user,
                   Arguments& result);
    void method_option(const ast::Method& method, const ast::Argument& option, const Scope& scope);
    void wrong_block(Span span, const std::string& what, Scope& scope);

    Draft& draft_;
    FileScopes& files_;
    Behaviour& behaviour_;
    std::vector<const ast::Block*> open_;           // blocks being read, outermost first
    std::map<std::string, std::string> channel_of_; // part in a cell -> channel
    std::map<const Scope*, Arguments> arguments_;
};

} // namespace hhc::sema
