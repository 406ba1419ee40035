// Router.gaps, Router.sync.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/router_sync.hpp"

#include "server/api/call.hpp"
#include "server/api/date_time.hpp"
#include "server/api/ids.hpp"
#include "server/api/json_value.hpp"
#include "server/api/page_info.hpp"
#include "server/db/router_sync.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr int most_rows = 200;
constexpr char gaps_list = 'g';

enum class GapKind : std::uint8_t { Producer, Dropped, Lost };
enum class Trial : std::uint8_t { None, Pending, Kept, Confirmed, Reverted };

struct Gaps {
    db::SyncGapQuery query{};
    db::SyncGapPage page{};
};
/// A topic that was dropped.
struct GapRow {
    std::string topic{};
    std::int64_t entries = 0, bytes = 0;
};
struct Unenforced {
    std::string part{}, reason{};
};

std::string cursor_of(const db::SyncGap& gap) { return to_cursor(gaps_list, {.id = gap.id}); }

Value kind_of(const db::SyncGap& gap) {
    if (gap.kind == "dropped") return Value{GapKind::Dropped};
    return Value{gap.kind == "lost" ? GapKind::Lost : GapKind::Producer};
}

Value trial_of(const db::RouterSync& sync) {
    if (sync.trial == "pending") return Value{Trial::Pending};
    if (sync.trial == "kept") return Value{Trial::Kept};
    if (sync.trial == "confirmed") return Value{Trial::Confirmed};
    return Value{sync.trial == "reverted" ? Trial::Reverted : Trial::None};
}

model::Json json_of(const std::string& text) {
    auto json = model::parse_json(text);
    return json ? *std::move(json) : model::Json{};
}

/// A member of the detail: a text, or a whole number; null where that kind of gap has none.
Value text_in(const db::SyncGap& gap, const char* key) {
    const auto detail = json_of(gap.detail);
    const auto found = detail.find(key);
    return found != detail.end() && found->is_string() && !found->get<std::string>().empty() ? Value{found->get<std::string>()}
                                                                                             : Value{};
}
Value count_in(const db::SyncGap& gap, const char* key) {
    const auto detail = json_of(gap.detail);
    const auto found = detail.find(key);
    return found != detail.end() && found->is_number_integer() ? Value{found->get<std::int64_t>()} : Value{};
}
Value moment_in(const db::SyncGap& gap, const char* key) {
    const auto detail = json_of(gap.detail);
    const auto found = detail.find(key);
    if (found == detail.end() || !found->is_number_integer()) return {};
    return Value{to_date_time(from_unix_ms(found->get<std::int64_t>()))};
}

Value rows_of(const db::SyncGap& gap) {
    const auto detail = json_of(gap.detail);
    graphql::List list;
    if (const auto rows = detail.find("rows"); rows != detail.end() && rows->is_array()) {
        for (const auto& row : *rows)
            list.emplace_back(Object::make(GapRow{.topic = row.value("topic", std::string{}),
                                                  .entries = row.value("entries", std::int64_t{0}),
                                                  .bytes = row.value("bytes", std::int64_t{0})}));
    }
    return Value{std::move(list)};
}

Value unenforced_of(const db::RouterSync& sync) {
    graphql::List list;
    for (const auto& row : json_of(sync.unenforced))
        list.emplace_back(
            Object::make(Unenforced{.part = row.value("part", std::string{}), .reason = row.value("reason", std::string{})}));
    return Value{std::move(list)};
}

Task<Resolved> gaps_of(Call& call, const db::Router& router, const Arguments& arguments) {
    const auto first = arguments.get<int>("first");
    if (first < 1 || first > most_rows) co_return graphql::field_error("`first` must be 1 to 200.", "BAD_USER_INPUT");
    db::SyncGapQuery query{.router = router.id, .first = first};
    if (const auto after = arguments.get<std::optional<std::string>>("after")) {
        const auto place = parse_cursor(gaps_list, *after);
        if (!place) co_return graphql::field_error("`after` is not a cursor of this list.", "BAD_USER_INPUT");
        query.after = place->id;
    }
    auto page = co_await db::sync_gaps(call.services.pool, {router.organisation}, query);
    if (!page) co_return std::unexpected{FieldError{std::move(page).error()}};
    co_return Value{Object::make(Gaps{.query = std::move(query), .page = *std::move(page)})};
}

Task<std::vector<Resolved>> gaps(std::span<const Object> parents, const Arguments& arguments, graphql::Context& context) {
    std::vector<Resolved> values;
    for (const auto& parent : parents) {
        auto value = co_await gaps_of(context.get<Call>(), parent.as<db::Router>(), arguments);
        values.push_back(std::move(value));
    }
    co_return values;
}

