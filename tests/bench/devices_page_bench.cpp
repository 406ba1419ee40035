// A page of 50 devices out of 100,000 of one router, searched and sorted: through the engine and a real PostgreSQL.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <iomanip>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "common/bus/memory.hpp"
#include "common/runtime/clock.hpp"
#include "server/api/call.hpp"
#include "server/api/catalogues.hpp"
#include "server/api/ids.hpp"
#include "server/api/resolvers.hpp"
#include "server/auth/accounts.hpp"
#include "server/auth/passwords.hpp"
#include "server/db/administration.hpp"
#include "server/graphql/engine.hpp"
#include "tests/adapters/loop.hpp"
#include "tests/adapters/services.hpp"

namespace {

using namespace vivi;
using Json = nlohmann::json;

constexpr int devices = 100'000, of_others = 20'000, rounds = 8;
constexpr double most_ms = 15;
constexpr std::string_view configuration = R"({"networks":[{"name":"lan","interface":"br-lan","address":"10.66.0.1/15"}],
  "uplink":{"interface":"uplink0","mode":"dhcp"},"policy":{"mode":"block-listed"}})";
constexpr std::string_view page = R"(query ($r: ID!, $s: String, $by: DeviceOrder, $after: String) {
  devices(routerId: $r, first: 50, search: $s, orderBy: $by, after: $after) { pageInfo { endCursor hasNextPage }
    edges { cursor node { id mac name hostname address firstSeenAt lastSeenAt bytesUp bytesDown rateUp rateDown banState group
                          isProtected isOnline } } } })";
// Of the devices: none, all of them, half, one in fifty, one in a thousand, a few, one, and none that is there.
constexpr std::array searches{"",           "a", "android", "galaxy", "annas", "10.66.12.", "06:00:00:01:0f:a0", "0600.0001.0fa0",
                              "zzz-nowhere"};
constexpr std::array sorts{"LAST_SEEN", "FIRST_SEEN", "NAME", "ADDRESS", "BYTES", "RATE"};

template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error{result.error().detail};
    return *std::move(result);
}

/// Redis that is away: nothing here needs it.
class AwayStore final : public store::Store {
public:
    Task<Result<store::Reply>> run(store::Command) override { co_return failed(Code::Unavailable, "away"); }
    Task<Result<std::vector<store::Reply>>> pipeline(std::vector<store::Command>) override {
        co_return failed(Code::Unavailable, "away");
    }
    Task<Result<std::vector<store::Reply>>> transaction(std::vector<store::Command>) override {
        co_return failed(Code::Unavailable, "away");
    }
};

/// A router of an organisation with an owner, who is signed in by `email`.
struct Site {
    std::string organisation{}, router{};
};
Site make_site(test::PrivatePostgres& postgres, const std::string& name) {
    Site site{.organisation = must(db::create_organisation(postgres.owner_url(), name))};
    site.router = must(db::accept_router(postgres.owner_url(), {.fingerprint = "SHA256:" + name,
                                                                .organisation = site.organisation,
                                                                .name = name,
                                                                .configuration = std::string{configuration}}));
    return site;
}

/// What a large event looks like: most devices name themselves, few have a name of the organiser, one in twenty sends.
void fill(test::PrivatePostgres& postgres, const Site& site, int count) {
    postgres.sql(
        "insert into devices (organisation_id, router_id, mac, name, hostname, vendor_class, address, first_seen_at, "
        "last_seen_at,"
        " bytes_up, bytes_down, rate_up, rate_down, rate_until, revision) select '" +
        site.organisation + "', '" + site.router +
        "', ('06:00:00:' || lpad(to_hex(i / 65536), 2, '0') || ':' || lpad(to_hex(i / 256 % 256), 2, '0') || ':' ||"
        " lpad(to_hex(i % 256), 2, '0'))::macaddr, case when i % 100 = 7 then 'Counter ' || i / 100 else '' end,"
        " case when i % 50 = 0 then 'Galaxy-S' || i % 23 when i % 1000 = 1 then 'annas-iphone-' || i"
        " when i % 3 = 0 then 'iPhone' when i % 3 = 1 then 'DESKTOP-' || upper(substr(md5(i::text), 1, 7)) else '' end,"
        " case when i % 2 = 0 then 'android-dhcp-' || 9 + i % 6 else 'MSFT 5.0' end,"
        " case when i % 5 = 0 then null else '10.66.0.0'::inet + i end, now() - random() * interval '3 days',"
        " now() - random() * random() * interval '1 day', (random() * 1e9)::bigint, (random() * 1e10)::bigint, (random() * "
        "1e6)::bigint,"
        " (random() * 1e7)::bigint, case when i % 20 = 0 then now() + interval '1 hour' else '-infinity' end, 1"
        " from generate_series(1, " +
        std::to_string(count) + ") i");
    postgres.sql("update devices set last_seen_at = now() where rate_until > now()");
}

class Bench {
public:
    Bench() {
        must_be(db::migrate(postgres_.owner_url()));
        site_ = make_site(postgres_, "venue");
        fill(postgres_, site_, devices);
        fill(postgres_, make_site(postgres_, "others"), of_others);
        postgres_.sql("vacuum analyze");
        constexpr const char* password = "correct horse battery";
        must(db::create_user(postgres_.owner_url(), {.email = "owner@venue.example",
                                                     .name = "owner",
                                                     .password_hash = must(auth::hash_password(password)),
                                                     .organisation = site_.organisation,
                                                     .role = "owner"}));
        call_.account = must(loop_.run(logins_.login({.email = "owner@venue.example", .password = password}))).account;
    }

