// SPDX-License-Identifier: MIT
// What a caller may choose about a compilation. Everything has a sensible default.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hhc {

enum class ExternalKind : std::uint8_t {
    Number,  // value, unit; a shared parameter that may change between runs
    Integer, // value, dimensionless
    Boolean, // value 0 or 1
    Table,   // a timed array: f(t), or f(t, i) if per_entity; unit of its values
};

/// A name that an equation string uses and its surroundings define.
struct External {
    std::string name;
    ExternalKind kind = ExternalKind::Number;
    double value = 0.0;      // SI
    std::string unit = "1";  // "volt", "amp/meter**2"
    bool per_entity = false; // Table
};

/// A piece of text and where its author sees it: a string literal in line 12 of a script.
struct SourceText {
    std::string text;
    std::string shown_name = "<string>";
    std::uint32_t first_line = 1;
    std::uint32_t first_column = 1; // of its first line
};

/// Brian-style pieces of a model.
struct EquationSource {
    std::string name = "equations";
    bool is_cell = false; // of the membrane of a branched cable
    SourceText equations;
    std::optional<SourceText> threshold;
    std::optional<SourceText> reset;
    std::optional<SourceText> refractory;                           // a time or a condition
    std::vector<std::pair<std::string, SourceText>> events;         // name, condition
    std::vector<std::pair<std::string, SourceText>> event_handlers; // name, statements
    std::vector<std::pair<std::string, SourceText>> initial_values; // variable, expression
    std::vector<std::pair<std::string, SourceText>> regularly;      // interval, statements
};

/// Statements that run when an event arrives at a synapse.
struct SynapsePathway {
    std::string name;            // "pre", "post", or the user's
    std::string event = "spike"; // of the source or target population; "": every step
    bool on_post = false;        // an event of the target
    SourceText statements;
    std::optional<int> order;    // none: -1 for the source, 1 for the target
    std::optional<double> delay; // second
};

/// Reads the text of an import; nullopt if there is none, with a reason in `why`.
using ImportReader =
    std::function<std::optional<std::string>(const std::string& path, std::string& why)>;

struct Options {
    std::vector<External> externals;
    bool free_names = false; // unknown names are allowed and get the dimension that fits
    std::string method;      // empty: the model's own, or chosen by the compiler
    SourceText method_place = {{}, "method"}; // where its author wrote it; the text is `method`
    std::string interpretation; // of noise: stratonovich or ito; empty: the model's own
    std::uint32_t real_size = 8;
    std::map<std::string, std::optional<double>> freeze; // parameter -> value (none: its default)
    std::vector<std::string> per_entity;                 // parameters with one value per entity
    bool lump = true; // keep what synapses of one source or target share once, where that may be
    std::vector<std::string> varying_delays; // pathways whose delay differs between synapses
    std::string target = "native";  // native, x86-64-v2, x86-64-v3, x86-64-v4, aarch64, interpreter
    std::uint32_t vector_bytes = 0; // 0: as the target has
    bool strict = false;            // no pass that changes roundings
    bool fast_math = false;         // precision="fast": relative error 4e-13, no special values
    double approximate = 0; // above 0: gates of the voltage may be off by so much (absolute)
    int optimisation = -1;  // of Clang: 0..3; -1: chosen by size
    std::optional<std::vector<std::string>> passes; // none: the standard pipeline
    std::string library_folder;                     // the standard library; empty: as installed
    std::vector<std::string> search_path;           // further folders of imports
    bool use_cache = true;
    /// A text that was compiled before is not even parsed: its models come from the cache, without
    /// notes. For programs; the command line shows what it found.
    bool lazy_front_end = false;
};

} // namespace hhc
