// vivi-dnsd with the rest of the router: broker, Redis, the kernel's sets and its neighbours.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>

#include "common/bus/rabbitmq.hpp"
#include "common/model/lease.hpp"
#include "common/model/policy_event.hpp"
#include "router/dnsd/socket_address.hpp"
#include "router/firewall/neighbour_watch.hpp"
#include "tests/adapters/dnsd/venue.hpp"
#include "tests/adapters/loop.hpp"
#include "tests/adapters/services.hpp"

namespace vivi::dnsd {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view configuration =
    R"({"v":1,"revision":REVISION,"networks":[{"name":"lan","interface":"lan0","address":"10.66.0.1/24",
 "dhcp":{"from":"10.66.0.50","to":"10.66.0.99","lease_seconds":3600,"domain":"lan"}}],"uplink":{"interface":"up0"},"dns":{},"policy":{},"monitoring":{}})";

std::string document(int revision) {
    std::string text{configuration};
    return text.replace(text.find("REVISION"), 8, std::to_string(revision));
}

class DnsdServices : public testing::Test {
protected:
    static void SetUpTestSuite() {
        venue = std::make_unique<test::DnsVenue>();
        authority = std::make_unique<test::Authority>();
        resolver = std::make_unique<test::Resolver>(5335);
        broker = std::make_unique<test::PrivateRabbitmq>();
        redis = std::make_unique<test::PrivateRedis>();
    }
    static void TearDownTestSuite() {
        redis.reset();
        broker.reset();
        resolver.reset();
        authority.reset();
        venue.reset();
    }
    void SetUp() override {
        redis_command("flushall");
        listen();
    }
    void TearDown() override { test::shell("nft delete table inet vivi 2>/dev/null || true"); }

    void listen() {
        heard.emplace(loop.executor(), bus::Broker{broker->url(), "vivi.events"},
                      bus::Queue{.name = "", .bindings = {"domain.seen", "policy.hit", "config.#"}});
        test::await("the subscriber", [&] { return heard->connected(); });
    }
    void start(const model::Policy& policy) {
        files.decide(policy, 1);
        std::ofstream{folder / "last-good.json"} << document(1);
        dnsd.emplace(std::map<std::string, std::string>{{"VIVI_POLICY_FOLDER", files.path()},
                                                        {"VIVI_LAST_GOOD_FILE", folder / "last-good.json"},
                                                        {"VIVI_STATE_URL", redis->url()},
                                                        {"VIVI_BUS_URL", broker->url()}});
    }
    void redis_command(const std::string& line) { test::shell("redis-cli -p " + std::to_string(redis->port()) + " " + line); }
    void say(std::string topic, std::string body) {
        bus::RabbitmqPublisher publisher{loop.executor(), {broker->url(), "vivi.events"}};
        std::vector<bus::Message> messages{{std::move(topic), std::move(body)}};
        ASSERT_TRUE(loop.run(publisher.publish(std::move(messages))));
    }
    /// The next message with this topic; the others are put aside.
    model::Json hear(std::string_view topic) {
        for (;;) {
            for (const auto& delivery : loop.run(heard->next(1))) {
                heard->acknowledge(delivery.tag);
                const auto body = *model::parse_json(delivery.message.body);
                numbers.push_back(model::parse_envelope(body)->from.number);
                if (delivery.message.topic == topic) return body;
            }
        }
    }

    static inline std::unique_ptr<test::DnsVenue> venue;
    static inline std::unique_ptr<test::Authority> authority;
    static inline std::unique_ptr<test::Resolver> resolver;
    static inline std::unique_ptr<test::PrivateRabbitmq> broker;
    static inline std::unique_ptr<test::PrivateRedis> redis;
    test::TempFolder folder{};
    test::PolicyOnDisk files{};
    test::Loop loop{};
    std::optional<bus::RabbitmqSubscriber> heard{};
    std::optional<test::Dnsd> dnsd{};
    std::vector<std::uint64_t> numbers{};
};

