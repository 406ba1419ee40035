// The engine says what the reference says, about thousands of random policies.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "common/policy/rules.hpp"
#include "common/policy/schedule.hpp"
#include "tests/common/policy/random_policy.hpp"
#include "tests/common/policy/tzif.hpp"

namespace vivi::policy {
namespace {

using test::Answer;

// Sanitizers are ten times slower; what they look for does not need as many policies as a wrong decision does.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr std::uint32_t policies = 200, timetables = 60;
#else
constexpr std::uint32_t policies = 1500, timetables = 300;
#endif

Bytes catalogue_of(const std::vector<test::Tagged>& tagged) {
    CatalogueBuilder builder;
    for (const auto& one : tagged) builder.add(one.name, builder.tag(one.kind, one.tag), one.with_below, one.allows);
    return builder.build().value();
}

Answer answer_of(const Engine& engine, const Verdict& verdict) {
    return {verdict.decision, verdict.layer, engine.pointer(verdict)};
}

struct Asked {
    std::optional<Mac> device{};
    std::string name{};
    Ipv6 address{};
    model::Transport transport{};
    std::uint16_t port = 0;
};

Asked asked_by(test::Random& random) {
    return {.device = random.one_in(8) ? std::nullopt : std::optional{random.device()},
            .name = random.name(),
            .address = random.address(),
            .transport = random.transport(),
            .port = random.port()};
}

TEST(EngineProperty, TheEngineAndTheReferenceAgree) {
    const auto paris = test::zone_of("CET-1CEST,M3.5.0,M10.5.0/3");
    std::array<std::size_t, 13> layers_seen{};
    for (std::uint32_t seed = 1; seed <= policies; ++seed) {
        test::Random random{seed};
        const auto policy = random.policy();
        const auto tagged = random.tagged();
        const auto now = random.moment();
        const auto catalogue = catalogue_of(tagged);
        const auto image = compile(effective(policy, paris, now), seed);
        const auto engine = Engine::open(image, Catalogue::open(catalogue).value());
        ASSERT_TRUE(engine) << engine.error().detail;
        ASSERT_EQ(engine->revision(), seed);
        const test::Reference reference{policy, tagged, paris, now};
        for (int i = 0; i < 40; ++i) {
            const auto asked = asked_by(random);
            const auto subject = engine->subject(asked.device);
            const auto of_name = engine->decide_name(subject, asked.name);
            const auto of_address = engine->decide_address(subject, asked.address, asked.transport, asked.port);
            ++layers_seen[static_cast<std::size_t>(of_name.layer)];
            ASSERT_EQ(answer_of(*engine, of_name), reference.decide_name(asked.device, asked.name))
                << "seed " << seed << ", " << asked.name << ": " << engine->describe(of_name) << " at "
                << engine->pointer(of_name) << "\n"
                << to_json(policy).dump(1);
            ASSERT_EQ(answer_of(*engine, of_address),
                      reference.decide_address(asked.device, asked.address, asked.transport, asked.port))
                << "seed " << seed << ", " << to_address_string(asked.address) << ": " << engine->describe(of_address) << "\n"
                << to_json(policy).dump(1);
        }
    }
    for (std::size_t layer = 0; layer < layers_seen.size(); ++layer)
        EXPECT_GT(layers_seen[layer], policies / 40)
            << "hardly ever tried: " << to_string(Layer{static_cast<std::uint8_t>(layer)});
}

TEST(EngineProperty, TheNextChangeIsTheFirstMomentAtWhichAnythingIsDifferent) {
    const auto paris = test::zone_of("CET-1CEST,M3.5.0,M10.5.0/3");
    const auto until_when = WallTime{Milliseconds{1'791'600'000'000}} + std::chrono::days{32};
    std::size_t changes = 0, nothings = 0;
    for (std::uint32_t seed = 1; seed <= timetables; ++seed) {
        test::Random random{seed};
        const auto policy = random.policy();
        const auto now = random.moment();
        const auto state_at = [&](WallTime at) {
            const test::Reference reference{policy, {}, paris, at};
            std::vector<bool> state;
            for (const auto& rule : policy.devices) state.push_back(reference.holds(rule.schedule, rule.until));
            const auto add = [&](const auto& rules) {
                for (const auto& rule : rules) state.push_back(reference.holds(rule.scope.schedule, rule.scope.until));
            };
            add(policy.domains);
            add(policy.addresses);
            add(policy.categories);
            add(policy.services);
            add(policy.lists);
            return state;
        };
        const auto next = next_change(policy, paris, now);
        const auto state = state_at(now);
        auto found = now + 5min;  // Every time in a random policy is a multiple of five minutes.
        while (found < until_when && state_at(found) == state) found += 5min;
        if (found >= until_when) {
            EXPECT_TRUE(!next || *next >= until_when) << "seed " << seed;
            ++nothings;
            continue;
        }
        EXPECT_EQ(next, found) << "seed " << seed << "\n" << to_json(policy).dump(1);
        ++changes;
    }
    EXPECT_GT(changes, timetables / 3);
    EXPECT_GT(nothings, timetables / 15);
}

}  // namespace
}  // namespace vivi::policy
