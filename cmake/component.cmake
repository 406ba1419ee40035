# One folder = one static library; a daemon's folder also has main.cpp; tests mirror the folders.
# SPDX-License-Identifier: Apache-2.0

# vivi_component(NAME DEPENDS…): the folder's library, vivi::NAME (INTERFACE when it has headers only).
function(vivi_component name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEPENDS;PRIVATE_DEPENDS")
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    list(FILTER sources EXCLUDE REGEX "(/main[^/]*|_test)\\.cpp$")
    if(NOT sources)
        add_library(vivi_${name} INTERFACE)
        target_link_libraries(vivi_${name} INTERFACE ${arg_DEPENDS})
    else()
        add_library(vivi_${name} STATIC ${sources})
        target_link_libraries(vivi_${name} PUBLIC ${arg_DEPENDS} PRIVATE ${arg_PRIVATE_DEPENDS})
    endif()
    add_library(vivi::${name} ALIAS vivi_${name})
endfunction()

# vivi_collect(ALL TARGET): the target ALL builds TARGET too; unit_tests is every unit test, fuzz_tests every fuzz
# target, programs what a person runs.
function(vivi_collect all target)
    if(NOT TARGET ${all})
        add_custom_target(${all})
    endif()
    add_dependencies(${all} ${target})
endfunction()

# vivi_program(PROGRAM MAIN DEPENDS…): build/<preset>/bin/PROGRAM from one thin main.
function(vivi_program program main)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "DEPENDS")
    add_executable(${program} ${main})
    target_link_libraries(${program} PRIVATE ${arg_DEPENDS})
    vivi_collect(programs ${program})
endfunction()

# vivi_tests(NAME LABEL unit|adapters|… DEPENDS…): the folder's *_test.cpp as one GoogleTest program, one ctest entry.
# TIMEOUT in seconds (30 by default): unit tests that need more are not unit tests.
function(vivi_tests name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL;TIMEOUT" "DEPENDS")
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cpp)
    if(NOT sources)
        return()
    endif()
    if(NOT arg_LABEL)
        set(arg_LABEL unit)
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 30)
    endif()
    set(target ${name}_test)
    add_executable(${target} ${sources})
    target_link_libraries(${target} PRIVATE ${arg_DEPENDS} GTest::gmock_main)
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    add_test(NAME ${arg_LABEL}.${name} COMMAND ${target})
    set_tests_properties(${arg_LABEL}.${name} PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT})
    vivi_collect(${arg_LABEL}_tests ${target})
endfunction()
