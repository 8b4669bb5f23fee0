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

# The interface and the loop support, likewise.
set(embedded_output "${CMAKE_CURRENT_BINARY_DIR}/embedded_text.cpp")
set(embedded_abi "${PROJECT_SOURCE_DIR}/runtime/abi/kernel_abi.h")
set(embedded_support "${CMAKE_CURRENT_LIST_DIR}/kernel_support.h")
add_custom_command(
    OUTPUT "${embedded_output}"
    COMMAND "${CMAKE_COMMAND}" "-DABI=${embedded_abi}" "-DSUPPORT=${embedded_support}"
            "-DOUTPUT=${embedded_output}" -P "${CMAKE_CURRENT_LIST_DIR}/embed_text.cmake"
    DEPENDS "${embedded_abi}" "${embedded_support}" "${CMAKE_CURRENT_LIST_DIR}/embed_text.cmake"
    VERBATIM)
target_sources(hhc_codegen PRIVATE "${embedded_output}")
