// Commands as they are carried out: each written down first, done once, and answered from what was written.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <list>
#include <map>
#include <set>

#include "common/runtime/task_group.hpp"
#include "router/openvivi-embedded/command_store.hpp"

namespace vivi::openvivi_embedded {

/// What a command did: a sentence, and values.
struct Outcome {
    std::string detail{};
    nlohmann::json result = nlohmann::json::object();
};
/// How a command says what it is at, as often as it likes.
struct Progress {
    std::function<void(int)> percent{};     ///< 0..100
    std::function<void(Outcome)> so_far{};  ///< What there is already; read with the command's state, not kept over a restart.
    void operator()(int hundredths) const { percent(hundredths); }
};
/// Carries it out; an Error is the command's failure.
using Work = std::function<Task<Result<Outcome>>(Progress progress)>;

class Commands {
public:
    static constexpr std::size_t most_running = 8;
    static constexpr std::size_t most_kept = 256;  ///< The oldest that is over goes.

    /// `disk` is where files are written; it outlives this.
    Commands(net::any_io_executor executor, net::thread_pool& disk, std::string folder, std::string boot_id);

    /// Reads what earlier processes accepted, and settles what they did not end. Once, before anything else.
    Task<> load();

    /// Accepts `record` (command, request, ends_with) unless its id is known: then nothing is done again. Its document in either
    /// case. Conflict: the id stands for another request. Unavailable: too many run, or it could not be written down; nothing was
    /// done.
    Task<Result<CommandRecord>> begin(CommandRecord record, Work work);
    /// Goes on with a command an earlier process did not end (EndsWith::Resumed). False when there is none of that id.
    bool resume(const std::string& command, Work work);
    /// Every other one that was to be resumed has failed: nobody goes on with it.
    Task<> give_up_unresumed();
    /// Nothing: never accepted here, or forgotten.
    const CommandRecord* find(const std::string& command) const;

    /// Runs what was begun. Ends by cancellation.
    Task<> run() { co_await running_.run(); }

private:
    Task<> carry_out(std::string command, Work work);
    Task<Status> save(CommandRecord record);
    Task<> forget_old();

    net::thread_pool& disk_;
    CommandStore store_;
    std::string boot_id_;
    std::map<std::string, CommandRecord> records_{};
    std::list<std::string> order_{};  ///< Oldest first.
    std::set<std::string> resumed_{};
    TaskGroup running_;
};

}  // namespace vivi::openvivi_embedded
