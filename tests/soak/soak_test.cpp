// vivi-server under a mix of good, broken and hostile traffic for a bounded time: it stays up, does not grow, and tells nothing.
// SPDX-License-Identifier: Apache-2.0
//
// VIVI_SOAK_MINUTES (60) says for how long. Not in CI; tests/soak/run starts it.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <mutex>

#include "tests/adapters/http/frames.hpp"
#include "tests/adapters/server/server_process.hpp"
#include "tests/soak/random_operation.hpp"

namespace vivi::test {
namespace {

/// They would end what the others are about: the session, and the router that speaks.
const std::vector<std::string> left_out{"logout", "returnRouter", "replaceRouter"};

/// What must never be told to a stranger, as it would look if it were.
constexpr const char* internal_words[] = {
    "pqxx",       "SQLSTATE",     "std::",      "boost",       "nlohmann",    ".cpp",
    "vivi_api",   "vivi_auth",    "vivi_owner", "insert into", "delete from", "set_config",
    "returning ", "relation \"",  "violates",   "/usr/",       "/tmp/",       "/var/",
    "bad_alloc",  "basic_string", "what()",     "exception",   "row-level",   "syntax error at or near"};

/// Faults found in answers, bounded, and how many answers were looked at.
class Findings {
public:
    void look_at(const std::string& answer, const std::string& question) {
        ++looked_;
        for (const auto* word : internal_words)
            if (answer.find(word) != std::string::npos) note(std::string{"tells '"} + word + "'", answer, question);
        const auto json = Json::parse(answer, nullptr, false);
        if (!json.is_object()) return;
        auto errors = json.value("errors", Json::array());
        if (json.value("type", "") == "error") errors = json["payload"];
        if (json.value("type", "") == "next") errors = json["payload"].value("errors", Json::array());
        for (const auto& error : errors) {
            const auto code = error.value("extensions", Json::object()).value("code", Json{});
            if (!code.is_string() || code == "") note("an error without code", answer, question);
            const std::lock_guard lock{mutex_};
            ++codes_[code.is_string() ? code.get<std::string>() : ""];
        }
    }
    void note(const std::string& what, const std::string& answer, const std::string& question) {
        const std::lock_guard lock{mutex_};
        if (faults_.size() < 20) faults_.push_back(what + ": " + answer.substr(0, 400) + "\n  for: " + question.substr(0, 600));
    }
    std::vector<std::string> faults() const { return faults_; }
    std::size_t looked() const { return looked_; }
    const std::map<std::string, std::size_t>& codes() const { return codes_; }

private:
    std::atomic<std::size_t> looked_{0};
    std::mutex mutex_;
    std::vector<std::string> faults_{};
    std::map<std::string, std::size_t> codes_{};
};

std::string post_of(const std::string& body, const std::string& cookie) {
    return "POST /graphql HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: application/json\r\nCookie: " + cookie +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class SoakTest : public ServerTest {
protected:
    /// The body of what comes back for these bytes.
    std::string exchange(const std::string& bytes) const {
        http::RawClient client{server.port, Milliseconds{15'000}};
        client.send(bytes);
        ::shutdown(client.socket().native_handle(), SHUT_WR);
        const auto answer = client.read_all();
        const auto end = answer.find("\r\n\r\n");
        return end == std::string::npos ? answer : answer.substr(end + 4);
    }
    std::string an_operation(RandomOperations& make) const {
        const auto kind = make.number(10);
        auto text = make.operation(kind < 6 ? "query" : kind < 9 ? "mutation" : "subscription", left_out);
        return make.number(3) == 0 ? make.damaged(std::move(text)) : text;
    }
    /// JSON of text that may be broken: bytes that are not UTF-8 are replaced.
    static std::string json_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

    void over_http(std::uint64_t seed) {
        RandomOperations make{schema, ids, seed};
        while (!is_over) {
            const auto operation = an_operation(make);
            auto bytes = post_of(json_of({{"query", operation}}), cookie);
            if (make.number(5) == 0) bytes = make.damaged(std::move(bytes));
            findings.look_at(exchange(bytes), operation);
        }
    }
    void over_sockets(std::uint64_t seed) {
        RandomOperations make{schema, ids, seed};
        while (!is_over) {
            http::RawClient client{server.port, Milliseconds{100}};
            const auto head =
                http::upgrade(client, "/graphql", "Sec-WebSocket-Protocol: graphql-transport-ws\r\nCookie: " + cookie + "\r\n");
            if (!head.starts_with("HTTP/1.1 101")) continue;
            client.send(http::frame(http::Text, R"({"type":"connection_init"})"));
            for (auto left = make.number(40); left > 0 && !client.is_closed() && !is_over; --left) {
                const auto operation = an_operation(make);
                auto text =
                    json_of({{"id", std::to_string(make.number(8))}, {"type", "subscribe"}, {"payload", {{"query", operation}}}});
                if (make.number(8) == 0) text = make.damaged(std::move(text));
                auto frame = http::frame(http::Text, text);
                if (make.number(30) == 0) frame = make.damaged(std::move(frame));
                client.send(frame);
                const auto answer = http::read_frame(client);
                if (answer.first == http::whole_text) findings.look_at(answer.payload, text);
            }
        }
    }
    /// Follows and never reads, again and again.
    void deaf() {
        const Json follow{{"id", "1"},
                          {"type", "subscribe"},
                          {"payload",
                           {{"query", "subscription($r: ID!) { deviceChanged(routerId: $r) { revision devices { id mac } } }"},
                            {"variables", {{"r", ids[0]}}}}}};
        while (!is_over) {
            http::RawClient client{server.port, Milliseconds{1'000}};
            http::upgrade(client, "/graphql", "Sec-WebSocket-Protocol: graphql-transport-ws\r\nCookie: " + cookie + "\r\n");
            client.send(http::frame(http::Text, R"({"type":"connection_init"})"));
            client.send(http::frame(http::Text, follow.dump()));
            for (int i = 0; i < 100 && !is_over && client.send(http::frame(http::Ping, "")); ++i)
                std::this_thread::sleep_for(Milliseconds{100});  // The load's pace; nothing is concluded from it.
        }
    }
    std::int64_t resident_kb() {
        std::ifstream file{"/proc/" + std::to_string(server.child().pid()) + "/statm"};
        std::int64_t all = 0, resident = 0;
        file >> all >> resident;
        return resident * 4;
    }
    /// Lets the router speak, so that subscriptions have something to say, and watches the size.
    void live_until(Instant end) {
        auto next_sample = now();
        while (now() < end && !server.child().has_ended()) {
            const std::string device = "02:00:00:00:0" + std::to_string(sequence % 10) + ":01";
            // A hub whose database is busy sends the same batch again.
            const auto taken =
                run(db::ingest(hub, batch(site, {traffic(sequence, wall_now(), device, "a.example", 1, 2)}), wall_now()));
            if (taken)
                ++sequence;
            else
                put_off = taken.error().detail;
            if (now() >= next_sample) {
                sizes.push_back(resident_kb());
                next_sample += Seconds{5};
            }
            run(after(Milliseconds{250}));
        }
    }
    std::string lines_with(const std::string& words) const {
        std::istringstream log{server.log()};
        std::string all;
        for (std::string line; std::getline(log, line);)
            if (line.find(words) != std::string::npos) all += line + '\n';
        return all;
    }
    static std::int64_t median(std::vector<std::int64_t> values) {
        std::ranges::sort(values);
        return values.empty() ? 0 : values[values.size() / 2];
    }

    Server server{{{"VIVI_LOG_LEVEL", "warn"}, {"VIVI_SOCKETS_PER_SESSION", "200"}}};
    Site site{};
    std::string cookie{};
    Json schema{};
    std::vector<std::string> ids{};
    Findings findings{};
    std::vector<std::int64_t> sizes{};
    std::uint64_t sequence = 1;  ///< Of the router's next batch.
    std::string put_off{};       ///< Why a batch was not taken at once.
    std::atomic<bool> is_over{false};
};

TEST_F(SoakTest, StaysUpDoesNotGrowAndTellsNothing) {
    const char* const given = std::getenv("VIVI_SOAK_MINUTES");
    const Seconds lasts{static_cast<std::int64_t>(60 * (given ? std::atof(given) : 60.0))};
    await_ready(server);
    site = make_site("soak");
    cookie = sign_in(server, make_user(site.organisation));
    schema = post(server, {{"query", introspection}}).json();
    const auto mine =
        post(server, {{"query", "{ routers { id } me { id memberships { organisation { id } } } }"}}, {{"cookie", cookie}})
            .json();
    ids = {mine["data"]["routers"][0]["id"],
           mine["data"]["me"]["id"],
           mine["data"]["me"]["memberships"][0]["organisation"]["id"],
           "",
           "nonsense",
           "cm91dGVyOjE"};
    {
        std::vector<std::jthread> load;
        const std::shared_ptr<void> ending{nullptr, [this](void*) { is_over = true; }};  // Also when something throws.
        for (std::uint64_t seed = 1; seed <= 4; ++seed) load.emplace_back([this, seed] { over_http(seed); });
        for (std::uint64_t seed = 11; seed <= 14; ++seed) load.emplace_back([this, seed] { over_sockets(seed); });
        load.emplace_back([this] { deaf(); });
        live_until(now() + lasts);
    }
    ASSERT_FALSE(server.child().has_ended()) << server.log();
    await_ready(server);
    EXPECT_EQ(exchange(post_of(R"({"query":"{ __typename }"})", "")), R"({"data":{"__typename":"Query"}})");
    for (const auto& fault : findings.faults()) ADD_FAILURE() << fault;
    const auto quarter = static_cast<std::ptrdiff_t>(sizes.size() / 4);
    const auto early = median({sizes.begin() + quarter, sizes.begin() + 2 * quarter});
    const auto late = median({sizes.end() - quarter, sizes.end()});
    std::string codes;
    for (const auto& [code, count] : findings.codes()) codes += " " + code + "=" + std::to_string(count);
    std::printf("soak: %lld s, %zu answers, %llu batches, rss %lld kB then %lld kB; codes:%s\n",
                static_cast<long long>(lasts.count()), findings.looked(), static_cast<unsigned long long>(sequence - 1),
                static_cast<long long>(early), static_cast<long long>(late), codes.c_str());
    EXPECT_GT(sequence, static_cast<std::uint64_t>(lasts.count())) << "of four a second: " << put_off;
    EXPECT_LE(late, early + early / 10 + 4'096) << "kB; it grows";
    EXPECT_FALSE(findings.codes().contains("INTERNAL")) << lines_with("code=INTERNAL");
    EXPECT_EQ(server.log().find("http.handler_failed"), std::string::npos) << server.log().substr(0, 4'000);
}

}  // namespace
}  // namespace vivi::test
