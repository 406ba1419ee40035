// What the organiser of the big event does, by the API.
// SPDX-License-Identifier: Apache-2.0
#include "tests/site/large.hpp"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <stdexcept>

#include "common/runtime/clock.hpp"
#include "server/api/date_time.hpp"
#include "tests/adapters/loop.hpp"
#include "tests/adapters/server/client.hpp"

namespace vivi::test {
namespace {

using sim::event::Minutes;
using sim::event::Place;
using sim::event::programme;

constexpr std::array<Place, LargeEvent::routers> places{Place::MainHall, Place::Foyer, Place::Workshops};
constexpr std::array<std::string_view, LargeEvent::routers> place_words{"main_hall", "foyer", "workshops"};

struct Note {
    Minutes at{};
    std::string_view text{};
};
constexpr std::array notes{
    Note{Minutes{20}, "Switches and access points are up, badge printers tested"},
    Note{Minutes{92}, "Doors are open, the queue reaches around the corner"},
    Note{Minutes{193}, "No internet in the main hall; the provider is called"},
    Note{Minutes{198}, "The provider: a fibre was unplugged, it is back"},
    Note{Minutes{340}, "The workshop rooms are fuller than planned"},
    Note{Minutes{346}, "Somebody in the foyer plugged in a travel router; security is looking for it"},
};

struct Named {
    std::string_view search{}, name{};
};
/// Names that people give may be in any script.
constexpr std::array named{Named{"regie-pc", "Régie – pupitre 1"}, Named{"registration-pc", "تسجيل الزوار"},
                           Named{"badge-printer", "Печать бейджей"}, Named{"axis-cam", "受付カメラ"},
                           Named{"signage", "Écran d’accueil"}};

/// Somebody who is signed in.
class Client {
public:
    explicit Client(const Organiser& organiser) : port_{organiser.port} {
        ask("mutation($input: LoginInput!) { login(input: $input) { errors { code } } }",
            {{"email", organiser.email}, {"password", organiser.password}});
    }

