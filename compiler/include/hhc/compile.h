// SPDX-License-Identifier: MIT
// The whole compiler in one header: from text to diagnostics and models, from models to machine
// code. Text is parsed, checked, lowered and optimised at once; code is made when it is first asked
// for.
#pragma once

#include "hhc/diagnostic.h"
#include "hhc/export.h"
#include "hhc/options.h"

#include <array>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct hhk_model;

namespace hhc {

/// Exponents of metre, kilogram, second, ampere, kelvin, mole, candela: numerator, denominator.
using Exponents = std::array<std::pair<int, int>, 7>;

/// Where a diagnostic points, as its author sees it; line 0 if it has no place.
struct DiagnosticPlace {
    std::string file;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};

/// Texts of one compilation; renders diagnostics with the lines that they point at.
class HODGPY_API Texts {
public:
    virtual ~Texts() = default;
    [[nodiscard]] virtual std::string render(const std::vector<Diagnostic>& diagnostics,
                                             bool colour) const = 0;
    [[nodiscard]] virtual std::string json(const std::vector<Diagnostic>& diagnostics) const = 0;
    [[nodiscard]] virtual DiagnosticPlace place(Span span) const = 0;
};

/// Time that one stage took, seconds.
struct StageTime {
    std::string stage; // "parse", "check", "lower", "passes", "emit", "clang" (its front end),
                       // "llvm" (its passes), "machine code", "link", "cache"
    double seconds = 0.0;
};

/// Executable code of a model: the C table and what keeps its memory alive.
struct Code {
    const hhk_model* table = nullptr;
    std::shared_ptr<const void> owner;
};

/// One compiled model. Immutable; variants (other parameters per entity) are other models.
class HODGPY_API Model : public std::enable_shared_from_this<Model> {
public:
    virtual ~Model() = default;
    [[nodiscard]] virtual const std::string& name() const = 0;
    /// A `synapse` block that waits for its populations: it has no code (see compile_synapse).
    [[nodiscard]] virtual bool is_template() const = 0;
    /// Everything a person or tool may want to know, as JSON (hhk_model.description).
    [[nodiscard]] virtual const std::string& description() const = 0;
    /// Methods, why they were chosen, and what the compiler rewrote.
    [[nodiscard]] virtual std::string explain() const = 0;
    /// One of tokens, ast, model, ir, ir-opt, cpp, llvm, asm, header; obj gives the object's bytes.
    [[nodiscard]] virtual std::string emit(std::string_view stage) const = 0;
    /// The code; compiles it if need be. Throws CompileError for what the host refuses (HH8xxx).
    [[nodiscard]] virtual Code code() const = 0;
    /// The same table, perhaps without machine code yet: its kernels are interpreted until build()
    /// is called with it.
    [[nodiscard]] virtual Code deferred() const = 0;
    /// The same model with these parameters per entity.
    [[nodiscard]] virtual std::shared_ptr<Model>
    with_per_entity(const std::vector<std::string>& names) const = 0;
    [[nodiscard]] virtual std::vector<StageTime> times() const = 0;
};

/// A kernel that evaluates expressions in the scope of a model, one output per expression.
struct Expressions {
    std::vector<Diagnostic> diagnostics;
    std::shared_ptr<const Texts> texts;
    Code code;                      // deferred; its hook observe; table null if there were errors
    std::vector<std::string> units; // of the outputs, SI
    std::vector<Exponents> dimensions;
    std::vector<bool> is_boolean;
};

struct Compilation {
    std::vector<Diagnostic> diagnostics;
    std::vector<std::shared_ptr<Model>> models; // empty if there were errors
    std::shared_ptr<const Texts> texts;
    [[nodiscard]] HODGPY_API bool ok() const;
};

/// A failure outside the user's text: the host refuses executable memory, the cache, a linker.
class HODGPY_API CompileError : public std::exception {
public:
    explicit CompileError(std::vector<Diagnostic> diagnostics);
    [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }
    [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

private:
    std::vector<Diagnostic> diagnostics_;
    std::string text_;
};

[[nodiscard]] HODGPY_API Compilation compile_file(const std::string& path, const Options& options);
/// `name` is what diagnostics call the text; imports are looked for in the search path only.
[[nodiscard]] HODGPY_API Compilation compile_text(const SourceText& text, const Options& options);
[[nodiscard]] HODGPY_API Compilation compile_equations(const EquationSource& source,
                                                       const Options& options);

/// Brian's Synapses: equations and pathways as strings; or a `synapse` block.
struct SynapseSource {
    std::string name = "synapses"; // of the object; empty: the block's
    SourceText equations;
    std::vector<SynapsePathway> pathways;
    /// A model of kind "synapse" that compile_file or compile_text gave: then there are no
    /// equations, and pathways only replace event, order and delay of those of the same name.
    const Model* block = nullptr;
};

/// One population of a synapse: its model as it will run, or the table of one that was loaded from
/// a library. With neither it offers its index, its number and the event "spike".
struct SynapseSide {
    const Model* model = nullptr;
    const hhk_model* table = nullptr;
};

/// A synapse between two populations: one model, whose table has hhk_model.synapse.
[[nodiscard]] HODGPY_API Compilation compile_synapse(const SynapseSource& source,
                                                     const SynapseSide& pre,
                                                     const SynapseSide& post,
                                                     const Options& options);

/// Expressions in the scope of `model`, for recorders and string assignments. `interpret` runs
/// them without compiling. Random functions draw from streams named by `stream`.
[[nodiscard]] HODGPY_API Expressions compile_expressions(const Model& model,
                                                         const std::vector<SourceText>& expressions,
                                                         bool interpret, const std::string& stream,
                                                         const std::vector<External>& externals);

/// The same in the scope of a model that was loaded from a library.
[[nodiscard]] HODGPY_API Expressions compile_expressions(const hhk_model& table,
                                                         const std::vector<SourceText>& expressions,
                                                         bool interpret, const std::string& stream,
                                                         const std::vector<External>& externals);

/// Makes machine code for those of these tables that wait for it (see Model::deferred), all in one
/// call of Clang, or in two side by side. None of them may be running. Throws CompileError.
HODGPY_API void build(std::span<const hhk_model* const> tables);
HODGPY_API void build(std::span<const std::shared_ptr<Model>> models);

/// Waits for what Options::lazy_front_end began beside the caller. To be called before a process
/// ends that used it.
HODGPY_API void finish_work_ahead();

/// Ahead of time: a shared library with every model, ".o" or ".h" by the suffix of `path`.
HODGPY_API void write_library(std::span<const std::shared_ptr<Model>> models,
                              const std::string& path);

/// The page of a diagnostic code ("HH3012"); empty if there is no such code.
[[nodiscard]] HODGPY_API std::string explain_code(std::string_view code);

/// The standard library: (import name, first paragraph of its documentation).
[[nodiscard]] HODGPY_API std::vector<std::pair<std::string, std::string>>
list_library(const std::string& library_folder);

/// A quantity as text: "10 uA/cm**2" gives its SI value and its dimension.
struct QuantityText {
    double value = 0.0;
    Exponents dimension{};
    std::string problem; // rendered diagnostics; empty if the text is a quantity
};
[[nodiscard]] HODGPY_API QuantityText read_quantity(std::string_view text);

struct UnitEntry {
    std::string name;
    double scale = 1.0; // SI
    Exponents dimension{};
};
/// Every unit of the language.
[[nodiscard]] HODGPY_API std::vector<UnitEntry> unit_table();
/// "amp/meter**2"
[[nodiscard]] HODGPY_API std::string describe_dimension(const Exponents& dimension);
/// The unit that people use for the dimension, with its SI value: ("mV", 0.001).
[[nodiscard]] HODGPY_API std::pair<std::string, double> display_unit(const Exponents& dimension);

} // namespace hhc
