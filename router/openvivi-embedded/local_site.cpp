// Requests of the local page: who they are from, what they change, and the files behind it.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/local_site.hpp"

#include <charconv>

#include "common/model/custody.hpp"
#include "common/runtime/blocking.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/durable_file.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/text_files.hpp"
#include "common/runtime/unix_socket.hpp"
#include "router/openvivi-embedded/guest_page.hpp"
#include "router/openvivi-embedded/page_rules.hpp"
#include "router/openvivi-embedded/system.hpp"
#include "router/openvivi-embedded/uplink_probe.hpp"

namespace vivi::openvivi_embedded {
namespace {

constexpr std::string_view cookie_name = "vivi";
constexpr std::size_t most_devices = 64;
constexpr std::int64_t most_minutes = model::most_local_device / std::chrono::minutes{1};

/// What the files say; blocks.
struct Known {
    bool has_pin = false;
    std::string claim_code{};
    model::LocalChanges changes{};
    std::optional<model::Configuration> configuration{};
};

template <class Parse>
auto parsed(const std::string& path, Parse parse) {
    using Value = typename decltype(parse(model::Json{}))::value_type;
    const auto text = read_text_file(path);
    const auto json = text ? model::parse_json(*text) : Result<model::Json>{std::unexpected{text.error()}};
    if (json) {
        if (auto value = parse(*json)) return std::optional<Value>{*std::move(value)};
    }
    return std::optional<Value>{};
}

/// Without what has ended; a clock that is wrong is no reason to show no code: `is_code_fresh` goes by the steady one.
Known read_known(const LocalPlaces& places, WallTime now, std::optional<bool> is_code_fresh = {}) {
    Known known;
    const auto pin = read_text_file(places.pin);
    known.has_pin = pin && parse_pin_hash(*pin).has_value();
    const auto code = parsed(places.claim_code, [](const model::Json& json) { return model::parse_shown_code(json); });
    if (code && is_code_fresh.value_or(code->expires_at > now)) known.claim_code = code->code;
    const auto changes = parsed(places.changes, [](const model::Json& json) { return model::parse_local_changes(json); });
    known.changes = model::without_ended(changes.value_or(model::LocalChanges{}), now);
    known.configuration = parsed(places.last_good, [](const model::Json& json) { return model::parse_configuration(json); });
    return known;
}

std::string value(const std::map<std::string, std::string>& form, const std::string& name) {
    const auto found = form.find(name);
    if (found == form.end()) return {};
    const auto first = found->second.find_first_not_of(' '), last = found->second.find_last_not_of(' ');
    return first == std::string::npos ? std::string{} : found->second.substr(first, last - first + 1);
}

std::optional<std::int64_t> number(const std::string& text, std::int64_t least, std::int64_t most) {
    std::int64_t found = 0;
    const auto* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, found);
    if (text.empty() || error != std::errc{} || stopped != end || found < least || found > most) return std::nullopt;
    return found;
}

/// Whether the uplink stands to the LAN as the form says; empty: it does, or the form says nothing.
std::string why_not_wired(const std::string& topology, const model::Uplink& uplink, const model::Configuration& configuration) {
    if (topology.empty() || configuration.networks.empty()) return {};
    const auto& lan = configuration.networks.front();
    const bool shares = uplink.interface == lan.interface;
    if (topology == "inline" && shares) return "inline, the uplink has an interface of its own, not the LAN's " + lan.interface;
    if (topology == "stick" && (!shares || !uplink.vlan || uplink.vlan == lan.vlan))
        return "as a router on a stick, the uplink is another VLAN of the LAN's interface " + lan.interface;
    if (topology == "one-armed" && model::device_name(uplink) != model::device_name(lan))
        return "one-armed, the uplink is the LAN's device " + model::device_name(lan) + " itself";
    return {};
}

http::Response see_other(http::Headers more = {}) {
    more.emplace_back("location", "/");
    more.emplace_back("cache-control", "no-store");
    return {.status = 303, .headers = std::move(more)};
}

}  // namespace

LocalSite::LocalSite(LocalPlaces places, std::function<TunnelState()> tunnel, std::function<std::optional<bool>()> is_code_fresh,
                     net::thread_pool& slow)
    : places_{std::move(places)},
      tunnel_{std::move(tunnel)},
      is_code_fresh_{std::move(is_code_fresh)},
      slow_{slow},
      policy_{places_.policy, places_.last_good, places_.changes} {}

