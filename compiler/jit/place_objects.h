// SPDX-License-Identifier: MIT
// Private: puts objects into the memory of this process, as a linker and a loader would. For
// x86-64, whose generated code needs few kinds of relocation; anything else is refused.
#pragma once

#include "jit/elf_object.h"
#include "jit/toolchain_library.h"

#include <optional>
#include <span>
#include <string>

namespace hhc::jit {

/// Whether place_objects() knows the processor that it runs on.
[[nodiscard]] bool can_place();

/// Links the objects with each other and with allowed_symbols(), nothing else. Their code,
/// constants and variables get pages of their own, with the rights that they need. An error text
/// otherwise.
[[nodiscard]] std::optional<std::string> place_objects(std::span<const ElfObject> objects,
                                                       LoadedObject& loaded);

} // namespace hhc::jit
