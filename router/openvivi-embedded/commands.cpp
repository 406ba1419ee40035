// Accepting, doing and remembering commands.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/commands.hpp"

#include <boost/asio/error.hpp>
#include <vector>

#include "common/runtime/blocking.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"

namespace vivi::openvivi_embedded {

Commands::Commands(net::any_io_executor executor, net::thread_pool& disk, std::string folder, std::string boot_id)
    : disk_{disk}, store_{std::move(folder)}, boot_id_{std::move(boot_id)}, running_{std::move(executor)} {}

Task<> Commands::load() {
    auto loaded = co_await blocking(disk_, [&store = store_] { return store.load(); });
    if (!loaded) {
        log::error("command.store_unavailable", {{"reason", loaded.error().detail}});
        co_return;
    }
    for (auto& record : *loaded) {
        const bool was_running = record.state == CommandState::Running;
        settle(record, boot_id_);
        if (was_running && record.state != CommandState::Running) {
            const bool is_done = record.state == CommandState::Succeeded;
            log::info("command.settled", {{"command", record.command}, {"request", record.request}, {"succeeded", is_done}});
            co_await save(record);
        }
        order_.push_back(record.command);
        records_.emplace(record.command, std::move(record));
    }
    co_await forget_old();
}

const CommandRecord* Commands::find(const std::string& command) const {
    const auto found = records_.find(command);
    return found == records_.end() ? nullptr : &found->second;
}

Task<Status> Commands::save(CommandRecord record) {
    co_return co_await blocking(disk_, [&store = store_, record = std::move(record)] { return store.save(record); });
}

Task<Result<CommandRecord>> Commands::begin(CommandRecord record, Work work) {
    if (const auto* known = find(record.command)) {
        if (known->request != record.request) co_return failed(Code::Conflict, "this command's id stands for another request");
        co_return *known;
    }
    if (running_.size() >= most_running) co_return failed(Code::Unavailable, "too many commands run; later");
    record.boot_id = boot_id_;
    record.accepted = wall_now();
    // Known from now on: whoever asks again while it is being written is answered and does nothing.
    records_.emplace(record.command, record);
    if (auto saved = co_await save(record); !saved) {
        records_.erase(record.command);
        co_return std::unexpected{std::move(saved).error()};
    }
    order_.push_back(record.command);
    log::info("command.accepted", {{"command", record.command}, {"request", record.request}});
    running_.start(carry_out(record.command, std::move(work)));
    co_await forget_old();
    co_return record;
}

bool Commands::resume(const std::string& command, Work work) {
    const auto* record = find(command);
    if (record == nullptr || record->state != CommandState::Running || record->ends_with != EndsWith::Resumed) return false;
    resumed_.insert(command);
    running_.start(carry_out(command, std::move(work)));
    return true;
}

Task<> Commands::give_up_unresumed() {
    for (auto& [command, record] : records_) {
        if (record.state != CommandState::Running || resumed_.contains(command)) continue;
        record.state = CommandState::Failed;
        record.detail = "the router restarted in the middle of it; whether it was done is not known";
        co_await save(record);
    }
}

Task<> Commands::carry_out(std::string command, Work work) {
    Result<Outcome> outcome{};
    try {
        outcome = co_await work({.percent = [this, command](int percent) { records_.at(command).progress = percent; },
                                 .so_far =
                                     [this, command](Outcome so_far) {
                                         auto& record = records_.at(command);
                                         record.detail = std::move(so_far.detail);
                                         record.result = std::move(so_far.result);
                                     }});
    } catch (const std::exception& failure) {
        outcome = failed(Code::Internal, failure.what());
    }
    if (const auto state = co_await net::this_coro::cancellation_state; state.cancelled() != net::cancellation_type::none)
        throw boost::system::system_error{
            net::error::operation_aborted};  // Stays as it is on the disk: the next process settles it.
    auto& record = records_.at(command);
    // What ends with this process or this boot is over when the next one finds it, or has failed by now.
    const bool ends_later = record.ends_with == EndsWith::NewProcess || record.ends_with == EndsWith::NewBoot;
    if (outcome && ends_later) co_return;
    record.state = outcome ? CommandState::Succeeded : CommandState::Failed;
    record.detail = outcome ? std::move(outcome->detail) : std::move(outcome.error().detail);
    if (outcome) record.result = std::move(outcome->result);
    const auto copy = record;
    log::info("command.ended", {{"command", command}, {"succeeded", outcome.has_value()}, {"detail", copy.detail}});
    if (const auto saved = co_await save(copy); !saved)
        log::error("command.store_unavailable", {{"reason", saved.error().detail}});
}

Task<> Commands::forget_old() {
    std::vector<std::string> forgotten;
    for (auto it = order_.begin(); records_.size() > most_kept && it != order_.end();) {
        if (records_.at(*it).state == CommandState::Running) {
            ++it;
            continue;
        }
        records_.erase(*it);
        forgotten.push_back(std::move(*it));
        it = order_.erase(it);
    }
    if (forgotten.empty()) co_return;
    co_await blocking(disk_, [&store = store_, forgotten] {
        for (const auto& command : forgotten) store.remove(command);
    });
}

}  // namespace vivi::openvivi_embedded
