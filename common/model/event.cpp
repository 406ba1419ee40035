// The event envelope's JSON.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/event.hpp"

namespace vivi::model {

Json to_json(const Envelope& envelope) {
    return {{"v", 1},
            {"at", to_unix_ms(envelope.at)},
            {"from", {{"instance", envelope.from.instance}, {"number", envelope.from.number}}}};
}

Result<Envelope> parse_envelope(const Json& body) {
    if (!body.is_object()) return failed(Code::Invalid, "event: not an object");
    const auto version = body.find("v");
    if (version == body.end() || *version != 1) return failed(Code::Invalid, "event: v is not 1");
    const auto at = body.find("at");
    if (at == body.end() || !at->is_number_integer()) return failed(Code::Invalid, "event: at is not a whole number");
    const auto from = body.find("from");
    if (from == body.end() || !from->is_object()) return failed(Code::Invalid, "event: from is not an object");
    const auto instance = from->find("instance");
    const auto number = from->find("number");
    if (instance == from->end() || !instance->is_string() || number == from->end() || !number->is_number_unsigned())
        return failed(Code::Invalid, "event: from needs instance (text) and number (whole)");
    return Envelope{.at = from_unix_ms(at->get<std::int64_t>()),
                    .from = {.instance = instance->get<std::string>(), .number = number->get<std::uint64_t>()}};
}

Result<Json> parse_json(std::string_view text, std::size_t most_bytes) {
    constexpr int deepest = 32;
    if (text.size() > most_bytes) return failed(Code::Overflow, "JSON: larger than " + std::to_string(most_bytes) + " bytes");
    bool too_deep = false;
    const Json::parser_callback_t guard = [&](int depth, Json::parse_event_t, Json&) {
        too_deep = too_deep || depth > deepest;
        return !too_deep;
    };
    // The recursion of nlohmann's parser is its own stack, not ours: only destruction recurses, and that is what the bound is for.
    auto json = Json::parse(text, guard, /*allow_exceptions=*/false);
    if (too_deep) return failed(Code::Invalid, "JSON: nested deeper than 32");
    if (json.is_discarded()) return failed(Code::Invalid, "JSON: cannot be parsed");
    return json;
}

}  // namespace vivi::model
