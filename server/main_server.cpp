// vivi-server: the API, its subscriptions and the web site, put together; only this file knows all the parts.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/bus/rabbitmq.hpp"
#include "common/core/backoff.hpp"
#include "common/core/crypto.hpp"
#include "common/http/server.hpp"
#include "common/http/static_files.hpp"
#include "common/runtime/blocking.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/daemon.hpp"
#include "common/runtime/health.hpp"
#include "common/runtime/log.hpp"
#include "common/store/redis.hpp"
#include "server/api/caller.hpp"
#include "server/api/catalogues.hpp"
#include "server/api/reports.hpp"
#include "server/api/resolvers.hpp"
#include "server/auth/cookie.hpp"
#include "server/auth/guard.hpp"
#include "server/db/import_categories.hpp"
#include "server/jobs/command_signer.hpp"
#include "server/live/messages.hpp"
#include "server/main_server_metrics.hpp"
#include "server/main_server_settings.hpp"
#include "server/main_server_vendors.hpp"
#include "server/main_server_web.hpp"
#include "server/transport/graphiql.hpp"
#include "server/transport/site.hpp"

namespace {

using namespace vivi;

constexpr std::size_t api_connections = 8;
constexpr std::size_t auth_connections = 3;
constexpr std::size_t staff_connections = 1;
constexpr std::size_t password_threads = 2;
constexpr std::size_t most_waiting_passwords = 20;
constexpr std::size_t push_threads = 4;  // As many browsers as notify::Teller tells at once.
constexpr const char* live_exchange = "vivi.live";
constexpr std::size_t most_body_bytes = 1 << 20;  // A policy of 256 KiB with its query, or a list of some ten thousand names.

graphql::Engine& built(const Result<std::unique_ptr<graphql::Engine>>& engine) {
    if (!engine) throw Fatal{engine.error()};
    return **engine;
}

Result<std::unique_ptr<graphql::Engine>> make_engine(bool has_introspection) {
    graphql::Options options;
    options.has_introspection = has_introspection;
    options.on_hidden_error = [](std::string_view path, const graphql::FieldError& error) {
        log::warn("api.failed", {{"path", path}, {"code", error.code}, {"cause", error.cause}});
    };
    return api::make_engine(std::move(options));
}

bus::Queue queue_of(std::string_view pattern) {
    bus::Queue queue;
    queue.bindings = {std::string{pattern}};
    return queue;
}

/// Everything a running server owns, in the order in which it must be made.
struct Parts {
    Parts(const net::any_io_executor& executor, const Settings& settings)
        : redis{executor, {.url = settings.text("redis.url")}},
          publisher{executor, {.url = settings.text("bus.url"), .exchange = live_exchange}},
          changes{executor, {.url = settings.text("bus.url"), .exchange = live_exchange}, queue_of(live::changed_pattern)},
          signing{executor, {.url = settings.text("bus.url"), .exchange = live_exchange}, queue_of(live::signing_pattern)},
          api_pool{settings.text("database.api_url"), api_connections},
          auth_pool{settings.text("database.auth_url"), auth_connections},
          staff_pool{settings.text("database.staff_url"), staff_connections},
          logins{auth_pool, passwords, redis, read_sealing(settings).value_or(auth::Sealing{})},
          accounts{auth_pool, passwords, logins, redis},
          new_passwords{auth_pool, passwords, logins, redis},
          mail{mail_settings(settings)},
          public_url{settings.text("public.url")},
          wakeups{executor},
          watches{executor, redis, publisher},
          catalogues{settings.text("lists.folder")},
          vendors{read_vendors(settings.text("vendors.folder"))},
          public_names{settings.list("public.names")},
          push_key{push_key_text(settings)},
          teller{auth_pool, mail, fetcher, teller_settings(settings)},
          signer{executor, api_pool, staff_pool, notices, read_command_key(settings).value_or(std::nullopt)},
          engine{make_engine(!is_trusted_only(settings))},
          files{load_web(settings.text("web.root"))},
          documents{take_documents(files, settings)},
          web{files},
          free_documents{settings.list("graphql.free_documents")},
          is_development{settings.flag("graphql.development")} {
        files.clear();
    }