TEST_F(DnsdServices, SaysWhatWasAskedAndWhichRuleHit) {
    redis_command("set vivi:watch 1 ex 60");
    start({.domains = {{.domain = "bad.example"}}});
    EXPECT_EQ(hear("config.applied")["revision"], 1);
    for (int i = 0; i < 3; ++i) venue->lookup("www.good.example");
    venue->dig("www.bad.example");

    const auto device = parse_mac(test::DnsVenue::guest_mac);
    std::map<std::string, std::uint64_t> seen;
    while (seen["www.good.example"] < 3) {
        const auto told = model::parse_domains_seen(hear("domain.seen"));
        ASSERT_TRUE(told);
        EXPECT_LE(told->tick, 2'000ms) << "somebody looks";
        for (const auto& row : told->rows) {
            EXPECT_EQ(row.device, device);
            seen[row.name] += row.queries;
        }
    }
    EXPECT_EQ(seen["www.good.example"], 3U) << "one row a tick, not one a query";
}

TEST_F(DnsdServices, SaysWhichRuleHit) {
    redis_command("set vivi:watch 1 ex 60");
    start({.domains = {{.domain = "bad.example"}}});
    venue->dig("www.bad.example");
    const auto hits = model::parse_policy_hits(hear("policy.hit"));
    ASSERT_TRUE(hits);
    EXPECT_EQ(hits->by, "dnsd");
    EXPECT_EQ(hits->revision, 1);
    ASSERT_EQ(hits->rows.size(), 1U);
    EXPECT_EQ(hits->rows[0].device, parse_mac(test::DnsVenue::guest_mac));
    EXPECT_EQ(hits->rows[0].name, "www.bad.example");
    EXPECT_EQ(hits->rows[0].layer, "event_deny");
    EXPECT_THAT(hits->rows[0].rule, HasSubstr("bad.example"));
    EXPECT_EQ(hits->rows[0].hits, 1U);
}

TEST_F(DnsdServices, ReportsARevisionWhenItsRulesAreInForceToo) {
    start({});
    EXPECT_EQ(hear("config.applied")["revision"], 1);
    redis_command("set vivi:config '" + document(2) + "'");
    say("config.changed", R"({"v":1,"at":1,"from":{"instance":"b","number":1},"revision":2})");
    dnsd->await_log("config.read from=vivi:config revision=2");
    EXPECT_EQ(dnsd->health()["revision"], 1) << "its rules are not there yet";
    EXPECT_THAT(dnsd->log(), Not(HasSubstr("config.applied revision=2")));
    files.decide({.domains = {{.domain = "bad.example"}}}, 2);
    const auto report = hear("config.applied");
    EXPECT_EQ(report["revision"], 2);
    EXPECT_EQ(report["by"], "dnsd");
    EXPECT_THAT(venue->dig("www.bad.example"), HasSubstr("NXDOMAIN"));
}

TEST_F(DnsdServices, ReportsARevisionWhoseRulesAreDamaged) {
    start({});
    EXPECT_EQ(hear("config.applied")["revision"], 1);
    ASSERT_TRUE(state::replace_file(files.path() + "/rules.bin", as_bytes("damaged")));
    dnsd->await_log("policy.unreadable");
    redis_command("set vivi:config '" + document(2) + "'");
    say("config.changed", R"({"v":1,"at":1,"from":{"instance":"b","number":2},"revision":2})");
    const auto report = hear("config.failed");
    EXPECT_EQ(report["revision"], 2);
    EXPECT_THAT(report["detail"].get<std::string>(), HasSubstr("rules.bin"));
}

TEST_F(DnsdServices, KnowsADevicesNameAsSoonAsItHasALease) {
    start({});
    EXPECT_EQ(venue->lookup("alices-phone.lan"), "");
    const model::Lease lease{.device = *parse_mac(test::DnsVenue::guest_mac),
                             .address = *parse_ipv4("10.66.0.50"),
                             .network = "lan",
                             .hostname = "alices-phone",
                             .duration = 3600s,
                             .granted_at = from_unix_ms(1'795'370'000'000),
                             .expires_at = from_unix_ms(4'795'370'000'000)};
    redis_command("hset vivi:leases 10.66.0.50 '" + model::to_json(lease).dump() + "'");
    say("dhcp.lease.granted", R"({"v":1,"at":1,"from":{"instance":"d","number":1}})");
    test::await("the name", [&] { return venue->lookup("alices-phone.lan") == "10.66.0.50\n"; }, 5s);
    EXPECT_EQ(venue->lookup("-x 10.66.0.50"), "alices-phone.lan.\n");
    EXPECT_EQ(dnsd->health()["leases"], 1);
}

TEST_F(DnsdServices, KeepsItsEventsWhileTheBrokerIsAway) {
    redis_command("set vivi:watch 1 ex 60");
    start({});
    EXPECT_EQ(hear("config.applied")["revision"], 1);
    broker->kill();
    venue->lookup("www.good.example");
    dnsd->await_log("bus.away");
    EXPECT_EQ(venue->lookup("s1.site.example"), "198.18.1.1\n");
    broker->start();
    listen();
    dnsd->await_log("bus.resumed");
    // The queue of a subscriber that listens for itself may be younger than the first of them; the later ones are there.
    venue->lookup("s2.site.example");
    for (bool is_seen = false; !is_seen;) {
        for (const auto& row : hear("domain.seen")["rows"]) is_seen = is_seen || row["name"] == "s2.site.example";
    }
    EXPECT_EQ(dnsd->health()["events_dropped"], 0);
    EXPECT_TRUE(std::ranges::is_sorted(numbers));
}

TEST_F(DnsdServices, LosesNoQueryWhenRedisAndTheBrokerAreKilled) {
    start({});
    EXPECT_EQ(hear("config.applied")["revision"], 1);
    test::Load load{*venue, *authority, 4};
    test::await("some load", [&] { return dnsd->counter("answered") > 500; });
    redis->kill();
    broker->kill();
    const auto report = load.report();
    EXPECT_THAT(report, HasSubstr("Queries lost:         0")) << report;
    EXPECT_THAT(report, HasSubstr("NOERROR")) << report;
    EXPECT_THAT(report, Not(HasSubstr("SERVFAIL"))) << report;
    redis->start();
    broker->start();
    test::await("both again", [&] {
        const auto health = dnsd->health();
        return health["state"] == "connected" && health["bus"] == "connected";
    });
}

// ---- the kernel's sets ----

/// The door of allow-listed devices, as bridged's table has it, in small: port 8080 of the zone's addresses.
void load_door() {
    test::shell(
        "nft 'add table inet vivi; add set inet vivi allowed4 { type mark . ipv4_addr; flags dynamic,timeout; }; "
        "add set inet vivi allowed6 { type mark . ipv6_addr; flags dynamic,timeout; }; "
        "add chain inet vivi input { type filter hook input priority 0; }; "
        "add rule inet vivi input iifname lan0 tcp dport 8080 meta mark . ip daddr @allowed4 accept; "
        "add rule inet vivi input iifname lan0 tcp dport 8080 drop'");
}
model::Policy allow_listed() {
    return {.mode = model::Mode::AllowListed, .domains = {{.domain = "site.example", .decision = model::Decision::Allow}}};
}

/// A server on port 8080 of every address of the router. Its connections wait in the kernel; nobody takes them.
int listening() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto any = to_kernel({.address = to_mapped(Ipv4{}), .port = 8080});
    if (::bind(socket, any.pointer(), any.size) != 0 || ::listen(socket, 128) != 0) throw std::runtime_error{"no listener"};
    return socket;
}

