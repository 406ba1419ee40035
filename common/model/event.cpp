// The event envelope's JSON.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/event.hpp"

#include "common/model/fields.hpp"
#include "common/model/streamed.hpp"

namespace vivi::model {
namespace {

/// `from`: nullptr when the member is no object.
template <class Object>
Result<Envelope> envelope_of(const Object& body, const Object* from) {
    if (!body.is_object()) return failed(Code::Invalid, "event: not an object");
    const auto* const version = member(body, "v");
    if (version == nullptr || *version != 1) return failed(Code::Invalid, "event: v is not 1");
    const auto* const at = member(body, "at");
    if (at == nullptr || !at->is_number_integer()) return failed(Code::Invalid, "event: at is not a whole number");
    if (from == nullptr) return failed(Code::Invalid, "event: from is not an object");
    const auto* const instance = member(*from, "instance");
    const auto* const number = member(*from, "number");
    if (instance == nullptr || !instance->is_string() || number == nullptr || !number->is_number_unsigned())
        return failed(Code::Invalid, "event: from needs instance (text) and number (whole)");
    return Envelope{.at = from_unix_ms(at->template get<std::int64_t>()),
                    .from = {.instance = instance->template get<std::string>(), .number = number->template get<std::uint64_t>()}};
}

}  // namespace

Json to_json(const Envelope& envelope) {
    return {{"v", 1},
            {"at", to_unix_ms(envelope.at)},
            {"from", {{"instance", envelope.from.instance}, {"number", envelope.from.number}}}};
}

Result<Envelope> parse_envelope(const Json& body) {
    const auto* const from = member(body, "from");
    return envelope_of(body, from != nullptr && from->is_object() ? from : nullptr);
}

Result<Envelope> read_envelope(const EventReader& event) {
    const auto* const from = member(event.body(), "from");
    return envelope_of(event.body(), from != nullptr && from->is_object() ? &event.from() : nullptr);
}

Result<Json> parse_json(std::string_view text, std::size_t most_bytes) {
    if (text.size() > most_bytes) return failed(Code::Overflow, "JSON: larger than " + std::to_string(most_bytes) + " bytes");
    bool too_deep = false;
    const Json::parser_callback_t guard = [&](int depth, Json::parse_event_t, Json&) {
        too_deep = too_deep || depth > deepest_json;
        return !too_deep;
    };
    // The recursion of nlohmann's parser is its own stack, not ours: only destruction recurses, and that is what the bound is
    // for.
    auto json = Json::parse(text, guard, /*allow_exceptions=*/false);
    if (too_deep) return failed(Code::Invalid, "JSON: nested deeper than 32");
    if (json.is_discarded()) return failed(Code::Invalid, "JSON: cannot be parsed");
    return json;
}

}  // namespace vivi::model
