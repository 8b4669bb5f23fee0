// SPDX-License-Identifier: MIT
// What all models of one compilation share: texts, trees and options. Held by every model, so that
// a stage can be printed, and a variant compiled, long after the first compilation.
#pragma once

#include "ast/nodes.h"
#include "diag/sink.h"
#include "source/source_file.h"

#include "hhc/compile.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hhc::driver {

/// SourceManager behind the public interface.
class SourceTexts final : public Texts {
public:
    [[nodiscard]] std::string render(const std::vector<Diagnostic>& diagnostics,
                                     bool colour) const override;
    [[nodiscard]] std::string json(const std::vector<Diagnostic>& diagnostics) const override;
    [[nodiscard]] DiagnosticPlace place(Span span) const override;

    source::SourceManager sources;
};

struct Unit {
    std::shared_ptr<SourceTexts> texts = std::make_shared<SourceTexts>();
    std::vector<std::unique_ptr<ast::File>> files; // the first is the user's
    SourceText text;                               // of that file, if it is one
    std::string folder;                            // where it stands; empty: nowhere
    Options options;
};

/// Adds the time until `stop` to a list, under a name.
class StageTimer {
public:
    StageTimer(std::vector<StageTime>& times, std::string_view stage)
        : times_(times), stage_(stage), start_(std::chrono::steady_clock::now()) {}
    ~StageTimer() {
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
        times_.push_back({std::string(stage_), elapsed.count()});
    }
    StageTimer(const StageTimer&) = delete;
    StageTimer& operator=(const StageTimer&) = delete;

private:
    std::vector<StageTime>& times_;
    std::string_view stage_;
    std::chrono::steady_clock::time_point start_;
};

} // namespace hhc::driver
