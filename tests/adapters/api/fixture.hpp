// The API as a program runs it, short of HTTP: the engine over schema.graphql, resolvers, and a real PostgreSQL.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "common/bus/memory.hpp"
#include "server/api/call.hpp"
#include "server/api/catalogues.hpp"
#include "server/api/resolvers.hpp"
#include "server/auth/passwords.hpp"
#include "server/graphql/engine.hpp"
#include "tests/adapters/db/fixture.hpp"
#include "tests/adapters/smtp_sink.hpp"

namespace vivi::test {

using Json = nlohmann::json;

inline graphql::Value to_value(const Json& json) {
    if (json.is_boolean()) return json.get<bool>();
    if (json.is_number_integer()) return json.get<std::int64_t>();
    if (json.is_number()) return json.get<double>();
    if (json.is_string()) return json.get<std::string>();
    if (json.is_array()) {
        graphql::List list;
        for (const auto& item : json) list.push_back(to_value(item));
        return list;
    }
    if (!json.is_object()) return {};
    graphql::Fields fields;
    for (const auto& [key, item] : json.items()) fields.add(key, to_value(item));
    return fields;
}

/// Redis that is away: throttling falls back to this process, watches go by the bus alone.
class AwayStore final : public store::Store {
public:
    Task<Result<store::Reply>> run(store::Command) override { co_return failed(Code::Unavailable, "away"); }
    Task<Result<std::vector<store::Reply>>> pipeline(std::vector<store::Command>) override {
        co_return failed(Code::Unavailable, "away");
    }
    Task<Result<std::vector<store::Reply>>> transaction(std::vector<store::Command>) override {
        co_return failed(Code::Unavailable, "away");
    }
};

class Api : public Database {
protected:
    static constexpr const char* password = "correct horse battery";

    /// A user of `site` with that role; the e-mail is made of both.
    std::string make_user(const Site& site, const std::string& role) {
        const auto email = role + "@" + site.organisation + ".example";
        static const auto hash = auth::hash_password(password);
        must(db::create_user(
            postgres().owner_url(),
            {.email = email, .name = role, .password_hash = *hash, .organisation = site.organisation, .role = role}));
        return email;
    }
    /// Somebody who signed in.
    std::unique_ptr<api::Call> sign_in(const std::string& email) {
        auto call = stranger();
        const auto signed_in = must(logins.login({.email = email, .password = password, .address = "192.0.2.1"}));
        call->account = signed_in.account;
        call->token = signed_in.token;
        return call;
    }
    std::unique_ptr<api::Call> stranger() {
        auto call = std::make_unique<api::Call>(api::Call{.services = services});
        call->address = "192.0.2.1";
        return call;
    }
    graphql::Operation prepare(const std::string& query, const Json& variables) {
        graphql::Request request{.query = query};
        for (const auto& [key, value] : variables.items()) request.variables.add(key, to_value(value));
        auto operation = engine->prepare(request);
        if (!operation) throw std::runtime_error{graphql::render(operation.error())};
        return *std::move(operation);
    }
    Json ask(api::Call& call, const std::string& query, const Json& variables = Json::object()) {
        auto context = graphql::Context::of(call);
        const auto response = loop.run(engine->execute(prepare(query, variables), context));
        return Json::parse(response.body);
    }
    /// The payload of a mutation; when the field itself was refused (the caller holds its right nowhere), a payload with that
    /// code.
    static Json payload_of(const Json& response, const std::string& field) {
        if (response["data"].is_object() && response["data"][field].is_object()) return response["data"][field];
        return Json{{"errors", Json::array({Json{{"code", code_of(response)}}})}};
    }
    static std::string code_of(const Json& response) {
        if (!response.contains("errors")) return "no error: " + response.dump();
        return response["errors"][0]["extensions"].value("code", "none");
    }

    TempFolder lists_folder{};
    bus::Memory bus{loop.executor()};
    AwayStore redis;
    db::Pool auth_pool{postgres().url("vivi_auth"), 2};
    auth::Passwords passwords{2, 20};
    auth::Logins logins{auth_pool, passwords, redis, *auth::Sealing::parse(std::string(64, 'a'))};
    auth::Accounts accounts{auth_pool, passwords, logins, redis};
    auth::NewPasswords new_passwords{auth_pool, passwords, logins, redis};
    SmtpSink sink{};
    egress::Mail mail{{.url = "smtp+plain://127.0.0.1:" + std::to_string(sink.port()), .from = "Vivi <vivi@example.org>"}};
    auth::Denials denials{};
    auth::Tokens tokens{auth_pool};
    auth::Revocations revocations{auth_pool};
    db::Pool staff_pool{postgres().url("vivi_staff"), 1};
    live::Wakeups wakeups{loop.executor()};
    live::Watches watches{loop.executor(), redis, bus};
    live::Notices notices{bus};
    api::Catalogues catalogues{lists_folder / "lists"};
    api::Services services{.pool = api,
                           .logins = logins,
                           .wakeups = wakeups,
                           .watches = watches,
                           .notices = notices,
                           .catalogues = catalogues,
                           .accounts = accounts,
                           .new_passwords = new_passwords,
                           .mail = mail,
                           .public_url = "https://dash.example",
                           .denials = denials,
                           .tokens = tokens,
                           .revocations = revocations,
                           .staff = staff_pool,
                           .public_names = {"dash.example", "hub.example"}};
    std::unique_ptr<graphql::Engine> engine = [] {
        auto made = api::make_engine();
        if (!made) throw std::runtime_error{made.error().detail};
        return *std::move(made);
    }();
};

}  // namespace vivi::test
