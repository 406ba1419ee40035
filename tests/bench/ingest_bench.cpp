// Events through one hub into PostgreSQL, exactly once and under row-level security: one router, and 200 at once.
// SPDX-License-Identifier: Apache-2.0
//
// What a router sends is made beforehand, as frames of vivi-sync. Measured is what a hub does with them: both ends' session
// machines (window and acks included), decoding, one transaction a batch, the acknowledgement. Not in it: SSH (libssh's ciphers).
// An event here is a row of traffic, as it is in the targets' arithmetic (2,500 rows a second of a busy router); a lease event
// stands for those that are alone in their message. PostgreSQL shares the two cores. After each run the totals are compared to
// the byte.
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "common/runtime/clock.hpp"
#include "common/sync/hub_session.hpp"
#include "common/sync/router_session.hpp"
#include "server/db/administration.hpp"
#include "server/db/ingest.hpp"
#include "server/db/routers.hpp"
#include "tests/adapters/loop.hpp"
#include "tests/adapters/services.hpp"

namespace {

using namespace vivi;

constexpr std::size_t rows_in_batch = 250;

/// What a process has used since it began, in seconds (getrusage(2)).
double own_processor_seconds() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// The same of all that descend from this process and live, by id (proc(5): stat, fields 4, 14 and 15): PostgreSQL's.
std::map<pid_t, double> childrens_processor_seconds() {
    std::map<pid_t, std::pair<pid_t, double>> all;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
        const auto name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        std::ifstream file{entry.path() / "stat"};
        const std::string text{std::istreambuf_iterator<char>{file}, {}};
        if (text.empty()) continue;
        std::istringstream rest{text.substr(text.rfind(')') + 2)};
        std::string state, skipped;
        pid_t parent = 0;
        double user = 0, system = 0;
        rest >> state >> parent;
        for (int field = 5; field < 14; ++field) rest >> skipped;
        rest >> user >> system;
        all[std::stoi(name)] = {parent, (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK))};
    }
    std::map<pid_t, double> mine;
    for (const auto& [pid, of] : all) {
        auto above = of.first;
        while (above > 1 && above != ::getpid()) above = all.contains(above) ? all.at(above).first : 0;
        if (above == ::getpid()) mine[pid] = of.second;
    }
    return mine;
}

template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error{result.error().detail};
    return *std::move(result);
}

struct Site {
    std::string organisation{};
    std::vector<db::Link> links{};
};

Site make_site(test::PrivatePostgres& postgres, db::Pool& hub, test::Loop& loop, const std::string& name, int routers) {
    Site site{.organisation = must(db::create_organisation(postgres.owner_url(), name))};
    for (int i = 0; i < routers; ++i) {
        const auto print = "SHA256:" + site.organisation + "-" + std::to_string(i);
        must(db::accept_router(
            postgres.owner_url(),
            {.fingerprint = print,
             .organisation = site.organisation,
             .name = "router " + std::to_string(i),
             .configuration = R"({"networks":[{"name":"lan","interface":"br-lan","address":"10.66.0.1/22"}],)"
                              R"("uplink":{"interface":"uplink0","mode":"dhcp"},"policy":{"mode":"block-listed"}})"}));
        const auto enrolment = must(loop.run(db::find_enrolment(hub, print)));
        site.links.push_back(must(loop.run(db::start_session(hub, enrolment, "bench"))));
    }
    return site;
}

std::string mac_of(std::size_t device) {
    constexpr char digits[] = "0123456789abcdef";
    std::string mac = "02:00:00:00:00:00";
    mac[12] = digits[device >> 12 & 15], mac[13] = digits[device >> 8 & 15];
    mac[15] = digits[device >> 4 & 15], mac[16] = digits[device & 15];
    return mac;
}

std::string envelope(WallTime at, std::uint64_t number) {
    return R"({"v":1,"at":)" + std::to_string(to_unix_ms(at)) +
           R"(,"from":{"instance":"0123456789abcdef0123456789abcdef","number":)" + std::to_string(number) + "},";
}

