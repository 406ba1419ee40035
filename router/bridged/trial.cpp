// The trial's rules and its text.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/trial.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace vivi::bridged {
namespace {

using model::Json;

constexpr std::array sections{"networks", "uplink", "dns"};
/// A document and what is around it.
constexpr std::size_t most_text = 2 * model::max_configuration_bytes + (64 << 10);

/// The three, every member written out, so that equal ones have equal texts.
std::string guarded_text(const model::Configuration& configuration) {
    const auto whole = model::to_json(configuration);
    Json guarded = Json::object();
    for (const auto* name : sections) guarded[name] = whole.value(name, Json{});
    return guarded.dump();
}

std::string_view to_string(Trial::State state) {
    switch (state) {
        case Trial::State::None: return "none";
        case Trial::State::Pending: return "pending";
        case Trial::State::Kept: return "kept";
    }
    return "none";
}

}  // namespace

bool is_guarded_change(const model::Configuration& before, const model::Configuration& after) {
    return before.custody == after.custody &&
           (before.networks != after.networks || before.uplink != after.uplink || before.dns != after.dns);
}

std::string with_sections_of(const std::string& wanted, const std::string& proven) {
    auto document = Json::parse(wanted, nullptr, false);
    const auto from = Json::parse(proven, nullptr, false);
    if (!document.is_object() || !from.is_object()) return wanted;
    for (const auto* name : sections) {
        document.erase(name);
        if (from.contains(name)) document[name] = from[name];
    }
    return document.dump();
}

Trial Trial::parse(std::string_view text, Instant now) {
    const auto json = model::parse_json(text, most_text);
    if (!json) return {};
    model::Fields in{*json, ""};
    Trial trial;
    const auto state = in.text("state");
    trial.revision_ = in.integer("revision");
    trial.session_ = in.integer("session");
    trial.proven_ = in.text("proven");
    trial.starts_ = static_cast<int>(std::clamp<std::int64_t>(in.integer("starts"), 0, 1'000)) + 1;
    trial.reason_ = in.text("reason");
    trial.refused_ = in.text("refused");
    if (!in.ok()) return {};
    if (state == "pending") trial.state_ = State::Pending;
    if (state == "kept") trial.state_ = State::Kept;
    // How long nobody was here is not known: the time begins again, a few times.
    trial.deadline_ = trial.starts_ > most_starts ? now : now + patience;
    return trial;
}

std::string Trial::text() const {
    return Json{{"state", to_string(state_)}, {"revision", revision_}, {"session", session_}, {"proven", proven_},
                {"starts", starts_},          {"reason", reason_},     {"refused", refused_}}
        .dump(-1, ' ', false, Json::error_handler_t::replace);
}

void Trial::begin(std::int64_t revision, std::string proven, std::int64_t session, Instant now) {
    if (session == 0) {
        // Nobody who could be cut off: whoever decided is here, or it was decided before. An older trial is over with it.
        state_ = State::None;
        return;
    }
    if (state_ == State::None) proven_ = std::move(proven);
    state_ = State::Pending;
    revision_ = revision;
    session_ = session;
    was_heard_ = false;
    starts_ = 0;
    deadline_ = now + patience;
    dial_at_ = now;
}

bool Trial::welcomed(std::int64_t session) {
    if (state_ == State::None) return false;
    was_heard_ = true;
    if (session == 0 || session == session_) return false;
    state_ = State::None;
    proven_.clear();
    return true;
}

Trial::Verdict Trial::judge(const Reach& reach) {
    if (starts_ > most_starts)
        reason_ = "the router started " + std::to_string(starts_) + " times within the trial";
    else if (was_heard_)
        reason_ = "no new connection to the server within 180 s";
    else if (!reach.gateway)
        reason_ = "no server within 180 s, and the gateway does not answer";
    else if (!reach.dns)
        reason_ = "no server within 180 s, and DNS does not answer";
    else {
        state_ = State::Kept;
        return Verdict::Kept;
    }
    state_ = State::None;
    return Verdict::Reverted;
}

bool Trial::take_dial(std::int64_t session_now, Instant now) {
    if (state_ == State::None || session_now != session_ || now < dial_at_) return false;
    dial_at_ = now + between_dials;
    return true;
}

std::optional<Instant> Trial::next_deadline() const {
    if (state_ != State::Pending) return std::nullopt;
    return std::min(deadline_, dial_at_);
}

std::string Trial::effective(const std::string& document, const model::Configuration& configuration,
                             const std::string& in_force) {
    if (is_refused(configuration)) return with_sections_of(document, in_force);
    refused_.clear();
    return document;
}

void Trial::refuse(const model::Configuration& failed) { refused_ = guarded_text(failed); }

bool Trial::is_refused(const model::Configuration& configuration) const {
    return !refused_.empty() && refused_ == guarded_text(configuration);
}

std::vector<std::string> Trial::unenforced() const {
    if (refused_.empty()) return {};
    const auto failed = Json::parse(refused_, nullptr, false);
    const auto held = model::parse_json(proven_, model::max_configuration_bytes);
    const auto configuration = held ? model::parse_configuration(*held) : std::unexpected{model::Problems{}};
    const auto now = configuration ? Json::parse(guarded_text(*configuration), nullptr, false) : Json::object();
    std::vector<std::string> parts;
    for (const auto* name : sections) {
        if (failed.value(name, Json{}) != now.value(name, Json{}))
            parts.push_back("/" + std::string{name} + ": taken back: " + reason_);
    }
    return parts;
}

}  // namespace vivi::bridged
