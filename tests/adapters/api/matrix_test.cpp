// Roles × fields × tenants: every root field, called by everybody with real ids; who may not is refused and sees no word of it.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "server/api/access.hpp"
#include "server/api/caller.hpp"
#include "server/api/ids.hpp"
#include "server/api/schema_text.hpp"
#include "server/auth/cookie.hpp"
#include "tests/adapters/api/matrix_calls.hpp"
#include "tests/adapters/api/matrix_principals.hpp"

namespace vivi::test {
namespace {

/// What came of a call.
struct Outcome {
    std::string code{};  ///< Of the root field or its payload; empty: it was done.
    std::string text{};  ///< The whole response.
    Json response{};
    bool is_refused() const { return code == "FORBIDDEN" || code == "UNAUTHENTICATED" || code == "NOT_FOUND"; }
};

class Matrix : public Api {
protected:
    /// One organisation with all there is in it, another, and everybody signed in.
    struct World {
        Site ours{}, theirs{};
        std::string event{}, other_event{}, device{};
        ArgumentTable table{};
        std::vector<std::string> of_event{};         ///< Texts that only the measured event has.
        std::vector<std::string> of_organisation{};  ///< Texts that its organisation has, and GodView may see.
        std::map<std::string, std::string> tokens{};
    };

    World make_world() {
        static int count = 0;
        const auto mark = "w" + std::to_string(++count) + "x";
        World world{.ours = make_site(mark + "-secret-hall"), .theirs = make_site(mark + "-elsewhere")};
        const auto now = wall_now();
        must(db::ingest(hub,
                        batch(world.ours, {traffic(1, now, phone, mark + "-secret.example", 1'000, 2'000),
                                           lease(2, "granted", now, phone, "10.66.0.50", mark + "-secret-phone")}),
                        now));
        world.device = number("select id from devices where router_id = '" + world.ours.router + "'");
        world.event = number("select gen_random_uuid()");
        world.other_event = number("select gen_random_uuid()");
        std::string sql = "insert into events (id, organisation_id, name) values ('" + world.event + "', '" +
                          world.ours.organisation + "', '" + mark + "-secret-event'), ('" + world.other_event + "', '" +
                          world.ours.organisation + "', '" + mark +
                          "-other-event');"
                          "update routers set event_id = '" +
                          world.event + "' where id = '" + world.ours.router +
                          "';"
                          "update devices set name = '" +
                          mark + "-secret-name', mac = '02:5e:c2:e7:00:" + (count < 16 ? "0" : "") + to_hexadecimal(count) +
                          "' where id = '" + world.device + "';";
        sql += "update organisations set name = '" + mark + "-secret-club' where id = '" + world.ours.organisation + "';";
        for (const auto& principal : principals) sql += person(world, principal.name, mark);
        postgres().sql(sql);
        world.of_event = {mark + "-secret-hall",
                          mark + "-secret.example",
                          mark + "-secret-phone",
                          mark + "-secret-event",
                          mark + "-secret-name",
                          number("select mac from devices where id = '" + world.device + "'"),
                          world.ours.router,
                          world.event,
                          world.device,
                          api::to_id("Router", world.ours.router),
                          api::to_id("Event", world.event),
                          api::to_id("Device", world.device)};
        world.of_organisation = {world.ours.organisation, api::to_id("Organisation", world.ours.organisation),
                                 mark + "-secret-club", mark + "-member-viewer", mark + "-member-owner"};
        world.table = arguments(world);
        return world;
    }

    static std::string to_hexadecimal(int value) {
        constexpr std::string_view digits = "0123456789abcdef";
        std::string text;
        do text.insert(text.begin(), digits[static_cast<std::size_t>(value % 16)]);
        while ((value /= 16) > 0);
        return text;
    }

