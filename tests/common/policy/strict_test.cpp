// Strict DNS refuses the names of public encrypted resolvers, unless somebody is allowed them.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/strict.hpp"

#include <gmock/gmock.h>

#include "common/policy/rules.hpp"

namespace vivi::policy {
namespace {

constexpr Mac phone{{2, 0, 0, 0, 0, 1}}, laptop{{2, 0, 0, 0, 0, 2}};

class Strict : public testing::Test {
protected:
    Strict() {
        CatalogueBuilder builder;
        builder.add("dns.example", builder.tag(TagKind::Category, encrypted_dns), /*with_below=*/true);
        arena = *builder.build();
    }
    Verdict decide(const model::Configuration& configuration, Mac device) {
        rules = compile(decided_policy(configuration), 1);
        const auto engine = *Engine::open(rules, *Catalogue::open(arena));
        return engine.decide_name(engine.subject(device), "dns.example");
    }
    Bytes arena{}, rules{};
};

TEST_F(Strict, IsAChoice) {
    EXPECT_FALSE(decide({}, phone).is_denied());
    const auto verdict = decide({.dns = {.strict = true}}, phone);
    EXPECT_TRUE(verdict.is_denied());
    EXPECT_EQ(verdict.layer, Layer::Category);
}

TEST_F(Strict, YieldsToAnAllow) {
    model::Configuration configuration{.dns = {.strict = true}};
    configuration.policy.categories.push_back(
        {.category = std::string{encrypted_dns}, .decision = model::Decision::Allow, .scope = {.device = phone}});
    EXPECT_FALSE(decide(configuration, phone).is_denied());
    EXPECT_TRUE(decide(configuration, laptop).is_denied());
}

}  // namespace
}  // namespace vivi::policy
