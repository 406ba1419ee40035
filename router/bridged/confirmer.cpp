// Saving, asking and saying.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/confirmer.hpp"

#include <nlohmann/json.hpp>

#include "common/model/sync_event.hpp"
#include "common/runtime/blocking.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/unix_socket.hpp"
#include "router/bridged/last_good.hpp"

namespace vivi::bridged {

Task<> Confirmer::load() {
    auto read = [file = file_] { return read_last_good(file); };
    const auto text = co_await blocking(disk_, std::move(read));
    if (!text || !*text) co_return;
    trial_ = Trial::parse(**text, now());
    if (trial_.state() == Trial::State::None) co_return;
    log::info("trial.resumed", {{"revision", trial_.revision()}});
    co_await save();  // It counts the starts.
}

std::string Confirmer::effective(const std::string& document, const model::Configuration& configuration,
                                 const std::string& in_force) {
    return trial_.effective(document, configuration, in_force.empty() ? trial_.proven() : in_force);
}

Task<> Confirmer::about_to_enforce(const model::Configuration& next, const std::optional<model::Configuration>& current,
                                   std::string current_document) {
    if (!current) co_return;
    const auto before = trial_.state();
    if (is_guarded_change(*current, next))
        trial_.begin(next.revision, std::move(current_document), ports_.connection(), now());
    else if (current->custody == next.custody)
        trial_.go_on(next.revision);
    else {
        trial_ = {};  // The one before is another's: nothing of it is kept.
        co_return co_await save();
    }
    if (trial_.state() == Trial::State::None && before == Trial::State::None) co_return;
    co_await save();
    if (trial_.state() != Trial::State::Pending) co_return;
    log::info("trial.pending", {{"revision", trial_.revision()}, {"seconds", Trial::patience.count()}});
    tell("pending");
}

Task<> Confirmer::not_enforced() {
    if (trial_.state() == Trial::State::None) co_return;
    trial_.cancel();
    co_await save();
}

void Confirmer::welcomed(std::int64_t connection) { heard_ = connection; }

Task<std::optional<std::string>> Confirmer::look(const std::optional<model::Configuration>& current) {
    if (const auto heard = std::exchange(heard_, std::nullopt); heard && trial_.welcomed(*heard)) {
        log::info("trial.confirmed", {{"revision", trial_.revision()}});
        tell("confirmed");
        co_await save();
    }
    if (trial_.take_dial(ports_.connection(), now())) co_await ports_.dial();
    if (!current || !trial_.is_due(now())) co_return std::nullopt;
    Trial::Reach reach;
    if (trial_.needs_look()) reach = co_await ports_.look_around(*current);
    if (heard_ || !trial_.is_due(now())) co_return std::nullopt;  // Somebody came meanwhile: with the next look.
    if (trial_.judge(reach) == Trial::Verdict::Kept) {
        log::warn("trial.kept", {{"revision", trial_.revision()}});
        tell("kept");
        co_await save();
        co_return std::nullopt;
    }
    co_return trial_.proven();
}

Task<> Confirmer::reverted(const model::Configuration& failed) {
    trial_.refuse(failed);
    log::error("trial.reverted", {{"revision", trial_.revision()}, {"reason", trial_.reason()}});
    ports_.own.add(model::topic::config_reverted, {{"revision", trial_.revision()}, {"detail", trial_.reason()}});
    co_await save();
}

void Confirmer::tell(std::string_view state) {
    ports_.own.add(model::topic::config_unconfirmed, {{"revision", trial_.revision()}, {"state", state}});
}

Task<> Confirmer::save() {
    auto write = [file = file_, text = trial_.text()] { return write_last_good(file, text); };
    const auto saved = co_await blocking(disk_, std::move(write));
    if (!saved) log::error("trial.not_saved", {{"reason", saved.error().detail}});
}

Task<> ask_for_another_connection(std::string socket) {
    UnixSocket tunnel{co_await net::this_coro::executor};
    const auto [error] = co_await tunnel.async_connect(UnixSocket::endpoint_type{socket}, as_value);
    if (error) log::warn("trial.not_dialled", {{"socket", socket}, {"reason", error.message()}});
}

}  // namespace vivi::bridged
