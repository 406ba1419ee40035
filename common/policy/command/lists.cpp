// vivi-policy lists: what would become of these domain lists?
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <iostream>
#include <memory>
#include <vector>

#include "common/policy/command/subcommands.hpp"
#include "common/policy/list_text.hpp"
#include "common/runtime/text_files.hpp"

namespace vivi::policy::command {
namespace {

struct Arguments {
    std::vector<std::string> files{};
    std::string format{};
};

/// A folder is a UT1 folder, whatever the format.
Result<std::string> describe_folder(const std::string& folder) {
    std::vector<ListFile> files;
    const auto read = read_text_folder(
        folder, [&](std::string path, std::string text) { files.push_back({std::move(path), std::move(text)}); });
    if (!read) return std::unexpected{read.error()};
    return render(read_ut1_folder(files, [](const ListEntry&) {}), folder, ListFormat::Ut1);
}

/// The lists of v2fly include others of their folder by name.
std::optional<std::string> beside(const std::string& file, std::string_view name) {
    if (name.contains('/') || name.starts_with('.')) return std::nullopt;
    auto text = read_text_file((std::filesystem::path{file}.parent_path() / name).string());
    return text ? std::optional{*std::move(text)} : std::nullopt;
}

Result<std::string> describe(const std::string& file, std::optional<ListFormat> format) {
    if (std::error_code error; std::filesystem::is_directory(file, error)) return describe_folder(file);
    const auto text = read_text_file(file);
    if (!text) return std::unexpected{text.error()};
    return describe_list(*text, file, format, [&](std::string_view name) { return beside(file, name); });
}

int lists(const Arguments& arguments) {
    int result = fine;
    for (const auto& file : arguments.files) {
        const auto text = describe(file, parse_list_format(arguments.format));
        if (text) {
            std::cout << *text;
        } else {
            std::cerr << text.error().detail << '\n';
            result = problems_found;
        }
    }
    return result;
}

}  // namespace

void add_lists(CLI::App& app, Run& run) {
    auto* command = app.add_subcommand("lists", "Says what of domain lists can be used, and why the rest cannot.");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("FILE", arguments->files, "Domain lists, or a folder as UT1 publishes them.")->required();
    command->add_option("--format", arguments->format, "Guessed when it is not given.")
        ->check(CLI::IsMember({"hosts", "domains", "adguard", "dnsmasq", "rpz", "ut1", "v2fly"}));
    command->callback([&run, arguments] { run = [arguments] { return lists(*arguments); }; });
}

}  // namespace vivi::policy::command