    /// SQL that makes the person, their membership and their session.
    std::string person(World& world, const std::string& name, const std::string& mark) {
        if (name == "stranger" || name == "show_link") return "";
        const auto token = world.tokens[name] = name == "read_token" ? auth::new_api_token() : auth::new_token();
        if (name == "read_token")  // The owner's, so that only its scope holds it back.
            return "insert into users (email, name, password_hash) values ('" + mark +
                   "-member-tokens@example.org', 'x', 'x');"
                   "insert into memberships (organisation_id, user_id, role) select '" +
                   world.ours.organisation + "', id, 'owner' from users where email = '" + mark +
                   "-member-tokens@example.org';"
                   "insert into api_tokens (organisation_id, user_id, name, scope, token_hash, expires_at) select '" +
                   world.ours.organisation + "', id, 'reader', 'read', decode('" + auth::hash_of(token) +
                   "', 'hex'), now() + interval '1 hour' from users where email = '" + mark + "-member-tokens@example.org';";
        const std::string quoted_name = "'" + name + "'";
        const bool is_staff = name == "support" || name == "fleet_operator" || name == "release" || name == "admin";
        const auto is_ours = !is_staff && name != "owner_of_another";
        const auto email = mark + (is_ours ? "-member-" : "-person-") + name + "@example.org";
        const auto staff_role = is_staff ? "'" + (name == "fleet_operator" ? std::string{"operator"} : name) + "'" : "null";
        std::string sql = "insert into users (email, name, password_hash, staff_role) values ('" + email + "', " + quoted_name +
                          ", 'x', " + staff_role +
                          ");"
                          "insert into sessions (user_id, token_hash, expires_at, stepped_up_at) select id, decode('" +
                          auth::hash_of(token) + "', 'hex'), now() + interval '1 hour', now() from users where email = '" +
                          email + "';";
        if (is_staff) return sql;
        const auto organisation = name == "owner_of_another" ? world.theirs.organisation : world.ours.organisation;
        const auto role = name == "expired" || name == "owner_of_another" ? "owner"
                          : name == "organiser_of_another_event"          ? "organiser"
                                                                          : name;
        const auto event = name == "organiser_of_another_event" ? "'" + world.other_event + "'" : "null";
        return sql + "insert into memberships (organisation_id, user_id, role, event_id, expires_at) select '" + organisation +
               "', id, '" + role + "', " + event + ", " + (name == "expired" ? "now() - interval '1 minute'" : "null") +
               " from users where email = '" + email + "';";
    }

