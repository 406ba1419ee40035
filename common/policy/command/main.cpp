// vivi-policy: policy files checked, compared and asked questions, domain lists read and compiled, without a router.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "common/policy/command/subcommands.hpp"

int main(int argc, char** argv) {
    using namespace vivi::policy::command;
    CLI::App app{"Checks, compares and explains policies: profiles, policies alone, or whole configurations."};
    app.set_version_flag("--version", VIVI_VERSION);
    app.require_subcommand(1);
    app.footer("Exit codes: 0 fine, 1 problems were found, 64 wrong arguments.");
    Run run;
    add_check(app, run);
    add_diff(app, run);
    add_explain(app, run);
    add_profile(app, run);
    add_schema(app, run);
    add_lists(app, run);
    add_catalogue(app, run);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? fine : wrong_arguments;
    }
    return run();
}
