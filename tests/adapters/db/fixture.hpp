// A migrated private PostgreSQL with two organisations and a router each, and the events a router sends.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "common/runtime/clock.hpp"
#include "server/db/administration.hpp"
#include "server/db/device_pages.hpp"
#include "server/db/devices.hpp"
#include "server/db/ingest.hpp"
#include "server/db/routers.hpp"
#include "server/db/traffic.hpp"
#include "tests/adapters/loop.hpp"
#include "tests/adapters/services.hpp"

namespace vivi::test {

inline constexpr const char* minimal_configuration = R"({
  "networks":[{"name":"lan","interface":"br-lan","address":"10.66.0.1/22"}],
  "uplink":{"interface":"uplink0","mode":"dhcp"},"policy":{"mode":"block-listed"}})";

/// One server for all tests of the program: starting takes a second. Each test makes organisations of its own.
inline PrivatePostgres& postgres() {
    static PrivatePostgres server;
    static const bool migrated = [] {
        if (const auto done = db::migrate(server.owner_url()); !done) throw std::runtime_error{done.error().detail};
        return true;
    }();
    static_cast<void>(migrated);
    return server;
}

/// An organisation with one accepted router and its session.
struct Site {
    std::string organisation{};
    std::string router{};
    db::Link link{};
};

class Database : public ::testing::Test {
protected:
    template <class T>
    T run(Task<T> task) {
        return loop.run(std::move(task));
    }
    template <class T>
    T must(Task<Result<T>> task) {
        auto result = loop.run(std::move(task));
        if (!result) throw std::runtime_error{result.error().detail};
        return *std::move(result);
    }
    static std::string must(Result<std::string> result) {
        if (!result) throw std::runtime_error{result.error().detail};
        return *std::move(result);
    }

    Site make_site(const std::string& name) {
        static int count = 0;
        const auto fingerprint = "SHA256:" + name + std::to_string(++count);
        Site site{.organisation = must(db::create_organisation(postgres().owner_url(), name))};
        site.router = must(db::accept_router(postgres().owner_url(), {.fingerprint = fingerprint,
                                                                      .organisation = site.organisation,
                                                                      .name = name,
                                                                      .configuration = minimal_configuration}));
        const auto enrolment = must(db::find_enrolment(hub, fingerprint));
        site.link = must(db::start_session(hub, enrolment, "hub-1"));
        return site;
    }

    db::Batch batch(const Site& site, std::vector<db::Entry> entries, std::string epoch = std::string(32, 'a')) const {
        return {.organisation = site.organisation,
                .router = site.router,
                .session = site.link.session,
                .epoch = std::move(epoch),
                .entries = std::move(entries)};
    }
    std::string number(const std::string& sql) {
        auto text = postgres().sql(sql);
        while (text.ends_with('\n')) text.pop_back();
        return text;
    }

    Loop loop;
    db::Pool hub{postgres().url("vivi_hub"), 2};
    db::Pool api{postgres().url("vivi_api"), 4};
};

inline std::string envelope(WallTime at) {
    return R"({"v":1,"at":)" + std::to_string(to_unix_ms(at)) +
           R"(,"from":{"instance":"0123456789abcdef0123456789abcdef","number":1},)";
}
/// One row of traffic in a batch of 250 ms.
inline db::Entry traffic(std::uint64_t sequence, WallTime at, const std::string& device, const std::string& name, int up,
                         int down) {
    return {.sequence = sequence,
            .topic = "traffic.batch",
            .body = envelope(at) + R"("tick_ms":250,"captured":1,"dropped":0,"rows":[{"device":")" + device + R"(","name":")" +
                    name + R"(","source":"sni","bytes_up":)" + std::to_string(up) + R"(,"bytes_down":)" + std::to_string(down) +
                    R"(,"packets_up":1,"packets_down":1}]})"};
}
inline db::Entry lease(std::uint64_t sequence, const std::string& verb, WallTime at, const std::string& device,
                       const std::string& address, const std::string& hostname = "phone") {
    const auto ms = std::to_string(to_unix_ms(at));
    return {
        .sequence = sequence,
        .topic = "dhcp.lease." + verb,
        .body = envelope(at) + R"("lease":{"device":")" + device + R"(","address":")" + address +
                R"(","network":"lan","hostname":")" + hostname +
                R"(","client_id":"","vendor_class":"android","duration_seconds":3600,"granted_at":1700000000000,"expires_at":)" +
                ms + "}}"};
}
inline db::Entry applied(std::uint64_t sequence, WallTime at, std::int64_t revision) {
    return {.sequence = sequence,
            .topic = "config.applied",
            .body = envelope(at) + R"("revision":)" + std::to_string(revision) + R"(,"by":"router"})"};
}

inline constexpr const char* phone = "02:00:00:00:00:01";
inline constexpr const char* laptop = "02:00:00:00:00:02";

}  // namespace vivi::test
