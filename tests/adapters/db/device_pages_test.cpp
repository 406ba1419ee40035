// Pages of devices: every sort in both directions and read from both ends, filters, searches, and the indexes they take.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>

#include "tests/adapters/db/fixture.hpp"

namespace vivi::test {
namespace {

using enum db::DeviceSort;

class DevicePages : public Database {
protected:
    Site site = make_site("device-pages");
    db::Tenant tenant{site.organisation};

    /// `count` devices with names, addresses, counts and rates that repeat, so that ties are broken by the id.
    void fill(int count) {
        postgres().sql(
            "insert into devices (organisation_id, router_id, mac, name, hostname, vendor_class, address, first_seen_at, "
            "last_seen_at,"
            " bytes_up, bytes_down, rate_up, rate_until, revision) select '" +
            site.organisation + "', '" + site.router +
            "', ('06:00:00:' || lpad(to_hex(i / 65536), 2, '0') || ':' || lpad(to_hex(i / 256 % 256), 2, '0') || ':' ||"
            " lpad(to_hex(i % 256), 2, '0'))::macaddr, case when i % 3 = 0 then 'Name ' || i % 7 else '' end,"
            " case when i % 2 = 0 then 'host-' || i % 5 else '' end, 'android-dhcp-' || i % 3,"
            " case when i % 4 = 0 then null else ('10.66.' || i % 256 || '.' || i % 250)::inet end,"
            " now() - (i % 11) * interval '1 hour', now() - (i % 5) * interval '3 minutes', i % 13, i % 17,"
            " i % 3 * 1000, case when i % 5 = 0 then now() + interval '1 hour' else '-infinity' end, 1 from generate_series(1, " +
            std::to_string(count) + ") i");
    }
    std::vector<std::string> walk(db::DeviceQuery query) {
        std::vector<std::string> ids;
        for (;;) {
            const auto page = must(db::devices(api, tenant, query));
            std::vector<std::string> of_page;
            for (const auto& device : page.devices) of_page.push_back(device.id);
            ids.insert(query.is_backward ? ids.begin() : ids.end(), of_page.begin(), of_page.end());
            EXPECT_EQ(page.places.size(), page.devices.size());
            const bool has_more = query.is_backward ? page.has_previous : page.has_next;
            if (!has_more || page.devices.empty()) return ids;
            (query.is_backward ? query.before : query.after) = query.is_backward ? page.places.front() : page.places.back();
        }
    }
    std::int64_t count(db::DeviceQuery query) {
        query.router = site.router;
        return must(db::count_devices(api, tenant, query));
    }
};

TEST_F(DevicePages, WalkEverySortInBothDirectionsFromBothEndsWithoutRepeatingOrMissingOne) {
    fill(60);
    for (const auto sort : {LastSeen, FirstSeen, Name, Address, Bytes, Rate}) {
        db::DeviceQuery query{.router = site.router, .first = 7, .sort = sort};
        const auto falling = walk(query);
        ASSERT_EQ(falling.size(), 60u) << static_cast<int>(sort);
        query.is_backward = true;
        EXPECT_EQ(walk(query), falling) << "the last pages of the same order " << static_cast<int>(sort);
        query.direction = db::SortDirection::Ascending;
        auto rising = walk(query);
        query.is_backward = false;
        EXPECT_EQ(walk(query), rising);
        std::ranges::reverse(rising);
        EXPECT_EQ(rising, falling);
    }
}

TEST_F(DevicePages, AreInTheOrderTheySay) {
    fill(40);
    const auto all = [&](db::DeviceSort sort) {
        return must(db::devices(api, tenant, {.router = site.router, .first = 100, .sort = sort})).devices;
    };
    EXPECT_TRUE(std::ranges::is_sorted(all(LastSeen), std::greater{}, &db::Device::last_seen_at));
    EXPECT_TRUE(std::ranges::is_sorted(all(FirstSeen), std::greater{}, &db::Device::first_seen_at));
    EXPECT_TRUE(
        std::ranges::is_sorted(all(Bytes), std::greater{}, [](const auto& one) { return one.bytes_up + one.bytes_down; }));
    EXPECT_TRUE(std::ranges::is_sorted(all(Rate), std::greater{}, [](const auto& one) { return one.rate_up + one.rate_down; }));
    EXPECT_GT(all(Rate).front().rate_up, 0);
    EXPECT_FALSE(all(Address).front().address) << "without an address: behind all others, rising";
}

TEST_F(DevicePages, FiltersHoldTogether) {
    fill(60);
    const auto now = wall_now();
    EXPECT_EQ(count({.filter = {.is_online = true}}), count({}) - count({.filter = {.is_online = false}}));
    EXPECT_EQ(count({.filter = {.is_online = true}}), 24);
    EXPECT_EQ(count({.filter = {.is_randomised = true}}), 60) << "06: has the locally administered bit";
    EXPECT_EQ(count({.filter = {.is_randomised = false}}), 0);
    EXPECT_EQ(count({.filter = {.new_since = now - Seconds{1800}}}), 5);
    EXPECT_EQ(count({.filter = {.is_banned = true}}), 0);
    postgres().sql("update devices set group_name = 'stage', is_protected = true where router_id = '" + site.router +
                   "' and name = 'Name 0'");
    postgres().sql(
        "update devices set banned = true, banned_until = case when hostname = '' then now() - interval '1 minute' end"
        " where router_id = '" +
        site.router + "' and name = 'Name 1'");
    const auto stage = count({.filter = {.group = "stage"}});
    EXPECT_GT(stage, 0);
    EXPECT_EQ(count({.filter = {.is_protected = true}}), stage);
    EXPECT_EQ(count({.filter = {.group = ""}}), 60 - stage);
    EXPECT_EQ(count({.search = "name 1", .filter = {.is_banned = true}}), count({.filter = {.is_banned = true}}));
    EXPECT_GT(count({.filter = {.is_banned = true}}), 0);
    EXPECT_GT(count({.search = "name 1", .filter = {.is_banned = false}}), 0) << "a ban that is over is none";
}

TEST_F(DevicePages, FindByAnythingInAnyCaseAndNotation) {
    fill(30);
    for (const auto* text : {"06:00:00:00:00:11", "06-00-00-00-00-11", "0600.0000.0011", "060000000011", "0000.0011", "00-00-11"})
        EXPECT_EQ(count({.search = text}), 1) << text;
    EXPECT_EQ(count({.search = "NAME 3"}), count({.search = "name 3"}));
    EXPECT_GT(count({.search = "name 3"}), 0);
    EXPECT_EQ(count({.search = "10.66.17."}), 1);
    EXPECT_EQ(count({.search = "Android-DHCP"}), 30);
    EXPECT_EQ(count({.search = "nowhere"}), 0);
    // What is searched follows what changes.
    const auto device = must(db::devices(api, tenant, {.router = site.router, .search = "060000000011"})).devices.at(0);
    must(db::rename_device(api, tenant, {.device = device.id, .name = "Zoë's Phone"}));
    EXPECT_EQ(count({.search = "zoë's"}), 1);
    EXPECT_EQ(count({.search = "ZOË"}), 1);
    const auto first = must(db::devices(api, tenant, {.router = site.router, .first = 1, .sort = Name}));
    EXPECT_EQ(first.devices.at(0).id, device.id) << "and the order of names too";
}

/// PostgreSQL tells scans a moment after their transaction.
class Scans {
public:
    explicit Scans(std::function<std::string(const std::string&)> ask) : ask_{std::move(ask)} {}
    int of_trigrams() const {
        return number("select idx_scan from pg_stat_user_indexes where indexrelname = 'device_search_router_id_text_idx'");
    }
    bool reach_of_trigrams(int wanted) const {
        const auto deadline = vivi::now() + Seconds{20};
        while (of_trigrams() < wanted && vivi::now() < deadline) ask_("select pg_sleep(0.05)");
        return of_trigrams() >= wanted;
    }

private:
    int number(const std::string& sql) const { return std::stoi(ask_(sql)); }
    std::function<std::string(const std::string&)> ask_;
};

TEST_F(DevicePages, RareTextsAreFoundByTheirTrigramsInEveryOrder) {
    fill(20'000);
    postgres().sql("vacuum analyze devices, device_search");
    const Scans scans{[this](const std::string& sql) { return number(sql); }};
    const auto trigrams = scans.of_trigrams();
    int searches = 0;
    for (const auto sort : {LastSeen, FirstSeen, Name, Address, Bytes, Rate}) {
        for (const auto* text : {"", "android", "060000001234", "nowhere"}) {
            for (const auto direction : {db::SortDirection::Ascending, db::SortDirection::Descending}) {
                const auto page = must(db::devices(
                    api, tenant, {.router = site.router, .first = 50, .search = text, .sort = sort, .direction = direction}));
                const std::string_view searched{text};
                EXPECT_EQ(page.devices.size(), searched == "nowhere" ? 0u : searched == "060000001234" ? 1u : 50u);
                if (searched == "nowhere" || searched == "060000001234") ++searches;
            }
        }
    }
    EXPECT_TRUE(scans.reach_of_trigrams(trigrams + searches)) << "what is rare is found by its trigrams";
}

TEST_F(DevicePages, HoweverFrequentATextIsItsPagesAreThoseOfTheWholeList) {
    fill(5'000);
    postgres().sql(
        "update devices set hostname = hostname || case when mac::text like '%0' then ' tenth' when mac::text like '%:31'"
        " then ' seldom' else '' end where router_id = '" +
        site.router + "'");
    for (const auto sort : {LastSeen, FirstSeen, Name, Address, Bytes, Rate}) {
        for (const auto direction : {db::SortDirection::Ascending, db::SortDirection::Descending}) {
            const auto whole =
                must(db::devices(api, tenant, {.router = site.router, .first = 5'000, .sort = sort, .direction = direction}));
            ASSERT_EQ(whole.devices.size(), 5'000u);
            for (const std::string text : {"tenth", "seldom"}) {
                std::vector<std::string> matching;
                for (const auto& device : whole.devices)
                    if (device.hostname.contains(text)) matching.push_back(device.id);
                ASSERT_GE(matching.size(), 15u);
                EXPECT_EQ(walk({.router = site.router, .first = 50, .search = text, .sort = sort, .direction = direction}),
                          matching)
                    << text << ' ' << static_cast<int>(sort);
            }
        }
    }
}

TEST_F(DevicePages, OfAnotherOrganisationAreNotThere) {
    fill(5);
    const db::Tenant stranger{make_site("page-strangers").organisation};
    EXPECT_TRUE(must(db::devices(api, stranger, {.router = site.router, .search = "android"})).devices.empty());
    EXPECT_EQ(must(db::count_devices(api, stranger, {.router = site.router, .search = "android"})), 0);
    EXPECT_EQ(must(db::device_counts(api, stranger, {site.router})), std::vector<std::int64_t>{0});
    EXPECT_EQ(must(db::device_counts(api, tenant, {site.router})), std::vector<std::int64_t>{5});
    const auto theirs = must(db::devices(api, tenant, {.router = site.router})).devices.at(0);
    EXPECT_TRUE(must(db::devices_by_id(api, stranger, {theirs.id})).empty());
    EXPECT_EQ(run(db::rename_device(api, stranger, {.device = theirs.id, .name = "mine"})).error().code, Code::NotFound);
    EXPECT_TRUE(must(db::recent_bans(api, stranger, site.router, 10)).empty());
    EXPECT_EQ(number("select has_table_privilege('vivi_api', 'device_search', 'select') or"
                     " has_table_privilege('vivi_hub', 'device_search', 'select')"),
              "f")
        << "it is read through found_devices alone";
}

}  // namespace
}  // namespace vivi::test
