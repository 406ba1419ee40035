// The compiled policy on disk as daemons meet it: missing, damaged, replaced under their hands.
// SPDX-License-Identifier: Apache-2.0
#include "router/state/policy_files.hpp"

#include <gmock/gmock.h>

#include <filesystem>

namespace vivi::state {
namespace {

Bytes rules(std::string domain, std::int64_t revision) {
    model::Policy policy;
    policy.domains.push_back({.domain = std::move(domain)});
    return policy::compile(policy, revision);
}

Bytes catalogue(std::string_view name) {
    policy::CatalogueBuilder builder;
    builder.add(name, builder.tag(policy::TagKind::Category, "games"), /*with_below=*/true);
    return *builder.build();
}

struct PolicyFilesTest : testing::Test {
    std::string path = [] {
        std::string pattern = testing::TempDir() + "vivi-policy-XXXXXX";
        return std::string{::mkdtemp(pattern.data())};
    }();
    PolicyFolder folder{.path = path};
    ~PolicyFilesTest() override { std::filesystem::remove_all(path); }

    static bool is_denied(const MappedPolicy& policy, std::string_view name) {
        return policy.engine().decide_name(policy.engine().subject(std::nullopt), name).is_denied();
    }
};

TEST_F(PolicyFilesTest, DecidesByWhatWasWritten) {
    ASSERT_TRUE(replace_file(folder.rules(), rules("bad.example", 7)));
    const auto policy = MappedPolicy::open(folder);
    ASSERT_TRUE(policy) << policy.error().detail;
    EXPECT_EQ((*policy)->engine().revision(), 7);
    EXPECT_TRUE(is_denied(**policy, "www.bad.example"));
    EXPECT_FALSE(is_denied(**policy, "good.example"));
    EXPECT_EQ((*policy)->catalogue().names(), 0U) << "there is none";
    EXPECT_TRUE((*policy)->is_current(folder));
}

TEST_F(PolicyFilesTest, AnOldOneDecidesAsBeforeWhenItsFilesWereReplaced) {
    ASSERT_TRUE(replace_file(folder.catalogue(), catalogue("old.example")));
    ASSERT_TRUE(replace_file(folder.rules(), rules("bad.example", 1)));
    const auto old = MappedPolicy::open(folder);
    ASSERT_TRUE(old);
    ASSERT_TRUE(replace_file(folder.catalogue(), catalogue("new.example")));
    ASSERT_TRUE(replace_file(folder.rules(), rules("other.example", 2)));
    EXPECT_FALSE((*old)->is_current(folder));
    EXPECT_TRUE(is_denied(**old, "bad.example"));
    EXPECT_FALSE(is_denied(**old, "other.example"));
    EXPECT_EQ((*old)->catalogue().names(), 1U);

    const auto renewed = MappedPolicy::open(folder, *old);
    ASSERT_TRUE(renewed);
    EXPECT_EQ((*renewed)->engine().revision(), 2);
    EXPECT_FALSE(is_denied(**renewed, "bad.example"));
    std::filesystem::remove_all(path);
    EXPECT_TRUE(is_denied(**renewed, "other.example"));
}

TEST_F(PolicyFilesTest, KeepsTheCatalogueWhenOnlyRulesChanged) {
    ASSERT_TRUE(replace_file(folder.catalogue(), catalogue("a.example")));
    ASSERT_TRUE(replace_file(folder.rules(), rules("bad.example", 1)));
    auto first = MappedPolicy::open(folder);
    ASSERT_TRUE(first);
    ASSERT_TRUE(replace_file(folder.rules(), rules("bad.example", 2)));
    const auto second = MappedPolicy::open(folder, *first);
    ASSERT_TRUE(second);
    first->reset();  // The shared catalogue lives as long as whoever uses it.
    EXPECT_EQ((*second)->catalogue().names(), 1U);
    EXPECT_TRUE((*second)->is_current(folder));
    std::filesystem::remove(folder.catalogue());
    EXPECT_FALSE((*second)->is_current(folder));
}

TEST_F(PolicyFilesTest, RefusesWhatIsMissingOrDamaged) {
    EXPECT_EQ(MappedPolicy::open(folder).error().code, Code::NotFound);
    auto cut = rules("bad.example", 1);
    cut.resize(cut.size() - 1);
    ASSERT_TRUE(replace_file(folder.rules(), cut));
    const auto damaged = MappedPolicy::open(folder);
    ASSERT_FALSE(damaged);
    EXPECT_EQ(damaged.error().code, Code::Invalid);
    EXPECT_THAT(damaged.error().detail, testing::HasSubstr("rules.bin"));

    ASSERT_TRUE(replace_file(folder.rules(), rules("bad.example", 1)));
    ASSERT_TRUE(replace_file(folder.catalogue(), as_bytes("no catalogue")));
    const auto no_catalogue = MappedPolicy::open(folder);
    ASSERT_FALSE(no_catalogue);
    EXPECT_THAT(no_catalogue.error().detail, testing::HasSubstr("catalogue.bin"));
}

}  // namespace
}  // namespace vivi::state