    /// One request; how long it took, in milliseconds.
    double ask(std::string_view search, std::string_view sort, std::string_view direction, std::string& cursor) {
        graphql::Request request{.query = std::string{page}};
        graphql::Fields by;
        by.add("field", std::string{sort});
        by.add("direction", std::string{direction});
        request.variables.add("r", api::to_id("Router", site_.router));
        request.variables.add("s", std::string{search});
        request.variables.add("by", graphql::Value{std::move(by)});
        if (!cursor.empty()) request.variables.add("after", cursor);
        const auto begun = now();
        auto operation = engine_->prepare(request);
        if (!operation) throw std::runtime_error{graphql::render(operation.error())};
        auto context = graphql::Context::of(call_);
        const auto response = loop_.run(engine_->execute(*std::move(operation), context));
        const auto took = std::chrono::duration<double, std::milli>(now() - begun).count();
        const auto json = Json::parse(response.body);
        if (json.contains("errors")) throw std::runtime_error{response.body.substr(0, 500)};
        const auto& info = json["data"]["devices"]["pageInfo"];
        cursor = info["hasNextPage"].get<bool>() ? info["endCursor"].get<std::string>() : "";
        return took;
    }

private:
    static void must_be(Status status) {
        if (!status) throw std::runtime_error{status.error().detail};
    }

    test::PrivatePostgres postgres_{"128MB"};
    test::Loop loop_{};
    Site site_{};
    bus::Memory bus_{loop_.executor()};
    AwayStore redis_{};
    db::Pool api_{postgres_.url("vivi_api"), 2}, auth_{postgres_.url("vivi_auth"), 1};
    auth::Passwords passwords_{1, 20};
    auth::Logins logins_{auth_, passwords_, redis_, *auth::Sealing::parse(std::string(64, 'a'))};
    auth::Accounts accounts_{auth_, passwords_, logins_, redis_};
    auth::NewPasswords new_passwords_{auth_, passwords_, logins_, redis_};
    egress::Mail mail_{{.url = "smtp+plain://127.0.0.1:9", .from = "Vivi <vivi@example.org>"}};
    db::Pool staff_{postgres_.url("vivi_staff"), 1};
    auth::Denials denials_{};
    auth::Tokens tokens_{auth_};
    auth::Revocations revocations_{auth_};
    live::Wakeups wakeups_{loop_.executor()};
    live::Watches watches_{loop_.executor(), redis_, bus_};
    live::Notices notices_{bus_};
    api::Catalogues catalogues_{""};
    api::Services services_{.pool = api_,
                            .logins = logins_,
                            .wakeups = wakeups_,
                            .watches = watches_,
                            .notices = notices_,
                            .catalogues = catalogues_,
                            .accounts = accounts_,
                            .new_passwords = new_passwords_,
                            .mail = mail_,
                            .denials = denials_,
                            .tokens = tokens_,
                            .revocations = revocations_,
                            .staff = staff_};
    api::Call call_{.services = services_};
    std::unique_ptr<graphql::Engine> engine_ = must(api::make_engine());
};

double percentile(std::vector<double>& values, double share) {
    std::ranges::sort(values);
    return values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

void print(std::string_view measure, double value, double target) {
    std::cout << std::fixed << std::setprecision(1) << R"({"measure":")" << measure << R"(","value":)" << value
              << R"(,"unit":"ms","peer":null,"peer_value":null,"ratio":null,"target":)" << target << R"(,"met":)"
              << (value <= target ? "true" : "false") << "}\n";
}

}  // namespace

int main() {
    Bench bench;
    std::vector<double> all;
    std::map<std::string, std::vector<double>> of_kind;
    for (int round = 0; round < rounds; ++round) {
        for (const auto* search : searches) {
            for (const auto* sort : sorts) {
                for (const auto* direction : {"DESC", "ASC"}) {
                    std::string cursor;
                    for (int depth = 0; depth < 3 && (depth == 0 || !cursor.empty()); ++depth) {
                        const auto took = bench.ask(search, sort, direction, cursor);
                        if (round == 0) continue;  // Connections, caches.
                        all.push_back(took);
                        of_kind[std::string{search} + " by " + sort + " " + direction].push_back(took);
                    }
                }
            }
        }
    }
    std::vector<std::pair<double, std::string>> slowest;
    for (auto& [kind, values] : of_kind) slowest.emplace_back(percentile(values, 0.5), kind);
    std::ranges::sort(slowest, std::greater{});
    for (std::size_t i = 0; i < std::min<std::size_t>(8, slowest.size()); ++i)
        std::cerr << "slow: '" << slowest[i].second << "' p50 " << slowest[i].first << " ms\n";
    print("devices: a page of 50 out of 100,000 with search and sort, p50", percentile(all, 0.5), most_ms);
    print("devices: a page of 50 out of 100,000 with search and sort, p99", percentile(all, 0.99), most_ms);
    return 0;
}
