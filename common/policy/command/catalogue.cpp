// vivi-policy catalogue: makes the file in which dnsd and pcapd look names up, as bridged does on a router.
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <vector>

#include "common/policy/command/subcommands.hpp"
#include "common/policy/shipped.hpp"
#include "common/runtime/text_files.hpp"

namespace vivi::policy::command {
namespace {

struct Arguments {
    std::string folder{}, out{};
    std::vector<std::string> lists{};  ///< NAME:FORMAT:FILE.
};

/// A list as a rule of the policy would name it.
Status add_named(CatalogueBuilder& builder, const std::string& argument) {
    const auto first = argument.find(':');
    const auto second = first == std::string::npos ? first : argument.find(':', first + 1);
    if (second == std::string::npos) return failed(Code::Invalid, argument + ": not NAME:FORMAT:FILE");
    const auto format = parse_list_format(std::string_view{argument}.substr(first + 1, second - first - 1));
    if (!format) return failed(Code::Invalid, argument + ": no such format");
    const auto text = read_text_file(argument.substr(second + 1));
    if (!text) return std::unexpected{text.error()};
    const auto name = argument.substr(0, first);
    const auto report = add_list(builder, builder.tag(TagKind::List, name), *text, *format);
    std::cout << "list " << name << ": " << report.accepted << " accepted, " << report.duplicates << " duplicates, "
              << report.unsupported << " unsupported, " << report.invalid << " invalid\n";
    return {};
}

Status add_folder(CatalogueBuilder& builder, const std::string& folder) {
    std::vector<ListFile> files;
    const auto read = read_text_folder(
        folder, [&](std::string path, std::string text) { files.push_back({std::move(path), std::move(text)}); });
    if (!read) return read;
    for (const auto& list : add_shipped_lists(builder, files))
        std::cout << (list.kind == TagKind::Category ? "category " : "service ") << list.id << ": " << list.report.accepted
                  << '\n';
    return {};
}

/// As a whole or not at all: whoever has the old file mapped keeps it.
Status write(const std::string& path, BytesView bytes) {
    const auto beside = path + ".new";
    std::ofstream file{beside, std::ios::binary};
    file << as_text(bytes) << std::flush;
    std::error_code error;
    if (file) std::filesystem::rename(beside, path, error);
    if (!file || error) return failed(Code::Unavailable, path + ": cannot be written");
    return {};
}

Status make(const Arguments& arguments) {
    CatalogueBuilder builder;
    if (!arguments.folder.empty()) {
        if (auto added = add_folder(builder, arguments.folder); !added) return added;
    }
    for (const auto& list : arguments.lists) {
        if (auto added = add_named(builder, list); !added) return added;
    }
    const auto names = builder.names();
    const auto arena = builder.build();
    if (!arena) return std::unexpected{arena.error()};
    std::cout << names << " names, " << arena->size() << " bytes\n";
    return write(arguments.out, *arena);
}

int catalogue(const Arguments& arguments) {
    const auto made = make(arguments);
    if (!made) std::cerr << "vivi-policy: " << made.error().detail << '\n';
    return made ? fine : problems_found;
}

}  // namespace

void add_catalogue(CLI::App& app, Run& run) {
    auto* command = app.add_subcommand("catalogue", "Makes a catalogue of lists.");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("--lists", arguments->folder, "A folder with categories and services (/usr/share/vivi/lists).");
    command->add_option("--list", arguments->lists, "NAME:FORMAT:FILE, as often as there are lists.");
    command->add_option("--out", arguments->out, "The file to write.")->required();
    command->callback([&run, arguments] { run = [arguments] { return catalogue(*arguments); }; });
}

}  // namespace vivi::policy::command
