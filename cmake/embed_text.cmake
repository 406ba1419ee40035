# Run by the build (cmake -P): writes OUTPUT, a C++ file that defines FUNCTION of HEADER, answering with the text of INPUT.
# SPDX-License-Identifier: Apache-2.0
file(READ ${INPUT} text)
file(WRITE ${OUTPUT} "// Generated from ${INPUT} by cmake/embed_text.cmake.\n#include \"${HEADER}\"\n\nstd::string_view ${FUNCTION}() {\n    static constexpr std::string_view text = R\"vivi_text(${text})vivi_text\";\n    return text;\n}\n")
