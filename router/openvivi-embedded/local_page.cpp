// Markup of the local page.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/local_page.hpp"

#include <algorithm>
#include <sstream>

#include "common/core/crypto.hpp"

#include "router/openvivi-embedded/qr.hpp"

namespace vivi::openvivi_embedded {
namespace {

constexpr std::string_view style =
    ":root{color-scheme:light dark;--line:#8886;--soft:#8881}*{box-sizing:border-box}body{font:1rem/1.5 "
    "system-ui,sans-serif;margin:0 "
    "auto;padding:1rem;max-width:62rem}h1{font-size:1.5rem;margin:.5rem 0 1rem}h2{font-size:1.1rem;margin:0 0 "
    ".5rem}main{display:grid;"
    "grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));gap:1rem}section{border:1px solid "
    "var(--line);border-radius:.5rem;"
    "padding:1rem;min-width:0}p{margin:.25rem 0 .75rem;overflow-wrap:anywhere}label{display:block;margin:.5rem "
    "0}input,select,button{font:"
    "inherit;width:100%;min-height:2.75rem;padding:.4rem .6rem;border:1px solid "
    "var(--line);border-radius:.35rem;background:var(--soft);"
    "color:inherit}button{cursor:pointer;font-weight:600;margin-top:.5rem}input:focus-visible,select:focus-visible,button:focus-"
    "visible,"
    "a:focus-visible{outline:3px solid Highlight;outline-offset:2px}.code{font:700 1.6rem/1.2 "
    "ui-monospace,monospace;letter-spacing:.05em}"
    ".box input{width:auto;min-height:0;margin-right:.5rem}fieldset{border:1px solid var(--line);border-radius:.35rem}"
    ".qr{display:block;width:12rem;max-width:100%;height:auto}[role=status]{border:2px solid;border-radius:.5rem;padding:.6rem "
    "1rem;"
    "margin:0 0 1rem}.state{font-size:1.25rem;font-weight:600}";

class Html {
public:
    explicit Html(std::string& text) : text_{text} {}
    template <class... Parts>
    Html& put(const Parts&... parts) {
        (text_.append(parts), ...);
        return *this;
    }
    Html& section(std::string_view title) { return put("<section><h2>", title, "</h2>"); }
    Html& end() { return put("</section>"); }
    Html& paragraph(std::string_view words) { return put("<p>", words, "</p>"); }
    /// A form that posts `action`; the caller puts its fields and ends it with button().
    Html& form(std::string_view action) { return put("<form method=\"post\" action=\"", action, "\">"); }
    Html& field(std::string_view label, std::string_view name, std::string_view value, std::string_view more = "") {
        return put("<label>", label, "<input name=\"", name, "\" value=\"", escaped(value), "\" autocomplete=\"off\" ", more,
                   "></label>");
    }
    Html& button(std::string_view words, std::string_view name = "", std::string_view value = "") {
        put("<button");
        if (!name.empty()) put(" name=\"", name, "\" value=\"", value, "\"");
        return put(">", words, "</button>");
    }
    Html& end_form() { return put("</form>"); }

private:
    std::string& text_;
};

std::string document(std::string_view title, const std::string& inside, const PageWords& words) {
    std::string body{"<!doctype html>\n<html lang=\""};
    Html{body}.put(words.language,
                   "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>", title,
                   "</title><style>", style, "</style></head><body><h1>", title, "</h1>", inside, "</body></html>\n");
    return body;
}

/// "3 d 4 h", "4 h 5 min", "5 min", "6 s": the two largest units.
std::string in_words(Seconds duration) {
    const auto seconds = duration.count();
    if (seconds >= 86'400) return std::to_string(seconds / 86'400) + " d " + std::to_string(seconds % 86'400 / 3'600) + " h";
    if (seconds >= 3'600) return std::to_string(seconds / 3'600) + " h " + std::to_string(seconds % 3'600 / 60) + " min";
    if (seconds >= 60) return std::to_string(seconds / 60) + " min";
    return std::to_string(seconds) + " s";
}

/// "14:05 UTC"
std::string clock_of(WallTime at) {
    const auto minutes = to_unix_ms(at) / 60'000 % 1'440;
    const auto two = [](std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return two(minutes / 60) + ':' + two(minutes % 60) + " UTC";
}

void link_section(Html& html, const LocalPage& page, const PageWords& words) {
    html.section(words.link)
        .put("<p class=\"state\">", page.is_connected ? "● " : "○ ", page.is_connected ? words.online : words.offline, "</p>");
    html.paragraph(std::string{words.since} + ' ' + in_words(page.since) + (page.hub.empty() ? "" : " · " + escaped(page.hub)));
    if (!page.is_connected && !page.why_offline.empty()) {
        const auto why = why_offline_in_words(page.why_offline, words);
        html.put("<p><strong>", words.why, "</strong> ", escaped(why), "</p>");
        if (why != page.why_offline) html.put("<p><small>", escaped(page.why_offline), "</small></p>");
    }
    html.end();
}

void pin_section(Html& html, const LocalPage& page, const PageWords& words) {
    html.section(words.pin);
    if (page.pin == PinState::None) {
        html.paragraph(words.no_pin).end();
        return;
    }
    html.paragraph(words.pin_hint);
    if (page.pin == PinState::Wrong) html.put("<p role=\"alert\">", words.wrong, "</p>");
    if (page.pin == PinState::Throttled) html.put("<p role=\"alert\">", words.throttled, "</p>");
    html.form("/pin").put("<label>", words.pin,
                          "<input name=\"pin\" type=\"password\" inputmode=\"numeric\" autocomplete=\"off\" required></label>");
    html.button(words.enter).end_form().end();
}

void claim_section(Html& html, const LocalPage& page, const PageWords& words) {
    html.section(words.claim);
    if (page.claim_code.empty()) {
        html.paragraph(words.claim_none).end();
        return;
    }
    html.put(qr_svg(page.claim_code), "<p class=\"code\">", escaped(page.claim_code), "</p>").paragraph(words.claim_hint).end();
}

void tests_section(Html& html, const PageWords& words) {
    html.section(words.tests).form("/test-uplink").button(words.test_uplink).end_form();
    html.form("/test-hub").button(words.test_hub).end_form();
    html.put("<p><a href=\"http://detectportal.firefox.com/canonical.html\" rel=\"noreferrer\">", words.portal, "</a></p>")
        .paragraph(words.portal_hint)
        .end();
}

void uplink_section(Html& html, const LocalPage& page, const PageWords& words) {
    const auto uplink = page.uplink.value_or(model::Uplink{});
    const bool is_static = uplink.mode == model::UplinkMode::Static;
    html.section(words.uplink).paragraph(words.uplink_hint);
    if (page.trial_left) html.put("<p role=\"alert\">", words.on_trial, " ", std::to_string(page.trial_left->count()), " s</p>");
    if (!page.changes.taken_back.empty())
        html.put("<p role=\"alert\">", words.taken_back, " ", escaped(page.changes.taken_back), "</p>");
    html.form("/uplink");
    const bool shares = !page.lan.empty() && uplink.interface == page.lan.substr(0, page.lan.find('.'));
    const std::string_view wired = !shares ? "inline" : model::device_name(uplink) == page.lan ? "one-armed" : "stick";
    html.put("<label>", words.topology, page.lan.empty() ? "" : " · LAN: ", escaped(page.lan), "<select name=\"topology\">");
    for (const auto& [name, text] : {std::pair{"inline", words.wired_inline}, std::pair{"stick", words.wired_stick},
                                     std::pair{"one-armed", words.wired_one_armed}})
        html.put("<option value=\"", name, "\"", wired == name ? " selected" : "", ">", text, "</option>");
    html.put("</select></label>");
    html.field(words.interface, "interface", uplink.interface, "required maxlength=\"15\"");
    html.field(words.vlan, "vlan", uplink.vlan ? std::to_string(*uplink.vlan) : "", "inputmode=\"numeric\"");
    html.put("<label>", words.by_dhcp, " / ", words.by_hand, "<select name=\"mode\"><option value=\"dhcp\"",
             is_static ? "" : " selected", ">", words.by_dhcp, "</option><option value=\"static\"", is_static ? " selected" : "",
             ">", words.by_hand, "</option></select></label>");
    html.field(words.address, "address", uplink.address ? to_string(*uplink.address) : "", "placeholder=\"192.0.2.2/24\"");
    html.field(words.gateway, "gateway", uplink.gateway ? to_string(*uplink.gateway) : "", "placeholder=\"192.0.2.1\"");
    html.button(words.keep).end_form();
    if (page.changes.uplink) html.form("/uplink").button(words.forget, "mode", "server").end_form();
    html.end();
}

void topology_section(Html& html, const LocalPage& page, const PageWords& words) {
    html.section(words.ports).paragraph(words.ports_hint);
    if (page.keep_left) {
        html.put("<p role=\"alert\">", words.lan_on_trial, " ", std::to_string(page.keep_left->count()), " s</p>");
        html.form("/keep").button(words.lan_keep).end_form();
    }
    html.form("/topology").put("<label>", words.uplink, "<select name=\"uplink\">");
    const auto uplink = page.uplink.value_or(model::Uplink{}).interface;
    for (const auto& name : page.interfaces)
        html.put("<option", name == uplink ? " selected" : "", ">", escaped(name), "</option>");
    html.put("</select></label><fieldset><legend>", words.lan_ports, "</legend>");
    for (const auto& name : page.interfaces) {
        const bool is_chosen = std::ranges::find(page.lan_ports, name) != page.lan_ports.end();
        html.put("<label class=\"box\"><input type=\"checkbox\" name=\"lan-", escaped(name), "\"", is_chosen ? " checked" : "",
                 "> ", escaped(name), "</label>");
    }
    html.put("</fieldset>").button(words.keep).end_form();
    if (page.changes.lan) html.form("/topology").button(words.forget, "mode", "server").end_form();
    html.end();
}

void devices_section(Html& html, const LocalPage& page, const PageWords& words) {
    html.section(words.devices).form("/device");
    html.field(words.device_hint, "device", "", "required placeholder=\"02:00:00:00:00:01\"");
    html.field(words.minutes, "minutes", "60", "inputmode=\"numeric\"");
    html.button(words.ban, "decision", "deny")
        .button(words.allow, "decision", "allow")
        .button(words.forget, "decision", "server");
    html.end_form();
    for (const auto& row : page.changes.devices) {
        if (row.until <= page.now) continue;
        html.paragraph(to_string(row.device) + " · " +
                       std::string{row.decision == model::Decision::Deny ? words.ban : words.allow} + " · " +
                       clock_of(row.until));
    }
    html.end();
}

void bypass_section(Html& html, const LocalPage& page, const PageWords& words) {
    html.section(words.bypass).paragraph(words.bypass_hint);
    const bool is_on = page.changes.bypass_until && *page.changes.bypass_until > page.now;
    if (is_on) html.paragraph(std::string{words.bypass_on} + ' ' + clock_of(*page.changes.bypass_until));
    html.form("/bypass")
        .button(is_on ? words.bypass_end : words.bypass_start, "bypass", is_on ? "end" : "start")
        .end_form()
        .end();
}

void return_section(Html& html, const PageWords& words) {
    html.section(words.give_back).paragraph(words.give_back_hint).form("/return");
    html.field(words.give_back_sure, "sure", "", "required").button(words.give_back_now).end_form();
    html.paragraph(words.reset_hint).form("/reset").button(words.reset).end_form().end();
}

}  // namespace

std::string render(const LocalPage& page, const PageWords& words) {
    std::string inside;
    Html html{inside};
    if (!page.notice.empty())
        html.put("<p role=\"status\">", page.is_refused ? words.refused : words.done, " ", escaped(page.notice), "</p>");
    html.put("<main>");
    link_section(html, page, words);
    if (page.pin != PinState::Open) {
        pin_section(html, page, words);
    } else {
        claim_section(html, page, words);
        tests_section(html, words);
        uplink_section(html, page, words);
        topology_section(html, page, words);
        devices_section(html, page, words);
        bypass_section(html, page, words);
        return_section(html, words);
        html.section(words.pin).form("/leave").button(words.leave).end_form().end();
    }
    html.put("</main>");
    return document(words.title, inside, words);
}

std::string render(const MePage& page, const PageWords& words) {
    std::string inside;
    Html html{inside};
    html.put("<main><section>");
    if (!page.code.empty()) html.put("<p>", words.me_code, "</p><p class=\"code\">", page.code, "</p>");
    if (page.by) {
        html.put("<p class=\"state\">", words.me_denied, page.by->reason.empty() ? "" : ": ", escaped(page.by->reason), "</p>")
            .put("<p>", words.me_rule, " <strong>", escaped(page.by->rule), "</strong></p>")
            .paragraph(words.me_ask);
        if (!page.contact.empty()) html.put("<p>", words.me_contact, " <strong>", escaped(page.contact), "</strong></p>");
    } else {
        html.paragraph(words.me_free);
    }
    html.put("</section></main>");
    return document(words.me, inside, words);
}

std::string device_code(Mac device) {
    constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // crockford.com/base32.html
    const auto hash = crypto::sha256(as_bytes("vivi-device/1" + to_string(device)));
    std::string code;
    for (std::size_t i = 0; i < 6; ++i) code += digits.at(std::to_integer<std::size_t>(hash.at(i)) % digits.size());
    return code;
}

std::optional<Mac> parse_arp(std::string_view text, std::string_view address) {
    std::istringstream lines{std::string{text}};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields{line};
        std::string ip, type, flags, mac;
        if (fields >> ip >> type >> flags >> mac && ip == address && mac != "00:00:00:00:00:00") return parse_mac(mac);
    }
    return std::nullopt;
}

http::Response html_response(int status, std::string body, const PageWords& words, http::Headers more) {
    more.insert(more.end(),
                {{"content-type", "text/html; charset=utf-8"},
                 {"cache-control", "no-store"},
                 {"content-language", std::string{words.language}},
                 {"vary", "accept-language, cookie"},
                 {"content-security-policy",
                  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"},
                 {"referrer-policy", "same-origin"},
                 {"x-content-type-options", "nosniff"}});
    return {.status = status, .headers = std::move(more), .body = std::move(body)};
}

}  // namespace vivi::openvivi_embedded