    /// Where the ids of a call come from. An argument that is missing here and cannot be made up fails the test with its name.
    ArgumentTable arguments(const World& world) {
        const auto router = api::to_id("Router", world.ours.router);
        const auto event = api::to_id("Event", world.event);
        const auto member =
            number("select id from memberships where organisation_id = '" + world.ours.organisation + "' and role = 'viewer'");
        const auto invitation = api::to_id(
            "Invitation",
            number("insert into invitations (organisation_id, email, role, link_hash, mail_hash, invited_by, inviter_name, "
                   "expires_at)"
                   " select '" +
                   world.ours.organisation +
                   "', 'guest@example.org', 'viewer', sha256(random()::text::bytea), sha256(random()::text::bytea), user_id, 'x',"
                   " now() + interval '1 day' from memberships where role = 'owner' and organisation_id = '" +
                   world.ours.organisation + "' and expires_at is null limit 1 returning id"));
        const auto profile = api::to_id("Profile", number("insert into profiles (organisation_id, name) values ('" +
                                                          world.ours.organisation + "', 'fair') returning id"));
        postgres().sql(
            "insert into profile_versions (organisation_id, profile_id, version, policy, checksum, source) select"
            " organisation_id, id, 1, '{}', '', 'file' from profiles where organisation_id = '" +
            world.ours.organisation + "'");
        const auto alarm = std::stoll(number(
            "insert into alarms (organisation_id, router_id, kind, subject, detail, at, last_at) values ('" +
            world.ours.organisation + "', '" + world.ours.router + "', 'dhcp.rogue', 'x', '{}', now(), now()) returning id"));
        const auto command = number(
            "insert into commands (organisation_id, router_id, custody_id, kind, key, expires_at, by_staff) select"
            " organisation_id, id, custody_id, 'reboot', 'matrix', now() + interval '1 hour', true from routers where id = '" +
            world.ours.router + "' returning id");
        const auto release = number(
            "insert into software_releases (version, architecture, size_bytes, sha256, signature) values ('1.0.' || "
            "floor(random() *"
            " 1e9), 'arm64', 1, repeat('a', 64), 's') returning id");
        const auto rollout = number(
            "insert into rollouts (release_id, name, percentages, most_failed_percent, soak_seconds,"
            " most_at_once) values ('" +
            release + "', 'r', '{100}', 10, 0, 1) returning id");
        postgres().sql("insert into rollout_routers (rollout_id, router_id, step) values ('" + rollout + "', '" +
                       world.ours.router + "', 0)");
        return {{"first", 2},
                {"Query.command.id", api::to_id("Command", command)},
                {"commandId", api::to_id("Command", command)},
                {"releaseId", api::to_id("SoftwareRelease", release)},
                {"rolloutId", api::to_id("Rollout", rollout)},
                {"Query.profile.id", profile},
                {"profileId", profile},
                {"alertId", api::to_cursor('a', api::RowPlace{.id = alarm})},
                {"routerId", router},
                {"spareId", router},  // It cannot take its own place: nothing changes hands.
                {"routerIds", Json::array({router})},
                {"Query.router.id", router},
                {"Query.node.id", router},
                {"Query.nodes.ids", Json::array({router})},
                {"eventId", event},
                {"Query.event.id", event},
                {"deviceId", api::to_id("Device", world.device)},
                {"deviceIds", Json::array({api::to_id("Device", world.device)})},
                {"organisationId", api::to_id("Organisation", world.ours.organisation)},
                {"Query.organisation.id", api::to_id("Organisation", world.ours.organisation)},
                {"memberId", api::to_id("Member", member)},
                {"userId", api::to_id("User", number("select user_id from memberships where id = '" + member + "'"))},
                {"tokenId", api::to_id("ApiToken", number("select id from api_tokens where organisation_id = '" +
                                                          world.ours.organisation + "' limit 1"))},
                {"linkId",
                 api::to_id("ShowLink", number("insert into show_links (organisation_id, event_id, name, token_hash) values ('" +
                                               world.ours.organisation + "', '" + world.event +
                                               "', 'screen', sha256(random()::text::bytea)) returning id"))},
                {"Mutation.revokeSession.id", api::to_id("Session", number("select gen_random_uuid()"))},
                {"CreateEventInput.name", "Fair"},
                {"Mutation.revokeInvitation.id", invitation},
                {"ResendInvitationInput.id", invitation},
                {"timeZone", "UTC"},
                {"DecideDomainInput.domain", "a.example"},
                {"baseRevision", 1},
                {"SetPolicyInput.document", Json{{"mode", "block-listed"}}},
                {"SetEventPolicyInput.document", Json{{"mode", "block-listed"}}},
                {"ExplainInput.name", "a.example"},
                {"subscriptionId", api::to_id("PushSubscription", number("select gen_random_uuid()"))},
                {"NotificationSettingInput.email", true},
                {"UpdateMeInput.name", "me"},
                {"email", "guest@example.org"}};
    }

    std::unique_ptr<api::Call> call_of(const World& world, const Principal& principal) {
        auto call = stranger();
        if (principal.name == "show_link")
            call->show = auth::Place{.organisation = world.ours.organisation, .event = world.event};
        const auto token = world.tokens.find(principal.name);
        if (token == world.tokens.end()) return call;
        (principal.name == "read_token" ? call->bearer : call->token) = token->second;
        if (auto account = run(api::find_account(*call))) call->account = *std::move(account);
        return call;
    }

    Outcome execute(api::Call& call, const GeneratedCall& generated, const std::string& field, bool is_subscription) {
        auto context = graphql::Context::of(call);
        const auto operation = prepare(generated.query, generated.variables);
        Outcome outcome;
        if (is_subscription) {
            auto opened = loop.run(engine->subscribe(operation, context));
            outcome.text = opened ? R"({"data":{}})" : opened.error().body;
        } else {
            outcome.text = loop.run(engine->execute(operation, context)).body;
        }
        outcome.response = Json::parse(outcome.text);
        for (const auto& error : outcome.response.value("errors", Json::array()))
            if (error.value("path", Json::array()) == Json::array({field})) outcome.code = error["extensions"]["code"];
        const auto data = outcome.response.value("data", Json::object());
        if (!outcome.code.empty() || is_subscription || !data.is_object()) return outcome;
        const auto payload = data.value(field, Json{});
        if (payload.is_null()) outcome.code = "NOT_FOUND";
        if (payload.is_object() && payload.contains("errors") && !payload["errors"].empty())
            outcome.code = payload["errors"][0].value("code", "none");
        // Results of several routers or devices carry errors of their own.
        if (payload.is_object() && payload.contains("results") && payload["results"].is_array())
            for (const auto& result : payload["results"])
                if (result.contains("errors") && !result["errors"].empty())
                    outcome.code = result["errors"][0].value("code", "none");
        return outcome;
    }

