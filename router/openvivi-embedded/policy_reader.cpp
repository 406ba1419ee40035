// Asking the engine that dnsd and pcapd ask.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/policy_reader.hpp"

#include <nlohmann/json.hpp>

#include "common/model/local_changes.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/text_files.hpp"

namespace vivi::openvivi_embedded {
namespace {

std::optional<model::Json> document_of(const std::string& path) {
    const auto text = read_text_file(path);
    auto json = text ? model::parse_json(*text) : Result<model::Json>{std::unexpected{text.error()}};
    if (!json) return std::nullopt;
    return *std::move(json);
}

template <class Value, class Problem>
std::optional<Value> to_optional(std::expected<Value, Problem> parsed) {
    if (!parsed) return std::nullopt;
    return *std::move(parsed);
}

constexpr const char* name_of_nobody = "nobody.invalid";  // RFC 6761 section 6.4: no rule is for it.

}  // namespace

bool PolicyReader::open() {
    if (mapped_ && mapped_->is_current(folder_)) return true;
    auto opened = state::MappedPolicy::open(folder_, mapped_);
    mapped_ = opened ? *std::move(opened) : nullptr;
    return mapped_ != nullptr;
}

std::optional<BlockedBy> PolicyReader::told(const policy::Verdict& verdict) const {
    if (!verdict.is_denied()) return std::nullopt;
    const auto pointer = mapped_->engine().pointer(verdict);
    return BlockedBy{.rule = mapped_->engine().describe(verdict), .reason = pointer.empty() ? "" : reason_at(pointer)};
}

/// The same document that bridged compiled: the server's with what was decided here over it.
std::string PolicyReader::reason_at(const std::string& pointer) const {
    const auto configuration =
        document_of(last_good_).and_then([](const model::Json& json) { return to_optional(model::parse_configuration(json)); });
    if (!configuration) return {};
    const auto changes =
        document_of(changes_).and_then([](const model::Json& json) { return to_optional(model::parse_local_changes(json)); });
    const auto whole = model::to_json(model::overlaid(*configuration, changes.value_or(model::LocalChanges{}), wall_now()));
    const nlohmann::json::json_pointer place{"/policy" + pointer + "/reason"};
    return whole.contains(place) && whole.at(place).is_string() ? whole.at(place).get<std::string>() : std::string{};
}

std::optional<BlockedBy> PolicyReader::blocks_name(std::optional<Mac> device, const std::string& name) {
    if (!open()) return std::nullopt;
    const auto& engine = mapped_->engine();
    return told(engine.decide_name(engine.subject(device), name));
}

std::optional<BlockedBy> PolicyReader::blocks_device(Mac device) {
    if (!open()) return std::nullopt;
    const auto& engine = mapped_->engine();
    const auto verdict = engine.decide_name(engine.subject(device), name_of_nobody);
    const bool is_of_the_device = verdict.layer == policy::Layer::Banned || verdict.layer == policy::Layer::NewDevice;
    return is_of_the_device ? told(verdict) : std::nullopt;
}

std::string PolicyReader::contact() const {
    const auto configuration =
        document_of(last_good_).and_then([](const model::Json& json) { return to_optional(model::parse_configuration(json)); });
    return configuration ? configuration->contact : std::string{};
}

}  // namespace vivi::openvivi_embedded
