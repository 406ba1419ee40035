// The file for the next boot is the old or the new one, never half of one.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/last_good.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace vivi::bridged {
namespace {

class BridgedLastGood : public testing::Test {
protected:
    BridgedLastGood() { std::filesystem::create_directories(folder); }
    ~BridgedLastGood() override { std::filesystem::remove_all(folder); }

    std::filesystem::path folder = std::filesystem::temp_directory_path() / ("vivi-last-good-" + std::to_string(::getpid()));
    std::string file = folder / "last-good.json";
};

TEST_F(BridgedLastGood, IsReplacedWhole) {
    EXPECT_EQ(*read_last_good(file), std::nullopt);
    ASSERT_TRUE(write_last_good(file, "one"));
    ASSERT_TRUE(write_last_good(file, "a longer two"));
    EXPECT_EQ(*read_last_good(file), "a longer two");
    EXPECT_FALSE(std::filesystem::exists(file + ".new"));
}

TEST_F(BridgedLastGood, AFolderThatIsNotThereIsAnError) {
    const auto written = write_last_good(folder / "nowhere/last-good.json", "x");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, Code::Unavailable);
}

}  // namespace
}  // namespace vivi::bridged
