// Reads the file and tells the three kinds apart.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/command/document.hpp"

#include <iostream>
#include <iterator>

#include "common/model/configuration.hpp"
#include "common/policy/command/subcommands.hpp"
#include "common/runtime/text_files.hpp"

namespace vivi::policy::command {
namespace {

constexpr std::size_t most_bytes = std::size_t{16} << 20;

Result<model::Json> read_json(const std::string& file) {
    auto text =
        file == "-" ? Result<std::string>{std::string{std::istreambuf_iterator<char>{std::cin}, {}}} : read_text_file(file);
    if (!text) return std::unexpected{std::move(text).error()};
    return model::parse_json(*text, most_bytes);
}

Kind kind_of(const model::Json& json) {
    if (json.is_object() && (json.contains("vivi") || json.contains("checksum"))) return Kind::Profile;
    return json.is_object() && (json.contains("policy") || json.contains("networks")) ? Kind::Configuration : Kind::Policy;
}

}  // namespace

std::string_view to_string(Kind kind) noexcept {
    switch (kind) {
        case Kind::Profile: return "profile";
        case Kind::Policy: return "policy";
        case Kind::Configuration: return "configuration";
    }
    return "policy";
}

std::expected<Document, model::Problems> read_document(const std::string& file) {
    const auto json = read_json(file);
    if (!json) return std::unexpected{model::Problems{json.error().detail}};
    Document document{.kind = kind_of(*json), .pointer = "/policy"};
    model::Problems problems;
    switch (document.kind) {
        case Kind::Profile: {
            auto profile = model::parse_profile(*json);
            if (!profile) return std::unexpected{std::move(profile).error()};
            document.profile = *std::move(profile);
            document.policy = document.profile.policy;
            return document;
        }
        case Kind::Configuration: {
            auto configuration = model::parse_configuration(*json);
            if (!configuration) return std::unexpected{std::move(configuration).error()};
            document.policy = std::move(configuration->policy);
            document.is_strict = configuration->dns.strict;
            return document;
        }
        case Kind::Policy: break;
    }
    document.pointer.clear();
    document.policy = model::parse_policy(*json, "", problems);
    if (!problems.empty()) return std::unexpected{std::move(problems)};
    return document;
}

int print_problems(const std::string& file, const model::Problems& problems) {
    for (const auto& problem : problems) std::cerr << file << ": " << problem << '\n';
    return problems_found;
}

}  // namespace vivi::policy::command
