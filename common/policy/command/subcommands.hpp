// The subcommands of vivi-policy: each adds its options to the command line, and says what to run when it is the one asked for.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace vivi::policy::command {

inline constexpr int fine = 0, problems_found = 1, wrong_arguments = 64;

/// What the chosen subcommand does; its result is the exit code.
using Run = std::function<int()>;

void add_catalogue(CLI::App& app, Run& run);
void add_check(CLI::App& app, Run& run);
void add_diff(CLI::App& app, Run& run);
void add_explain(CLI::App& app, Run& run);
void add_lists(CLI::App& app, Run& run);
void add_profile(CLI::App& app, Run& run);
void add_schema(CLI::App& app, Run& run);

}  // namespace vivi::policy::command
