// SPDX-License-Identifier: MIT
// Which name of a text means what: every definition that can be seen from a file, and every place
// in the file where one is written. Made from the tree alone, so it exists after mistakes too.
#pragma once

#include "ast/nodes.h"
#include "sema/file_scope.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hhc::lsp {

enum class NameKind : std::uint8_t {
    Block,     // channel, neuron, synapse, cell
    Function,  // of a file
    Argument,  // of a function
    Constant,  // of a file or a block
    Variable,  // an equation, an input, what a channel needs
    Parameter, // param
    Gate,
    Part, // `use NaT as na`
    Ion,
    Scheme,  // a kinetic scheme
    Species, // of a scheme
    Event,
    Local, // of a block of statements
    Alias, // `import ... as f`
    File,  // what an import names
};

/// A definition; `place` is its name (of a file: its beginning).
struct Symbol {
    std::string name;
    NameKind kind = NameKind::Variable;
    Span place;
    Span whole;                             // the statement or block around it
    const ast::Block* block = nullptr;      // where it stands; none at the top of a file
    const ast::Block* stands_for = nullptr; // of Block and Part
};

/// A place in the file where a definition is named.
struct Occurrence {
    Span span;
    std::uint32_t symbol = 0;
    const ast::Block* block = nullptr; // around the place; none at the top of a file
    std::string path;                  // dotted, as far as this name: "na", "na.m"
};

/// The names that a block gives to what is inside it.
struct BlockNames {
    std::map<std::string, std::uint32_t> symbols; // "g", "na"
    std::map<std::string, std::pair<const ast::Block*, const sema::FileScope*>> parts;
    std::map<std::string, std::map<std::string, std::uint32_t>> members; // of ions and schemes
};

class Names {
public:
    /// `scopes` and everything they hold must live as long as this.
    Names(const ast::File& file, sema::FileScopes& scopes);

    [[nodiscard]] const std::vector<Symbol>& symbols() const { return symbols_; }
    /// In the order of the text.
    [[nodiscard]] const std::vector<Occurrence>& occurrences() const { return occurrences_; }
    /// The occurrence that holds the offset, or ends at it.
    [[nodiscard]] const Occurrence* at(std::uint32_t offset) const;
    [[nodiscard]] const Symbol& symbol(const Occurrence& occurrence) const {
        return symbols_[occurrence.symbol];
    }
    /// Top-level names that the file sees: its own and imported ones ("NaT", "f.NaT").
    [[nodiscard]] const sema::FileScope& scope() const { return *scope_; }
    /// What a block defines; made when first asked for.
    const BlockNames& block_names(const ast::Block& block, const sema::FileScope& scope);
    [[nodiscard]] const Symbol& symbol(std::uint32_t id) const { return symbols_[id]; }
    std::uint32_t top_level(const std::string& name, const sema::TopLevel& found);

private:
    struct Context;
    std::uint32_t add(Symbol symbol);
    void declare(BlockNames& names, const ast::Name& name, NameKind kind, const ast::Item& item,
                 const ast::Block& block);
    void declare_item(BlockNames& names, const ast::Item& item, const ast::Block& block,
                      const sema::FileScope& scope);
    void declare_scheme(BlockNames& names, const ast::Kinetic& scheme, const ast::Item& item,
                        const ast::Block& block);
    void occur(Span span, std::uint32_t symbol, const Context& context, std::string path);

    void visit_top(const ast::Item& item);
    void visit_import(const ast::Import& item);
    void visit_function(const ast::Function& function, const ast::Item& item);
    void visit_block(const ast::Block& block);
    void visit_item(const ast::Item& item, const Context& context);
    void visit_part(const ast::Part& part, const Context& context);
    void visit_name(const ast::Name& name, const Context& context);
    void visit_path(const ast::Path& path, const Context& context);
    void visit_expr(ast::ExprId root, const Context& context);
    void visit_settings(const std::vector<ast::Setting>& settings, const Context& context);
    void visit_equations(const std::vector<ast::Equation>& equations, const Context& context);
    void visit_statements(const std::vector<ast::Statement>& statements, const Context& context,
                          const ast::Item& item);
    void visit_species(const std::vector<ast::Species>& species, const std::string& scheme,
                       const Context& context);
    void visit_scheme(const ast::Kinetic& scheme, const Context& context);

    const ast::File& file_;
    const sema::FileScope* scope_;
    std::vector<Symbol> symbols_;
    std::vector<Occurrence> occurrences_;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> by_place_;
    std::map<const ast::Block*, BlockNames> blocks_;
};

} // namespace hhc::lsp