    /// What of the organisation stands in the response though it may not, and was not in the request itself.
    static std::vector<std::string> leaks(const World& world, const Principal& principal, const GeneratedCall& call,
                                          const std::string& text) {
        std::vector<std::string> found;
        const auto asked = call.variables.dump();
        const auto look = [&](const std::vector<std::string>& secrets) {
            for (const auto& secret : secrets)
                if (text.find(secret) != std::string::npos && asked.find(secret) == std::string::npos) found.push_back(secret);
        };
        using enum Principal::Sees;
        if (principal.sees == Nothing || principal.sees == Board) look(world.of_organisation);
        if (principal.sees == Nothing || principal.sees == OwnEventOnly) look(world.of_event);
        // GodView knows routers and not what they saw; a big screen the event's name.
        if (principal.sees == Fleet || principal.sees == Board) {
            auto personal = world.of_event;
            std::erase_if(personal, [&](const std::string& secret) {
                return secret.ends_with("-secret-event") ||
                       (principal.sees == Fleet && (secret == world.ours.router || secret.ends_with("-secret-hall") ||
                                                    secret == api::to_id("Router", world.ours.router)));
            });
            look(personal);
        }
        return found;
    }

    /// What takes more than the principal has must be null in the response.
    void check_below(const graphql::NamedType& declared, const Json& data, const Principal& principal) const {
        if (data.is_array())
            for (const auto& item : data) check_below(declared, item, principal);
        if (!data.is_object() || !data.contains("__typename")) return;
        const auto* type = schema.type(data["__typename"].get<std::string>());
        for (const auto& [key, value] : data.items()) {
            const auto* field = type->field(key);
            if (!field || value.is_null()) continue;
            const auto right = access->right_of({type, field});
            EXPECT_TRUE(principal.here.contains(right)) << principal.name << " sees " << type->name << "." << key;
            check_below(*field->type.named, value, principal);
        }
    }
    void check(const graphql::NamedType& root, const graphql::Field& field, const World& world);

