// SPDX-License-Identifier: MIT
// The kernel prelude (compiler/codegen/prelude) as text for generated kernels.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace hhc::codegen {

/// One header of the prelude: "types", "exp", ...
struct PreludeSection {
    std::string_view name;
    std::string_view text;
};

/// All sections, each after those it needs.
[[nodiscard]] std::span<const PreludeSection> prelude_sections();

/// The whole prelude.
[[nodiscard]] std::string_view prelude_text();

/// The sections that define the named functions ("hhk_exp", ...), and all that these need.
/// Names that no section defines are ignored. The order of the names does not matter.
[[nodiscard]] std::string prelude_text(std::span<const std::string_view> functions);

} // namespace hhc::codegen
