// SPDX-License-Identifier: MIT
// What a diagnostic code means, with a model that earns it and one that does not: `hhc explain
// HH1023`.
#pragma once

#include "diag/sink.h"

#include <string>
#include <string_view>
#include <vector>

namespace hhc::diag {

struct Explanation {
    std::string_view code;
    std::string_view text; // a paragraph
    std::string_view bad;  // a text that earns the code; may be empty where none is short
    std::string_view good; // the same thing said right; may be empty

    /// Otherwise its examples are models.
    [[nodiscard]] bool in_python() const { return bad.starts_with("import hodgpy"); }
};

/// Every code that a user may meet: the compiler's and the runtime's (hodg/codes.def).
[[nodiscard]] const std::vector<CodeInfo>& explained_codes();
/// All of them, in the order of the tables in explanations/.
[[nodiscard]] const std::vector<Explanation>& all_explanations();
/// The page that `hhc explain CODE` prints; says so if the code does not exist.
[[nodiscard]] std::string explain(std::string_view code);

} // namespace hhc::diag
