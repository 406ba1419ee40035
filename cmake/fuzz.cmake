# vivi_fuzz(NAME [RUNS N] DEPENDS…): a libFuzzer program from NAME.cpp in the asan preset; elsewhere its corpus is replayed by ctest.
# SPDX-License-Identifier: Apache-2.0
function(vivi_fuzz name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "RUNS" "DEPENDS")
    if(NOT arg_RUNS)
        set(arg_RUNS 20000)
    endif()
    if(NOT VIVI_SANITIZE MATCHES "address")
        return()
    endif()
    set(found ${CMAKE_CURRENT_BINARY_DIR}/corpus/${name})  # New inputs go here; the corpus beside the source is kept by hand.
    set(corpus ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
    add_executable(fuzz_${name} ${name}.cpp)
    target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    target_link_libraries(fuzz_${name} PRIVATE ${arg_DEPENDS})
    set_target_properties(fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
    # Every input that ever hurt, then a bounded number of new ones with a fixed seed.
    add_test(NAME fuzz.${name} COMMAND fuzz_${name} -runs=${arg_RUNS} -seed=1 -max_len=4096 ${found} ${corpus})
    set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 120)
    file(MAKE_DIRECTORY ${corpus} ${found})
    vivi_collect(fuzz_tests fuzz_${name})
endfunction()
