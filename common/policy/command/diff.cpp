// vivi-policy diff: what would be different with the second file instead of the first?
// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>
#include <utility>

#include "common/model/policy_diff.hpp"
#include "common/policy/command/document.hpp"
#include "common/policy/command/subcommands.hpp"

namespace vivi::policy::command {
namespace {

using Files = std::pair<std::string, std::string>;

int diff(const Files& files) {
    const auto before = read_document(files.first), after = read_document(files.second);
    if (!before) print_problems(files.first, before.error());
    if (!after) print_problems(files.second, after.error());
    if (!before || !after) return problems_found;
    const bool are_profiles = before->kind == Kind::Profile && after->kind == Kind::Profile;
    const auto changes = are_profiles ? model::diff(before->profile, after->profile) : model::diff(before->policy, after->policy);
    for (const auto& change : changes) std::cout << to_string(change) << '\n';
    if (changes.empty()) std::cout << "no difference\n";
    return fine;
}

}  // namespace

void add_diff(CLI::App& app, Run& run) {
    auto* command =
        app.add_subcommand("diff", "Lists what was added (+), removed (-) and changed (~), each with its JSON pointer.");
    const auto files = std::make_shared<Files>();
    command->add_option("BEFORE", files->first, "A profile, a policy or a configuration.")->required();
    command->add_option("AFTER", files->second, "Likewise.")->required();
    command->callback([&run, files] { run = [files] { return diff(*files); }; });
}

}  // namespace vivi::policy::command
