// The settings of vivi-server (docs/configuration/server.md), and what of them cannot be.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "common/core/crypto.hpp"
#include "common/core/domain_name.hpp"
#include "common/http/server.hpp"
#include "common/runtime/daemon.hpp"
#include "common/runtime/text_files.hpp"
#include "server/auth/sealing.hpp"
#include "server/egress/mail.hpp"
#include "server/jobs/command_signer.hpp"
#include "server/notify/teller.hpp"

namespace vivi {

/// The key that commands to routers are signed with; none without the setting.
inline Result<std::optional<crypto::SigningKey>> read_command_key(const Settings& settings) {
    using Key = std::optional<crypto::SigningKey>;
    const auto& path = settings.text("commands.key_file");
    if (path.empty()) return Key{};
    const auto text = read_text_file(path);
    if (!text) return failed(Code::Invalid, "commands.key_file: " + text.error().detail);
    auto key = jobs::parse_command_key(*text);
    if (!key) return std::unexpected{std::move(key).error().in("commands.key_file: " + path)};
    return Key{*std::move(key)};
}

/// The key that push services know this server by; none without the setting.
inline Result<std::optional<crypto::P256Key>> read_push_key(const Settings& settings) {
    using Key = std::optional<crypto::P256Key>;
    const auto& path = settings.text("push.key_file");
    if (path.empty()) return Key{};
    const auto text = read_text_file(path);
    if (!text) return failed(Code::Invalid, "push.key_file: " + text.error().detail);
    auto key = notify::parse_push_key(*text);
    if (!key) return std::unexpected{std::move(key).error().in("push.key_file: " + path)};
    return Key{*std::move(key)};
}

/// Its public half as browsers take it; empty without one.
inline std::string push_key_text(const Settings& settings) {
    const auto key = read_push_key(settings);
    return key && *key ? crypto::to_base64url((*key)->point()) : std::string{};
}

inline notify::TellerSettings teller_settings(const Settings& settings) {
    const auto& contact = settings.text("push.contact");
    return {.public_url = settings.text("public.url"),
            .push_key = read_push_key(settings).value_or(std::nullopt),
            .push_contact = contact.empty() ? settings.text("public.url") : contact};
}

inline egress::MailSettings mail_settings(const Settings& settings) {
    return {.url = settings.text("mail.url"),
            .from = settings.text("mail.from"),
            .username = settings.text("mail.username"),
            .password = settings.text("mail.password"),
            .ca_file = settings.text("mail.ca_file")};
}

/// The keys that second factors are sealed with; none without the setting.
inline Result<auth::Sealing> read_sealing(const Settings& settings) {
    const auto& path = settings.text("auth.totp_key_file");
    if (path.empty()) return auth::Sealing{};
    std::ifstream file{path};
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return failed(Code::Invalid, "auth.totp_key_file: " + path + " cannot be read");
    auto sealing = auth::Sealing::parse(text.str());
    if (!sealing) return std::unexpected{std::move(sealing).error().in("auth.totp_key_file")};
    return sealing;
}

inline Status check_server_settings(const Settings& settings) {
    const auto port = settings.number("listen.port");
    if (port < 1 || port > 65'535) return failed(Code::Invalid, "listen.port: must be 1 to 65535");
    const auto metrics_port = settings.number("metrics.port");
    if (metrics_port < 0 || metrics_port > 65'535) return failed(Code::Invalid, "metrics.port: must be 0 to 65535");
    if (settings.number("sockets.per_session") < 0) return failed(Code::Invalid, "sockets.per_session: must be at least 0");
    if (const auto& mode = settings.text("graphql.documents"); mode != "any" && mode != "trusted")
        return failed(Code::Invalid, "graphql.documents: must be any or trusted");
    for (const auto& who : settings.list("graphql.free_documents")) {
        if (who != "staff" && who != "tokens")
            return failed(Code::Invalid, "graphql.free_documents: '" + who + "' is neither staff nor tokens");
    }
    if (auto proxies = http::Proxies::parse(settings.list("proxies.trusted"), settings.text("proxies.field")); !proxies)
        return std::unexpected{std::move(proxies).error().in("proxies")};
    if (auto sealing = read_sealing(settings); !sealing) return std::unexpected{std::move(sealing).error()};
    if (auto key = read_command_key(settings); !key) return std::unexpected{std::move(key).error()};
    if (auto key = read_push_key(settings); !key) return std::unexpected{std::move(key).error()};
    if (const auto contact = teller_settings(settings).push_contact;
        !settings.text("push.key_file").empty() && !contact.starts_with("mailto:") && !contact.starts_with("https://"))
        return failed(Code::Invalid, "push.contact: push services need a mailto: or https: URL, here or in public.url");
    if (auto mail = egress::check(mail_settings(settings)); !mail) return mail;
    if (!settings.text("mail.url").empty() && !settings.text("public.url").starts_with("http"))
        return failed(Code::Invalid, "public.url: letters need it for their links, like https://vivi.example");
    for (const auto& name : settings.list("public.names")) {
        if (!normalise_domain(name)) return failed(Code::Invalid, "public.names: '" + name + "' is not a domain name");
    }
    return {};
}

inline std::vector<Setting> server_settings() {
    return {{"listen.address", std::string{"127.0.0.1"}, "The address to listen on."},
            {"listen.port", std::int64_t{8080}, "The TCP port to listen on."},
            {"database.owner_url", std::string{"postgresql://vivi_owner@127.0.0.1/vivi"},
             "The owner of the schema, who migrates it at start; empty: somebody else does."},
            {"database.api_url", std::string{"postgresql://vivi_api@127.0.0.1/vivi"}, "The role that serves the API."},
            {"database.auth_url", std::string{"postgresql://vivi_auth@127.0.0.1/vivi"},
             "The role that knows passwords and sessions."},
            {"database.staff_url", std::string{"postgresql://vivi_staff@127.0.0.1/vivi"},
             "The role that serves GodView to Vivi's own staff."},
            {"bus.url", std::string{"amqp://guest:guest@127.0.0.1:5672/"}, "The broker of live updates."},
            {"redis.url", std::string{"redis://127.0.0.1:6379/0"}, "Login counters and watches."},
            {"web.root", std::string{"/usr/share/vivi/web"}, "The folder of the built web site."},
            {"web.origins", std::vector<std::string>{}, "Allowed Origin values; empty: the host the request was sent to."},
            {"graphql.documents", std::string{"any"},
             "Which documents may run: any, or trusted: only those of the web site, and no introspection."},
            {"graphql.free_documents", std::vector<std::string>{}, "Who may send other documents all the same: staff, tokens."},
            {"graphql.development", false, "Serves a console at /graphiql; not for production."},
            {"sockets.per_session", std::int64_t{20},
             "WebSockets one session (or an address without one) may have open here; 0: no bound."},
            {"metrics.address", std::string{"127.0.0.1"}, "The address that answers /metrics for Prometheus."},
            {"metrics.port", std::int64_t{0}, "Its TCP port; 0: nowhere."},
            {"proxies.trusted", std::vector<std::string>{},
             "Addresses or prefixes of the proxies in front, whose word about the client counts."},
            {"proxies.field", std::string{"x-forwarded-for"},
             "The field these proxies write: x-forwarded-for (with x-forwarded-proto) or forwarded (RFC 7239)."},
            {"auth.totp_key_file", std::string{},
             "A file with the keys that second factors are sealed with; empty: nobody can set one up."},
            {"commands.key_file", std::string{},
             "The file of the key that commands to routers are signed with (vivi-admin command-key); empty: none are."},
            {"push.key_file", std::string{},
             "The file of the key that push services know this server by (vivi-admin push-key); empty: no push messages."},
            {"push.contact", std::string{},
             "How a push service reaches whoever runs this server: mailto:… or https://…; empty: public.url."},
            {"public.url", std::string{}, "Where people reach the dashboard, for links in letters: https://vivi.example."},
            {"mail.url", std::string{},
             "The mail server: smtp://host (STARTTLS), smtps://host, or smtp+plain:// here; empty: no mail."},
            {"mail.from", std::string{}, "The sender of Vivi's letters: Vivi <vivi@example.org>."},
            {"mail.username", std::string{}, "For the mail server; empty: none."},
            {"mail.password", std::string{}, "For the mail server; better as VIVI_MAIL_PASSWORD."},
            {"mail.ca_file", std::string{}, "Authorities (PEM) that vouch for the mail server; empty: the system's."},
            {"public.names", std::vector<std::string>{},
             "Names under which routers and guests reach the dashboard and the hub: no policy blocks them."},
            {"lists.folder", std::string{"/usr/share/vivi/lists"},
             "The shipped lists (categories/ and services/), as routers have them; empty: none."},
            {"vendors.folder", std::string{"/usr/share/ieee-data"},
             "The registries of who makes devices (oui.csv, mam.csv, oui36.csv, iab.csv; Debian's ieee-data); empty: none."},
            {"health.socket", std::string{"/run/vivi/server.health"}, "Where to ask how this process is; empty: nowhere."}};
}

}  // namespace vivi
