// vivi-policy lists and catalogue, run as people run them.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "common/policy/catalogue.hpp"
#include "common/runtime/text_files.hpp"

namespace vivi::policy {
namespace {

using testing::HasSubstr;

struct Ran {
    int code = -1;
    std::string output{};  ///< Both streams.
};

Ran run(const std::string& arguments) {
    Ran ran;
    auto* const pipe = ::popen((VIVI_POLICY " " + arguments + " 2>&1").c_str(), "r");
    std::array<char, 4'096> room{};
    while (pipe != nullptr && std::fgets(room.data(), static_cast<int>(room.size()), pipe) != nullptr) ran.output += room.data();
    if (pipe != nullptr) ran.code = WEXITSTATUS(::pclose(pipe));
    return ran;
}

class ListsCommand : public testing::Test {
protected:
    ListsCommand() {
        std::string pattern = testing::TempDir() + "vivi-lists-XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
    }
    ~ListsCommand() override { std::filesystem::remove_all(folder_); }

    std::string write(const std::string& name, std::string_view text) const {
        const auto path = std::filesystem::path{folder_} / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream{path} << text;
        return path.string();
    }
    std::string folder_{};
};

TEST_F(ListsCommand, ReportsAListAndAUt1Folder) {
    const auto hosts = run("lists " + write("hosts.txt", "0.0.0.0 a.org b.org\n::1 localhost\n"));
    EXPECT_EQ(hosts.code, 0);
    EXPECT_THAT(hosts.output, HasSubstr("hosts.txt (hosts): 2 lines\n  accepted     2\n"));
    write("ut1/games/domains", "a.org\n192.0.2.1\n");
    const auto ut1 = run("lists " + folder_ + "/ut1");
    EXPECT_EQ(ut1.code, 0);
    EXPECT_THAT(ut1.output, HasSubstr("line 2: an address, not a name"));
    EXPECT_THAT(ut1.output, HasSubstr("(games/domains)"));
    write("v2fly/ads", "a.org\nb.org @cn\n");
    const auto v2fly = run("lists --format v2fly " + write("v2fly/all", "include:ads @-cn\ninclude:../hosts.txt\n"));
    EXPECT_THAT(v2fly.output, HasSubstr("accepted     1\n"));
    EXPECT_THAT(v2fly.output, HasSubstr("another list, which is not here: ../hosts.txt"));
    EXPECT_EQ(run("lists " + folder_ + "/nothing").code, 1);
    EXPECT_EQ(run("lists --format excel " + folder_).code, 64);
}

TEST_F(ListsCommand, MakesACatalogueOfTheShippedListsAndOthers) {
    const auto list = write("ads.txt", "||ads.example^\n@@||good.ads.example^\n");
    const auto out = folder_ + "/catalogue.bin";
    const auto made = run("catalogue --lists " VIVI_LISTS " --list ads:adguard:" + list + " --out " + out);
    EXPECT_EQ(made.code, 0) << made.output;
    EXPECT_THAT(made.output, HasSubstr("service youtube: "));
    EXPECT_THAT(made.output, HasSubstr("list ads: 2 accepted, 0 duplicates, 0 unsupported, 0 invalid\n"));
    const auto bytes = read_text_file(out).value();
    const auto catalogue = Catalogue::open(as_bytes(bytes));
    ASSERT_TRUE(catalogue) << catalogue.error().detail;
    std::array<Catalogue::Tag, Catalogue::most_tags_of_a_name> room{};
    ASSERT_EQ(catalogue->find("www.ads.example", room).size(), 1U);
    EXPECT_EQ(catalogue->tag_name(room[0].tag), "ads");
    EXPECT_TRUE(catalogue->find("good.ads.example", room)[0].allows);
    EXPECT_EQ(catalogue->find("www.youtube.com", room).size(), 2U) << "the service and its category";
}

TEST_F(ListsCommand, SaysWhatIsWrongWithAListAndWritesNothing) {
    const auto out = folder_ + "/catalogue.bin";
    for (const auto* list : {"ads", "ads:adguard", "ads:excel:/dev/null", "ads:hosts:/no/such/file"}) {
        const auto refused = run(std::string{"catalogue --list "} + list + " --out " + out);
        EXPECT_EQ(refused.code, 1) << list;
        EXPECT_THAT(refused.output, testing::StartsWith("vivi-policy: ")) << list;
        EXPECT_FALSE(std::filesystem::exists(out));
    }
}

}  // namespace
}  // namespace vivi::policy
