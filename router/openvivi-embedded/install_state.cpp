// Notes of the installer in JSON, and the decision at its start.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/install_state.hpp"

#include "common/model/reading.hpp"

namespace vivi::openvivi_embedded {
namespace {

constexpr model::Names<4> states{"trying", "confirmed", "reverted", "refused"};

}  // namespace

std::string serialize(const Trial& trial) {
    return model::Json{{"version", trial.version},
                       {"previous", trial.previous},
                       {"sha256", trial.sha256},
                       {"command", trial.command},
                       {"starts", trial.starts}}
        .dump();
}

Result<Trial> parse_trial(std::string_view text) {
    const auto document = model::parse_json(text);
    if (!document) return std::unexpected{document.error()};
    model::Fields in{*document, ""};
    Trial trial{.version = in.text("version"),
                .previous = in.text("previous"),
                .sha256 = in.text("sha256"),
                .command = in.text("command", ""),
                .starts = static_cast<int>(in.integer("starts", 0, 1000))};
    if (!in.ok()) return failed(Code::Invalid, in.problems());
    return trial;
}

std::string serialize(const InstallOutcome& outcome) {
    return model::Json{{"state", model::name_of(outcome.state, states)},
                       {"version", outcome.version},
                       {"sha256", outcome.sha256},
                       {"command", outcome.command},
                       {"detail", outcome.detail}}
        .dump();
}

Result<InstallOutcome> parse_install_outcome(std::string_view text) {
    const auto document = model::parse_json(text);
    if (!document) return std::unexpected{document.error()};
    model::Fields in{*document, ""};
    InstallOutcome outcome{.state = model::enumerator(in, "state", states, InstallOutcome::State::Refused),
                           .version = in.text("version"),
                           .sha256 = in.text("sha256"),
                           .command = in.text("command", ""),
                           .detail = in.text("detail")};
    if (!in.ok()) return failed(Code::Invalid, in.problems());
    return outcome;
}

Resume resume_of(const std::optional<Trial>& trial, std::string_view current, bool is_announced) {
    if (!trial) return Resume::Nothing;
    if (current != trial->version) return is_announced ? Resume::SwitchFirst : Resume::Tidy;
    return trial->starts >= most_starts ? Resume::GoBack : Resume::GoOn;
}

}  // namespace vivi::openvivi_embedded
