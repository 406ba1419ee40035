// Requests of the local page: who they are from, what they change, and the files behind it.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/local_site.hpp"

#include "common/model/custody.hpp"
#include "common/runtime/blocking.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/durable_file.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/text_files.hpp"
#include "common/runtime/unix_socket.hpp"
#include "router/openvivi-embedded/guest_page.hpp"
#include "router/openvivi-embedded/local_known.hpp"
#include "router/openvivi-embedded/page_rules.hpp"
#include "router/openvivi-embedded/system.hpp"
#include "router/openvivi-embedded/uplink_probe.hpp"

namespace vivi::openvivi_embedded {
namespace {

constexpr std::string_view cookie_name = "vivi";
constexpr std::size_t most_devices = 64;
constexpr std::int64_t most_minutes = model::most_local_device / std::chrono::minutes{1};

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
    if (keep_until_) page.keep_left = std::max(Seconds{0}, std::chrono::ceil<Seconds>(*keep_until_ - now()));
    page.interfaces = interfaces_of(proc_text("/proc/net/dev"));
    page.uplink = known.changes.uplink;
    if (!known.configuration) co_return page;
    const auto whole = model::with_topology(*known.configuration, known.changes);
    page.uplink = whole.uplink;
    if (whole.networks.empty()) co_return page;
    const auto& lan = whole.networks.front();
    page.lan = model::device_name(lan);
    page.lan_ports = lan.ports.empty() ? model::LanPorts{lan.interface} : lan.ports;
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
    page.contact = co_await blocking(policy_thread_, [this] { return policy_.contact(); });
    co_return html_response(200, render(page, words), words);
}

Task<http::Response> LocalSite::show_blocked(http::Request request) {
    const auto name = asked_for(request);
    const auto mac = parse_arp(proc_text("/proc/net/arp"), request.peer);
    std::optional<BlockedBy> by;
    if (name) by = co_await blocking(policy_thread_, [this, mac, name] { return policy_.blocks_name(mac, *name); });
    const auto contact = co_await blocking(policy_thread_, [this] { return policy_.contact(); });
    co_return guest_page(request, by.value_or(BlockedBy{}), contact);
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
    if (path == "/topology") co_return co_await set_topology(std::move(form));
    if (path == "/keep") co_return co_await keep_lan();
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

Task<Known> LocalSite::look_at_files() {
    co_return co_await blocking(slow_, [places = places_, at = wall_now()] { return read_known(places, at); });
}

/// Uplink, LAN, devices and bypass: all of it as the server says. The claim and what the server decided stay.
Task<LocalSite::Done> LocalSite::forget_all() {
    trial_.reset();
    keep_until_.reset();
    log::info("local.forgotten");
    co_return co_await save({});
}

Task<LocalSite::Done> LocalSite::decide_device(Form form) {
    const auto mac = parse_mac(value(form, "device"));
    if (!mac) co_return failed(Code::Invalid, "02:00:00:00:00:01");
    const auto minutes = number(value(form, "minutes"), 1, most_minutes);
    if (!minutes) co_return failed(Code::Invalid, "1..1440 min");
    auto known = co_await look_at_files();
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
    auto known = co_await look_at_files();
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
