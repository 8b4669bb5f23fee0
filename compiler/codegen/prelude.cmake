# SPDX-License-Identifier: MIT
# The kernel prelude as text inside hhc_codegen.
file(GLOB prelude_headers CONFIGURE_DEPENDS "${CMAKE_CURRENT_LIST_DIR}/prelude/*.h")
set(prelude_output "${CMAKE_CURRENT_BINARY_DIR}/prelude_sections.cpp")
add_custom_command(
    OUTPUT "${prelude_output}"
    COMMAND "${CMAKE_COMMAND}" "-DFOLDER=${CMAKE_CURRENT_LIST_DIR}/prelude"
            "-DOUTPUT=${prelude_output}" -P "${CMAKE_CURRENT_LIST_DIR}/embed_prelude.cmake"
    DEPENDS ${prelude_headers} "${CMAKE_CURRENT_LIST_DIR}/embed_prelude.cmake"
    VERBATIM)
target_sources(hhc_codegen PRIVATE "${prelude_output}")
