// The hub's side of sync for tests: durable cursors in memory, one stream at a time to a bridge's socket.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/runtime/task.hpp"
#include "common/sync/hub_session.hpp"

namespace vivi::test {

/// Keeps what was committed across its streams, as PostgreSQL does; dials again when a stream ends.
class TinyHub {
public:
    explicit TinyHub(std::string socket) : path_{std::move(socket)} {}

    /// Ends by cancellation.
    Task<> serve() {
        for (;;) {
            while (is_away_) co_await after(20ms);
            net::local::stream_protocol::socket socket{co_await net::this_coro::executor};
            const auto [error] = co_await socket.async_connect(path_, as_value);
            if (!error) co_await talk(socket);
            session_.reset();
            co_await after(50ms);
        }
    }

    /// Sent now when a session runs, and at each welcome.
    void decide(std::int64_t revision, std::string document) {
        revision_ = revision;
        document_ = std::move(document);
        if (session_ && session_->is_running()) session_->config(revision_, document_);
    }
    void watch(Seconds duration) {
        if (session_) session_->watch(duration);
    }
    /// A list's text by its hash; given in chunks of `chunk_bytes`.
    void have_list(const std::string& sha256, std::string text) { lists_[sha256] = std::move(text); }
    std::size_t chunk_bytes = 100'000;
    /// The stream ends instead of the answer to the next question but so many.
    std::optional<std::size_t> answers_until_cut{};
    const std::vector<sync::Want>& wants() const { return wants_; }
    void hold_acks(bool hold) { holds_acks_ = hold; }
    /// No stream while it is away.
    void go_away(bool is_away) { is_away_ = is_away; }
    /// Of the connection: another number is another connection (Welcome::session).
    std::int64_t connection = 1;
    void ask_for_snapshot() {
        if (session_) session_->ask_for_snapshot();
    }
    const std::vector<sync::Snapshot>& snapshots() const { return snapshots_; }

    const std::vector<sync::Entry>& committed() const { return committed_; }
    const std::vector<sync::Hello>& hellos() const { return hellos_; }
    std::set<sync::Epoch> epochs() const {
        std::set<sync::Epoch> epochs;
        for (const auto& entry : committed_) epochs.insert(entry.epoch);
        return epochs;
    }
    std::size_t count(const std::string& part) const {
        std::size_t found = 0;
        for (const auto& entry : committed_) found += entry.body.find(part) != std::string::npos ? 1U : 0U;
        return found;
    }
    std::vector<sync::Entry> of(const std::string& topic) const {
        std::vector<sync::Entry> found;
        for (const auto& entry : committed_) {
            if (entry.topic == topic) found.push_back(entry);
        }
        return found;
    }
    bool is_running() const { return session_ && session_->is_running(); }

private:
    Task<> talk(net::local::stream_protocol::socket& socket) {
        session_.emplace();
        std::vector<std::byte> buffer(64 << 10);
        while (!session_->is_ended() && !is_away_) {
            co_await flush(socket);
            using namespace net::experimental::awaitable_operators;
            const auto first = co_await (read(socket, buffer) || after(20ms));
            if (first.index() == 1) continue;
            const auto count = std::get<0>(first);
            if (count == 0) co_return;
            for (auto& message : session_->receive(BytesView{buffer}.first(count)).messages) handle(message);
        }
        co_await flush(socket);
    }
    static Task<std::size_t> read(net::local::stream_protocol::socket& socket, std::vector<std::byte>& buffer) {
        const auto [error, count] = co_await socket.async_read_some(net::buffer(buffer), as_value);
        co_return error ? 0 : count;
    }
    Task<> flush(net::local::stream_protocol::socket& socket) {
        const auto bytes = session_->take_output();
        if (!bytes.empty()) co_await net::async_write(socket, net::buffer(bytes), as_value);
    }
    void handle(sync::HubSession::Message& message) {
        if (auto* hello = std::get_if<sync::Hello>(&message)) greet(*hello);
        if (auto* events = std::get_if<sync::Events>(&message)) commit(*events);
        if (auto* want = std::get_if<sync::Want>(&message)) answer(*want);
        if (auto* part = std::get_if<sync::Snapshot>(&message)) snapshots_.push_back(std::move(*part));
    }
    void greet(const sync::Hello& hello) {
        hellos_.push_back(hello);
        std::vector<sync::Cursor> durable;
        std::set<sync::Epoch> epochs{hello.epoch};
        for (const auto& range : hello.stored) epochs.insert(range.epoch);
        for (const auto& epoch : epochs) durable.push_back({.epoch = epoch, .sequence = cursors_[epoch]});
        session_->welcome("router", std::move(durable), connection);
        if (revision_ > 0) session_->config(revision_, document_);
    }
    void commit(const sync::Events& events) {
        if (holds_acks_) return;
        std::map<sync::Epoch, std::uint64_t> taken;  // A frame may hold the end of one epoch and the beginning of the next.
        for (const auto& entry : events.entries) {
            auto& cursor = cursors_[entry.epoch];
            taken[entry.epoch] = entry.sequence;
            if (entry.sequence <= cursor) continue;
            cursor = entry.sequence;
            committed_.push_back(entry);
        }
        for (const auto& [epoch, sequence] : taken) session_->ack({.epoch = epoch, .sequence = sequence});
    }

    void answer(const sync::Want& want) {
        wants_.push_back(want);
        if (answers_until_cut && (*answers_until_cut)-- == 0) {
            answers_until_cut.reset();
            return session_->bye({.code = "draining", .detail = "test"});
        }
        const auto found = lists_.find(want.sha256);
        if (found == lists_.end()) return session_->blob({.sha256 = want.sha256});
        const auto at = std::min<std::size_t>(want.offset, found->second.size());
        session_->blob(
            {.sha256 = want.sha256, .offset = at, .size = found->second.size(), .chunk = found->second.substr(at, chunk_bytes)});
    }

    std::map<std::string, std::string> lists_;
    std::vector<sync::Want> wants_;
    std::string path_;
    std::optional<sync::HubSession> session_;
    std::map<sync::Epoch, std::uint64_t> cursors_;
    std::vector<sync::Entry> committed_;
    std::vector<sync::Hello> hellos_;
    std::int64_t revision_ = 0;
    std::string document_;
    bool holds_acks_ = false;
    bool is_away_ = false;
    std::vector<sync::Snapshot> snapshots_;
};

}  // namespace vivi::test
