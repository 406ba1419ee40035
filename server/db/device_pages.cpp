// The statements of a page of devices: one walk along an index from a place on, or the few that a search finds, in order.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/device_pages.hpp"

#include <algorithm>
#include <span>

#include "server/db/arrays.hpp"
#include "server/db/device_row.hpp"
#include "server/db/sql.hpp"

namespace vivi::db {
namespace {

/// Which of the devices that match are walked, for a sort by rates: those that send, or the others, whose rate is 0.
enum class Part : std::uint8_t { All, Active, Silent };

/// How a sort is written: what it compares, by which id ties are broken, how the key is shown and read back ("@" is the key).
struct Order {
    std::string_view column{}, id{}, shown{}, cast{};
    bool is_of_search = false;  ///< The columns are of found_devices, not of devices.
};

constexpr std::string_view rate_now = "case when d.rate_until > now() then d.rate_up + d.rate_down else 0 end";
constexpr std::string_view microseconds = "('epoch'::timestamptz + @::bigint * interval '1 microsecond')";

Order order_of(DeviceSort sort, Part part) {
    switch (sort) {
        case DeviceSort::LastSeen:
            return {.column = "d.last_seen_at",
                    .id = "d.id",
                    .shown = "(extract(epoch from @) * 1000000)::bigint",
                    .cast = microseconds};
        case DeviceSort::FirstSeen:
            return {.column = "f.first_seen_at",
                    .id = "f.device_id",
                    .shown = "(extract(epoch from @) * 1000000)::bigint",
                    .cast = microseconds,
                    .is_of_search = true};
        case DeviceSort::Name:
            return {.column = "f.name", .id = "f.device_id", .shown = "@", .cast = "@::text", .is_of_search = true};
        case DeviceSort::Address:
            return {.column = "f.address", .id = "f.device_id", .shown = "host(@)", .cast = "@::inet", .is_of_search = true};
        case DeviceSort::Bytes: return {.column = "d.bytes_total", .id = "d.id", .shown = "@", .cast = "@::bigint"};
        case DeviceSort::Rate:
            if (part == Part::Silent)  // All keys are 0: in the order of ids, along an index that has them.
                return {.column = "f.device_id", .id = "f.device_id", .shown = "0", .cast = "", .is_of_search = true};
            return {.column = rate_now, .id = "d.id", .shown = "@", .cast = "@::bigint"};
    }
    return {};
}

/// `form` with `key` in its place.
std::string written(std::string_view form, std::string_view key) {
    const auto at = form.find('@');
    if (at == std::string_view::npos) return std::string{form};
    return std::string{form.substr(0, at)} + std::string{key} + std::string{form.substr(at + 1)};
}

std::string held(const std::optional<bool>& wanted, std::string_view condition) {
    return wanted ? (*wanted ? " and " : " and not ") + std::string{condition} : std::string{};
}

std::string filter_of_devices(Sql& sql, const DeviceFilter& filter) {
    auto text = held(filter.is_online, "d.last_seen_at > now() - interval '" + std::to_string(online_for.count()) + " seconds'") +
                held(filter.is_banned, "(d.banned and (d.banned_until is null or d.banned_until > now()))") +
                held(filter.is_protected, "d.is_protected");
    if (filter.is_banned == true) text += " and d.banned";  // The condition of the index.
    if (filter.group) text += " and d.group_name = " + sql.value(*filter.group);
    if (filter.group && !filter.group->empty()) text += " and d.group_name <> ''";  // Likewise.
    return text;
}

std::string filter_of_search(Sql& sql, const DeviceFilter& filter) {
    auto text = held(filter.is_randomised, "f.is_randomised");
    if (filter.new_since)
        text += " and f.first_seen_at > " + instant_of(sql.value(std::to_string(to_unix_ms(*filter.new_since))));
    return text;
}

bool filters_devices(const DeviceFilter& filter) {
    return filter.is_online || filter.is_banned || filter.is_protected || filter.group;
}
bool needs_search(const DeviceQuery& query) {
    return !query.search.empty() || query.filter.new_since || query.filter.is_randomised;
}

/// " and (f.text like …)"; empty for no search.
std::string match_of(Sql& sql, const DeviceQuery& query) {
    std::string either;
    for (const auto& pattern : search_patterns(query.search))
        either += (either.empty() ? "" : " or ") + ("f.text like lower(" + sql.value(pattern) + "::text)");
    return either.empty() ? "" : " and (" + either + ")";
}

// Rates run out a few ticks after the device was seen: those that may still have one are few, and the newest of an index.
constexpr std::string_view active =
    "d.last_seen_at > now() - interval '10 minutes' and d.rate_until > now() and d.rate_up + d.rate_down > 0";

std::string part_of(Part part) {
    if (part == Part::All) return {};
    return part == Part::Active ? " and " + std::string{active} : " and not (" + std::string{active} + ")";
}

/// How the rows are come by. The planner does not know how frequent a text is (statistics are not for those under a policy), so a
/// search asks a sample first: what is frequent is met soon along the index, what is rare is quickly sorted.
enum class Way : std::uint8_t {
    All,   ///< Nothing is searched: the walk along the index, until there are enough.
    Near,  ///< Along the index too, but no further than the walk's reach: what matches among those rows.
    Found  ///< All that match, by the trigrams, sorted.
};
constexpr int sample = 250;     ///< So many devices of the router are looked at; ids are random, so the first ones are any ones.
constexpr int frequent = 6;     ///< So many of them match: of 100,000 devices 2,400 would have to be sorted.
constexpr int nearest = 1'000;  ///< The reach of a walk is for one and a half times what is wanted, within these two.
constexpr int furthest = 10'000;

struct Walk {
    bool is_ascending = false;  ///< Of the index, not of the page: a page that is read backward is turned around.
    int most = 0;
    Part part = Part::All;
    Way way = Way::All;
    int reach = nearest;
};

std::string place_of(Sql& sql, const Order& order, Part part, const DevicePlace& place, bool is_above) {
    const std::string sign = is_above ? " > " : " < ";
    if (part == Part::Silent && place.key != "0") return is_above ? " and false" : "";  // Who sends is above all who do not.
    const auto id = sql.value(place.id) + "::uuid";
    if (part == Part::Silent) return " and " + std::string{order.id} + sign + id;
    return " and (" + std::string{order.column} + ", " + std::string{order.id} + ")" + sign + "(" +
           written(order.cast, sql.value(place.key)) + ", " + id + ")";
}

/// The conditions and the order of a statement, as SQL.
struct Conditions {
    std::string of_devices{}, of_search{}, place{}, match{}, part{};
    std::string filter{};         ///< Of devices.
    std::string search_filter{};  ///< Of found_devices.
    std::string ordered{};        ///< " order by … limit ", without the number.
    std::string limit{};
};

constexpr std::string_view each_device = " join lateral (select * from devices d where d.id = f.device_id offset 0) d on true";
constexpr std::string_view each_search =
    " join lateral (select * from found_devices f where f.device_id = d.id offset 0) f on true";

/// What is selected from. A fenced part ("offset 0") and what is looked up row by row beside it ("lateral") keep the planner from
/// another order of doing it, which it would take for the better one while it has no statistics of devices that just came.
std::string source_of(const DeviceQuery& query, const Walk& walk, const Order& order, const Conditions& sql) {
    const auto near = sql.ordered + std::to_string(walk.reach) + ")";
    if (walk.way == Way::Near && order.is_of_search)
        return "(select * from found_devices f" + sql.of_search + sql.place + near + " f" + std::string{each_device};
    if (walk.way == Way::Near)
        return "(select * from devices d" + sql.of_devices + (walk.part == Part::Active ? sql.part : "") + sql.place + near +
               " d" + std::string{each_search};
    if (walk.way == Way::Found) {
        auto found = "(select * from found_devices f" + sql.of_search + sql.match + " offset 0) f";
        if (order.is_of_search && !filters_devices(query.filter))
            found = "(select * from " + found + " where true" + sql.search_filter + sql.place + sql.ordered + sql.limit + ") f";
        return found + std::string{each_device};
    }
    if (query.filter.new_since && !order.is_of_search)  // New ones are few.
        return "(select * from found_devices f" + sql.of_search + sql.search_filter + " offset 0) f" + std::string{each_device};
    if (order.is_of_search) return "found_devices f" + std::string{each_device};
    return "devices d" + std::string{needs_search(query) ? each_search : ""};
}

Sql statement(const DeviceQuery& query, const Walk& walk) {
    const auto order = order_of(query.sort, walk.part);
    const bool is_rising = query.direction == SortDirection::Ascending;
    const std::string direction = walk.is_ascending ? "" : " desc";
    Sql sql;
    const auto router = sql.value(query.router) + "::uuid";
    Conditions all{.of_devices = " where d.router_id = " + router + " and d.organisation_id = current_organisation()",
                   .of_search = " where f.router_id = " + router,
                   .match = match_of(sql, query),
                   .part = part_of(walk.part),
                   .filter = filter_of_devices(sql, query.filter),
                   .search_filter = filter_of_search(sql, query.filter)};
    if (query.after) all.place += place_of(sql, order, walk.part, *query.after, is_rising);
    if (query.before) all.place += place_of(sql, order, walk.part, *query.before, !is_rising);
    all.ordered = " order by " + std::string{order.column} + direction + ", " + std::string{order.id} + direction + " limit ";
    all.limit = sql.value(std::to_string(walk.most)) + "::int";
    const auto source = source_of(query, walk, order, all);
    auto where = all.of_devices;
    if (walk.way != Way::All || order.is_of_search || needs_search(query)) where += " and f.router_id = " + router;
    where += all.match + all.filter + all.search_filter + all.part + all.place + all.ordered + all.limit;
    if (walk.way == Way::All) {
        sql += device_query(", (" + written(order.shown, order.column) + ")::text", source) + where;
        return sql;
    }
    // Thousands may match: only what they are sorted by is carried along, and those of the page are looked up.
    const auto page = "(select d.id, " + std::string{order.column} + " as key from " + source + where + ") page";
    sql += device_query(", (" + written(order.shown, "page.key") + ")::text", page + " join devices d on d.id = page.id") +
           all.of_devices + " order by page.key" + direction + ", page.id" + direction;
    return sql;
}

void read_into(DevicePage& page, Transaction& transaction, const DeviceQuery& query, const Walk& walk) {
    for (const auto& row : statement(query, walk).run(transaction)) {
        page.devices.push_back(to_device(row));
        page.places.push_back({.sort = query.sort, .key = row[row.size() - 1].as<std::string>(), .id = page.devices.back().id});
    }
}

/// Whether a walk along those that send would see all of them.
bool reaches_all_active(Transaction& transaction, const DeviceQuery& query, int reach) {
    Sql sql;
    sql += "select count(*) from (select from devices d where d.router_id = " + sql.value(query.router) +
           "::uuid and d.organisation_id = current_organisation()" + part_of(Part::Active) + " limit " +
           std::to_string(reach + 1) + ") reached";
    return sql.run(transaction)[0][0].as<int>() <= reach;
}

/// What matches in reach, part after part. False: those may not be the first ones there are, or not enough.
bool read_near(DevicePage& page, Transaction& transaction, const DeviceQuery& query, std::span<const Part> parts, Walk walk) {
    const auto wanted = walk.most;
    walk.way = Way::Near;
    for (const auto part : parts) {
        walk.part = part;
        walk.most = wanted - static_cast<int>(page.devices.size());
        read_into(page, transaction, query, walk);
        if (static_cast<int>(page.devices.size()) >= wanted) return true;
        if (part != Part::Active || !reaches_all_active(transaction, query, walk.reach)) return false;
    }
    return false;
}

/// How many of the sample match.
int matches_in_sample(Transaction& transaction, const DeviceQuery& query) {
    Sql sql;
    sql += "select count(*) from (select * from found_devices f where f.router_id = " + sql.value(query.router) +
           "::uuid order by f.device_id limit " + std::to_string(sample) + ") f where true" + match_of(sql, query);
    return sql.run(transaction)[0][0].as<int>();
}

void read_search(DevicePage& page, Transaction& transaction, const DeviceQuery& query, std::span<const Part> parts, Walk walk) {
    const auto matching = matches_in_sample(transaction, query);
    if (matching >= frequent) {
        walk.reach = std::clamp(walk.most * sample / matching * 3 / 2, nearest, furthest);
        if (read_near(page, transaction, query, parts, walk)) return;
    }
    page = {};
    walk.way = Way::Found;
    read_into(page, transaction, query, walk);  // Of all parts at once: they are sorted anyway.
}

DevicePage read_page(Transaction& transaction, const DeviceQuery& query) {
    DevicePage page;
    const auto wanted = static_cast<std::size_t>(query.first);
    const bool is_ascending = (query.direction == SortDirection::Ascending) != query.is_backward;
    std::vector<Part> parts{Part::All};
    if (query.sort == DeviceSort::Rate)
        parts = is_ascending ? std::vector{Part::Silent, Part::Active} : std::vector{Part::Active, Part::Silent};
    const auto most = query.first + 1;
    if (!query.search.empty()) {
        read_search(page, transaction, query, parts, {.is_ascending = is_ascending, .most = most});
    } else {
        for (const auto part : parts) {
            const auto left = most - static_cast<int>(page.devices.size());
            if (left > 0) read_into(page, transaction, query, {.is_ascending = is_ascending, .most = left, .part = part});
        }
    }
    const bool has_more = page.devices.size() > wanted;
    if (has_more) {
        page.devices.pop_back();
        page.places.pop_back();
    }
    if (query.is_backward) {
        std::ranges::reverse(page.devices);
        std::ranges::reverse(page.places);
    }
    page.has_next = query.is_backward ? query.before.has_value() : has_more;
    page.has_previous = query.is_backward ? has_more : query.after.has_value();
    return page;
}

}  // namespace

Task<Result<DevicePage>> devices(Pool& pool, Tenant tenant, DeviceQuery query) {
    const std::function<Result<DevicePage>(Transaction&)> body = [query](Transaction& transaction) -> Result<DevicePage> {
        return read_page(transaction, query);
    };
    auto page = co_await pool.transact<DevicePage>(std::move(tenant), body);
    co_return page;
}

Task<Result<std::int64_t>> count_devices(Pool& pool, Tenant tenant, DeviceQuery query) {
    const std::function<Result<std::int64_t>(Transaction&)> body = [query](Transaction& transaction) -> Result<std::int64_t> {
        Sql sql;
        const auto router = sql.value(query.router) + "::uuid";
        sql += "select count(*) from ";
        if (needs_search(query)) {
            sql += "(select device_id from found_devices f where f.router_id = " + router + match_of(sql, query) +
                   filter_of_search(sql, query.filter) + " offset 0) f";
            if (!filters_devices(query.filter)) return sql.run(transaction)[0][0].as<std::int64_t>();
            sql += each_device;
        } else {
            sql += "devices d";
        }
        sql += " where d.router_id = " + router + " and d.organisation_id = current_organisation()" +
               filter_of_devices(sql, query.filter);
        return sql.run(transaction)[0][0].as<std::int64_t>();
    };
    auto count = co_await pool.transact<std::int64_t>(std::move(tenant), body);
    co_return count;
}

Task<Result<std::vector<std::int64_t>>> device_counts(Pool& pool, Tenant tenant, std::vector<std::string> routers) {
    using Counts = std::vector<std::int64_t>;
    const std::function<Result<Counts>(Transaction&)> body = [routers](Transaction& transaction) -> Result<Counts> {
        ArrayLiteral ids;
        for (const auto& router : routers) ids.add(std::string_view{router});
        Counts counts(routers.size(), 0);
        // found_devices does not change with every tick: its index alone says how many there are.
        for (const auto& row : transaction.run("select t.place, (select count(*) from found_devices f where f.router_id = t.id)"
                                               " from unnest($1::uuid[]) with ordinality as t(id, place)",
                                               ids.text()))
            counts[row[0].as<std::size_t>() - 1] = row[1].as<std::int64_t>();
        return counts;
    };
    auto counts = co_await pool.transact<Counts>(std::move(tenant), body);
    co_return counts;
}

Task<Result<std::vector<Device>>> devices_by_id(Pool& pool, Tenant tenant, std::vector<std::string> ids) {
    using Found = std::vector<Device>;
    const std::function<Result<Found>(Transaction&)> body = [ids](Transaction& transaction) -> Result<Found> {
        ArrayLiteral wanted;
        for (const auto& id : ids) wanted.add(std::string_view{id});
        Found found;
        for (const auto& row : transaction.run(
                 device_query() + " where d.id = any($1::uuid[]) and d.organisation_id = current_organisation()", wanted.text()))
            found.push_back(to_device(row));
        return found;
    };
    auto found = co_await pool.transact<Found>(std::move(tenant), body);
    co_return found;
}

}  // namespace vivi::db
