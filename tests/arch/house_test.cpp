// House rules that a reader relies on: first lines, licences, documented log events and settings, tests that mirror sources.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/arch/tree.hpp"

namespace vivi::arch {
namespace {

/// A comment of any of our languages that says something.
bool is_sentence(std::string_view line) {
    static const std::regex comment{R"(^(//|#|--|/\*|<!--) ?\S.{15,})"};
    return std::regex_search(line.begin(), line.end(), comment);
}

TEST(House, TheFirstLineSaysWhatTheFileIsForAndTheNextNamesTheLicence) {
    for (const auto& file : files()) {
        if (file.path.ends_with("vite-env.d.ts")) continue;
        std::size_t first = !file.lines.empty() && file.lines[0].starts_with("#!") ? 1 : 0;
        ASSERT_GT(file.lines.size(), first + 1) << file.path << " is too short to say what it is for";
        EXPECT_TRUE(is_sentence(file.lines[first])) << file.path << ": " << file.lines[first];
        EXPECT_NE(file.lines[first + 1].find("SPDX-License-Identifier: Apache-2.0"), std::string::npos) << file.path;
    }
}

std::string text_of_folder(const std::string& folder) {
    std::ostringstream all;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator{std::filesystem::path{VIVI_ROOT} / folder, error})
        all << std::ifstream{entry.path()}.rdbuf() << '\n';
    return all.str();
}

/// Names in the first column of the tables: | `name` |
std::set<std::string> documented(const std::string& folder) {
    static const std::regex row{R"(\n\| *`([^`]+)`)"};
    const auto text = "\n" + text_of_folder(folder);
    std::set<std::string> names;
    for (std::sregex_iterator it{text.begin(), text.end(), row}; it != std::sregex_iterator{}; ++it) names.insert((*it)[1]);
    return names;
}

std::set<std::string> found_in_sources(const std::regex& pattern) {
    std::set<std::string> names;
    for (const auto& file : files()) {
        if (!file.is_cpp() || file.folder.starts_with("tests")) continue;
        std::string text;
        for (const auto& line : file.lines) text += line + '\n';
        for (std::sregex_iterator it{text.begin(), text.end(), pattern}; it != std::sregex_iterator{}; ++it) names.insert((*it)[1]);
    }
    return names;
}

TEST(House, EveryLogEventIsDocumentedAndEveryDocumentedOneExists) {
    const auto used = found_in_sources(std::regex{R"re(log::(?:debug|info|warn|error)\(\s*"([a-z0-9_.]+)")re"});
    const auto known = documented("docs/log_events");
    EXPECT_GT(used.size(), 20U);
    for (const auto& name : used) EXPECT_TRUE(known.contains(name)) << name << " is logged and not in docs/log_events";
    for (const auto& name : known) EXPECT_TRUE(used.contains(name)) << name << " is in docs/log_events and never logged";
}

TEST(House, EverySettingIsDocumented) {
    const auto used = found_in_sources(
        std::regex{R"re(\{\s*(?:\.key = )?"([a-z0-9_]+(?:\.[a-z0-9_]+)+)",\s*(?:\.fallback = )?(?:std::string|std::int64_t|std::vector|true|false|vivi::|list))re"});
    const auto known = documented("docs/configuration");
    EXPECT_GT(used.size(), 15U);
    for (const auto& key : used) EXPECT_TRUE(known.contains(key)) << key << " is a setting and not in docs/configuration";
}

// Folders whose tests are elsewhere, with the reason.
const std::map<std::string, std::string> tested_elsewhere{
    {"common/bus", "needs RabbitMQ: tests/adapters"},
    {"common/ssh", "needs peers: tests/adapters"},
    {"router/openvivi-embedded", "needs a hub: tests/adapters"},
    {"server/hub", "needs a router: tests/adapters"},
    {"server/live", "needs RabbitMQ: tests/adapters"},
};

TEST(House, TestsMirrorSources) {
    std::set<std::string> components;
    for (const auto& file : files()) {
        if (file.is_cpp() && !file.folder.starts_with("tests") && file.folder != "server") components.insert(file.folder);
    }
    const std::filesystem::path root{VIVI_ROOT};
    for (const auto& component : components) {
        const bool has_tests = std::filesystem::exists(root / "tests" / component / "CMakeLists.txt");
        EXPECT_TRUE(has_tests || tested_elsewhere.contains(component)) << component << " has no folder tests/" << component;
    }
    for (const auto& file : files()) {
        for (const auto* layer : {"tests/common/", "tests/router/", "tests/server/"}) {
            if (file.is_cpp() && file.path.starts_with(layer) && file.path.ends_with("_test.cpp"))
                EXPECT_TRUE(std::filesystem::exists(root / file.folder.substr(6))) << file.path << " tests a folder that does not exist";
        }
    }
}

TEST(House, ScriptsStayShort) {
    for (const auto& file : files()) {
        if (!file.lines.empty() && (file.lines[0] == "#!/bin/sh" || file.lines[0] == "#!/bin/bash") && file.path != "deploy/install-deps")
            EXPECT_LE(file.lines.size(), 80U) << file.path << ": longer than 80 lines is a program";
    }
}

}  // namespace
}  // namespace vivi::arch
