// JSON of the server bus.
// SPDX-License-Identifier: Apache-2.0
#include "server/live/messages.hpp"

#include <nlohmann/json.hpp>

namespace vivi::live {
namespace {

using Json = nlohmann::json;

std::string topic_of(const std::string& router, std::string_view verb) {
    return std::string{"router."}.append(router).append(verb);
}

/// The body when it is an object of version 1 with a router.
std::optional<Json> parse(const bus::Message& message) {
    auto body = Json::parse(message.body, nullptr, /*allow_exceptions=*/false);
    if (!body.is_object() || !body.contains("v") || body["v"] != 1) return std::nullopt;
    if (!body.contains("router") || !body["router"].is_string()) return std::nullopt;
    return body;
}

std::optional<std::int64_t> number(const Json& body, const char* key) {
    const auto found = body.find(key);
    if (found == body.end() || !found->is_number_integer()) return std::nullopt;
    return found->get<std::int64_t>();
}

}  // namespace

bus::Message to_message(const Changed& changed) {
    const Json body{{"v", 1},
                    {"router", changed.router},
                    {"organisation", changed.organisation},
                    {"revision", changed.revision},
                    {"kinds", changed.kinds}};
    return {.topic = topic_of(changed.router, ".changed"), .body = body.dump()};
}

std::optional<Changed> parse_changed(const bus::Message& message) {
    const auto body = parse(message);
    if (!body) return std::nullopt;
    const auto revision = number(*body, "revision");
    if (!revision) return std::nullopt;
    Changed changed{.router = (*body)["router"].get<std::string>(), .revision = *revision};
    if (const auto found = body->find("organisation"); found != body->end() && found->is_string())
        changed.organisation = found->get<std::string>();
    if (const auto kinds = body->find("kinds"); kinds != body->end() && kinds->is_array()) {
        for (const auto& kind : *kinds) {
            if (kind.is_string()) changed.kinds.push_back(kind.get<std::string>());
        }
    }
    return changed;
}

bus::Message to_message(const Desired& desired) {
    const Json body{{"v", 1}, {"router", desired.router}, {"revision", desired.revision}};
    return {.topic = topic_of(desired.router, ".desired"), .body = body.dump()};
}

std::optional<Desired> parse_desired(const bus::Message& message) {
    const auto body = parse(message);
    if (!body) return std::nullopt;
    const auto revision = number(*body, "revision");
    if (!revision) return std::nullopt;
    return Desired{.router = (*body)["router"].get<std::string>(), .revision = *revision};
}

bus::Message to_message(const Watched& watched) {
    const Json body{{"v", 1}, {"router", watched.router}, {"seconds", watched.duration.count()}};
    return {.topic = topic_of(watched.router, ".watch"), .body = body.dump()};
}

std::optional<Watched> parse_watched(const bus::Message& message) {
    const auto body = parse(message);
    if (!body) return std::nullopt;
    const auto seconds = number(*body, "seconds");
    if (!seconds || *seconds < 0 || *seconds > 3'600) return std::nullopt;
    return Watched{.router = (*body)["router"].get<std::string>(), .duration = Seconds{*seconds}};
}

bus::Message to_message(const Commanded& commanded) {
    const Json body{{"v", 1}, {"router", commanded.router}};
    return {.topic = topic_of(commanded.router, ".commands"), .body = body.dump()};
}

std::optional<Commanded> parse_commanded(const bus::Message& message) {
    const auto body = parse(message);
    if (!body || !message.topic.ends_with(".commands")) return std::nullopt;
    return Commanded{.router = (*body)["router"].get<std::string>()};
}

bus::Message signing_message(const std::string& command) {
    return {.topic = "command." + command + ".signing", .body = Json{{"v", 1}, {"command", command}}.dump()};
}

std::vector<std::string> topics_for_hub(const std::string& router) {
    return {topic_of(router, ".desired"), topic_of(router, ".watch"), topic_of(router, ".commands")};
}

std::string watch_key(const std::string& router) { return "vivi:watch:" + router; }

}  // namespace vivi::live