    store::Redis redis;
    bus::RabbitmqPublisher publisher;
    bus::RabbitmqSubscriber changes;
    bus::RabbitmqSubscriber signing;
    db::Pool api_pool;
    db::Pool auth_pool;
    db::Pool staff_pool;
    auth::Passwords passwords{password_threads, most_waiting_passwords};
    auth::Logins logins;
    auth::Accounts accounts;
    auth::NewPasswords new_passwords;
    egress::Mail mail;
    std::string public_url;
    auth::Denials denials{};
    auth::Tokens tokens{auth_pool};
    auth::Revocations revocations{auth_pool};
    live::Wakeups wakeups;
    live::Watches watches;
    live::Notices notices{publisher};
    api::Catalogues catalogues;
    api::Reports reports{};
    api::Vendors vendors;
    std::vector<std::string> public_names;
    std::string push_key;
    api::Services services{.pool = api_pool,
                           .logins = logins,
                           .wakeups = wakeups,
                           .watches = watches,
                           .notices = notices,
                           .catalogues = catalogues,
                           .accounts = accounts,
                           .new_passwords = new_passwords,
                           .mail = mail,
                           .public_url = public_url,
                           .denials = denials,
                           .tokens = tokens,
                           .revocations = revocations,
                           .staff = staff_pool,
                           .public_names = public_names,
                           .push_key = push_key,
                           .vendors = &vendors};
    egress::Fetcher fetcher{push_threads};
    notify::Teller teller;
    jobs::CommandSigner signer;
    Result<std::unique_ptr<graphql::Engine>> engine;
    http::FileTree files;  ///< Only while the next two are made.
    transport::Documents documents;
    http::StaticFiles web;
    std::vector<std::string> free_documents;  ///< Who may send others: "staff", "tokens".
    bool is_development;
    ServerMetrics metrics{};
    net::thread_pool migrating{1};
    bool has_schema = false;    ///< The migrations were applied, or are somebody else's to apply.
    bool has_database = false;  ///< As of the last look.

