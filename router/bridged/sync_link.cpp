// The link's loops.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/sync_link.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/write.hpp>
#include <variant>

#include "common/core/crypto.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"

namespace vivi::bridged {
namespace {

/// What one read from the outbox is meant to bring.
constexpr std::size_t read_bytes = 256 << 10;
constexpr std::size_t most_at_once = 512;
/// How long a bye may take to leave.
constexpr Milliseconds bye_patience{2000};

}  // namespace

SyncLink::SyncLink(UnixSocket socket, Outbox& outbox, std::string boot_id, const LinkHandlers& handlers)
    : socket_{std::move(socket)}, outbox_{outbox}, boot_id_{std::move(boot_id)}, handlers_{handlers} {}

std::string_view SyncLink::state() const noexcept {
    if (!session_) return "none";
    if (session_->is_ended()) return "ended";
    return session_->is_running() ? "running" : "greeting";
}

Task<> SyncLink::run() {
    co_await greet();
    co_await together(receive(), send(), stay_alive());
    if (must_renew_) {
        const auto renewed = co_await outbox_.renew();
        if (!renewed) log::warn("outbox.waiting", {{"reason", renewed.error().detail}, {"retry_in_ms", 0}});
    }
}

/// With the store away the hello says so (nothing stored, a provisional epoch): decisions reach us all the same, and when the
/// store is back its epoch is another one, which ends this session and begins one with events.
Task<> SyncLink::greet() {
    const auto opened = co_await outbox_.open();
    auto stored = co_await outbox_.stored();
    if (!opened || !stored) log::warn("sync.store.away", {{"reason", opened ? stored.error().detail : opened.error().detail}});
    epoch_ = outbox_.epoch();
    session_.emplace(sync::Hello{.software = "vivi-bridged " VIVI_VERSION,
                                 .boot_id = boot_id_,
                                 .custody = handlers_.custody(),
                                 .epoch = epoch_,
                                 .stored = stored ? *std::move(stored) : std::vector<sync::StoredRange>{},
                                 .acknowledged = stored ? outbox_.acknowledged() : std::vector<sync::StoredRange>{},
                                 .applied_revision = handlers_.applied_revision()});
    liveness_.emplace(now());
}

Task<> SyncLink::receive() {
    std::array<std::byte, 64 << 10> buffer{};
    for (;;) {
        const auto [error, count] = co_await socket_.async_read_some(net::buffer(buffer), as_value);
        if (error) {
            log::info("sync.closed", {{"reason", error.message()}});
            co_return;
        }
        liveness_->heard(now());
        auto received = session_->receive(BytesView{buffer}.first(count));
        for (const auto& message : received.messages) handle(message);
        outbox_.grew().notify();  // Acks make room, pings want a pong, a bye wants out: the sender looks.
        if (!received.ended) continue;
        log::warn("sync.ended", {{"reason", received.ended->detail}});
        co_await after(bye_patience);  // The sender has the last word, and ends this with it.
        co_return;
    }
}

void SyncLink::handle(const sync::RouterSession::Message& message) {
    std::visit([this](const auto& one) { on(one); }, message);
}

void SyncLink::on(const sync::Welcome& welcome) {
    log::info("sync.welcome", {{"router", welcome.router}});
    connection_ = welcome.session;
    handlers_.welcomed(welcome.session);
    for (const auto& cursor : welcome.durable)
        must_renew_ = must_renew_ || (cursor.epoch == epoch_ && cursor.sequence > outbox_.sequence());
    if (!must_renew_) return;
    // Our store was set back without a reboot: what we would write now under these numbers, the hub would take for known.
    session_->bye({.code = "epoch", .detail = "the hub has more of this epoch than the outbox; a new one begins"});
}

void SyncLink::on(const sync::Ack& ack) { last_ack_ = ack.cursor; }

Task<> SyncLink::send() {
    for (;;) {
        co_await trim();
        if (outbox_.epoch() != epoch_) session_->bye({.code = "epoch", .detail = "a new epoch has begun"});
        co_await fill();
        if (session_->is_running()) {
            if (const auto want = handlers_.want()) session_->want(*want);
        }
        if (is_snapshot_wanted_) co_await tell_how_things_are();
        if (!co_await flush() || session_->is_ended()) co_return;
        const bool has_more = session_->has_room() && next_ <= outbox_.sequence() && outbox_.is_open();
        if (!has_more && !session_->has_output()) co_await outbox_.grew().wait(1s);
    }
}

Task<> SyncLink::fill() {
    if (!session_->has_room()) co_return;
    if (const auto opened = co_await outbox_.open(); !opened) {
        co_await after(500ms);
        co_return;
    }
    if (next_ > outbox_.sequence() || outbox_.epoch() != epoch_) co_return;
    const auto count = std::clamp<std::size_t>(read_bytes / entry_bytes_, 1, most_at_once);
    const auto last = std::min(outbox_.sequence(), next_ + count);
    if (const auto kept = co_await outbox_.offer_up_to(last); !kept) {
        log::warn("sync.store.away", {{"reason", kept.error().detail}});
        co_await after(500ms);
        co_return;
    }
    auto entries = co_await outbox_.read(next_, count);
    if (!entries) {
        log::warn("sync.store.away", {{"reason", entries.error().detail}});
        co_await after(500ms);
        co_return;
    }
    if (entries->empty()) {
        next_ = outbox_.sequence() + 1;  // Trimmed by a link before this one.
        co_return;
    }
    if (outbox_.epoch() != epoch_) co_return;
    // Where entries were merged away the ones read lie further on.
    if (entries->front().sequence > outbox_.offered()) {
        next_ = entries->front().sequence;
        co_return;
    }
    std::erase_if(*entries, [this](const sync::Entry& entry) { return entry.sequence > outbox_.offered(); });
    std::size_t bytes = 0;
    for (const auto& entry : *entries) bytes += sync::wire_size(entry);
    entry_bytes_ = bytes / entries->size() + 1;
    const auto taken = session_->offer(*entries);
    if (taken > 0) next_ = entries->at(taken - 1).sequence + 1;
}

/// What the hub has leaves the outbox, and the streams behind it.
Task<> SyncLink::trim() {
    if (!session_->is_running()) co_return;
    const auto durable = session_->first_unacknowledged().value_or(next_);
    if (durable <= trimmed_ || durable == 1) co_return;
    const auto trimmed = co_await outbox_.trim(durable);
    if (!trimmed) co_return;
    trimmed_ = durable;
    handlers_.durable(durable);
}

/// As of an entry that is there already, and looked at after it: what comes behind may say the same again, and nothing is
/// missing.
Task<> SyncLink::tell_how_things_are() {
    const auto after = outbox_.last();
    auto parts = co_await handlers_.snapshot();
    if (!parts) {
        log::warn("sync.store.away", {{"reason", parts.error().detail}});
        co_return;  // It stays wanted: the sender comes by again within a second.
    }
    is_snapshot_wanted_ = false;
    for (std::size_t i = 0; i < parts->size(); ++i)
        session_->snapshot({.after = after,
                            .part = static_cast<std::uint16_t>(i),
                            .parts = static_cast<std::uint16_t>(parts->size()),
                            .state = std::move(parts->at(i))});
    log::info("sync.snapshot", {{"parts", parts->size()}, {"after", after.sequence}});
}

/// Writes what the session has to say; false when the stream is gone.
Task<bool> SyncLink::flush() {
    while (session_->has_output()) {
        const auto bytes = session_->take_output();
        const auto [error, written] = co_await net::async_write(socket_, net::buffer(bytes), as_value);
        if (error) co_return false;
    }
    co_return true;
}

Task<> SyncLink::stay_alive() {
    for (;;) {
        const auto wait = std::chrono::ceil<Milliseconds>(liveness_->next_deadline() - now());
        co_await after(std::max(wait, Milliseconds{10}));
        if (liveness_->is_dead(now())) {
            log::warn("sync.silent", {{"seconds", 45}});
            co_return;
        }
        if (!liveness_->take_ping(now())) continue;
        session_->ping(crypto::random_u32());
        outbox_.grew().notify();
    }
}

}  // namespace vivi::bridged