/// A tick of a router: 250 rows over 200 devices and 400 names.
std::string traffic(WallTime at, std::uint64_t number) {
    auto body = envelope(at, number) + R"("tick_ms":10000,"captured":1000,"dropped":0,"rows":[)";
    for (std::size_t i = 0; i < rows_in_batch; ++i) {
        if (i > 0) body += ',';
        body += R"({"device":")" + mac_of(i % 200) + R"(","name":"n)" + std::to_string((number * 7 + i * 3) % 400) +
                R"(.example.org","source":"sni","bytes_up":100,"bytes_down":1400,"packets_up":1,"packets_down":2})";
    }
    return body + "]}";
}

std::string lease(WallTime at, std::uint64_t number) {
    const auto device = number % 2'000;
    return envelope(at, number) + R"("lease":{"device":")" + mac_of(device) + R"(","address":"10.66.)" +
           std::to_string(device / 250) + "." + std::to_string(1 + device % 250) +
           R"(","network":"lan","hostname":"phone","client_id":"","vendor_class":"android","duration_seconds":3600,"granted_at":)" +
           std::to_string(to_unix_ms(at) - 1000) + R"(,"expires_at":)" + std::to_string(to_unix_ms(at) + 3'600'000) + "}}";
}

/// One router's stream, from its outbox to the last ack.
class Stream {
public:
    Stream(db::Pool& pool, db::Link link, std::vector<sync::Entry> entries)
        : pool_{pool}, link_{std::move(link)}, entries_{std::move(entries)}, router_{sync::Hello{.epoch = epoch}} {}

    Task<> run() {
        exchange();
        hub_.welcome(link_.router, {}, link_.session);
        while (router_.unacknowledged_entries() > 0 || offered_ < entries_.size()) {
            offered_ += router_.offer(std::span{entries_}.subspan(offered_));
            exchange();
            db::Batch batch{.organisation = link_.organisation,
                            .router = link_.router,
                            .session = link_.session,
                            .epoch = sync::to_string(epoch)};
            // As the hub's stream does it: a frame or a few of them in one transaction.
            std::size_t bytes = 0;
            while (!waiting_.empty() && bytes < (1U << 20)) {
                auto& entry = waiting_.front();
                bytes += entry.body.size();
                batch.entries.push_back(
                    {.sequence = entry.sequence, .topic = std::move(entry.topic), .body = std::move(entry.body)});
                waiting_.pop_front();
            }
            if (batch.entries.empty()) continue;
            co_await store(std::move(batch));
            exchange();
        }
    }

private:
    /// As the hub's stream does it: whom the pool kept waiting too long tries again.
    Task<> store(db::Batch batch) {
        for (;;) {
            auto stored = co_await db::ingest(pool_, batch, wall_now());
            if (!stored && stored.error().code == Code::Unavailable) {
                co_await after(Milliseconds{250});
                continue;
            }
            hub_.ack({.epoch = epoch, .sequence = must(std::move(stored)).durable});
            co_return;
        }
    }

    void exchange() {
        auto heard = hub_.receive(router_.take_output());
        for (auto& message : heard.messages) {
            if (auto* events = std::get_if<sync::Events>(&message))
                for (auto& entry : events->entries) waiting_.push_back(std::move(entry));
        }
        if (heard.ended) throw std::runtime_error{heard.ended->detail};
        router_.receive(hub_.take_output());
    }

    static constexpr sync::Epoch epoch{};
    db::Pool& pool_;
    db::Link link_;
    std::vector<sync::Entry> entries_;
    sync::RouterSession router_;
    sync::HubSession hub_;
    std::deque<sync::Entry> waiting_;
    std::size_t offered_ = 0;
};

