// The texts of lists on their way to a real vivi-bridged: in chunks, over a cut stream, and checked before they decide anything.
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "common/core/crypto.hpp"
#include "tests/adapters/bridged/bridge_fixture.hpp"

namespace vivi::test {
namespace {

class Lists : public Bridge {
protected:
    static std::string hash_of(const std::string& text) { return crypto::to_hex(crypto::sha256(as_bytes(text))); }
    static std::string names(int count) {
        std::string text;
        for (int i = 0; i < count; ++i) text += "name-" + std::to_string(i) + ".example\n";
        return text;
    }
    static std::string document(int revision, const std::string& sha256) {
        return R"({"v":1,"revision":)" + std::to_string(revision) +
               R"(,"custody":"c","networks":[{"name":"lan","interface":"lo","address":"10.66.0.1/22"}],)"
               R"("uplink":{"interface":"eth0","mode":"dhcp"},"policy":{"mode":"block-listed","lists":[{"list":"ads","sha256":")" +
               sha256 + R"(","format":"domains"}]}})";
    }
    std::string file(const std::string& sha256) const { return folder / ("policy/lists/" + sha256); }
    std::string read(const std::string& path) const {
        std::ifstream in{path, std::ios::binary};
        return {std::istreambuf_iterator<char>{in}, {}};
    }
    bool has_problem(const std::string& part) {
        const auto document = health();
        return document.contains("unenforced") && document["unenforced"].dump().find(part) != std::string::npos;
    }
};

TEST_F(Lists, ComeInChunksAndThenDecide) {
    const auto text = names(30'000);
    const auto sha256 = hash_of(text);
    hub.have_list(sha256, text);
    start();
    run([&]() -> Task<> {
        co_await until("a session", [&] { return hub.is_running(); });
        hub.decide(1, document(1, sha256));
        co_await until("the text", [&] { return std::filesystem::exists(file(sha256)); });
        co_await until("the catalogue of it", [&] { return health()["revision"] == 1 && !has_problem("not here yet"); });
    }());
    EXPECT_EQ(read(file(sha256)), text);
    EXPECT_FALSE(std::filesystem::exists(file(sha256) + ".part"));
    EXPECT_EQ(hub.wants().size(), (text.size() + hub.chunk_bytes - 1) / hub.chunk_bytes);
    const auto catalogue = read(folder / "policy/catalogue.bin");
    EXPECT_NE(catalogue.find("name-29999.example"), std::string::npos) << "the names are in the compiled file";
}

TEST_F(Lists, GoOnWhereTheStreamWasCut) {
    const auto text = names(30'000);
    const auto sha256 = hash_of(text);
    hub.have_list(sha256, text);
    hub.answers_until_cut = 2;
    start();
    run([&]() -> Task<> {
        co_await until("a session", [&] { return hub.is_running(); });
        hub.decide(1, document(1, sha256));
        co_await until("the text", [&] { return std::filesystem::exists(file(sha256)); }, 8s);
    }());
    EXPECT_EQ(read(file(sha256)), text);
    std::size_t from_the_start = 0;
    for (const auto& want : hub.wants()) from_the_start += want.offset == 0 ? 1U : 0U;
    EXPECT_EQ(from_the_start, 1u) << "what was here already is not sent again";
    EXPECT_EQ(hub.hellos().size(), 2u);
}

TEST_F(Lists, WhatIsNotWhatItSaysIsThrownAway) {
    const auto sha256 = hash_of("the right text");
    hub.have_list(sha256, "another text\n");
    start();
    run([&]() -> Task<> {
        co_await until("a session", [&] { return hub.is_running(); });
        hub.decide(1, document(1, sha256));
        co_await until("the question", [&] { return !hub.wants().empty(); });
        co_await until("the answer's end", [&] { return read(folder / "log").find("list.damaged") != std::string::npos; });
        co_await until("the problem", [&] { return has_problem("/policy/lists/0"); });
    }());
    EXPECT_FALSE(std::filesystem::exists(file(sha256)));
    EXPECT_FALSE(std::filesystem::exists(file(sha256) + ".part"));
}

TEST_F(Lists, WhatTheServerHasNotIsSaidAndTheRestIsFetched) {
    const auto text = names(10);
    const auto sha256 = hash_of(text);
    hub.have_list(sha256, text);
    start();
    auto json = nlohmann::json::parse(document(1, std::string(64, '0')));
    json["policy"]["lists"].push_back({{"list", "second"}, {"sha256", sha256}, {"format", "domains"}});
    run([&]() -> Task<> {
        co_await until("a session", [&] { return hub.is_running(); });
        hub.decide(1, json.dump());
        co_await until("the second", [&] { return std::filesystem::exists(file(sha256)); });
        co_await until("the problem of the first alone",
                       [&] { return has_problem("/policy/lists/0") && !has_problem("/policy/lists/1"); });
    }());
    EXPECT_NE(read(folder / "log").find("list.not_at_server"), std::string::npos);
}

}  // namespace
}  // namespace vivi::test
