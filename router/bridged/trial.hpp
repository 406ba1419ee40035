// Commit-confirm: networks, uplink and DNS of a new revision are on trial until a freshly dialled connection proves them. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.hpp"
#include "common/core/time.hpp"
#include "common/model/configuration.hpp"

namespace vivi::bridged {

/// True when `after` has other networks, another uplink or other DNS settings than `before`: what can cut a router off. A policy
/// (bans) never does, and what belongs to another custody is no way back.
bool is_guarded_change(const model::Configuration& before, const model::Configuration& after);

/// The document `wanted` with networks, uplink and dns of `proven`; both are JSON texts of valid documents.
std::string with_sections_of(const std::string& wanted, const std::string& proven);

/// One router's trial. Survives restarts and power cuts as text.
///
///     state   | hears                                | becomes
///     None    | begin (a connection was up)          | Pending
///     Pending | a welcome by another connection      | None, "confirmed"
///     Pending | 180 s are over: a hub was heard      | None, "reverted": another connection could have been made and was not
///     Pending | 180 s are over: no hub was heard     | gateway and DNS answer: Kept; otherwise None, "reverted"
///     Pending | a fourth start within the trial      | None, "reverted": what the trial is about may be what ends the process
///     Kept    | a welcome by another connection      | None, "confirmed"
///     any     | begin of another guarded change      | Pending; the way back stays the last document that was proven
///
/// What was reverted is not tried again: a document with the same three sections gets the proven ones, until it has others.
class Trial {
public:
    enum class State : std::uint8_t { None, Pending, Kept };
    static constexpr Seconds patience{180};
    static constexpr int most_starts = 3;
    static constexpr Seconds between_dials{20};

    /// An unreadable text is no trial.
    static Trial parse(std::string_view text, Instant now);
    std::string text() const;

    /// `revision` is about to be in force and `proven` was until now. `session`: of the connection that is up (sync::Welcome); 0:
    /// none is up, or it has no number: then nothing is on trial.
    void begin(std::int64_t revision, std::string proven, std::int64_t session, Instant now);
    /// A revision with the same three sections came: it is what is reported from now on.
    void go_on(std::int64_t revision) noexcept { revision_ = revision; }
    /// The revision could not be put in force: nothing is on trial any more because of it.
    void cancel() noexcept { state_ = State::None; }

    /// A hub welcomed us by the connection with that number. True: that is the proof.
    bool welcomed(std::int64_t session);

    /// True when the time is over: somebody must look at the gateway and at DNS, and say so by judge().
    bool is_due(Instant now) const noexcept { return state_ == State::Pending && now >= deadline_; }
    struct Reach {
        bool gateway = false, dns = false;
    };
    enum class Verdict : std::uint8_t { Kept, Reverted };
    /// Whether what is found there decides anything.
    bool needs_look() const noexcept { return !was_heard_ && starts_ <= most_starts; }
    Verdict judge(const Reach& reach);
    /// Why it was reverted, in words.
    const std::string& reason() const noexcept { return reason_; }

    /// True when the tunnel must be asked for another connection: the one that was up is still used.
    bool take_dial(std::int64_t session_now, Instant now);
    std::optional<Instant> next_deadline() const;

    /// What of `document` holds: itself, or with the proven sections where its own were reverted.
    std::string effective(const std::string& document, const model::Configuration& configuration, const std::string& in_force);
    /// The document to go back to.
    const std::string& proven() const noexcept { return proven_; }
    /// Keeps that these three sections failed. Called with what was in force until now.
    void refuse(const model::Configuration& failed);
    /// "/uplink: taken back: …" for each section of `wanted` that is not in force.
    std::vector<std::string> unenforced() const;

    State state() const noexcept { return state_; }
    std::int64_t revision() const noexcept { return revision_; }

private:
    bool is_refused(const model::Configuration& configuration) const;

    State state_ = State::None;
    std::int64_t revision_ = 0;
    std::int64_t session_ = 0;
    std::string proven_{};
    bool was_heard_ = false;  // A hub, since the trial began.
    int starts_ = 0;
    Instant deadline_{};
    Instant dial_at_{};
    std::string reason_{};
    std::string refused_{};  // The three sections that failed, as JSON text; empty: none.
};

}  // namespace vivi::bridged
