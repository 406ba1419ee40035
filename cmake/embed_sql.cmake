# Run by the build (cmake -P): writes OUTPUT, a C++ file with the text of all FILES (NNNN_name.sql), in order.
# SPDX-License-Identifier: Apache-2.0
# The names are in the command, so that a renamed file counts as a change.
set(files ${FILES})
list(SORT files)
set(text "// Generated from server/db/migrations by cmake/embed_sql.cmake.\n#include \"server/db/migrations.hpp\"\n\nnamespace vivi::db {\n\n")
string(APPEND text "const std::vector<Migration>& migrations() {\n    static const std::vector<Migration> all{\n")
foreach(path IN LISTS files)
    get_filename_component(name ${path} NAME_WE)
    string(REGEX MATCH "^[0-9]+" version ${name})
    math(EXPR version "1${version} - 10000")
    file(READ ${path} sql)
    string(APPEND text "        {${version}, \"${name}\", R\"vivi_sql(${sql})vivi_sql\"},\n")
endforeach()
string(APPEND text "    };\n    return all;\n}\n\n}  // namespace vivi::db\n")
file(WRITE ${OUTPUT} "${text}")