    bool is_ready() const { return has_schema && has_database && publisher.connected() && changes.connected(); }
    nlohmann::json state() const {
        return {{"ready", is_ready()},
                {"database", has_schema && has_database},
                {"broker", publisher.connected() && changes.connected()},
                {"redis", redis.connected()},
                {"subscriptions", wakeups.ears()},
                {"watched_routers", watches.watched()}};
    }
};

/// Who sent a request, for as long as it (or its socket) lives.
class Session final : public transport::Session {
public:
    Session(const api::Services& services, const std::vector<std::string>& free_documents)
        : caller_{services}, free_documents_{free_documents} {}
    api::Caller& caller() noexcept { return caller_; }
    graphql::Context& context() override { return context_; }
    http::Headers take_headers() override {
        http::Headers headers;
        for (auto& cookie : std::exchange(caller_.call().cookies, {})) headers.emplace_back("set-cookie", std::move(cookie));
        return headers;
    }
    bool may_send_any_document() const override {
        const auto& call = caller_.call();
        if (!call.account) return false;
        const auto are_free = [&](std::string_view who) {
            return std::ranges::find(free_documents_, who) != free_documents_.end();
        };
        return (!call.bearer.empty() && are_free("tokens")) ||
               (call.account->staff_role != db::StaffRole::None && are_free("staff"));
    }
    /// The browser that signed in, the program with its token, or whoever is at that address.
    std::string owner() const override {
        const auto& call = caller_.call();
        if (!call.account) return call.address;
        return call.bearer.empty() ? call.token : call.bearer;
    }
    void follow(const net::any_io_executor& executor, std::function<void()> end) override {
        caller_.follow(executor, std::move(end));
    }

private:
    api::Caller caller_;
    const std::vector<std::string>& free_documents_;
    graphql::Context context_ = graphql::Context::of(caller_.call());
};

api::Credentials credentials_of(const http::Request& request) {
    api::Credentials found;
    for (const auto& [name, value] : request.headers) {
        if (name == "cookie" && found.session.empty()) found.session = auth::token_in(value).value_or("");
        if (name == "cookie" && found.show.empty()) found.show = auth::show_token_in(value).value_or("");
        if (name == "authorization") found.bearer = auth::bearer_in(value).value_or("");
    }
    return found;
}

Task<std::unique_ptr<transport::Session>> open_session(Parts& parts, const http::Request& request) {
    auto session = std::make_unique<Session>(parts.services, parts.free_documents);
    auto& call = session->caller().call();
    call.address = request.peer;
    call.user_agent = http::find(request.headers, "user-agent").value_or("");
    co_await session->caller().identify(credentials_of(request));
    co_return session;
}

/// A page elsewhere made the visitor's browser send this, with our cookie.
bool is_forged(const http::Request& request, const std::vector<std::string>& origins) {
    const auto credentials = credentials_of(request);
    // No page elsewhere can make a browser send a token, and where one is sent the cookies count for nothing.
    if (request.method != "POST" || !credentials.bearer.empty()) return false;
    if (credentials.session.empty() && credentials.show.empty()) return false;
    const auto field = [&](std::string_view name) { return http::find(request.headers, name).value_or(""); };
    const auth::Provenance provenance{.origin = field("origin"),
                                      .host = field("host"),
                                      .scheme = request.scheme,
                                      .fetch_site = field("sec-fetch-site"),
                                      .content_type = field("content-type"),
                                      .has_custom_header = http::find(request.headers, "x-vivi").has_value()};
    return !auth::may_act(provenance, origins);
}

/// GET /reports/…: a file, with the rights of the session.
Task<http::Response> answer_report(Parts& parts, http::Request request) {
    if (request.method != "GET") co_return http::text_response(405, "a report can only be read");
    const auto session = co_await open_session(parts, request);
    auto made = co_await parts.reports.answer(session->context().get<api::Call>(), request.target);
    http::Response response{.status = made.status,
                            .headers = {{"content-type", std::move(made.content_type)}, {"cache-control", "private, no-store"}},
                            .body = std::move(made.body)};
    if (!made.file_name.empty())
        response.headers.emplace_back("content-disposition", "attachment; filename=\"" + made.file_name + '"');
    co_return response;
}

Task<http::Response> answer(Parts& parts, const transport::GraphqlSite& graphql, const std::vector<std::string>& origins,
                            http::Request request) {
    const std::string path{request.path()};
    if (path == "/healthz") co_return http::json_response(200, R"({"ok":true})");
    if (path == "/readyz") co_return http::json_response(parts.is_ready() ? 200 : 503, parts.state().dump());
    if (auto console = transport::answer_graphiql(request, parts.is_development)) co_return *std::move(console);
    if (request.path().starts_with(api::Reports::path)) co_return co_await answer_report(parts, std::move(request));
    if (path != "/graphql") co_return parts.web.answer(request);
    if (is_forged(request, origins)) {
        co_return http::json_response(
            403,
            R"({"errors":[{"message":"This request does not come from Vivi's own pages.","extensions":{"code":"FORBIDDEN"}}]})");
    }
    auto response = co_await graphql.handle(std::move(request));
    co_return response;
}

/// Counts what `answer` does.
Task<http::Response> counted(ServerMetrics& metrics, std::string path, Task<http::Response> answer) {
    const auto begun = now();
    auto response = co_await std::move(answer);
    metrics.answered(path, response.status, now() - begun);
    co_return response;
}

std::string metrics_page(Parts& parts) {
    auto& metrics = parts.metrics;
    metrics.show_pool("api", parts.api_pool);
    metrics.show_pool("auth", parts.auth_pool);
    metrics.show_service("database", parts.has_schema && parts.has_database);
    metrics.show_service("broker", parts.publisher.connected() && parts.changes.connected());
    metrics.show_service("redis", parts.redis.connected());
    metrics.show_live(parts.wakeups.ears(), parts.watches.watched(), (*parts.engine)->shared_counts());
    return metrics.render();
}

/// GET /metrics on a listener of its own, so that strangers at the web site's do not reach it. Port 0: nowhere.
Task<> serve_metrics(Parts& parts, const Settings& settings) {
    const auto port = static_cast<std::uint16_t>(settings.number("metrics.port"));
    while (port == 0) co_await after(Milliseconds{3'600'000});
    http::Site site;
    site.limits = {.body_bytes = 0, .connections = 16};
    site.handle = [&parts](http::Request request) -> Task<http::Response> {
        if (request.path() != "/metrics") co_return http::text_response(404, "only /metrics is here");
        if (request.method != "GET" && request.method != "HEAD") co_return http::text_response(405, "metrics can only be read");
        co_return http::Response{
            .status = 200, .headers = {{"content-type", std::string{metrics_content_type}}}, .body = metrics_page(parts)};
    };
    co_await http::serve_tcp(settings.text("metrics.address"), port, site);
}

/// The shipped lists become the shared list, as the owner; without them the list stays as it is.
Task<> import_categories(Parts& parts, std::string owner_url, std::string lists) {
    auto import = [owner_url, lists] { return db::import_categories(owner_url, lists); };
    const auto changed = co_await blocking(parts.migrating, std::move(import));
    if (!changed)
        log::warn("categories.unread", {{"folder", lists}, {"reason", changed.error().detail}});
    else if (*changed > 0)
        log::info("categories.imported", {{"names", *changed}});
}

/// Applies the migrations once the database can be reached, then looks every 5 s whether it still can. Never ends by itself.
Task<> keep_database(Parts& parts, std::string owner_url, std::string lists) {
    Backoff backoff{Milliseconds{500}, Milliseconds{10'000}};
    while (!owner_url.empty()) {
        auto migrate = [owner_url] { return db::migrate(owner_url); };
        const auto migrated = co_await blocking(parts.migrating, std::move(migrate));
        if (migrated) {
            co_await import_categories(parts, owner_url, std::move(lists));
            break;
        }
        if (migrated.error().code != Code::Unavailable) throw Fatal{migrated.error()};
        const auto wait = backoff.next(crypto::random_u32());
        log::warn("database.waiting", {{"reason", migrated.error().detail}, {"retry_in_ms", wait.count()}});
        co_await after(wait);
    }
    parts.has_schema = true;
    for (bool was_ready = false;;) {
        const auto answered = co_await db::ping(parts.api_pool);
        if (!answered && (parts.has_database || !was_ready)) log::warn("database.lost", {{"reason", answered.error().detail}});
        if (answered && !parts.has_database) log::info("database.ready");
        parts.has_database = answered.has_value();
        if (answered && !std::exchange(was_ready, true)) notify_ready();
        co_await after(answered ? Milliseconds{5'000} : Milliseconds{1'000});
    }
}

Task<> hear_signing(Parts& parts) {
    for (;;) {
        const auto deliveries = co_await parts.signing.next(100);
        if (deliveries.empty()) continue;
        parts.signing.acknowledge(deliveries.back().tag);
        parts.signer.look();
    }
}

/// Alarms, to people. Once there is a schema to look into.
Task<> tell_people(Parts& parts) {
    while (!parts.has_schema) co_await after(Milliseconds{500});
    co_await parts.teller.run();
}

/// Once there is a schema to look into.
Task<> sign_commands(Parts& parts) {
    while (!parts.has_schema) co_await after(Milliseconds{500});
    co_await together(hear_signing(parts), parts.signer.run());
}

Task<> run(const Settings& settings) {
    Parts parts{co_await net::this_coro::executor, settings};
    const auto origins = settings.list("web.origins");
    transport::SiteOptions options;
    options.origins = origins;
    options.sockets_per_owner = static_cast<std::size_t>(settings.number("sockets.per_session"));
    options.documents = parts.documents;
    options.metrics = &parts.metrics.metrics();
    const auto graphql = transport::make_site(
        built(parts.engine), [&parts](const http::Request& request) { return open_session(parts, request); }, std::move(options));

    http::Site site;
    site.limits.body_bytes = most_body_bytes;
    site.proxies = http::Proxies::parse(settings.list("proxies.trusted"), settings.text("proxies.field")).value();
    site.handle = [&](http::Request request) -> Task<http::Response> {
        std::string path{request.path()};
        const bool is_https = request.scheme == "https";
        auto response = co_await counted(parts.metrics, std::move(path), answer(parts, graphql, origins, std::move(request)));
        co_return secured(std::move(response), is_https);
    };
    site.accept_websocket = graphql.accept_websocket;
    site.websocket = graphql.websocket;
    const auto document = [&parts] { return parts.state(); };
    const auto port = static_cast<std::uint16_t>(settings.number("listen.port"));
    co_await together(http::serve_tcp(settings.text("listen.address"), port, site),
                      keep_database(parts, settings.text("database.owner_url"), settings.text("lists.folder")),
                      parts.wakeups.run(parts.changes), parts.watches.run(), serve_metrics(parts, settings),
                      auth::record(parts.denials, parts.auth_pool), parts.revocations.run(), sign_commands(parts),
                      tell_people(parts), serve_health(settings.text("health.socket"), document));
}

}  // namespace

int main(int argc, char** argv) {
    const Program program{.name = "server",
                          .purpose = "The API, its live updates and the web site of Vivi.",
                          .settings = server_settings(),
                          .check = check_server_settings,
                          .run = run};
    return run_daemon(program, argc, argv);
}
