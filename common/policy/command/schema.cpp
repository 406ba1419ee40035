// vivi-policy schema: the JSON Schema of the document, for editors and other programs.
// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "common/policy/command/schema_text.hpp"
#include "common/policy/command/subcommands.hpp"

namespace vivi::policy::command {

void add_schema(CLI::App& app, Run& run) {
    auto* command = app.add_subcommand("schema", "Prints the JSON Schema of policies (docs/policy.schema.json).");
    command->callback([&run] {
        run = [] {
            std::cout << schema_text();
            return fine;
        };
    });
}

}  // namespace vivi::policy::command
