# libhodgpy.so: every room of the compiler and of the runtime, and LLVM once. `hhc` and the Python
# extension are thin and link to it.
#   -z defs                       a missing archive fails here and not at the user's
#   --exclude-libs, hodgpy.map    nothing of LLVM is visible
#   --as-needed                   no library that nothing calls
#   -z pack-relative-relocs       6 MB less (glibc 2.36 reads it)
#   --build-id                    identifies the library in the keys of the object cache
get_property(rooms GLOBAL PROPERTY HODGPY_ROOMS)
get_property(externals GLOBAL PROPERTY HODGPY_EXTERNALS)
list(REMOVE_DUPLICATES externals)

set(objects "")
foreach(room IN LISTS rooms)
    list(APPEND objects $<TARGET_OBJECTS:${room}>) # not the archives: --exclude-libs would hide them
endforeach()

add_library(hodgpy SHARED ${objects})
set(version_script "${PROJECT_SOURCE_DIR}/cmake/hodgpy.map")
set_target_properties(hodgpy PROPERTIES
    LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib"
    LINK_DEPENDS "${version_script}"
    LINKER_LANGUAGE CXX
    INSTALL_RPATH "$ORIGIN")
target_include_directories(hodgpy PUBLIC
    "${PROJECT_SOURCE_DIR}/compiler" "${PROJECT_SOURCE_DIR}/compiler/include"
    "${PROJECT_SOURCE_DIR}/runtime" "${PROJECT_SOURCE_DIR}/runtime/include")
target_link_libraries(hodgpy PRIVATE hodgpy_llvm ${externals})
target_link_options(hodgpy PRIVATE
    -Wl,--version-script=${version_script} -Wl,--exclude-libs,ALL -Wl,-z,defs -Wl,--as-needed
    -Wl,-z,pack-relative-relocs -Wl,--build-id=sha1 -Wl,-Bsymbolic-functions
    -Wl,--gc-sections)
