// The policy's JSON, with every problem reported at its pointer.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/policy.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "common/core/domain_name.hpp"
#include "common/core/time_zone_name.hpp"
#include "common/model/reading.hpp"

namespace vivi::model {
namespace {

constexpr Names<2> decisions{"allow", "deny"};
constexpr Names<2> modes{"block-listed", "allow-listed"};
constexpr Names<3> new_devices_names{"allow", "ask", "deny"};
constexpr Names<3> transports{"any", "tcp", "udp"};
constexpr Names<7> days{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};  // In the order of std::chrono::weekday.
constexpr Names<7> list_formats{"hosts", "domains", "adguard", "dnsmasq", "rpz", "ut1", "v2fly"};

constexpr std::size_t most_reason_characters = 500;
constexpr std::int64_t most_unix_ms = 253'402'300'799'999;  ///< The last of the year 9999.
constexpr std::int64_t most_kbit = 100'000'000;

std::optional<Mac> mac_of(const std::string& text) { return parse_mac(text); }

std::optional<std::chrono::weekday> day_of(const std::string& text) {
    const auto found = std::ranges::find(days, text);
    if (found == days.end()) return std::nullopt;
    return std::chrono::weekday{static_cast<unsigned>(found - days.begin())};
}

/// "22:00", "24:00" as an end.
std::optional<std::chrono::minutes> time_of_day(std::string_view text) {
    const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9' ? text[at] - '0' : 100; };
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const int hours = digit(0) * 10 + digit(1), minutes = digit(3) * 10 + digit(4);
    if (hours > 24 || minutes > 59 || (hours == 24 && minutes != 0)) return std::nullopt;
    return std::chrono::minutes{hours * 60 + minutes};
}

std::string time_text(std::chrono::minutes of_day) {
    const auto two = [](std::int64_t value) {
        return std::string{static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
    };
    return two(of_day.count() / 60) + ":" + two(of_day.count() % 60);
}

std::string name(Fields& in, std::string_view key) { return in.parsed<std::string>(key, short_name, short_name_rule); }

std::string reason(Fields& in) {
    auto text = in.text("reason", "");
    if (characters(text) > most_reason_characters) in.problem("reason", "must have at most 500 characters");
    return text;
}

std::string domain(Fields& in, std::string_view key) {
    return in.parsed<std::string>(key, normalise_domain,
                                  "must be a domain name like example.org, without pattern, scheme or path");
}

std::optional<WallTime> moment(Fields& in, std::string_view key) {
    const auto before = in.problem_count();
    const auto ms = in.integer(key);
    if (in.problem_count() != before) return std::nullopt;
    if (ms >= 0 && ms <= most_unix_ms) return from_unix_ms(ms);
    in.problem(key, "must be milliseconds since 1970, before the year 10000");
    return std::nullopt;
}

std::optional<WallTime> until(Fields& in) { return in.has("until") ? moment(in, "until") : std::nullopt; }

Scope scope(Fields& in) {
    Scope scope{.group = in.text("group", ""), .schedule = in.text("schedule", ""), .until = until(in)};
    if (in.has("device")) scope.device = in.mac("device");
    if (scope.device && !scope.group.empty()) in.problem("group", "a rule is for a device or for a group, not both");
    return scope;
}

void put(Json& row, const Scope& scope) {
    if (scope.device) row["device"] = to_string(*scope.device);
    if (!scope.group.empty()) row["group"] = scope.group;
    if (!scope.schedule.empty()) row["schedule"] = scope.schedule;
    if (scope.until) row["until"] = to_unix_ms(*scope.until);
}

std::string time_zone(Fields& in) {
    auto text = in.text("time_zone", "UTC");
    if (!is_time_zone_name(text)) in.problem("time_zone", "must be the name of a time zone like Europe/Paris");
    return text;
}

Decision decision(Fields& in) { return enumerator(in, "decision", decisions, Decision::Deny); }

Group parse_group(Fields& row) {
    Group group{.name = name(row, "name"), .devices = text_list<Mac>(row, "devices", "must be a MAC address", mac_of)};
    if (row.has("mode")) group.mode = enumerator(row, "mode", modes, Mode::BlockListed);
    return group;
}

Phase parse_phase(Fields& row) {
    const auto from = moment(row, "from"), to = moment(row, "to");
    if (from && to && *to <= *from) row.problem("to", "must be after from");
    return {.name = name(row, "name"), .from = from.value_or(WallTime{}), .to = to.value_or(WallTime{})};
}

Window parse_window(Fields& row) {
    using std::chrono::minutes;
    const auto start_of_day = [](std::string_view text) {
        const auto time = time_of_day(text);
        return time && *time < 24h ? time : std::nullopt;
    };
    return {.days = text_list<std::chrono::weekday>(row, "days", "must be one of mon tue wed thu fri sat sun", day_of),
            .from = row.parsed<minutes>("from", start_of_day, "must be a time of day like 22:00, before 24:00"),
            .to = row.parsed<minutes>("to", time_of_day, "must be a time of day like 06:30, at most 24:00")};
}

Schedule parse_schedule(Fields& row, Problems& problems) {
    return {.name = name(row, "name"),
            .windows = object_list<Window>(row, "windows", problems, parse_window),
            .phases = text_list<std::string>(row, "phases", "must be the name of a phase", any_text)};
}

DeviceRule parse_device(Fields& row) {
    return {.device = row.mac("device"),
            .decision = decision(row),
            .reason = reason(row),
            .schedule = row.text("schedule", ""),
            .until = until(row)};
}

AddressRule parse_address_rule(Fields& row) {
    AddressRule rule{.transport = enumerator(row, "transport", transports, Transport::Any),
                     .decision = decision(row),
                     .scope = scope(row),
                     .reason = reason(row)};
    rule.prefix = row.parsed<IpPrefix>("prefix", parse_ip_prefix,
                                       "must be an address or a prefix like 192.0.2.0/24 or 2001:db8::/32, without host bits");
    if (row.has("port")) {
        const auto port = row.integer("port", 1, 65535);
        rule.port = static_cast<std::uint16_t>(port);
    }
    return rule;
}

ListRule parse_list(Fields& row) {
    const auto digest = [](std::string text) -> std::optional<std::string> {
        const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
        if (text.size() != 64 || !std::ranges::all_of(text, is_hex)) return std::nullopt;
        return text;
    };
    const auto format = [](std::string text) -> std::optional<std::string> {
        if (std::ranges::find(list_formats, text) == list_formats.end()) return std::nullopt;
        return text;
    };
    return {.list = name(row, "list"),
            .sha256 = row.parsed<std::string>("sha256", digest, "must be 64 hexadecimal digits in lower case"),
            .format = row.parsed<std::string>("format", format, "must be one of hosts domains adguard dnsmasq rpz ut1 v2fly"),
            .decision = decision(row),
            .scope = scope(row)};
}

RateLimit parse_limit(Fields& row) {
    const auto before = row.problem_count();
    RateLimit limit{.group = row.text("group", ""), .each_device = row.flag("each_device", true)};
    if (row.has("device")) limit.device = row.mac("device");
    if (limit.device && !limit.group.empty()) row.problem("group", "a limit is for a device or for a group, not both");
    for (const auto& [key, value] : {std::pair{"up_kbit", &limit.up_kbit}, std::pair{"down_kbit", &limit.down_kbit}}) {
        if (row.has(key)) *value = static_cast<std::uint32_t>(row.integer(key, 0, most_kbit));
    }
    if (limit.up_kbit == 0 && limit.down_kbit == 0 && row.problem_count() == before)
        row.problem("down_kbit", "up_kbit, down_kbit or both must be above 0");
    return limit;
}

/// What refers to what: each name once, each reference to something that is there.
class References {
public:
    References(const Policy& policy, const std::string& pointer, Problems& problems)
        : policy_{policy}, pointer_{pointer}, problems_{problems} {}

    void check() {
        const auto groups = unique("/groups/", "/name", policy_.groups, [](const auto& g) -> const auto& { return g.name; });
        const auto phases = unique("/phases/", "/name", policy_.phases, [](const auto& p) -> const auto& { return p.name; });
        const auto schedules =
            unique("/schedules/", "/name", policy_.schedules, [](const auto& s) -> const auto& { return s.name; });
        unique("/lists/", "/list", policy_.lists, [](const auto& l) -> const auto& { return l.list; });
        one_group_each();
        for (std::size_t i = 0; i < policy_.schedules.size(); ++i) {
            for (std::size_t j = 0; j < policy_.schedules[i].phases.size(); ++j)
                optional(policy_.schedules[i].phases[j], phases,
                         "/schedules/" + std::to_string(i) + "/phases/" + std::to_string(j), "phase");
        }
        each("/devices/", policy_.devices,
             [&](const auto& rule, const auto& at) { optional(rule.schedule, schedules, at + "/schedule", "schedule"); });
        const auto scoped = [&](const auto& rule, const auto& at) {
            optional(rule.scope.group, groups, at + "/group", "group");
            optional(rule.scope.schedule, schedules, at + "/schedule", "schedule");
        };
        each("/domains/", policy_.domains, scoped);
        each("/addresses/", policy_.addresses, scoped);
        each("/categories/", policy_.categories, scoped);
        each("/services/", policy_.services, scoped);
        each("/lists/", policy_.lists, scoped);
        std::set<std::tuple<Mac, std::string, bool>> limited;
        each("/limits/", policy_.limits, [&](const auto& limit, const auto& at) {
            optional(limit.group, groups, at + "/group", "group");
            if (!limited.emplace(limit.device.value_or(Mac{}), limit.group, limit.each_device).second)
                problem(at, "there is a limit of this kind for the same already");
        });
    }

private:
    template <class Rows, class Name>
    std::set<std::string> unique(const std::string& before, const std::string& behind, const Rows& rows, Name name) {
        std::set<std::string> names;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (name(rows[i]).empty()) continue;  // A problem already.
            if (!names.insert(name(rows[i])).second) problem(before + std::to_string(i) + behind, "is used twice");
        }
        return names;
    }
    void one_group_each() {
        std::map<Mac, std::string> group_of;
        for (std::size_t i = 0; i < policy_.groups.size(); ++i) {
            for (std::size_t j = 0; j < policy_.groups[i].devices.size(); ++j) {
                const auto device = policy_.groups[i].devices[j];
                const auto [found, is_new] = group_of.try_emplace(device, policy_.groups[i].name);
                if (!is_new && device != Mac{})
                    problem("/groups/" + std::to_string(i) + "/devices/" + std::to_string(j),
                            "is in group " + found->second + " already");
            }
        }
    }
    template <class Rows, class Check>
    void each(const std::string& before, const Rows& rows, Check check) {
        for (std::size_t i = 0; i < rows.size(); ++i) check(rows[i], before + std::to_string(i));
    }
    void optional(const std::string& name, const std::set<std::string>& known, const std::string& at, const std::string& what) {
        if (!name.empty()) exists(name, known, at, what);
    }
    void exists(const std::string& name, const std::set<std::string>& known, const std::string& at, const std::string& what) {
        if (known.contains(name)) return;
        auto printable = name;  // A problem is one line.
        for (auto& c : printable) c = has_control_character({&c, 1}) ? '?' : c;
        problem(at, "there is no " + what + " called " + printable);
    }
    void problem(const std::string& at, const std::string& what) { problems_.push_back(pointer_ + at + ": " + what); }

    const Policy& policy_;
    const std::string& pointer_;
    Problems& problems_;
};

template <class Rows, class Write>
Json list(const Rows& rows, Write write) {
    Json all = Json::array();
    for (const auto& row : rows) all.push_back(write(row));
    return all;
}

Json scoped(Json row, Decision decision, const Scope& scope) {
    row["decision"] = name_of(decision, decisions);
    put(row, scope);
    return row;
}

Json window_json(const Window& window) {
    Json row{{"from", time_text(window.from)}, {"to", time_text(window.to)}};
    if (!window.days.empty()) row["days"] = list(window.days, [](auto day) { return Json(days.at(day.c_encoding())); });
    return row;
}

}  // namespace

std::string_view to_string(Decision decision) noexcept { return decisions[static_cast<std::size_t>(decision)]; }
std::string_view to_string(Mode mode) noexcept { return modes[static_cast<std::size_t>(mode)]; }
std::string_view to_string(NewDevices new_devices) noexcept { return new_devices_names[static_cast<std::size_t>(new_devices)]; }
std::string_view to_string(Transport transport) noexcept { return transports[static_cast<std::size_t>(transport)]; }

Json to_json(const Policy& policy) {
    const auto with_reason = [](Json row, const std::string& reason) {
        if (!reason.empty()) row["reason"] = reason;
        return row;
    };
    return {{"mode", name_of(policy.mode, modes)},
            {"new_devices", name_of(policy.new_devices, new_devices_names)},
            {"time_zone", policy.time_zone},
            {"groups", list(policy.groups,
                            [](const Group& group) {
                                Json row{{"name", group.name}, {"devices", texts(group.devices)}};
                                if (group.mode) row["mode"] = name_of(*group.mode, modes);
                                return row;
                            })},
            {"phases", list(policy.phases,
                            [](const Phase& phase) {
                                return Json{{"name", phase.name}, {"from", to_unix_ms(phase.from)}, {"to", to_unix_ms(phase.to)}};
                            })},
            {"schedules", list(policy.schedules,
                               [](const Schedule& schedule) {
                                   Json row{{"name", schedule.name}, {"windows", list(schedule.windows, window_json)}};
                                   if (!schedule.phases.empty()) row["phases"] = texts(schedule.phases);
                                   return row;
                               })},
            {"devices", list(policy.devices,
                             [](const DeviceRule& rule) {
                                 Json row{{"device", to_string(rule.device)}, {"reason", rule.reason}};
                                 return scoped(std::move(row), rule.decision, {.schedule = rule.schedule, .until = rule.until});
                             })},
            {"domains", list(policy.domains,
                             [&](const DomainRule& rule) {
                                 Json row{{"domain", rule.domain}, {"subdomains", rule.subdomains}};
                                 return with_reason(scoped(std::move(row), rule.decision, rule.scope), rule.reason);
                             })},
            {"addresses", list(policy.addresses,
                               [&](const AddressRule& rule) {
                                   Json row{{"prefix", to_string(rule.prefix)}};
                                   if (rule.transport != Transport::Any) row["transport"] = name_of(rule.transport, transports);
                                   if (rule.port) row["port"] = *rule.port;
                                   return with_reason(scoped(std::move(row), rule.decision, rule.scope), rule.reason);
                               })},
            {"categories",
             list(policy.categories,
                  [](const CategoryRule& rule) { return scoped({{"category", rule.category}}, rule.decision, rule.scope); })},
            {"services",
             list(policy.services,
                  [](const ServiceRule& rule) { return scoped({{"service", rule.service}}, rule.decision, rule.scope); })},
            {"lists", list(policy.lists,
                           [](const ListRule& rule) {
                               return scoped({{"list", rule.list}, {"sha256", rule.sha256}, {"format", rule.format}},
                                             rule.decision, rule.scope);
                           })},
            {"limits",
             list(policy.limits,
                  [](const RateLimit& limit) {
                      Json row{{"each_device", limit.each_device}, {"up_kbit", limit.up_kbit}, {"down_kbit", limit.down_kbit}};
                      put(row, {.device = limit.device, .group = limit.group});
                      return row;
                  })},
            {"protected_devices", texts(policy.protected_devices)},
            {"never_blocked", texts(policy.never_blocked)}};
}

Policy parse_policy(const Json& json, const std::string& pointer, Problems& problems) {
    Fields in{json, pointer, problems};
    Policy policy{
        .mode = enumerator(in, "mode", modes, Mode::BlockListed),
        .new_devices = enumerator(in, "new_devices", new_devices_names, NewDevices::Allow),
        .time_zone = time_zone(in),
        .groups = object_list<Group>(in, "groups", problems, parse_group),
        .phases = object_list<Phase>(in, "phases", problems, parse_phase),
        .schedules = object_list<Schedule>(in, "schedules", problems, [&](Fields& row) { return parse_schedule(row, problems); }),
        .devices = object_list<DeviceRule>(in, "devices", problems, parse_device)};
    policy.domains = object_list<DomainRule>(in, "domains", problems, [](Fields& row) {
        return DomainRule{.domain = domain(row, "domain"),
                          .subdomains = row.flag("subdomains", true),
                          .decision = decision(row),
                          .scope = scope(row),
                          .reason = reason(row)};
    });
    policy.addresses = object_list<AddressRule>(in, "addresses", problems, parse_address_rule);
    policy.categories = object_list<CategoryRule>(in, "categories", problems, [](Fields& row) {
        return CategoryRule{.category = name(row, "category"), .decision = decision(row), .scope = scope(row)};
    });
    policy.services = object_list<ServiceRule>(in, "services", problems, [](Fields& row) {
        return ServiceRule{.service = name(row, "service"), .decision = decision(row), .scope = scope(row)};
    });
    policy.lists = object_list<ListRule>(in, "lists", problems, parse_list);
    policy.limits = object_list<RateLimit>(in, "limits", problems, parse_limit);
    policy.protected_devices = text_list<Mac>(in, "protected_devices", "must be a MAC address", mac_of);
    policy.never_blocked = text_list<std::string>(in, "never_blocked", "must be a domain name",
                                                  [](const auto& text) { return normalise_domain(text); });
    in.refuse_unknown();
    References{policy, pointer, problems}.check();
    return policy;
}

}  // namespace vivi::model