    graphql::Schema schema = *graphql::build_schema(api::schema_text());
    std::shared_ptr<const api::Access> access = *api::Access::make(schema, api::make_places());
};

void Matrix::check(const graphql::NamedType& root, const graphql::Field& field, const World& world) {
    const auto generated = CallGenerator{schema, world.table}.call(root, field);
    ASSERT_EQ(generated.problem, "") << root.name << "." << field.name;
    const auto right = access->right_of({&root, &field});
    bool was_done = false;  // By somebody before: the next one finds another world.
    for (const auto& principal : principals) {
        auto call = call_of(world, principal);
        const auto outcome = execute(*call, generated, field.name, &root == schema.subscription);
        const auto what = principal.name + " " + root.name + "." + field.name + " @access(" + std::string{api::word_of(right)} +
                          "): " + outcome.text.substr(0, 600);
        EXPECT_EQ(leaks(world, principal, generated, outcome.text), std::vector<std::string>{}) << what;
        EXPECT_EQ(outcome.text.find("INTERNAL"), std::string::npos) << what;
        const bool is_own = right == Right::SignedIn;
        if (principal.name == "read_token" && is_own) {
            // What is the person's own, the person changes.
            if (&root == schema.mutation) EXPECT_EQ(outcome.code, "FORBIDDEN") << what;
        } else if (!principal.anywhere.contains(right)) {
            EXPECT_EQ(outcome.code, principal.name == "stranger" ? "UNAUTHENTICATED" : "FORBIDDEN") << what;
        } else if (!principal.here.contains(right)) {
            const bool names_a_place = !generated.ids.empty() && (principal.name != "organiser_of_another_event" ||
                                                                  generated.ids != std::set<std::string>{"organisationId"});
            if (names_a_place && &root != schema.query) {
                EXPECT_NE(outcome.code, "") << "done to somebody else's: " << what;
            }
        } else {
            EXPECT_TRUE(outcome.code != "FORBIDDEN" && outcome.code != "UNAUTHENTICATED") << what;
            if (!was_done && right > Right::SignedIn && generated.ids.size() == 1 && !generated.ids.contains("id")) {
                EXPECT_NE(outcome.code, "NOT_FOUND") << "the arguments lead nowhere, so nothing is proven: " << what;
            }
            if (is_own && &root == schema.mutation && !generated.ids.empty() && principal.sees == Principal::Sees::Nothing) {
                EXPECT_NE(outcome.code, "") << "done to somebody else's: " << what;
            }
            was_done = was_done || !outcome.is_refused();
        }
        // Fields below that take more than the root field.
        for (const auto& error : outcome.response.value("errors", Json::array())) {
            if (error["extensions"]["code"] != "FORBIDDEN" || error.value("path", Json::array()).size() < 2) continue;
            const auto* type = field.type.named;
            const graphql::Field* refused = nullptr;
            const graphql::NamedType* parent = nullptr;
            for (std::size_t i = 1; i < error["path"].size(); ++i) {
                if (!error["path"][i].is_string()) continue;
                parent = type;
                refused = schema.field(*type, error["path"][i].get<std::string>());
                type = refused->type.named;
            }
            EXPECT_FALSE(principal.here.contains(access->right_of({parent, refused})))
                << parent->name << "." << refused->name << " is refused to " << what;
        }
        const auto data = outcome.response.value("data", Json::object());
        if (principal.sees == Principal::Sees::All && data.is_object() && data.contains(field.name))
            check_below(*field.type.named, data.at(field.name), principal);
    }
}

TEST_F(Matrix, EveryQueryAndSubscriptionIsForThoseTheTableNames) {
    const auto world = make_world();
    for (const auto& field : schema.query->fields) check(*schema.query, field, world);
    for (const auto& field : schema.subscription->fields) check(*schema.subscription, field, world);
}

TEST_F(Matrix, EveryMutationIsForThoseTheTableNames) {
    // Each in a world of its own: mutations close, remove and return.
    for (const auto& field : schema.mutation->fields) check(*schema.mutation, field, make_world());
}

TEST_F(Matrix, NoTextIsAnInternalError) {
    const auto look = [this](const graphql::NamedType& root, const graphql::Field& field, World world, const std::string& text) {
        for (const auto* fixed : {"CreateEventInput.name", "DecideDomainInput.domain", "ExplainInput.name", "UpdateMeInput.name",
                                  "SetPolicyInput.document", "SetEventPolicyInput.document", "email"})
            world.table.erase(fixed);
        const auto generated = CallGenerator{schema, world.table, text}.call(root, field);
        for (const auto* who : {"owner", "admin"}) {
            auto call = call_of(world, *std::ranges::find(principals, who, &Principal::name));
            const auto outcome = execute(*call, generated, field.name, false);
            EXPECT_EQ(outcome.text.find("INTERNAL"), std::string::npos)
                << who << ' ' << root.name << '.' << field.name << ": " << outcome.text.substr(0, 600);
        }
    };
    const std::string text{"\0b", 2};  // PostgreSQL holds no zero octet, in texts or in JSON; to others the text ends there.
    const auto world = make_world();
    for (const auto& field : schema.query->fields) look(*schema.query, field, world, text);
    for (const auto& field : schema.mutation->fields) look(*schema.mutation, field, make_world(), text);
}

TEST_F(Matrix, AnIdThatCannotBeMadeUpIsNamed) {
    const auto other =
        *graphql::build_schema("type Query { book(shelf: In!): Int  pages(first: Int!): Int } input In { bookId: ID! }");
    CallGenerator generator{other, {}};
    EXPECT_NE(generator.call(*other.query, other.query->fields[0]).problem.find("In.bookId"), std::string::npos);
    const auto pages = generator.call(*other.query, other.query->fields[1]);
    EXPECT_EQ(pages.problem, "");
    EXPECT_EQ(pages.query, "query ($first: Int!) { pages(first: $first) }");
}

}  // namespace
}  // namespace vivi::test
