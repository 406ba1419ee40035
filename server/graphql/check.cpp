// One request in JSON, one verdict in JSON.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/check.hpp"

#include <boost/asio/co_spawn.hpp>
#include <nlohmann/json.hpp>

#include "server/graphql/engine.hpp"
#include "server/graphql/json.hpp"
#include "server/graphql/parser.hpp"
#include "server/graphql/validate.hpp"

namespace vivi::graphql {
namespace {

using Json = nlohmann::ordered_json;

std::string verdict(const std::vector<RequestError>& errors) {
    return "{\"ok\":" + std::string{errors.empty() ? "true" : "false"} + ",\"errors\":" + render_errors(errors) + "}";
}

/// A piece of the root document as the value of a field: objects stay handles where the schema has an object.
Value to_value(const Json& json, bool is_composite) {
    switch (json.type()) {
        case Json::value_t::boolean: return json.get<bool>();
        case Json::value_t::number_integer: return json.get<std::int64_t>();
        case Json::value_t::number_unsigned:
            if (json.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) return json.get<double>();
            return json.get<std::int64_t>();
        case Json::value_t::number_float: return json.get<double>();
        case Json::value_t::string: return Value::borrowed(json.get_ref<const std::string&>());
        case Json::value_t::array: {
            List items;
            for (const auto& item : json) items.push_back(to_value(item, is_composite));
            return items;
        }
        case Json::value_t::object: {
            if (is_composite) {
                const auto name = json.find("__typename");
                const bool is_named = name != json.end() && name->is_string();
                return Object::borrowed(json,
                                        is_named ? std::string_view{name->get_ref<const std::string&>()} : std::string_view{});
            }
            Fields fields;
            for (const auto& [key, item] : json.items()) fields.add(key, to_value(item, false));
            return fields;
        }
        case Json::value_t::null:
        case Json::value_t::binary:
        case Json::value_t::discarded: break;
    }
    return nullptr;
}

/// The default resolver of the reference implementation: the property of that name.
Resolved property(const Object& parent, const Field& field, const Arguments&, Context& context) {
    const auto& json = parent.holds<Json>() ? parent.as<Json>() : context.get<Json>();
    const auto found = json.is_object() ? json.find(field.name) : json.end();
    if (found == json.end()) return Value{};
    return to_value(*found, field.type.named->is_composite());
}

Response run(Engine& engine, Operation operation, Context& context) {
    net::io_context io{1};
    Response response;
    net::co_spawn(io, engine.execute(std::move(operation), context), [&](const std::exception_ptr& failure, Response result) {
        if (failure) std::rethrow_exception(failure);
        response = std::move(result);
    });
    io.run();
    return response;
}

}  // namespace

struct Checker::Service {
    std::unique_ptr<Engine> engine{};
    std::vector<RequestError> problems{};  ///< Of the schema; then there is no engine.
};

Checker::Checker() = default;
Checker::~Checker() = default;

Checker::Service& Checker::service(const std::string& sdl) {
    if (const auto known = services_.find(sdl); known != services_.end()) return *known->second;
    if (services_.size() >= 16) services_.clear();
    auto service = std::make_unique<Service>();
    auto schema = parse_schema(sdl);
    if (schema) {
        Options options;
        options.limits = {.tokens = 0,
                          .nesting = 256,
                          .depth = 0,
                          .introspection_depth = 0,
                          .aliases = 0,
                          .root_fields = 0,
                          .directives = 0,
                          .cost = 0,
                          .assumed_list_size = 1,
                          .variables_depth = 256,
                          .errors = 20,
                          .cached_documents = 100,
                          .deadline = Milliseconds{0}};
        auto engine = Engine::make(*std::move(schema), Resolvers{}.otherwise(property), std::move(options));
        if (engine)
            service->engine = *std::move(engine);
        else
            service->problems.push_back({engine.error().detail});
    } else {
        service->problems = std::move(schema).error();
    }
    return *services_.emplace(sdl, std::move(service)).first->second;
}

std::string Checker::answer(std::string_view line) {
    const auto request = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    const auto text = [&](const char* name) {
        return request.is_object() && request.contains(name) && request[name].is_string() ? request[name].get<std::string>()
                                                                                          : std::string{};
    };
    const auto op = text("op");
    const auto source = text("source");
    if (op == "parse") {
        const auto document = parse(source);
        return verdict(document ? std::vector<RequestError>{} : std::vector{document.error()});
    }
    if (op != "validate" && op != "execute")
        return verdict({{"expected a JSON object with \"op\": \"parse\", \"validate\" or \"execute\"", {}, "BAD_REQUEST"}});
    auto& to = service(text("schema"));
    if (!to.engine) return verdict(to.problems);
    if (op == "validate") {
        const auto document = parse(source);
        if (!document) return verdict({document.error()});
        return verdict(validate(to.engine->schema(), *document, source));
    }
    Request asked{.query = source, .operation_name = text("operationName")};
    if (request.contains("variables") && request["variables"].is_object())
        asked.variables = to_value(request["variables"], false).fields();
    const auto operation = to.engine->prepare(asked);
    if (!operation) return render(operation.error());
    if (operation->type() == OperationType::Subscription)
        return verdict({{"subscriptions are not executed here", {}, "BAD_REQUEST"}});
    Json root = request.contains("root") ? request["root"] : Json::object();
    auto context = Context::of(root);
    return run(*to.engine, *operation, context).body;
}

}  // namespace vivi::graphql
