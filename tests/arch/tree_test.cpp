// Reads the project's files once.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "tests/arch/tree.hpp"

namespace vivi::arch {
namespace {

const std::set<std::string> left_out{"build", ".git", "node_modules", "dist", "generated", "corpus", ".cache"};
const std::set<std::string> endings{".cpp", ".hpp", ".ts", ".tsx", ".css", ".mjs", ".sql", ".cmake", ".graphql", ".sh", ".py"};

bool is_script(const std::filesystem::path& path) {
    std::ifstream file{path};
    std::string line;
    std::getline(file, line);
    return line.starts_with("#!");
}

std::vector<File> read_all() {
    const std::filesystem::path root{VIVI_ROOT};
    std::vector<File> all;
    auto walk = std::filesystem::recursive_directory_iterator{root};
    for (auto it = begin(walk); it != end(walk); ++it) {
        const auto& path = it->path();
        if (it->is_directory()) {
            if (left_out.contains(path.filename().string())) it.disable_recursion_pending();
            continue;
        }
        if (!it->is_regular_file()) continue;
        if (!endings.contains(path.extension().string()) && !(path.extension().empty() && is_script(path))) continue;
        const auto relative = path.lexically_relative(root);
        File file{.path = relative.string(), .folder = relative.parent_path().string(), .lines = {}};
        std::ifstream in{path};
        for (std::string line; std::getline(in, line);) file.lines.push_back(line);
        all.push_back(std::move(file));
    }
    std::ranges::sort(all, {}, &File::path);
    return all;
}

}  // namespace

const std::vector<File>& files() {
    static const auto all = read_all();
    return all;
}

std::string_view included(std::string_view line) {
    if (!line.starts_with("#include ") || line.size() < 11) return {};
    const auto rest = line.substr(10);
    const auto end = rest.find(line[9] == '<' ? '>' : '"');
    return end == std::string_view::npos ? std::string_view{} : rest.substr(0, end);
}

TEST(Tree, IsSeen) { EXPECT_GT(files().size(), 100U) << "the tests of this folder would say yes to nothing"; }

}  // namespace vivi::arch
