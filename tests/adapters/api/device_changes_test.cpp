// deviceChanged over sockets that are lost: whoever resumes where he was misses nothing and is told nothing twice.
// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <random>
#include <set>

#include "server/api/ids.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

class DeviceChanges : public Api {
protected:
    const WallTime now = wall_now();
    Site site = make_site("changes");
    std::string router_id = api::to_id("Router", site.router);
    std::unique_ptr<api::Call> call = sign_in(make_user(site, "viewer"));
    graphql::Context context = graphql::Context::of(*call);
    std::uint64_t sequence = 0;

    std::unique_ptr<graphql::ResponseStream> open(std::int64_t after) {
        auto stream = loop.run(engine->subscribe(
            prepare("subscription ($r: ID!, $after: Revision) { deviceChanged(routerId: $r, after: $after) { revision isSnapshot "
                    "devices { mac bytesUp rateUp revision banState } } }",
                    {{"r", router_id}, {"after", after}}),
            context));
        if (!stream) throw std::runtime_error{stream.error().body};
        return *std::move(stream);
    }
    Json next(graphql::ResponseStream& stream) {
        const auto response = loop.run(stream.next(), Milliseconds{15'000});
        return response ? Json::parse(response->body)["data"]["deviceChanged"] : Json{};
    }
    static std::string mac(std::size_t i) { return "02:00:00:00:09:0" + std::to_string(i); }
    void send(std::size_t device, int bytes) {
        must(db::ingest(hub, batch(site, {traffic(++sequence, now, mac(device), "a.example", bytes, 0)}), now));
        // Rates that run out are told again (device_changes.cpp); here none does.
        if (known.insert(device).second)
            postgres().sql("update devices set rate_until = now() + interval '1 hour' where router_id = '" + site.router + "'");
        wakeups.wake(site.router);
    }
    std::set<std::size_t> known{};
};

/// What a viewer has been told.
struct Told {
    std::map<std::string, Json> devices{};
    std::int64_t revision = 0;
    int doubled = 0;

    void hear(const Json& change) {
        if (change["isSnapshot"] == true) devices.clear();
        for (const auto& device : change["devices"]) {
            auto& known = devices[device["mac"]];
            if (known == device) ++doubled;
            known = device;
        }
        revision = change["revision"];
    }
};

TEST_F(DeviceChanges, ALostSocketMissesNothingAndHearsNothingTwice) {
    std::mt19937 random{4};
    std::array<int, 6> sent{};
    Told told;
    send(0, 1);
    sent[0] = 1;
    auto stream = open(0);
    told.hear(next(*stream));
    for (int round = 0; round < 40; ++round) {
        const auto device = random() % sent.size();
        const int bytes = static_cast<int>(random() % 100) + 1;
        const bool is_lost = random() % 3 == 0;
        if (is_lost) stream.reset();
        send(device, bytes);
        sent[device] += bytes;
        if (is_lost && random() % 2 == 0) {  // More than one change while nobody listened.
            send(0, 7);
            sent[0] += 7;
        }
        if (is_lost) stream = open(told.revision);
        const auto before = told.revision;
        while (told.revision == before) told.hear(next(*stream));
    }
    for (std::size_t i = 0; i < sent.size(); ++i) EXPECT_EQ(told.devices[mac(i)].value("bytesUp", -1), sent[i]) << "device " << i;
    EXPECT_EQ(told.doubled, 0);
}

TEST_F(DeviceChanges, ManyChangesWhileNobodyListenedComeInPartsFromWhereTheViewerWas) {
    send(0, 1);
    Told told;
    told.hear(next(*open(0)));
    const auto before = told.revision;
    postgres().sql("insert into devices (organisation_id, router_id, mac, revision) select '" + site.organisation + "', '" +
                   site.router +
                   "', ('06:00:00:00:' || lpad(to_hex(i / 256), 2, '0') || ':' || lpad(to_hex(i % 256), 2, '0'))::macaddr, " +
                   std::to_string(before + 1) + " from generate_series(1, 1100) i");
    postgres().sql("update routers set revision = revision + 1 where id = '" + site.router + "'");
    {
        const auto lost = open(before);
        const auto first = next(*lost);
        EXPECT_EQ(first["isSnapshot"], false);
        EXPECT_EQ(first["revision"], before) << "who leaves in between is still where he was";
        told.hear(first);
    }
    const auto resumed = open(told.revision);
    while (told.revision == before) told.hear(next(*resumed));
    EXPECT_EQ(told.devices.size(), 1'101u);
}

}  // namespace
}  // namespace vivi::test
