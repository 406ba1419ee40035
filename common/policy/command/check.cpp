// vivi-policy check: is this file a policy that a router would take?
// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>

#include "common/policy/command/document.hpp"
#include "common/policy/command/subcommands.hpp"

namespace vivi::policy::command {
namespace {

int check(const std::string& file) {
    const auto document = read_document(file);
    if (!document) return print_problems(file, document.error());
    const auto& policy = document->policy;
    std::cout << "a " << to_string(document->kind) << " without problems: " << policy.groups.size() << " groups, "
              << policy.devices.size() << " rules of devices, " << policy.domains.size() << " of domains, "
              << policy.addresses.size() << " of addresses, "
              << policy.categories.size() + policy.services.size() + policy.lists.size()
              << " of categories, services and lists\n";
    return fine;
}

}  // namespace

void add_check(CLI::App& app, Run& run) {
    auto* command = app.add_subcommand("check", "Says every problem of a file, each with its JSON pointer.");
    const auto file = std::make_shared<std::string>();
    command->add_option("FILE", *file, "A profile, a policy or a configuration; -: standard input.")->required();
    command->callback([&run, file] { run = [file] { return check(*file); }; });
}

}  // namespace vivi::policy::command
