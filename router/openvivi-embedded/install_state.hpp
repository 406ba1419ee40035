// The trial of a new version, as it is written down beside the versions, and what is to be done when it is found. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/core/result.hpp"

namespace vivi::openvivi_embedded {

/// /opt/vivi/trial: there from just before the switch until the new version was confirmed or gone back from.
struct Trial {
    std::string version{}, previous{};
    std::string sha256{};   ///< Of the bundle it came in.
    std::string command{};  ///< That announced it.
    int starts = 0;         ///< How often a trial of it began or went on; a machine that restarts in it is not given for ever.
};
std::string serialize(const Trial& trial);
Result<Trial> parse_trial(std::string_view text);

/// What became of a bundle: /opt/vivi/outcome.json, for whoever announced it.
struct InstallOutcome {
    enum class State : std::uint8_t { Trying, Confirmed, Reverted, Refused };
    State state = State::Refused;
    std::string version{};
    std::string sha256{};   ///< Of the bundle; empty when it could not be read.
    std::string command{};  ///< That announced it; empty when that is not known.
    std::string detail{};   ///< For people.
};
std::string serialize(const InstallOutcome& outcome);
Result<InstallOutcome> parse_install_outcome(std::string_view text);

enum class Resume : std::uint8_t {
    Nothing,      ///< No trial: a bundle may be installed.
    SwitchFirst,  ///< Cut before the switch: the trial is void, the bundle is taken from the beginning.
    GoOn,         ///< The new version runs: is it well?
    GoBack,       ///< It was given its chances.
    Tidy,         ///< It was gone back from already; only the note is left.
};
inline constexpr int most_starts = 3;
/// `current` is the version the link leads to; `is_announced`: a bundle still waits.
Resume resume_of(const std::optional<Trial>& trial, std::string_view current, bool is_announced);

}  // namespace vivi::openvivi_embedded
