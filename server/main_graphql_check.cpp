// vivi-graphql-check: JSON lines in, verdicts out, so that any outside corpus can judge the GraphQL engine.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "server/graphql/check.hpp"

int main(int argc, char** argv) {
    CLI::App app{
        "Reads one JSON object a line: {\"op\":\"parse\",\"source\"}, {\"op\":\"validate\",\"schema\",\"source\"} or "
        "{\"op\":\"execute\",\"schema\",\"source\",\"variables\",\"operationName\",\"root\"}; answers each with one line."};
    app.set_version_flag("--version", VIVI_VERSION);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 64;
    }
    vivi::graphql::Checker checker;
    for (std::string line; std::getline(std::cin, line);)
        if (!line.empty()) std::cout << checker.answer(line) << std::endl;
    return 0;
}