    /// `input` is the variable of that name; throws with what the server refused.
    Json ask(const std::string& document, const Json& input = {}) {
        const Json body{{"query", document}, {"variables", {{"input", input}}}};
        const auto origin = "http://127.0.0.1:" + std::to_string(port_);
        const auto answer =
            loop_.run(request(port_, "POST", "/graphql",
                              {{"content-type", "application/json"}, {"origin", origin}, {"cookie", cookie_}}, body.dump()));
        if (const auto cookie = answer.header("set-cookie"); !cookie.empty()) cookie_ = cookie.substr(0, cookie.find(';'));
        auto json = answer.json();
        if (!json.is_object() || json.contains("errors")) throw std::runtime_error{"the API: " + answer.body};
        for (const auto& [field, payload] : json["data"].items()) {
            if (payload.is_object() && payload.contains("errors") && !payload["errors"].empty())
                throw std::runtime_error{field + ": " + payload["errors"].dump()};
        }
        return json["data"];
    }

private:
    std::uint16_t port_;
    Loop loop_{};
    std::string cookie_{};
};

}  // namespace

nlohmann::json read_health(const std::string& socket) {
    net::io_context io;
    net::local::stream_protocol::socket peer{io};
    boost::system::error_code error;
    peer.connect(socket, error);
    if (error) return nlohmann::json::object();
    std::string text;
    std::array<char, 4096> buffer{};
    while (const auto count = peer.read_some(net::buffer(buffer), error)) text.append(buffer.data(), count);
    return nlohmann::json::parse(text, nullptr, false);
}

LargeEvent::LargeEvent(const LargeShape& shape) : shape_{shape} {
    const auto live = wall_now();
    timetable_ = {.began = live - Minutes{shape.history_minutes}, .live = live, .speed = shape.speed};
}

std::string LargeEvent::router_name(std::size_t router) const {
    return std::string{sim::event::site_of(places.at(router), shape_.devices).name};
}

std::string LargeEvent::configuration(std::size_t router) const {
    const auto network = sim::event::network_of(places.at(router), shape_.devices);
    auto domains = Json::array();
    for (const auto domain : sim::event::denied_domains()) domains.push_back({{"domain", domain}, {"decision", "deny"}});
    return Json{{"networks",
                 {{{"name", network.name},
                   {"interface", network.interface},
                   {"address", to_string(network.address)},
                   {"dhcp",
                    {{"from", to_string(network.dhcp->from)},
                     {"to", to_string(network.dhcp->to)},
                     {"lease_seconds", network.dhcp->lease.count()},
                     {"domain", "lan"}}}}}},
                {"uplink", {{"interface", "uplink0"}, {"mode", "dhcp"}}},
                {"policy", {{"mode", "block-listed"}, {"domains", domains}}}}
        .dump();
}

std::string LargeEvent::scene(std::size_t router) const {
    return "crowd.devices = " + std::to_string(shape_.devices) + "\ncrowd.asks = true\nevent.place = \"" +
           std::string{place_words.at(router)} + "\"\nevent.began_ms = " + std::to_string(to_unix_ms(timetable_.began)) +
           "\nevent.live_ms = " + std::to_string(to_unix_ms(timetable_.live)) +
           "\nevent.speed = " + std::to_string(timetable_.speed) + "\n";
}

void LargeEvent::organise(const Organiser& organiser, PrivatePostgres& database) {
    Client client{organiser};
    const auto organisation = client.ask("{ organisations { id } }")["organisations"][0]["id"];
    const auto at = [this](Minutes moment) { return api::to_date_time(timetable_.wall(moment)); };
    const auto made =
        client.ask("mutation($input: CreateEventInput!) { createEvent(input: $input) { event { id } errors { code } } }",
                   {{"organisationId", organisation},
                    {"name", "Open Fest"},
                    {"template", "CONFERENCE"},
                    {"guests", shape_.devices},
                    {"timeZone", "Europe/Paris"},
                    {"startsAt", at(programme.front().from)},
                    {"endsAt", at(programme.back().until)}});
    event_ = made["createEvent"]["event"]["id"].get<std::string>();
    auto phases = Json::array();
    for (const auto& span : programme)
        phases.push_back({{"name", span.name}, {"startsAt", at(span.from)}, {"endsAt", at(span.until)}});
    client.ask("mutation($input: SetPhasesInput!) { setPhases(input: $input) { errors { code message } } }",
               {{"eventId", event_}, {"phases", phases}});
    for (const auto& router : client.ask("{ routers { id } }")["routers"])
        client.ask("mutation($input: AssignRouterInput!) { assignRouter(input: $input) { errors { code message } } }",
                   {{"eventId", event_}, {"routerId", router["id"]}});
    database.sql("update event_routers set from_at = 'epoch'::timestamptz + " + std::to_string(to_unix_ms(timetable_.began)) +
                 " * interval '1 millisecond'");
}

void LargeEvent::annotate(const Organiser& organiser) const {
    Client client{organiser};
    for (const auto& note : notes) {
        const auto at = timetable_.wall(note.at);
        if (at > timetable_.live) continue;
        client.ask("mutation($input: AddEventNoteInput!) { addEventNote(input: $input) { errors { code message } } }",
                   {{"eventId", event_}, {"text", note.text}, {"at", api::to_date_time(at)}});
    }
    const auto router = client.ask("{ routers { id name } }")["routers"][0]["id"].dump();
    for (const auto& [search, name] : named) {
        const auto found = client.ask("{ devices(routerId: " + router + ", first: 1, search: \"" + std::string{search} +
                                      "\") { edges { node { id } } } }")["devices"]["edges"];
        if (!found.empty())
            client.ask("mutation($input: RenameDeviceInput!) { renameDevice(input: $input) { errors { code message } } }",
                       {{"deviceId", found[0]["node"]["id"]}, {"name", name}});
    }
}

bool LargeEvent::has_uplink(std::size_t router, WallTime now) const {
    return now < timetable_.live ||
           !sim::event::is_on(sim::event::Trouble::UplinkOutage, places.at(router), timetable_.moment(now));
}

nlohmann::json LargeEvent::description() const {
    auto phases = nlohmann::json::array();
    for (const auto& span : programme) {
        const auto from = to_unix_ms(timetable_.wall(span.from)), until = to_unix_ms(timetable_.wall(span.until));
        phases.push_back({{"name", span.name}, {"from", from}, {"until", until}});
    }
    return {{"id", event_}, {"name", "Open Fest"}, {"devices", shape_.devices}, {"phases", std::move(phases)}};
}

}  // namespace vivi::test
