# libhodgpy.so: every room of the compiler and of the runtime but the toolchain; `hhc` and the Python
# extension are thin and link to it. libhodgpy_llvm.so (compiler/toolchain) has Clang, LLVM and lld, and
# is loaded when something is compiled that is not in the cache.
get_property(rooms GLOBAL PROPERTY HODGPY_ROOMS)
get_property(externals GLOBAL PROPERTY HODGPY_EXTERNALS)
list(REMOVE_DUPLICATES externals)

set(objects "")
foreach(room IN LISTS rooms)
    list(APPEND objects $<TARGET_OBJECTS:${room}>) # not the archives: --exclude-libs would hide them
endforeach()

add_library(hodgpy SHARED ${objects})
set_target_properties(hodgpy PROPERTIES
    LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib"
    LINKER_LANGUAGE CXX
    BUILD_RPATH "$ORIGIN"
    INSTALL_RPATH "$ORIGIN")
target_include_directories(hodgpy PUBLIC
    "${PROJECT_SOURCE_DIR}/compiler" "${PROJECT_SOURCE_DIR}/compiler/include"
    "${PROJECT_SOURCE_DIR}/runtime" "${PROJECT_SOURCE_DIR}/runtime/include")
target_link_libraries(hodgpy PRIVATE hodgpy_llvm_host ${CMAKE_DL_LIBS} ${externals})
hodgpy_hide_all_but(hodgpy hodgpy.map)

# Another order of the code, made after the link: a third off the first compilation of a process
# (docs/internals/compile_time.md). Minutes the first time in a build folder, half a minute after each
# link, so that scripts/build and pip ask for it and other builds do not. llvm-bolt 19 spoils the
# relative relocations of segments that do not lie in the file as in memory.
if(SKBUILD)
    set(default ON)
else()
    set(default OFF)
endif()
option(HODGPY_LAYOUT "put the library's code in the order in which a compilation runs through it"
       ${default})
if(HODGPY_LAYOUT)
    get_property(tools GLOBAL PROPERTY HODGPY_LLVM_TOOLS)
    find_program(HODGPY_VALGRIND valgrind)
    if(NOT EXISTS "${tools}/llvm-bolt" OR NOT HODGPY_VALGRIND
       OR NOT CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64" OR CMAKE_CROSSCOMPILING)
        message(STATUS "HODGPY_LAYOUT needs llvm-bolt and ld.lld of LLVM 19 and valgrind, on x86-64: "
                       "the library stays as the linker lays it out")
        set(HODGPY_LAYOUT OFF)
    endif()
endif()
if(HODGPY_LAYOUT)
    target_link_options(hodgpy_llvm_library PRIVATE
                        -Wl,--emit-relocs -Wl,-z,separate-loadable-segments)
    # Installed as it is: strip(1) would spoil it.
    set_target_properties(hodgpy_llvm_library PROPERTIES BUILD_WITH_INSTALL_RPATH ON)
    set(layout "${PROJECT_BINARY_DIR}/layout")
    set(script "${PROJECT_SOURCE_DIR}/cmake/lay_out_library.cmake")
    add_custom_command(OUTPUT "${layout}/done"
        COMMAND "${CMAKE_COMMAND}" "-DLIBRARY=$<TARGET_FILE:hodgpy_llvm_library>" "-DHHC=$<TARGET_FILE:hhc>"
                "-DTOOLS=${tools}" "-DVALGRIND=${HODGPY_VALGRIND}" "-DFOLDER=${layout}"
                "-DMODELS=${PROJECT_SOURCE_DIR}/stdlib_models" -P "${script}"
        DEPENDS hodgpy_llvm_library hodgpy "${script}"
        USES_TERMINAL VERBATIM)
    add_custom_target(layout ALL DEPENDS "${layout}/done")
    add_dependencies(layout hhc)
else()
    add_custom_target(layout) # pyproject.toml names it
endif()
