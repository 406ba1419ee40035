// vivi-graphql-check: JSON lines in, verdicts out, so that any outside corpus can judge the GraphQL engine; and a schema's
// coverage. SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "server/graphql/check.hpp"
#include "server/graphql/coverage.hpp"

namespace {

/// 0 when the directive covers every field of the schema in `path`; 1, with a line for each problem, when it does not.
int check_coverage(const std::string& path, const std::string& directive) {
    std::ifstream file{path};
    std::ostringstream text;
    text << file.rdbuf();
    const auto schema = vivi::graphql::build_schema(text.str());
    if (!schema) {
        std::cerr << path << ": " << schema.error().detail << '\n';
        return 1;
    }
    if (!schema->directive(directive)) {
        std::cerr << path << ": the schema has no directive @" << directive << '\n';
        return 1;
    }
    const auto uncovered = vivi::graphql::uncovered_fields(*schema, directive);
    for (const auto& field : uncovered)
        std::cerr << path << ": " << field << " has no @" << directive << ", nor has its type: say who may use it\n";
    return uncovered.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "Reads one JSON object a line: {\"op\":\"parse\",\"source\"}, {\"op\":\"validate\",\"schema\",\"source\"} or "
        "{\"op\":\"execute\",\"schema\",\"source\",\"variables\",\"operationName\",\"root\"}; answers each with one line."};
    app.set_version_flag("--version", VIVI_VERSION);
    std::string schema, directive;
    auto* covering = app.add_option("--covered-by", directive,
                                    "Instead: fails unless each field of --schema, or its type, has this directive");
    auto* reading = app.add_option("--schema", schema, "A file of SDL");
    covering->needs(reading);
    reading->needs(covering);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 64;
    }
    if (!directive.empty()) return check_coverage(schema, directive);
    vivi::graphql::Checker checker;
    for (std::string line; std::getline(std::cin, line);)
        if (!line.empty()) std::cout << checker.answer(line) << std::endl;
    return 0;
}
