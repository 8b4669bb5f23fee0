# Run by the target `layout`: puts the code of Clang and LLVM in libhodgpy_llvm.so in the order in which a
# compilation runs through it, so that blocks which are never reached no longer lie between those that
# are (llvm-bolt). Simulations run the code that they ran before.
#   cmake -DLIBRARY=... -DHHC=... -DTOOLS=... -DVALGRIND=... -DFOLDER=... -DMODELS=...
#         -P lay_out_library.cmake
# valgrind finds out which functions run at all, and a copy of the library counts their branches:
# counting in all functions takes 16 GB. The profile serves every later link in this build folder,
# because functions are found by name and what it says of changed ones is not used. The new library
# takes the place of the old one, with its date. Whatever fails, the old one stays.

set(profile "${FOLDER}/profile.fdata")
get_filename_component(name "${LIBRARY}" NAME)
get_filename_component(plain "${LIBRARY}" DIRECTORY)

macro(give_up reason)
    message(WARNING "libhodgpy_llvm.so stays as the linker laid it out: ${reason}")
    file(REMOVE_RECURSE "${FOLDER}/counting" "${FOLDER}/new")
    file(TOUCH "${FOLDER}/done")
    return()
endmacro()

macro(run_bolt)
    execute_process(COMMAND "${TOOLS}/llvm-bolt" "${LIBRARY}" ${ARGN}
                    OUTPUT_FILE "${FOLDER}/bolt.log" ERROR_FILE "${FOLDER}/bolt.log"
                    RESULT_VARIABLE failure)
endmacro()

# Models of different sizes, compiled from nothing and run; what they did, into `answer`.
macro(run_models folder answer)
    set(${answer} "")
    foreach(model IN ITEMS "hodgkin_huxley_1952 HodgkinHuxley1952" "pospischil_2008 LTS"
                           "izhikevich_2003 Izhikevich2003")
        separate_arguments(model)
        list(GET model 0 file)
        list(GET model 1 neuron)
        file(REMOVE_RECURSE "${FOLDER}/cache")
        execute_process(COMMAND "${CMAKE_COMMAND}" -E env "LD_LIBRARY_PATH=${folder}"
                                "HHC_CACHE_DIR=${FOLDER}/cache" "${HHC}" run --quiet --for 2ms
                                --dt "0.01 ms" --record v --csv - --library "${MODELS}"
                                --neuron "${neuron}" "${MODELS}/neurons/${file}.hhm"
                        OUTPUT_VARIABLE output ERROR_VARIABLE complaint RESULT_VARIABLE failure)
        if(failure)
            set(failure "${failure}: ${complaint}")
            break()
        endif()
        string(APPEND ${answer} "${output}")
    endforeach()
    file(REMOVE_RECURSE "${FOLDER}/cache")
endmacro()

# Names of the functions of Clang and LLVM that a compilation runs, as llvm-bolt writes local ones.
macro(list_functions)
    set(functions "")
    foreach(model IN ITEMS "hodgkin_huxley_1952 HodgkinHuxley1952" "pospischil_2008 LTS")
        separate_arguments(model)
        list(GET model 0 file)
        list(GET model 1 neuron)
        execute_process(COMMAND "${VALGRIND}" --tool=callgrind --demangle=no
                                "--callgrind-out-file=${FOLDER}/calls" "${HHC}" --no-cache
                                --target x86-64-v4 --neuron "${neuron}" -o "${FOLDER}/model.o"
                                "${MODELS}/neurons/${file}.hhm"
                        OUTPUT_QUIET ERROR_VARIABLE complaint RESULT_VARIABLE failure)
        if(failure)
            set(failure "${failure}: ${complaint}")
            break()
        endif()
        file(STRINGS "${FOLDER}/calls" found REGEX "fn=\\([0-9]+\\) _Z")
        list(APPEND functions ${found})
    endforeach()
    file(REMOVE "${FOLDER}/calls" "${FOLDER}/model.o")
    list(FILTER functions EXCLUDE REGEX "4hodg|3hhc|nlohmann|antlr|hhm")
    list(TRANSFORM functions REPLACE "^.*\\) ([^']*).*$" "\\1")
    list(REMOVE_DUPLICATES functions)
    list(TRANSFORM functions APPEND "/1\n")
    list(JOIN functions "" functions)
    file(WRITE "${FOLDER}/functions" "${functions}")
endmacro()

file(MAKE_DIRECTORY "${FOLDER}/new")
if(NOT EXISTS "${profile}")
    file(MAKE_DIRECTORY "${FOLDER}/counting")
    message(STATUS "counting what a compilation runs through (minutes, once in this folder)")
    list_functions()
    if(failure)
        give_up("valgrind fails (${failure})")
    endif()
    run_bolt(-instrument -o "${FOLDER}/counting/${name}" "--instrumentation-file=${profile}"
             --instrumentation-file-append-pid "-funcs-file-no-regex=${FOLDER}/functions")
    if(failure)
        give_up("no counting copy (${failure}), see ${FOLDER}/bolt.log")
    endif()
    run_models("${FOLDER}/counting" ignored)
    file(GLOB counts "${profile}.*")
    if(failure OR NOT counts)
        give_up("the counting copy does not run (${failure})")
    endif()
    execute_process(COMMAND "${TOOLS}/merge-fdata" ${counts} -o "${profile}" OUTPUT_QUIET
                    ERROR_QUIET RESULT_VARIABLE failure)
    file(REMOVE ${counts})
    file(REMOVE_RECURSE "${FOLDER}/counting")
    if(failure)
        file(REMOVE "${profile}")
        give_up("the counts cannot be merged (${failure})")
    endif()
endif()

run_bolt(-o "${FOLDER}/new/${name}" "-data=${profile}" -lite -reorder-blocks=ext-tsp
         -reorder-functions=cdsort -split-functions -split-all-cold -split-eh --remove-symtab)
if(failure)
    give_up("llvm-bolt fails (${failure}), see ${FOLDER}/bolt.log")
endif()
run_models("${plain}" expected)
if(failure)
    give_up("the models do not run (${failure})")
endif()
run_models("${FOLDER}/new" found)
if(failure OR NOT found STREQUAL expected)
    give_up("the new one does something else (${failure})")
endif()
execute_process(COMMAND touch -r "${LIBRARY}" "${FOLDER}/new/${name}")
file(RENAME "${FOLDER}/new/${name}" "${LIBRARY}")
file(REMOVE_RECURSE "${FOLDER}/new")
file(TOUCH "${FOLDER}/done")