/// One query for each organisation among the parents.
Task<std::vector<Resolved>> syncs(std::span<const Object> parents, const Arguments&, graphql::Context& context) {
    auto& call = context.get<Call>();
    std::map<std::string, std::vector<std::string>> by_organisation;
    for (const auto& parent : parents)
        by_organisation[parent.as<db::Router>().organisation].push_back(parent.as<db::Router>().id);
    std::map<std::string, db::RouterSync> known;
    std::optional<Error> failure;
    for (const auto& [organisation, routers] : by_organisation) {
        auto found = co_await db::router_syncs(call.services.pool, {organisation}, routers);
        if (found)
            known.merge(*found);
        else
            failure = std::move(found).error();
    }
    std::vector<Resolved> values;
    for (const auto& parent : parents) {
        const auto found = known.find(parent.as<db::Router>().id);
        if (failure)
            values.emplace_back(std::unexpected{FieldError{*failure}});
        else
            values.emplace_back(Value{Object::make(found == known.end() ? db::RouterSync{} : found->second)});
    }
    co_return values;
}

void add_gaps(graphql::Resolvers& resolvers) {
    resolvers.enumeration<GapKind>("SyncGapKind",
                                   {{GapKind::Producer, "PRODUCER"}, {GapKind::Dropped, "DROPPED"}, {GapKind::Lost, "LOST"}});
    resolvers.batch("Router", "gaps", gaps);
    resolvers.of<Gaps>("SyncGapConnection")
        .field("edges", [](const Gaps& found) { return borrowed_list(found.page.rows); })
        .field("pageInfo", [](const Gaps& found) {
            return Value{Object::make(page_info(found.page.rows, found.page.has_next, found.query.after.has_value(),
                                                [](const db::SyncGap& gap) { return cursor_of(gap); }))};
        });
    resolvers.of<db::SyncGap>("SyncGapEdge")
        .field("cursor", [](const db::SyncGap& gap) { return cursor_of(gap); })
        .field("node", [](const db::SyncGap& gap) { return Value{Object::borrowed(gap)}; });
    resolvers.of<db::SyncGap>("SyncGap")
        .field("kind", kind_of)
        .field("at", [](const db::SyncGap& gap) { return to_date_time(gap.at); })
        .field("producer", [](const db::SyncGap& gap) { return text_in(gap, "producer"); })
        .field("topic", [](const db::SyncGap& gap) { return text_in(gap, "topic"); })
        .field("reason", [](const db::SyncGap& gap) { return text_in(gap, "reason"); })
        .field("missingFrom", [](const db::SyncGap& gap) { return count_in(gap, "missing_from"); })
        .field("missingTo", [](const db::SyncGap& gap) { return count_in(gap, "missing_to"); })
        .field("since", [](const db::SyncGap& gap) { return moment_in(gap, "since"); })
        .field("until", [](const db::SyncGap& gap) { return moment_in(gap, "until"); })
        .field("rows", rows_of);
    resolvers.of<GapRow>("SyncGapRow")
        .field("topic", &GapRow::topic)
        .field("entries", &GapRow::entries)
        .field("bytes", &GapRow::bytes);
}

}  // namespace

void add_router_sync(graphql::Resolvers& resolvers) {
    add_gaps(resolvers);
    resolvers.enumeration<Trial>("ConfigurationTrial", {{Trial::None, "NONE"},
                                                        {Trial::Pending, "PENDING"},
                                                        {Trial::Kept, "KEPT"},
                                                        {Trial::Confirmed, "CONFIRMED"},
                                                        {Trial::Reverted, "REVERTED"}});
    resolvers.batch("Router", "sync", syncs);
    resolvers.of<Unenforced>("UnenforcedPart").field("part", &Unenforced::part).field("reason", &Unenforced::reason);
    resolvers.of<db::RouterSync>("RouterSync")
        .field("unenforced", unenforced_of)
        .field("unenforcedRevision", &db::RouterSync::unenforced_revision)
        .field("trial", trial_of)
        .field("trialRevision", &db::RouterSync::trial_revision)
        .field("revertedRevision",
               [](const db::RouterSync& sync) { return sync.reverted_revision > 0 ? Value{sync.reverted_revision} : Value{}; })
        .field("revertedAt",
               [](const db::RouterSync& sync) { return sync.reverted_at ? Value{to_date_time(*sync.reverted_at)} : Value{}; })
        .field("revertedReason", &db::RouterSync::reverted_reason)
        .field("snapshotAt",
               [](const db::RouterSync& sync) { return sync.snapshot_at ? Value{to_date_time(*sync.snapshot_at)} : Value{}; });
}

}  // namespace vivi::api