Task<http::Response> LocalSite::handle(http::Request request) {
    if (!is_for_the_router(request)) co_return co_await show_blocked(std::move(request));
    const auto path = request.path();
    const bool is_reading = request.method == "GET" || request.method == "HEAD";
    if (is_reading && path == "/") co_return co_await show(std::move(request));
    if (is_reading && path == "/me") co_return co_await show_me(std::move(request));
    if (is_reading) co_return http::text_response(404, "there is no such page here");
    if (request.method != "POST") co_return http::text_response(405, "only GET and POST are possible here");
    co_return co_await post(std::move(request));
}

Task<LocalPage> LocalSite::look() {
    const auto at = wall_now();
    const auto known =
        co_await blocking(slow_, [places = places_, at, fresh = is_code_fresh_()] { return read_known(places, at, fresh); });
    const auto tunnel = tunnel_();
    LocalPage page{.is_connected = tunnel.is_connected,
                   .hub = tunnel.hub,
                   .why_offline = tunnel.why_offline,
                   .pin = known.has_pin ? PinState::Asked : PinState::None,
                   .claim_code = known.claim_code,
                   .changes = known.changes,
                   .now = at};
    if (tunnel.since) page.since = std::chrono::duration_cast<Seconds>(now() - *tunnel.since);
    if (trial_) page.trial_left = trial_->left(now());
    if (known.configuration && !known.configuration->networks.empty())
        page.lan = model::device_name(known.configuration->networks.front());
    if (known.changes.uplink)
        page.uplink = known.changes.uplink;
    else if (known.configuration)
        page.uplink = known.configuration->uplink;
    co_return page;
}

Task<http::Response> LocalSite::show(http::Request request) {
    const auto& words = page_words(request);
    auto page = co_await look();
    const auto token = cookie(request, cookie_name);
    if (page.pin == PinState::Asked && gate_.is_open(token, now())) page.pin = PinState::Open;
    if (const auto notice = notices_.find(token); page.pin == PinState::Open && notice != notices_.end()) {
        page.is_refused = !notice->second.has_value();
        page.notice = page.is_refused ? notice->second.error().detail : *notice->second;
        if (page.notice.empty()) page.notice = " ";
        notices_.erase(notice);
    }
    co_return html_response(200, render(page, words), words);
}

Task<http::Response> LocalSite::show_me(http::Request request) {
    const auto& words = page_words(request);
    MePage page;
    if (const auto mac = parse_arp(proc_text("/proc/net/arp"), request.peer)) {
        page.code = device_code(*mac);
        page.by = co_await blocking(policy_thread_, [this, mac] { return policy_.blocks_device(*mac); });
    }
    co_return html_response(200, render(page, words), words);
}

Task<http::Response> LocalSite::show_blocked(http::Request request) {
    const auto name = asked_for(request);
    const auto mac = parse_arp(proc_text("/proc/net/arp"), request.peer);
    std::optional<BlockedBy> by;
    if (name) by = co_await blocking(policy_thread_, [this, mac, name] { return policy_.blocks_name(mac, *name); });
    co_return guest_page(request, by.value_or(BlockedBy{}));
}

Task<http::Response> LocalSite::post(http::Request request) {
    if (!is_from_our_page(request)) {
        log::warn("page.foreign", {{"peer", request.peer}});
        co_return http::text_response(403, "this came from another page");
    }
    auto form = parse_form(request);
    if (!form) co_return http::text_response(400, "this is no form");
    if (request.path() == "/pin") co_return co_await enter(std::move(request), *std::move(form));
    const auto token = cookie(request, cookie_name);
    if (!gate_.is_open(token, now())) co_return see_other();
    if (request.path() == "/leave") {
        gate_.close(token);
        co_return see_other({{"set-cookie", std::string{cookie_name} + "=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"}});
    }
    auto done = co_await act(std::string{request.path()}, *std::move(form));
    log::info("page.changed", {{"path", request.path()}, {"peer", request.peer}, {"done", done.has_value()}});
    if (notices_.size() >= PinGate::most_sessions) notices_.clear();
    notices_.insert_or_assign(token, std::move(done));
    co_return see_other();
}

