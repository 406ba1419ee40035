# -fsanitize for the asan and tsan presets; a finding ends the program.
# SPDX-License-Identifier: Apache-2.0
set(VIVI_SANITIZE "" CACHE STRING "what -fsanitize gets, or nothing")
if(VIVI_SANITIZE)
    add_compile_options(-fsanitize=${VIVI_SANITIZE} -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${VIVI_SANITIZE})
endif()