int open_socket(int type) { return ::socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }
bool is_ready(int socket, short what, int milliseconds) {
    pollfd waiting{socket, what, 0};
    return ::poll(&waiting, 1, milliseconds) > 0;
}

/// Connected within 500 ms: the first SYN passed, as a second one leaves only after a second (RFC 6298 section 2).
bool first_syn_passes(const std::string& guest, const Ipv6& address) {
    const int socket = test::inside(guest, [] { return open_socket(SOCK_STREAM); });
    const auto to = to_kernel({.address = address, .port = 8080});
    ::connect(socket, to.pointer(), to.size);
    int error = 0;
    socklen_t size = sizeof error;
    const bool is_connected =
        is_ready(socket, POLLOUT, 500) && ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
    ::close(socket);
    return is_connected;
}

/// What an impatient client does: one question, and no moment between its answer and what follows.
std::optional<Ipv6> ask(int socket, const std::string& label) {
    Writer out;
    out.u16(7).u16(0x0100).u16(1).u16(0).u16(0).u16(0);
    for (const std::string_view part : {std::string_view{label}, std::string_view{"site"}, std::string_view{"example"}})
        out.u8(static_cast<std::uint8_t>(part.size())).put(part);
    out.u8(0).u16(1).u16(1);
    const auto to = to_kernel(*parse_endpoint("10.66.0.1", 53));
    ::sendto(socket, out.view().data(), out.size(), 0, to.pointer(), to.size);
    if (!is_ready(socket, POLLIN, 4'000)) return std::nullopt;
    std::array<std::byte, 1'500> answer{};
    const auto size = ::recv(socket, answer.data(), answer.size(), 0);
    if (size < static_cast<ssize_t>(out.size() + 16)) return std::nullopt;
    return to_mapped(Ipv4{Reader{BytesView{answer}.subspan(out.size() + 12, 4)}.u32()});  // RDATA of the first record.
}

TEST_F(DnsdServices, OpensTheDoorBeforeItAnswers) {
    load_door();
    start(allow_listed());
    const int web = listening();
    EXPECT_FALSE(first_syn_passes(venue->guest(), to_mapped(*parse_ipv4("198.18.1.1")))) << "nobody asked for its name yet";
    const int socket = test::inside(venue->guest(), [] { return open_socket(SOCK_DGRAM); });
    for (int i = 1; i <= 50; ++i) {
        const auto address = ask(socket, "s" + std::to_string(i));
        ASSERT_TRUE(address) << i;
        ASSERT_EQ(to_address_string(*address), "198.18.1." + std::to_string(i));
        EXPECT_TRUE(first_syn_passes(venue->guest(), *address)) << i;
    }
    ::close(socket);
    ::close(web);
    EXPECT_THAT(venue->dig("www.good.example"), HasSubstr("status: NXDOMAIN")) << "allow-listed: what no rule allows is denied";
    const auto said = venue->dig("s1.site.example");
    EXPECT_THAT(said, testing::ContainsRegex("s1.site.example.[ \t]+([0-9]|[1-5][0-9]|60)[ \t]"))
        << "a TTL that ends before the door closes";
}

TEST_F(DnsdServices, ClosesTheDoorWhenTheRuleIsGone) {
    load_door();
    start(allow_listed());
    venue->lookup("s5.site.example");
    const auto allowed = [] { return test::output_of(test::words("nft list set inet vivi allowed4")); };
    EXPECT_THAT(allowed(), HasSubstr("198.18.1.5"));
    auto policy = allow_listed();
    policy.domains[0].domain = "other.example";
    files.decide(policy, 2);
    dnsd->await_log("policy.swapped revision=2");
    EXPECT_THAT(allowed(), Not(HasSubstr("198.18.1.5")));
}

TEST_F(DnsdServices, FindsWhatTheProcessBeforeItAllowed) {
    load_door();
    start(allow_listed());
    venue->lookup("s6.site.example");
    dnsd->process().signal(SIGKILL);
    dnsd->process().wait();
    auto policy = allow_listed();
    policy.domains[0].domain = "other.example";
    start(policy);
    test::await(
        "the door closed", [] { return !test::output_of(test::words("nft list set inet vivi allowed4")).contains("198.18.1.6"); },
        5s);
}

TEST_F(DnsdServices, SaysOnceThatTheSetsDoNotTakeIt) {
    start(allow_listed());
    for (int i = 1; i <= 3; ++i)
        EXPECT_EQ(venue->lookup("s" + std::to_string(i) + ".site.example"), "198.18.1." + std::to_string(i) + "\n");
    const auto log = dnsd->log();
    const auto first = log.find("allowed.refused");
    ASSERT_NE(first, std::string::npos) << "there is no table";
    EXPECT_EQ(log.find("allowed.refused", first + 1), std::string::npos);
    load_door();
    venue->lookup("s4.site.example");
    dnsd->await_log("allowed.works_again");
}

TEST_F(DnsdServices, HearsOfNeighboursOfBothFamilies) {
    auto watch = firewall::NeighbourWatch::open();
    ASSERT_TRUE(watch);
    std::map<Ipv6, std::optional<Mac>> known;
    const auto await_device = [&](const char* address, std::optional<Mac> device) {
        test::await(address, [&] {
            for (const auto& change : *watch->take()) known[change.address] = change.device;
            const auto found = known.find(*parse_address(address));
            return found != known.end() && found->second == device;
        });
    };
    const auto mac = parse_mac("02:00:00:00:00:44");
    test::shell(
        "ip neighbour add 10.66.0.44 lladdr 02:00:00:00:00:44 dev lan0; ip neighbour add fd66::44 lladdr 02:00:00:00:00:44 dev "
        "lan0");
    await_device("10.66.0.44", mac);
    await_device("fd66::44", mac);
    test::shell("ip neighbour del 10.66.0.44 dev lan0");
    await_device("10.66.0.44", std::nullopt);
    known.clear();
    ASSERT_TRUE(watch->read_again());
    await_device("fd66::44", mac);
    test::shell("ip neighbour del fd66::44 dev lan0");
}

}  // namespace
}  // namespace vivi::dnsd
