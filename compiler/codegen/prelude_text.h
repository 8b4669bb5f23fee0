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

/// Branches that a text does not take, known before Clang sees it: `if constexpr` and `#if` leave
/// them out of the code, but what they call would still be parsed.
struct PreludeUse {
    bool float32 = true; ///< else: nothing is computed in single precision
    bool fast = true;    ///< else: precision="fast" was not asked for
};

/// What of prelude and support defines the named things ("hhk_exp", ...; others are ignored), and
/// all that these need, in order. Parsing all of both costs several milliseconds, this little.
[[nodiscard]] std::string prelude_text(std::span<const std::string_view> names,
                                       const PreludeUse& use = {});

/// The same for every hhk_ name in a piece of generated code.
[[nodiscard]] std::string prelude_text_for(std::string_view code);

} // namespace hhc::codegen
