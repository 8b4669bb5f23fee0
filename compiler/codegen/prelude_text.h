// SPDX-License-Identifier: MIT
// The kernel prelude (compiler/codegen/prelude) and the support that stands on it
// (kernel_support.h) as text for generated kernels.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace hhc::codegen {

/// One header of the prelude without its comments: "types", "exp", ...; blank lines separate its
/// units.
struct PreludeSection {
    std::string_view name;
    std::string_view text;
};

/// All sections, each after those it needs.
[[nodiscard]] std::span<const PreludeSection> prelude_sections();

/// The whole prelude.
[[nodiscard]] std::string_view prelude_text();

/// What of prelude and support defines the named things ("hhk_exp", ...; others are ignored), and
/// all that these need, in order. Parsing all of both costs several milliseconds, this little.
[[nodiscard]] std::string prelude_text(std::span<const std::string_view> names);

/// The same for every hhk_ name in a piece of generated code.
[[nodiscard]] std::string prelude_text_for(std::string_view code);

} // namespace hhc::codegen
