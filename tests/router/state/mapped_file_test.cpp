// Files that are replaced while they are read: the one exception to "unit tests touch no disk", as the file is the subject.
// SPDX-License-Identifier: Apache-2.0
#include "router/state/mapped_file.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace vivi::state {
namespace {

struct MappedFileTest : testing::Test {
    std::string folder = [] {
        std::string pattern = testing::TempDir() + "vivi-mapped-XXXXXX";
        return std::string{::mkdtemp(pattern.data())};
    }();
    std::string path = folder + "/rules.bin";
    ~MappedFileTest() override { std::filesystem::remove_all(folder); }

    std::string text() const {
        const auto file = MappedFile::open(path);
        return file ? std::string{as_text((*file)->bytes())} : file.error().detail;
    }
};

TEST_F(MappedFileTest, ReadsWhatWasWritten) {
    ASSERT_TRUE(replace_file(path, as_bytes("one")));
    EXPECT_EQ(text(), "one");
    ASSERT_TRUE(replace_file(path, as_bytes("two and more")));
    EXPECT_EQ(text(), "two and more");
    EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST_F(MappedFileTest, AnOldMappingStaysWhatItWas) {
    ASSERT_TRUE(replace_file(path, as_bytes("old")));
    const auto old = MappedFile::open(path);
    ASSERT_TRUE(old);
    ASSERT_TRUE(replace_file(path, as_bytes("x")));
    std::filesystem::remove(path);
    EXPECT_EQ(as_text((*old)->bytes()), "old");
}

TEST_F(MappedFileTest, EveryReplacementIsAnotherFile) {
    ASSERT_TRUE(replace_file(path, as_bytes("same")));
    const auto mapped = MappedFile::open(path);
    ASSERT_TRUE(mapped);
    EXPECT_EQ(*identify(path), (*mapped)->identity());
    ASSERT_TRUE(replace_file(path, as_bytes("same")));
    EXPECT_NE(*identify(path), (*mapped)->identity());
}

TEST_F(MappedFileTest, SaysWhatIsWrong) {
    EXPECT_EQ(MappedFile::open(path).error().code, Code::NotFound);
    EXPECT_EQ(identify(path).error().code, Code::NotFound);
    std::ofstream{path};
    EXPECT_EQ(MappedFile::open(path).error().code, Code::Invalid) << "empty";
    EXPECT_EQ(MappedFile::open(folder).error().code, Code::Invalid) << "a folder";
}

TEST_F(MappedFileTest, AFailedReplacementLeavesTheOldFile) {
    ASSERT_TRUE(replace_file(path, as_bytes("old")));
    std::filesystem::create_directory(path + ".new");
    EXPECT_FALSE(replace_file(path, as_bytes("new")));
    EXPECT_EQ(text(), "old");
    EXPECT_EQ(replace_file(folder + "/none/rules.bin", as_bytes("new")).error().code, Code::Unavailable);
}

TEST_F(MappedFileTest, OthersMayNotRead) {
    ASSERT_TRUE(replace_file(path, as_bytes("names and MACs")));
    EXPECT_EQ(std::filesystem::status(path).permissions() & std::filesystem::perms::others_all, std::filesystem::perms::none);
}

}  // namespace
}  // namespace vivi::state