Task<http::Response> LocalSite::enter(http::Request request, Form form) {
    const auto& words = page_words(request);
    auto page = co_await look();
    if (page.pin == PinState::None) co_return html_response(403, render(page, words), words);
    if (!gate_.may_try(now())) {
        log::warn("page.throttled", {{"peer", request.peer}});
        page.pin = PinState::Throttled;
        co_return html_response(429, render(page, words), words);
    }
    const auto is_right = co_await blocking(slow_, [file = places_.pin, typed = value(form, "pin")] {
        const auto text = read_text_file(file);
        const auto pin = text ? parse_pin_hash(*text) : std::nullopt;
        return pin && is_pin(typed, *pin);
    });
    if (!is_right) {
        log::warn("page.wrong_pin", {{"peer", request.peer}});
        page.pin = PinState::Wrong;
        co_return html_response(403, render(page, words), words);
    }
    log::info("page.entered", {{"peer", request.peer}});
    const auto token = gate_.open(crypto::random_bytes(32), now());
    co_return see_other({{"set-cookie", std::string{cookie_name} + '=' + token + "; Path=/; HttpOnly; SameSite=Strict"}});
}

Task<LocalSite::Done> LocalSite::act(std::string path, Form form) {
    if (path == "/uplink") co_return co_await set_uplink(std::move(form));
    if (path == "/reset") co_return co_await forget_all();
    if (path == "/device") co_return co_await decide_device(std::move(form));
    if (path == "/bypass") co_return co_await bypass(std::move(form));
    if (path == "/return") co_return co_await give_back(std::move(form));
    if (path == "/test-hub") co_return co_await dial_anew();
    if (path != "/test-uplink") co_return failed(Code::NotFound, path);
    const auto url = parse_url(places_.probe);
    if (!url) co_return std::unexpected{url.error()};
    const auto reached = co_await probe_uplink(*url);
    if (!reached) co_return std::unexpected{reached.error()};
    co_return "204 " + url->host;
}

Task<LocalSite::Done> LocalSite::save(model::LocalChanges changes) {
    if (changes.devices.size() > most_devices) co_return failed(Code::Overflow, "64 devices are decided here already");
    auto saved = co_await blocking(
        slow_, [file = places_.changes, text = model::to_json(changes).dump()] { return replace_text_file(file, text, 0640); });
    if (!saved) co_return std::unexpected{std::move(saved).error()};
    co_return std::string{};
}

Task<LocalSite::Done> LocalSite::set_uplink(Form form) {
    auto known = co_await blocking(slow_, [places = places_, at = wall_now()] { return read_known(places, at); });
    if (value(form, "mode") == "server") {
        known.changes.uplink.reset();
        known.changes.trial.reset();
        known.changes.taken_back.clear();
        trial_.reset();
        co_return co_await save(std::move(known.changes));
    }
    model::Uplink uplink{.interface = value(form, "interface"),
                         .mode = value(form, "mode") == "static" ? model::UplinkMode::Static : model::UplinkMode::Dhcp};
    if (const auto vlan = value(form, "vlan"); !vlan.empty()) {
        const auto id = number(vlan, 1, 4094);
        if (!id) co_return failed(Code::Invalid, "VLAN: 1..4094");
        uplink.vlan = static_cast<std::uint16_t>(*id);
    }
    if (uplink.mode == model::UplinkMode::Static) {
        uplink.address = parse_ipv4_prefix(value(form, "address"));
        uplink.gateway = parse_ipv4(value(form, "gateway"));
    }
    const auto configuration = known.configuration.value_or(model::Configuration{});
    auto why = why_not_wired(value(form, "topology"), uplink, configuration);
    if (why.empty()) why = model::why_not(uplink, configuration);
    if (!why.empty()) co_return failed(Code::Invalid, why);
    // What was on trial is not proved either: the way back stays the same.
    if (!known.changes.trial && tunnel_().is_connected) known.changes.trial = model::LocalTrial{.before = known.changes.uplink};
    if (known.changes.trial) trial_.emplace(places_.confirm, now());
    known.changes.uplink = std::move(uplink);
    known.changes.taken_back.clear();
    co_return co_await save(std::move(known.changes));
}

/// Uplink, devices and bypass: all of it as the server says. The claim and what the server decided stay.
Task<LocalSite::Done> LocalSite::forget_all() {
    trial_.reset();
    log::info("local.forgotten");
    co_return co_await save({});
}

