// vivi-policy profile: the policy of any file as a profile, with its checksum.
// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>

#include "common/policy/command/document.hpp"
#include "common/policy/command/subcommands.hpp"

namespace vivi::policy::command {
namespace {

struct Arguments {
    std::string file{}, name{}, description{};
};

int profile(const Arguments& arguments) {
    const auto document = read_document(arguments.file);
    if (!document) return print_problems(arguments.file, document.error());
    const auto json =
        to_json(model::Profile{.name = arguments.name, .description = arguments.description, .policy = document->policy});
    if (const auto again = model::parse_profile(json); !again) return print_problems("the profile", again.error());
    std::cout << json.dump(1) << '\n';
    return fine;
}

}  // namespace

void add_profile(CLI::App& app, Run& run) {
    auto* command = app.add_subcommand("profile", "Writes a profile of the file's policy to standard output.");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("FILE", arguments->file, "A policy, a configuration or a profile to be renamed.")->required();
    command->add_option("--name", arguments->name, "What the profile is called.")->required();
    command->add_option("--description", arguments->description, "What it is for.");
    command->callback([&run, arguments] { run = [arguments] { return profile(*arguments); }; });
}

}  // namespace vivi::policy::command
