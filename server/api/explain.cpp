// explain: what the router would do, and which rule says so, by the engine that the router itself asks.
// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "common/core/domain_name.hpp"
#include "common/policy/rules.hpp"
#include "common/policy/schedule.hpp"
#include "common/policy/strict.hpp"
#include "common/runtime/clock.hpp"
#include "server/api/asking.hpp"
#include "server/api/call.hpp"
#include "server/api/connection.hpp"
#include "server/api/date_time.hpp"
#include "server/api/resolvers.hpp"
#include "server/db/lists.hpp"
#include "server/db/policies.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

struct Question {
    std::optional<Mac> device{};
    std::string name{};  ///< Normalised; empty: `address` is asked for.
    Ipv6 address{};
    model::Transport transport = model::Transport::Any;
    std::uint16_t port = 0;
    WallTime at{};
};

struct Explanation {
    policy::Verdict verdict{};
    policy::Subject subject{};
    std::string rule{};
    std::string pointer{};
    std::vector<std::string> schedules{};
    std::vector<NameTag> tags{};
    std::vector<std::string> unknown_tags{};
    std::int64_t revision = 0;
    WallTime at{};
};

std::unexpected<FieldError> bad(std::string message) { return graphql::field_error(std::move(message), "BAD_USER_INPUT"); }

/// `name` or `address`, one of them, and what else is in the input beside who asks.
template <class Input>
std::expected<Question, FieldError> question_of(const Value& name, const Value& address, const Input& input) {
    Question question{.at = wall_now()};
    const auto &port = input["port"], &at = input["at"];
    if (name.is_null() == address.is_null()) return bad("Ask for a `name` or for an `address`.");
    if (!name.is_null()) {
        const auto normal = normalise_domain(name.text());
        if (!normal) return bad("`name` is not a domain name.");
        question.name = *normal;
    } else {
        const auto parsed = parse_address(address.text());
        if (!parsed) return bad("`address` is not an IPv4 or IPv6 address.");
        question.address = *parsed;
    }
    if (!port.is_null()) {
        if (port.integer() < 1 || port.integer() > 65'535) return bad("`port` must be 1 to 65535.");
        question.port = static_cast<std::uint16_t>(port.integer());
    }
    if (const auto& transport = input["transport"]; !transport.is_null())
        question.transport = transport.template as<model::Transport>();
    else if (question.port != 0)
        question.transport = model::Transport::Tcp;
    if (!at.is_null()) {
        const auto moment = parse_date_time(at.text());
        if (!moment) return bad("`at` is not a point in time.");
        question.at = *moment;
    }
    return question;
}

Result<Explanation> explain_now(const db::RouterPolicy& decided, const policy::TimeZone& zone, const BuiltCatalogue& built,
                                const Question& question) {
    const auto effective = policy::effective(policy::with_strictness(decided.policy, decided.is_strict), zone, question.at);
    const auto rules = policy::compile(effective, decided.desired_revision);
    const auto engine = policy::Engine::open(rules, built.catalogue);
    if (!engine) return std::unexpected{engine.error()};
    Explanation answer{.subject = engine->subject(question.device), .revision = decided.desired_revision, .at = question.at};
    answer.verdict = question.name.empty()
                         ? engine->decide_address(answer.subject, question.address, question.transport, question.port)
                         : engine->decide_name(answer.subject, question.name);
    answer.rule = engine->describe(answer.verdict);
    answer.pointer = engine->pointer(answer.verdict);
    // The rule that strictness adds stands behind those of the document, which has none to point to.
    if (answer.pointer == "/categories/" + std::to_string(decided.policy.categories.size())) answer.pointer.clear();
    answer.unknown_tags = engine->unknown_tags();
    for (const auto& name : policy::active_schedules(decided.policy, zone, question.at)) answer.schedules.push_back(name);
    if (!question.name.empty()) answer.tags = tags_of(built.catalogue, question.name);
    return answer;
}

Task<Resolved> answer(Call& call, db::Tenant tenant, std::string router, Question question) {
    const auto decided = co_await db::policy(call.services.pool, std::move(tenant), std::move(router));
    if (!decided) co_return std::unexpected{FieldError{decided.error()}};
    const auto zone = call.services.catalogues.zone(decided->policy.time_zone);
    if (!zone) co_return std::unexpected{FieldError{zone.error()}};
    const auto built = co_await catalogue_for(call, *decided);
    if (!built) co_return std::unexpected{FieldError{built.error()}};
    auto answer = explain_now(*decided, *zone, **built, question);
    if (!answer) co_return std::unexpected{FieldError{std::move(answer).error()}};
    co_return Value{Object::make(*std::move(answer))};
}

Task<Resolved> explain(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    auto question = question_of(input["name"], input["address"], input);
    const std::string router_id{input["routerId"].text()};
    auto found = co_await require_router(call, router_id);
    if (!found) co_return std::unexpected{std::move(found).error()};
    if (!question) co_return std::unexpected{std::move(question).error()};
    const auto &mac = input["mac"], &device = input["deviceId"];
    if (!mac.is_null() && !device.is_null()) co_return bad("Say `deviceId` or `mac`, not both.");
    if (!mac.is_null()) {
        question->device = parse_mac(mac.text());
        if (!question->device) co_return bad("`mac` is not a MAC address.");
    }
    if (!device.is_null()) {
        const auto known = co_await find_mac(call, router_id, std::string{device.text()});
        if (!known) co_return std::unexpected{known.error()};
        if (!*known) co_return graphql::field_error("No such device.", "NOT_FOUND");
        question->device = *known;
    }
    auto answered = co_await answer(call, found->tenant, found->router.id, *std::move(question));
    co_return answered;
}

Task<Resolved> explain_device(Call& call, const db::Device& device, const Arguments& arguments) {
    const auto& what = arguments["what"];
    const bool is_address = parse_address(what.text()).has_value();
    auto question = is_address ? question_of(Value{}, what, arguments) : question_of(what, Value{}, arguments);
    if (!question) co_return std::unexpected{std::move(question).error()};
    question->device = parse_mac(device.mac);
    auto answered = co_await answer(call, {device.organisation}, device.router, *std::move(question));
    co_return answered;
}

Value text_list(const std::vector<std::string>& texts) {
    graphql::List list;
    for (const auto& text : texts) list.push_back(Value::borrowed(text));
    return list;
}

}  // namespace

