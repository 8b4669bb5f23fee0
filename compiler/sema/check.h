// SPDX-License-Identifier: MIT
// Names, units, flags, order: from a syntax tree to checked models. Every function always returns a
// value; what is wrong is in the sink, and a poisoned name or unit causes no further message.
#pragma once

#include "ast/nodes.h"
#include "diag/sink.h"
#include "model/model.h"
#include "source/source_file.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hhc::sema {

enum class ExternalKind : std::uint8_t {
    Number,  // one value for the population, may change between runs
    Integer, // the same, an integer
    Boolean, // the same, 0 or 1
    Array,   // one value per entity
    Table,   // a timed array: f(t), or f(t, i) if per_entity
};

/// A name that the surroundings of an equation string define.
struct External {
    std::string name;
    ExternalKind kind = ExternalKind::Number;
    double value = 0; // SI
    units::Dimension dimension;
    std::string shown_unit;  // as the user wrote it; empty: the SI unit
    bool per_entity = false; // Table
    bool frozen = false;     // folded into the model
};

/// `import "channels/na.hhm"` (path as written) or `import channels.NaT` (dotted).
struct ImportRequest {
    std::string path;
    bool is_quoted = false;
    const ast::File* importing = nullptr;
    Span span;
};

/// What the import stands for. `identity` is the same for the same file however it is named;
/// `selected` is the one block that a dotted import names, if it does.
struct ImportReply {
    const ast::File* file = nullptr; // none: `why` says why not
    std::string identity;
    std::string selected;
    std::string why;
    std::vector<std::string> near; // paths that may have been meant
};

struct Environment {
    std::vector<External> externals;
    std::vector<const ast::File*> prelude; // functions and constants that are visible everywhere
    bool free_names = false;               // unknown names are allowed and get the unit that fits
    std::map<std::string, std::optional<double>> freeze; // parameter -> value (none: its default)
    std::vector<std::string> per_entity;                 // `param`s with one value per entity
    std::string method;                                  // asked for by the caller
    Span method_span;                                    // where
    std::string interpretation; // of noise; empty: the model's own, or stratonovich
    std::function<ImportReply(const ImportRequest&)> resolve_import; // none: imports are errors
    const source::SourceManager* sources = nullptr;                  // for Variable::written
};

struct CheckedFile {
    std::vector<model::CheckedModel> models;   // every neuron and cell, in the order of the text
    std::vector<model::CheckedModel> channels; // every channel, checked alone
    std::vector<model::CheckedModel> synapses; // every synapse, checked alone
};

[[nodiscard]] CheckedFile check_file(const ast::File& file, const Environment& environment,
                                     diag::Sink& sink);

/// A model as Brian 2 gives it: equations, and the rest as strings of their own. Everything lives
/// in the arena of `file`.
struct EquationSet {
    struct NamedCondition {
        std::string name;
        ast::ExprId condition;
    };
    struct Handler {
        std::string event;
        std::vector<ast::Statement> statements;
    };
    std::string name = "equations";
    bool is_cell = false; // of the membrane of a cable: `Im` or `Icable` is in them
    const ast::File* file = nullptr;
    ast::ExprId threshold;  // may be none
    ast::ExprId refractory; // may be none; a time or a condition
    std::optional<std::vector<ast::Statement>> reset;
    std::vector<NamedCondition> events;
    std::vector<Handler> handlers;
    std::vector<ast::Init> initial_values;
    std::vector<ast::Update> updates; // each with an interval of its own
};

[[nodiscard]] model::CheckedModel check_equations(const EquationSet& equations,
                                                  const Environment& environment, diag::Sink& sink);

/// One side of a synapse. A population without model offers its index, its number and its spikes.
struct PopulationSide {
    const model::CheckedModel* model = nullptr;
    bool is_known = true; // false: the synapse is checked alone, and any name may be there
};

/// Brian's Synapses: equations, and pathways as strings. Everything lives in the arena of `file`.
struct SynapseSet {
    struct Pathway {
        std::string name;
        std::string event = "spike";
        model::Side side = model::Side::Pre;
        std::int32_t order = -1;
        std::optional<double> delay; // second
        std::vector<ast::Statement> statements;
    };
    std::string name = "synapses";
    const ast::File* file = nullptr;
    std::vector<Pathway> pathways;
};

[[nodiscard]] model::CheckedModel check_synapse(const SynapseSet& synapse,
                                                const PopulationSide& pre,
                                                const PopulationSide& post,
                                                const Environment& environment, diag::Sink& sink);

/// What the user of a block wants otherwise in the pathway of this name.
struct PathwayWish {
    std::string name;
    std::optional<std::string> event;
    std::optional<std::int32_t> order;
    std::optional<double> delay;
};

/// A `synapse` block of a file between two populations. What else is wrong in the file is not said.
[[nodiscard]] model::CheckedModel
check_synapse_block(const ast::File& file, const std::string& name, const PopulationSide& pre,
                    const PopulationSide& post, const std::vector<PathwayWish>& wishes,
                    const Environment& environment, diag::Sink& sink);

/// Expressions in the scope of a checked model (recorders, string assignments): they are added to
/// `model`, whose variables they may use, and returned in order. `stream` names their random
/// streams.
[[nodiscard]] std::vector<model::ExprId>
check_expressions(model::CheckedModel& model, const ast::File& file,
                  const std::vector<ast::ExprId>& expressions, const std::string& stream,
                  const Environment& environment, diag::Sink& sink);

} // namespace hhc::sema
