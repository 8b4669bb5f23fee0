# SPDX-License-Identifier: MIT
# cmake -DFOLDER=prelude -DOUTPUT=file.cpp -P embed_prelude.cmake: writes the sections that
# kernel_prelude.h lists, in its order, as string literals without comments.
file(READ "${FOLDER}/kernel_prelude.h" list)
string(REGEX MATCHALL "#include \"[a-z_]+\\.h\"" includes "${list}")
set(rows "")
foreach(include IN LISTS includes)
    string(REGEX REPLACE "#include \"(.*)\"" "\\1" file "${include}")
    string(REGEX REPLACE "prelude_(.*)\\.h" "\\1" name "${file}")
    file(READ "${FOLDER}/${file}" text)
    string(REGEX REPLACE "\n[ \t]*//[^\n]*" "" text "\n${text}")
    string(REGEX REPLACE "[ \t]*//[^\n]*" "" text "${text}")
    string(REGEX REPLACE "\n[ \t]+" "\n" text "${text}")
    string(REGEX REPLACE "\n\n\n+" "\n\n" text "${text}")
    string(REGEX REPLACE "^\n+|\n+$" "" text "${text}")
    string(APPEND rows "    {\"${name}\", R\"hhk(${text}
)hhk\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "// Generated from compiler/codegen/prelude by embed_prelude.cmake.
#include \"codegen/prelude_text.h\"

namespace hhc::codegen {

namespace {
constexpr PreludeSection sections[] = {
${rows}};
} // namespace

std::span<const PreludeSection> prelude_sections() {
    return sections;
}

} // namespace hhc::codegen
")
