// Text and markup of the page.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/guest_page.hpp"

#include <algorithm>

#include "common/core/domain_name.hpp"
#include "router/openvivi-embedded/page_words.hpp"

namespace vivi::openvivi_embedded {
namespace {

struct Words {
    std::string_view language, title, named, nameless, rule, reason, ask, contact, me;
};

constexpr Words english{
    .language = "en",
    .title = "This site is blocked here",
    .named = "The organisers of this network have blocked ",
    .nameless = "The organisers of this network have blocked this site",
    .rule = "The rule: ",
    .reason = "Why: ",
    .ask = "Do you need it? Ask the organisers: they can allow it within seconds. Nothing is wrong with your device.",
    .contact = "Whom to ask: ",
    .me = "About your device"};
constexpr Words french{
    .language = "fr",
    .title = "Ce site est bloqué ici",
    .named = "Les organisateurs de ce réseau ont bloqué ",
    .nameless = "Les organisateurs de ce réseau ont bloqué ce site",
    .rule = "La règle : ",
    .reason = "Pourquoi : ",
    .ask =
        "Vous en avez besoin ? Demandez aux organisateurs : ils peuvent l’autoriser en quelques secondes. Votre appareil "
        "n’a aucun problème.",
    .contact = "À qui demander : ",
    .me = "À propos de votre appareil"};

constexpr std::string_view style =
    ":root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.25rem}"
    "h1{font-size:1.6rem;line-height:1.2}strong{overflow-wrap:anywhere}";

/// The first language named decides; a browser names the preferred one first (RFC 9110 section 12.5.4).
const Words& words_for(const http::Request& request) {
    const auto languages = http::find(request.headers, "accept-language").value_or("");
    return languages.starts_with("fr") || languages.starts_with("FR") ? french : english;
}

}  // namespace

std::optional<std::string> asked_for(const http::Request& request) {
    const auto host = http::find(request.headers, "host");
    if (!host) return std::nullopt;
    return normalise_domain(host->substr(0, host->find(':')));
}

http::Response guest_page(const http::Request& request, const BlockedBy& by, const std::string& contact) {
    const auto& words = words_for(request);
    const auto name = asked_for(request);
    std::string body{"<!doctype html>\n<html lang=\""};
    body.append(words.language)
        .append("\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>");
    body.append(words.title)
        .append("</title><style>")
        .append(style)
        .append("</style></head><body><main><h1>")
        .append(words.title);
    body.append("</h1><p>");
    // A normalised name has no character that means something in HTML.
    if (name)
        body.append(words.named).append("<strong>").append(*name).append("</strong>");
    else
        body.append(words.nameless);
    body.append(".</p>");
    if (!by.rule.empty())
        body.append("<p>").append(words.rule).append("<strong>").append(escaped(by.rule)).append("</strong></p>");
    if (!by.reason.empty()) body.append("<p>").append(words.reason).append(escaped(by.reason)).append("</p>");
    body.append("<p>").append(words.ask).append("</p>");
    if (!contact.empty())
        body.append("<p>").append(words.contact).append("<strong>").append(escaped(contact)).append("</strong></p>");
    body.append("<p><a href=\"http://vivi.lan/me\">").append(words.me).append("</a></p></main></body></html>\n");
    return {.status = 403,
            .headers = {{"content-type", "text/html; charset=utf-8"},
                        {"cache-control", "no-store"},
                        {"content-language", std::string{words.language}},
                        {"vary", "accept-language"},
                        {"content-security-policy", "default-src 'none'; style-src 'unsafe-inline'"},
                        {"x-content-type-options", "nosniff"}},
            .body = std::move(body)};
}

}  // namespace vivi::openvivi_embedded
