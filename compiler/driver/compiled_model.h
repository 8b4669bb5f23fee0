// SPDX-License-Identifier: MIT
// One model on its way from the checked form to code; the only implementation of hhc::Model.
#pragma once

#include "driver/host_table.h"
#include "driver/unit.h"
#include "ir/ir.h"
#include "lower/lower.h"
#include "model/model.h"
#include "passes/pipeline.h"
#include "support/hash.h"

#include "hhc/compile.h"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::driver {

class CompiledModel final : public Model {
public:
    /// Lowers and optimises; what is wrong goes to `sink`, and the model must then be dropped.
    CompiledModel(std::shared_ptr<const Unit> unit, model::CheckedModel checked, Options options,
                  std::vector<StageTime> times, diag::Sink& sink);

    /// A `synapse` block that was checked alone and waits for its populations.
    static std::shared_ptr<CompiledModel> make_template(std::shared_ptr<const Unit> unit,
                                                        model::CheckedModel checked,
                                                        Options options,
                                                        std::vector<StageTime> times);

    [[nodiscard]] const std::string& name() const override { return checked_.name; }
    [[nodiscard]] bool is_template() const override { return is_template_; }
    [[nodiscard]] const std::string& description() const override { return module_.description; }
    [[nodiscard]] std::string explain() const override;
    [[nodiscard]] std::string emit(std::string_view stage) const override;
    [[nodiscard]] Code code() const override;
    [[nodiscard]] Code deferred() const override;
    [[nodiscard]] std::shared_ptr<Model>
    with_per_entity(const std::vector<std::string>& names) const override;
    [[nodiscard]] std::vector<StageTime> times() const override;

    [[nodiscard]] const std::shared_ptr<const Unit>& unit() const { return unit_; }
    [[nodiscard]] const model::CheckedModel& checked() const { return checked_; }
    [[nodiscard]] const Options& options() const { return options_; }
    [[nodiscard]] const ir::Module& module() const { return module_; }
    /// Key of the compilation that it came from; none for variants.
    [[nodiscard]] const std::optional<Hash128>& source_key() const { return source_key_; }
    void set_source_key(const Hash128& key) { source_key_ = key; }

private:
    CompiledModel(std::shared_ptr<const Unit> unit, model::CheckedModel checked, Options options,
                  std::vector<StageTime> times);
    /// Throws what to do about a template that is asked for kernels.
    void refuse_template() const;
    [[nodiscard]] lower::Lowered lower_again(diag::Sink& sink) const;

    std::shared_ptr<const Unit> unit_;
    model::CheckedModel checked_;
    Options options_;
    lower::MethodReport methods_;
    ir::Module module_;     // after all passes
    std::string rewritten_; // what the passes changed in the formulas, for explain
    std::optional<Hash128> source_key_;
    bool is_template_ = false;

    std::vector<StageTime> times_; // of the stages up to optimised IR

    mutable std::mutex mutex_; // guards what follows
    mutable Code code_;
    mutable std::shared_ptr<const HostTable> host_; // owner of code_, unless it is interpreted
};

/// Options of lower and of the passes, from the caller's.
[[nodiscard]] lower::Options lower_options(const Options& options);
[[nodiscard]] passes::PipelineOptions pass_options(const Options& options);
/// Passes that leave the tables of fields and uniforms alone, for kernels that run with another
/// module's values.
[[nodiscard]] passes::PipelineOptions expression_pass_options(const Options& options);

} // namespace hhc::driver
