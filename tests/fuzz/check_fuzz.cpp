// SPDX-License-Identifier: MIT
// The checker and, behind it, lowering: any text that is read is checked without a broken
// invariant, alone and as equations; a model without errors is lowered to verified IR.
#include "ir/verify.h"
#include "lower/lower.h"
#include "model/dump.h"
#include "one_input.h"
#include "tools/checked.h"

#include <cstdlib>

namespace {

void lower_all(const std::vector<hhc::model::CheckedModel>& models) {
    for (const hhc::model::CheckedModel& each : models) {
        (void)hhc::model::dump(each);
        hhc::diag::Sink sink;
        const hhc::lower::Lowered lowered = hhc::lower::lower(each, {}, sink);
        if (!sink.has_errors() && !hhc::ir::verify(lowered.module).empty()) {
            std::abort();
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    hhc::test::Checked checked;
    checked.importable["a.hhm"] = "channel A {\n    param g = 1\n    I = g*v : volt\n}\n";
    checked.read(text);
    if (!checked.sink.has_errors()) {
        lower_all(checked.result.models);
    }
    (void)checked.rendered();
    hhc::test::CheckedEquations equations(text);
    equations.external("tau", 0.01, hhc::units::second()).external("k", 2);
    const hhc::model::CheckedModel model = equations.check();
    if (!equations.sink.has_errors()) {
        lower_all({model});
    }
    (void)equations.rendered();
    return 0;
}
