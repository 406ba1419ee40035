// The report's lines, and its words in two languages.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/event_report.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "server/api/audit_export.hpp"
#include "server/api/date_time.hpp"

namespace vivi::api {
namespace {

class Lines {
public:
    struct Line {
        std::string_view section{}, what{}, where{};
        std::optional<WallTime> from{}, until{};
        std::string value{};
        std::string_view unit{};
    };
    void add(const Line& line) {
        const auto from = line.from ? to_date_time(*line.from) : std::string{};
        const auto until = line.until ? to_date_time(*line.until) : std::string{};
        const std::array<std::string_view, 7> fields{line.section, line.what, line.where, from, until, line.value, line.unit};
        for (std::size_t i = 0; i < fields.size(); ++i) text_.append(i > 0 ? "," : "").append(csv_field(fields[i]));
        text_ += "\r\n";
    }
    void count(std::string_view section, std::string_view what, std::int64_t value, std::string_view unit) {
        add({.section = section, .what = what, .value = std::to_string(value), .unit = unit});
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_ = "section,what,where,from,until,value,unit\r\n";
};

/// What the report says in one of two languages.
class Words {
public:
    explicit Words(const Report& report) : report_{report} {}

    std::string operator()(std::string_view english, std::string_view french) const {
        return std::string{report_.language == Language::French ? french : english};
    }
    /// "2026-11-25 14:05", in the event's time.
    std::string time(WallTime at) const { return local(at).substr(0, 10) + ' ' + local(at).substr(11, 5); }
    std::string time(const std::optional<WallTime>& at) const { return at ? time(*at) : std::string{"–"}; }
    /// "1.4 GB": powers of 1000.
    std::string bytes(std::int64_t count) const {
        constexpr std::array<std::pair<std::string_view, std::string_view>, 6> units{
            {{" B", " o"}, {" kB", " ko"}, {" MB", " Mo"}, {" GB", " Go"}, {" TB", " To"}, {" PB", " Po"}}};
        std::size_t unit = 0;
        std::int64_t tenths = count <= INT64_MAX / 10 ? count * 10 : INT64_MAX;
        for (; tenths >= 10'000 && unit + 1 < units.size(); ++unit) tenths = (tenths + 500) / 1'000;
        auto text = std::to_string(tenths / 10);
        if (unit > 0) text += (*this)(".", ",") + std::to_string(tenths % 10);
        return text + (*this)(units[unit].first, units[unit].second);
    }
    std::string incident(const std::string& kind) const {
        static const std::map<std::string, std::pair<std::string_view, std::string_view>, std::less<>> known{
            {"network.foreign_ra", {"another router announces itself", "un autre routeur s'annonce"}},
            {"dhcp.rogue", {"another DHCP server", "un autre serveur DHCP"}},
            {"dhcp.conflict", {"address used twice", "adresse utilisée deux fois"}},
            {"dhcp.pool", {"addresses nearly used up", "adresses presque épuisées"}},
            {"health.firewall", {"packet filter", "filtrage des paquets"}},
            {"health.dns", {"name resolution", "résolution de noms"}},
            {"router.offline", {"router out of reach", "routeur injoignable"}}};
        const auto found = known.find(kind);
        return found == known.end() ? kind : (*this)(found->second.first, found->second.second);
    }

private:
    std::string local(WallTime at) const { return to_date_time(at + report_.zone.offset(at)); }
    const Report& report_;
};

std::string number(std::int64_t value) { return std::to_string(value); }

const db::ReportHour* busiest(const std::vector<db::ReportHour>& hours) {
    const auto found = std::ranges::max_element(hours, {}, &db::ReportHour::devices);
    return found == hours.end() ? nullptr : &*found;
}

std::vector<report::Fact> facts_of(const Report& report, const Words& words) {
    const auto& data = report.data;
    std::int64_t up = 0, down = 0;
    for (const auto& hour : data.hours) {
        up += hour.bytes_up;
        down += hour.bytes_down;
    }
    const auto* top = busiest(data.hours);
    return {{number(data.devices), words("devices", "appareils")},
            {number(top == nullptr ? 0 : top->devices), words("devices at once, at most", "appareils à la fois, au plus")},
            {words.bytes(down), words("received", "reçus")},
            {words.bytes(up), words("sent", "envoyés")},
            {number(data.routers), words("routers", "routeurs")},
            {number(static_cast<std::int64_t>(data.incidents.size())), words("incidents", "incidents")},
            {number(data.bans), words("bans", "exclusions")},
            {number(data.policy_changes), words("changes of the rules", "changements des règles")}};
}

/// An hour without a row is one without traffic: it has its place too.
template <class Pick>
std::vector<double> bars(const std::vector<db::ReportHour>& hours, Pick pick) {
    std::vector<double> values;
    for (const auto& hour : hours) {
        const auto place = static_cast<std::size_t>((hour.at - hours.front().at) / std::chrono::hours{1});
        values.resize(std::max(values.size(), place + 1));
        values[place] = static_cast<double>(pick(hour));
    }
    return values;
}

std::vector<report::Chart> charts_of(const Report& report, const Words& words) {
    const auto& hours = report.data.hours;
    if (hours.empty()) return {};
    const auto devices = [](const db::ReportHour& hour) { return hour.devices; };
    const auto traffic = [](const db::ReportHour& hour) { return hour.bytes_up + hour.bytes_down; };
    const auto from = words.time(hours.front().at), to = words.time(hours.back().at + std::chrono::hours{1});
    const auto most = std::ranges::max(hours, {}, traffic);
    return {{.title = words("Devices, by the hour", "Appareils, heure par heure"),
             .highest = number(devices(std::ranges::max(hours, {}, devices))),
             .from = from,
             .to = to,
             .values = bars(hours, devices)},
            {.title = words("Traffic, by the hour", "Trafic, heure par heure"),
             .highest = words.bytes(traffic(most)),
             .from = from,
             .to = to,
             .values = bars(hours, traffic)}};
}

report::Table categories_of(const Report& report, const Words& words) {
    report::Table table{
        .title = words("What was used most", "Ce qui a le plus servi"),
        .empty = words("No traffic.", "Aucun trafic."),
        .columns = {
            {words("Category", "Catégorie"), 3}, {words("Received", "Reçu"), 1, true}, {words("Sent", "Envoyé"), 1, true}}};
    for (const auto& category : report.data.categories)
        table.rows.push_back({category.name.empty() ? words("everything else", "tout le reste") : category.name,
                              words.bytes(category.bytes_down), words.bytes(category.bytes_up)});
    return table;
}

report::Table pools_of(const Report& report, const Words& words) {
    report::Table table{.title = words("Addresses", "Adresses"),
                        .empty = words("No address was given out.", "Aucune adresse n'a été donnée."),
                        .columns = {{words("Router", "Routeur"), 2},
                                    {words("Network", "Réseau"), 1},
                                    {words("In the pool", "Disponibles"), 1, true},
                                    {words("Used at most", "Au plus utilisées"), 1, true},
                                    {words("At", "Le"), 2, true}}};
    for (const auto& pool : report.data.pools)
        table.rows.push_back({pool.router, pool.network, pool.size > 0 ? number(pool.size) : std::string{"–"}, number(pool.peak),
                              words.time(pool.peak_at)});
    return table;
}

report::Table incidents_of(const Report& report, const Words& words) {
    const bool is_full = report.detail == ReportDetail::Full;
    report::Table table{
        .title = words("Incidents", "Incidents"),
        .empty = words("None.", "Aucun."),
        .columns = {
            {words("From", "Du"), 2}, {words("Until", "Au"), 2}, {words("Router", "Routeur"), 2}, {words("What", "Quoi"), 3}}};
    if (is_full) table.columns.push_back({words("About", "À propos de"), 2});
    for (const auto& incident : report.data.incidents) {
        table.rows.push_back(
            {words.time(incident.at), words.time(incident.until), incident.router, words.incident(incident.kind)});
        if (is_full) table.rows.back().push_back(incident.subject);
    }
    return table;
}

report::Table notes_of(const Report& report, const Words& words) {
    report::Table table{.title = words("Notes", "Notes"),
                        .empty = words("None.", "Aucune."),
                        .columns = {{words("At", "Le"), 1}, {words("Note", "Note"), 5}}};
    for (const auto& note : report.data.notes) table.rows.push_back({words.time(note.at), note.text});
    return table;
}

}  // namespace

std::string to_csv(const Report& report) {
    const auto& data = report.data;
    const bool is_full = report.detail == ReportDetail::Full;
    Lines lines;
    lines.add({.section = "event", .what = "name", .from = data.from, .until = data.to, .value = report.event});
    lines.add({.section = "event", .what = "organisation", .value = report.organisation});
    lines.add({.section = "event", .what = "made", .from = report.made_at});
    lines.count("event", "routers", data.routers, "routers");
    lines.count("event", "devices", data.devices, "devices");
    lines.count("event", "bans", data.bans, "decisions");
    lines.count("event", "policy_changes", data.policy_changes, "decisions");
    for (const auto& hour : data.hours) {
        const auto add = [&](std::string_view what, std::int64_t value, std::string_view unit) {
            lines.add({.section = "hour",
                       .what = what,
                       .from = hour.at,
                       .until = hour.at + std::chrono::hours{1},
                       .value = std::to_string(value),
                       .unit = unit});
        };
        add("devices", hour.devices, "devices");
        add("up", hour.bytes_up, "bytes");
        add("down", hour.bytes_down, "bytes");
    }
    for (const auto& category : data.categories)
        lines.count("category", category.name, category.bytes_up + category.bytes_down, "bytes");
    for (const auto& pool : data.pools) {
        lines.add({.section = "pool",
                   .what = pool.network,
                   .where = pool.router,
                   .from = pool.peak_at,
                   .value = std::to_string(pool.peak),
                   .unit = "addresses at most"});
        lines.add({.section = "pool",
                   .what = pool.network,
                   .where = pool.router,
                   .value = std::to_string(pool.size),
                   .unit = "addresses"});
    }
    for (const auto& incident : data.incidents)
        lines.add({.section = "incident",
                   .what = incident.kind,
                   .where = incident.router,
                   .from = incident.at,
                   .until = incident.until,
                   .value = is_full ? incident.subject : std::to_string(incident.count),
                   .unit = is_full ? "subject" : "times"});
    if (is_full)
        for (const auto& note : data.notes) lines.add({.section = "note", .from = note.at, .value = note.text});
    return lines.take();
}

report::Document to_document(const Report& report) {
    const Words words{report};
    const bool is_full = report.detail == ReportDetail::Full;
    report::Document document{
        .title = report.event,
        .subtitle = report.organisation + " · " + words.time(report.data.from) + " – " + words.time(report.data.to) + " (" +
                    report.time_zone + ")",
        .author = report.organisation,
        .footer = is_full
                      ? words("Made by Vivi. Names devices: not for everybody.",
                              "Réalisé par Vivi. Nomme des appareils : pas pour tout le monde.")
                      : words("Made by Vivi. No device is told apart; what fewer than five devices used is in “everything else”.",
                              "Réalisé par Vivi. Aucun appareil n'y est reconnaissable ; ce que moins de cinq appareils ont "
                              "utilisé est dans « tout le reste »."),
        .made_at = report.made_at,
        .facts = facts_of(report, words),
        .charts = charts_of(report, words),
        .tables = {categories_of(report, words), pools_of(report, words), incidents_of(report, words)}};
    if (is_full) document.tables.push_back(notes_of(report, words));
    return document;
}

}  // namespace vivi::api
