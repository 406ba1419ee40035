// SQL of configurations, and of what must agree with them.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/revisions.hpp"

#include <algorithm>
#include <map>

#include "server/db/arrays.hpp"
#include "server/db/gathered.hpp"

namespace vivi::db {
namespace {

constexpr std::size_t most_reason_bytes = 500;  // As the document allows.

// A ban that is over is none. `banned_at` stays while the device is banned on; `ban_revision` rises with what is decided about
// it.
constexpr std::string_view devices_sql =
    "update devices d set banned = t.is_banned, ban_reason = t.reason, banned_until = t.until, group_name = t.group_name,"
    " is_protected = t.is_protected, revision = $5::bigint,"
    " banned_at = case when not t.is_banned then null when d.banned then d.banned_at else now() end,"
    " ban_revision = case when d.banned <> t.is_banned or (t.is_banned and (d.ban_reason <> t.reason or d.banned_until is "
    "distinct"
    " from t.until)) then $4::bigint else d.ban_revision end"
    " from (select known.id, ban.mac is not null as is_banned, coalesce(ban.reason, '') as reason, ban.until,"
    " coalesce(member.name, '') as group_name, shield.mac is not null as is_protected from devices known"
    " left join (select mac, reason, 'epoch'::timestamptz + until_ms * interval '1 millisecond' as until"
    " from unnest($2::macaddr[], $3::text[], $6::bigint[]) as b(mac, reason, until_ms)) ban"
    " on ban.mac = known.mac and coalesce(ban.until > now(), true)"
    " left join unnest($7::macaddr[], $8::text[]) as member(mac, name) on member.mac = known.mac"
    " left join unnest($9::macaddr[]) as shield(mac) on shield.mac = known.mac"
    " where known.router_id = $1 and known.organisation_id = current_organisation()"
    " and ($10 = '' or known.mac = any(nullif($10, '')::macaddr[]))) t"
    " where d.id = t.id and (d.banned, d.ban_reason, d.banned_until, d.group_name, d.is_protected)"
    " is distinct from (t.is_banned, t.reason, t.until, t.group_name, t.is_protected)";

Result<Decided> find_decided(Transaction& transaction, const std::string& router, std::string_view lock) {
    const auto rows =
        transaction.run(std::string{"select organisation_id::text, desired_revision, revision from routers"
                                    " where id = $1 and organisation_id = current_organisation() and state = 'accepted'"}
                            .append(lock),
                        router);
    if (rows.empty()) return failed(Code::NotFound, "no such router");
    Decided decided{.router = router,
                    .organisation = rows[0][0].as<std::string>(),
                    .desired_revision = rows[0][1].as<std::int64_t>(),
                    .revision = rows[0][2].as<std::int64_t>()};
    const auto documents = transaction.run("select document::text from configurations where router_id = $1 and revision = $2",
                                           router, decided.desired_revision);
    if (documents.empty()) return failed(Code::Conflict, "the router has no configuration yet");
    const auto json = model::parse_json(documents[0][0].as<std::string>());
    if (!json) return std::unexpected{json.error()};
    auto configuration = model::parse_configuration(*json);
    if (!configuration) return failed(Code::Internal, "stored configuration: " + configuration.error().front());
    decided.configuration = *std::move(configuration);
    return decided;
}

}  // namespace

Result<Decided> lock_decided(Transaction& transaction, const std::string& router) {
    return find_decided(transaction, router, " for no key update");
}
Result<Decided> read_decided(Transaction& transaction, const std::string& router) {
    return find_decided(transaction, router, "");
}

void write_audit(Transaction& transaction, const AuditRow& row) {
    const auto has_address = parse_ipv4(row.address).has_value() || parse_ipv6(row.address).has_value();
    transaction.run(
        "insert into audit_log (organisation_id, user_id, action, target, detail, address)"
        " values (current_organisation(), nullif($1, '')::uuid, $2, $3, $4::jsonb, nullif($5, '')::inet)",
        row.user, row.action, row.target, row.detail, has_address ? row.address : "");
}

Result<std::string> next_document(Decided& decided) {
    decided.configuration.revision = decided.desired_revision + 1;
    auto document = model::to_json(decided.configuration).dump();
    if (document.size() > model::max_configuration_bytes)
        return failed(Code::Overflow, "the configuration is larger than 256 KiB");
    return document;
}

void write_document(Transaction& transaction, Decided& decided, const std::string& document, const AuditRow& row) {
    decided.desired_revision = decided.configuration.revision;
    ++decided.revision;
    decided.is_written = true;
    transaction.run(
        "insert into configurations (organisation_id, router_id, revision, document, created_by, action)"
        " values (current_organisation(), $1, $2, $3::jsonb, nullif($4, '')::uuid, $5)",
        decided.router, decided.desired_revision, document, row.user, row.action);
    transaction.run("update routers set desired_revision = $2, revision = $3 where id = $1", decided.router,
                    decided.desired_revision, decided.revision);
}

Status write_revision(Transaction& transaction, Decided& decided, const AuditRow& row) {
    const auto document = next_document(decided);
    if (!document) return std::unexpected{document.error()};
    write_document(transaction, decided, *document, row);
    write_audit(transaction, row);
    return {};
}

std::string lines_of(std::string text, const model::Problems& problems) {
    for (const auto& problem : problems) text += "\n  " + problem;
    return text;
}

Result<std::string> first_document(const std::string& configuration, const std::string& custody) {
    auto json = model::parse_json(configuration, model::max_configuration_bytes);
    if (!json) return std::unexpected{std::move(json).error().in("configuration")};
    if (!json->is_object()) return failed(Code::Invalid, "configuration: must be a JSON object");
    (*json)["v"] = 1;
    (*json)["revision"] = 1;
    (*json)["custody"] = custody;
    const auto parsed = model::parse_configuration(*json);
    if (parsed) return model::to_json(*parsed).dump();
    return failed(Code::Invalid, lines_of("configuration:", parsed.error()));
}

bool is_ban(const model::DeviceRule& rule, const model::Policy& policy) {
    return rule.decision == model::Decision::Deny && rule.schedule.empty() &&
           std::ranges::find(policy.protected_devices, rule.device) == policy.protected_devices.end();
}

void write_bans(Transaction& transaction, const Decided& decided, const std::vector<Mac>& only) {
    const auto& policy = decided.configuration.policy;
    std::map<Mac, const model::DeviceRule*> bans;  // Of several rules the one that ends last.
    for (const auto& rule : policy.devices) {
        if (!is_ban(rule, policy)) continue;
        const auto [known, is_new] = bans.try_emplace(rule.device, &rule);
        if (!is_new && known->second->until && (!rule.until || *rule.until > *known->second->until)) known->second = &rule;
    }
    ArrayLiteral mac, reason, until, member, group, shield, these;
    for (const auto& [device, rule] : bans) {
        mac.add(to_string(device));
        reason.add(clean(rule->reason, most_reason_bytes));
        if (rule->until)
            until.add(to_unix_ms(*rule->until));
        else
            until.add_null();
    }
    for (const auto& one : policy.groups) {
        for (const auto& device : one.devices) {
            member.add(to_string(device));
            group.add(one.name);
        }
    }
    for (const auto& device : policy.protected_devices) shield.add(to_string(device));
    for (const auto& device : only) these.add(to_string(device));
    transaction.run(devices_sql, decided.router, mac.text(), reason.text(), decided.desired_revision, decided.revision,
                    until.text(), member.text(), group.text(), shield.text(), only.empty() ? std::string{} : these.text());
}

}  // namespace vivi::db
