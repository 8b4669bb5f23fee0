# hodgpy_room(NAME LINKS ... [EXTERNAL ...]): one static library per room, with exactly the rooms
# that it may include. tests/architecture checks the same rule over the #include lines.

function(hodgpy_flags target)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -ffp-contract=off)
    if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
        # False alarms about "text" + std::string (GCC bug 105651).
        target_compile_options(${target} PRIVATE -Wno-restrict)
    endif()
    if(HODGPY_WERROR)
        target_compile_options(${target} PRIVATE -Werror)
    endif()
    if(HODGPY_SANITIZE)
        target_compile_options(${target} PRIVATE -fsanitize=${HODGPY_SANITIZE} -fno-omit-frame-pointer)
        target_link_options(${target} PUBLIC -fsanitize=${HODGPY_SANITIZE})
    endif()
    if(HODGPY_FUZZ)
        target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link
                               -fno-sanitize-recover=undefined)
    endif()
endfunction()

function(hodgpy_room side name)
    cmake_parse_arguments(ROOM "" "" "LINKS;EXTERNAL" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp")
    set(target ${side}_${name})
    if(sources)
        add_library(${target} STATIC ${sources})
        hodgpy_flags(${target})
        set(scope PUBLIC)
        set_property(GLOBAL APPEND PROPERTY HODGPY_ROOMS ${target})
        set_property(GLOBAL APPEND PROPERTY HODGPY_EXTERNALS ${ROOM_EXTERNAL})
    else()
        add_library(${target} INTERFACE)
        set(scope INTERFACE)
    endif()
    target_include_directories(${target} ${scope} "${CMAKE_CURRENT_SOURCE_DIR}"
                               "${CMAKE_CURRENT_SOURCE_DIR}/include")
    foreach(room IN LISTS ROOM_LINKS)
        if(room MATCHES "_")
            target_link_libraries(${target} ${scope} ${room})
        else()
            target_link_libraries(${target} ${scope} ${side}_${room})
        endif()
    endforeach()
    target_link_libraries(${target} ${scope} ${ROOM_EXTERNAL})
endfunction()

# A shared library of ours shows what cmake/<map> names, and links what it has inside.
#   -z defs                       a missing archive fails here and not at the user's
#   --exclude-libs, the map       nothing of LLVM is visible
#   --as-needed                   no library that nothing calls
#   -z pack-relative-relocs       6 MB less (glibc 2.36 reads it)
#   --build-id                    identifies the library in the keys of the object cache
function(hodgpy_hide_all_but target map)
    set(script "${PROJECT_SOURCE_DIR}/cmake/${map}")
    set_target_properties(${target} PROPERTIES LINK_DEPENDS "${script}")
    target_link_options(${target} PRIVATE
        -Wl,--version-script=${script} -Wl,--exclude-libs,ALL -Wl,-z,defs -Wl,--as-needed
        -Wl,-z,pack-relative-relocs -Wl,--build-id=sha1 -Wl,-Bsymbolic-functions
        -Wl,--gc-sections)
endfunction()