/// openvivi-embedded has started within a trial: the connection it dials now is a new one.
Task<> LocalSite::begin_trial() {
    auto known = co_await blocking(slow_, [places = places_, at = wall_now()] { return read_known(places, at); });
    if (!known.changes.trial) co_return;
    if (++known.changes.trial->starts > UplinkTrial::most_starts) co_return co_await end_trial(/*is_kept=*/false);
    trial_.emplace(places_.confirm, now());
    if (const auto saved = co_await save(std::move(known.changes)); !saved)
        log::error("local.not_saved", {{"reason", saved.error().detail}});
}

Task<> LocalSite::end_trial(bool is_kept) {
    trial_.reset();
    auto changes = (co_await blocking(slow_, [places = places_, at = wall_now()] { return read_known(places, at); })).changes;
    if (!changes.trial) co_return;
    const auto tried = changes.uplink ? model::device_name(*changes.uplink) : std::string{};
    if (!is_kept) {
        changes.uplink = changes.trial->before;
        changes.taken_back = tried;
    }
    changes.trial.reset();
    if (is_kept)
        log::info("local.uplink_kept", {{"interface", tried}});
    else
        log::warn("local.uplink_taken_back", {{"interface", tried}});
    if (const auto saved = co_await save(std::move(changes)); !saved)
        log::error("local.not_saved", {{"reason", saved.error().detail}});
}

Task<bool> LocalSite::has_internet() {
    const auto url = parse_url(places_.probe);
    if (!url) co_return false;
    co_return (co_await probe_uplink(*url)).has_value();
}

Task<> LocalSite::watch_trial() {
    co_await begin_trial();
    for (;;) {
        co_await after(Milliseconds{500});
        if (!trial_) continue;
        const auto tunnel = tunnel_();
        switch (trial_->look(tunnel.is_connected, tunnel.connections, now())) {
            case UplinkTrial::Turn::Wait: break;
            case UplinkTrial::Turn::Dial: (void)co_await dial_anew(); break;
            case UplinkTrial::Turn::Keep: co_await end_trial(/*is_kept=*/true); break;
            case UplinkTrial::Turn::Look: co_await end_trial(co_await has_internet()); break;
        }
    }
}

Task<LocalSite::Done> LocalSite::decide_device(Form form) {
    const auto mac = parse_mac(value(form, "device"));
    if (!mac) co_return failed(Code::Invalid, "02:00:00:00:00:01");
    const auto minutes = number(value(form, "minutes"), 1, most_minutes);
    if (!minutes) co_return failed(Code::Invalid, "1..1440 min");
    auto known = co_await blocking(slow_, [places = places_, at = wall_now()] { return read_known(places, at); });
    auto& devices = known.changes.devices;
    std::erase_if(devices, [&](const model::LocalDevice& row) { return row.device == *mac; });
    const auto decision = value(form, "decision");
    if (decision != "server")
        devices.push_back({.device = *mac,
                           .decision = decision == "allow" ? model::Decision::Allow : model::Decision::Deny,
                           .until = wall_now() + std::chrono::minutes{*minutes}});
    co_return co_await save(std::move(known.changes));
}

Task<LocalSite::Done> LocalSite::bypass(Form form) {
    auto known = co_await blocking(slow_, [places = places_, at = wall_now()] { return read_known(places, at); });
    known.changes.bypass_until.reset();
    if (value(form, "bypass") == "start") known.changes.bypass_until = wall_now() + model::most_bypass;
    co_return co_await save(std::move(known.changes));
}

/// bridged wipes what it finds the wish for; without a custody in it, whatever is in force.
Task<LocalSite::Done> LocalSite::give_back(Form form) {
    if (value(form, "sure") != "RETURN") co_return failed(Code::Invalid, "RETURN");
    const model::ReturnWish wish{.by = "router", .at = wall_now()};
    auto written = co_await blocking(
        slow_, [file = places_.wish, text = model::to_json(wish).dump()] { return replace_text_file(file, text, 0640); });
    if (!written) co_return std::unexpected{std::move(written).error()};
    log::warn("return.wished_here");
    co_return std::string{};
}

Task<LocalSite::Done> LocalSite::dial_anew() {
    UnixSocket socket{co_await net::this_coro::executor};
    const auto [error] = co_await socket.async_connect(UnixSocket::endpoint_type{places_.dial}, as_value);
    if (error) co_return failed(Code::Unavailable, error.message());
    co_return std::string{};
}

}  // namespace vivi::openvivi_embedded