std::vector<NameTag> tags_of(const policy::Catalogue& catalogue, const std::string& name) {
    std::array<policy::Catalogue::Tag, policy::Catalogue::most_tags_of_a_name> room{};
    std::vector<NameTag> tags;
    for (const auto& tag : catalogue.find(name, room))
        tags.push_back(
            {.kind = catalogue.kind(tag.tag), .name = std::string{catalogue.tag_name(tag.tag)}, .is_exception = tag.allows});
    return tags;
}

Task<Result<std::shared_ptr<const BuiltCatalogue>>> catalogue_for(Call& call, db::RouterPolicy decided) {
    auto& catalogues = call.services.catalogues;
    const auto rules = decided.policy.lists;
    if (auto kept = catalogues.find(decided.organisation, rules)) co_return kept;
    std::vector<ListText> texts;
    for (const auto& rule : rules) {
        auto text = co_await db::list_text(call.services.pool, {decided.organisation}, rule.sha256);
        if (!text) co_return std::unexpected{std::move(text).error()};
        if (*text) texts.push_back({.rule = rule, .text = **std::move(text)});
    }
    auto built = co_await catalogues.build(decided.organisation, rules, std::move(texts));
    co_return built;
}

void add_explain(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "explain", root(explain));
    resolvers.batch("Device", "explain", each<db::Device>(explain_device));
    resolvers.of<NameTag>("NameTag")
        .field("kind", &NameTag::kind)
        .field("name", &NameTag::name)
        .field("isException", &NameTag::is_exception);
    resolvers.of<Explanation>("Explanation")
        .field("decision", [](const Explanation& answer) { return Value{answer.verdict.decision}; })
        .field("layer", [](const Explanation& answer) { return Value{answer.verdict.layer}; })
        .field("rule", &Explanation::rule)
        .field("pointer",
               [](const Explanation& answer) { return answer.pointer.empty() ? Value{} : Value::borrowed(answer.pointer); })
        .field("standing", [](const Explanation& answer) { return Value{answer.subject.standing}; })
        .field("mode", [](const Explanation& answer) { return Value{answer.subject.mode}; })
        .field("schedules", [](const Explanation& answer) { return text_list(answer.schedules); })
        .field("tags", [](const Explanation& answer) { return borrowed_list(answer.tags); })
        .field("unknownTags", [](const Explanation& answer) { return text_list(answer.unknown_tags); })
        .field("revision", &Explanation::revision)
        .field("at", [](const Explanation& answer) { return to_date_time(answer.at); });
}

}  // namespace vivi::api