Task<> all_of(std::vector<std::unique_ptr<Stream>>& streams) {
    const auto executor = co_await net::this_coro::executor;
    std::size_t left = streams.size();
    std::exception_ptr failure;
    for (auto& stream : streams)
        net::co_spawn(executor, stream->run(), [&](std::exception_ptr thrown) {
            failure = thrown ? thrown : failure;
            --left;
        });
    while (left > 0) co_await after(Milliseconds{5});
    if (failure) std::rethrow_exception(failure);
}

void say(const std::string& measure, double value, const std::string& unit, double target) {
    std::cout << std::fixed << std::setprecision(value < 1000 ? 1 : 0) << R"({"measure":")" << measure << R"(","value":)" << value
              << R"(,"unit":")" << unit << R"(")";
    if (target > 0) std::cout << R"(,"target":)" << target << R"(,"met":)" << (value >= target ? "true" : "false");
    std::cout << "}" << std::endl;
}

enum class Of : std::uint8_t { Traffic, Leases };

void measure(test::PrivatePostgres& postgres, const std::string& name, int routers, std::size_t events, Of kind, double target) {
    test::Loop loop;
    db::Pool hub{postgres.url("vivi_hub"), 4};
    const auto site = make_site(postgres, hub, loop, name, routers);
    const auto each = events / static_cast<std::size_t>(routers) / (kind == Of::Traffic ? rows_in_batch : 1);
    const auto start = wall_now();
    std::vector<std::unique_ptr<Stream>> streams;
    for (const auto& link : site.links) {
        std::vector<sync::Entry> entries;
        for (std::uint64_t sequence = 1; sequence <= each; ++sequence) {
            const auto at = start - Milliseconds{static_cast<std::int64_t>(10'000 * (each - sequence))};
            entries.push_back({.sequence = sequence,
                               .topic = kind == Of::Traffic ? "traffic.batch" : "dhcp.lease.renewed",
                               .body = kind == Of::Traffic ? traffic(at, sequence) : lease(start, sequence)});
        }
        streams.push_back(std::make_unique<Stream>(hub, link, std::move(entries)));
    }
    const auto own = own_processor_seconds();
    const auto others = childrens_processor_seconds();
    const auto before = now();
    loop.run(all_of(streams), Milliseconds{300'000});
    const std::chrono::duration<double> took = now() - before;
    const auto count = each * static_cast<std::size_t>(routers) * (kind == Of::Traffic ? rows_in_batch : 1);
    say(name, static_cast<double>(count) / took.count(), "1/s", target);
    double theirs = 0;
    for (const auto& [pid, seconds] : childrens_processor_seconds())
        theirs += seconds - (others.contains(pid) ? others.at(pid) : 0);
    say(name + ": processor time of the hub", 1e6 * (own_processor_seconds() - own) / static_cast<double>(count), "us/event", 0);
    say(name + ": processor time of PostgreSQL", 1e6 * theirs / static_cast<double>(count), "us/event", 0);
    if (kind == Of::Leases) return;
    const auto sums = postgres.sql("select sum(bytes_down) = " + std::to_string(count * 1'400) +
                                   ", (select sum(bytes_down) from traffic"
                                   " where organisation_id = '" +
                                   site.organisation + "') = " + std::to_string(count * 1'400) +
                                   " from devices where organisation_id = '" + site.organisation + "'");
    if (sums != "t|t\n") throw std::runtime_error{"the totals are not what was sent: " + sums};
}

}  // namespace

int main() {
    try {
        test::PrivatePostgres postgres;
        if (const auto done = db::migrate(postgres.owner_url()); !done) throw std::runtime_error{done.error().detail};
        measure(postgres, "ingest, one router, rows of traffic", 1, 500'000, Of::Traffic, 60'000);
        measure(postgres, "ingest, 200 routers, rows of traffic", 200, 1'000'000, Of::Traffic, 40'000);
        measure(postgres, "ingest, one router, lease events alone in their messages", 1, 100'000, Of::Leases, 0);
        return 0;
    } catch (const std::exception& failure) {
        std::cerr << "ingest_bench: " << failure.what() << '\n';
        return 1;
    }
}
