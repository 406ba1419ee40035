// The life of a router's session on this hub.
// SPDX-License-Identifier: Apache-2.0
#include "server/hub/tunnel.hpp"

#include "common/core/backoff.hpp"
#include "common/core/crypto.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "server/hub/api_visit.hpp"
#include "server/hub/fleet.hpp"
#include "server/hub/returns.hpp"

namespace vivi::hub {
namespace {

const ssh::Forward sync_forward{.name = "sync", .port = 1};
constexpr Milliseconds most_opening{10'000};
constexpr Seconds heard_every{15}, api_every{60};

}  // namespace

Tunnel::Tunnel(net::any_io_executor executor, std::unique_ptr<ssh::Session> ssh, db::Enrolment enrolment, std::string peer,
               Services& services, Fleet& fleet)
    : executor_{executor},
      ssh_{std::move(ssh)},
      enrolment_{std::move(enrolment)},
      peer_{std::move(peer)},
      services_{services},
      fleet_{fleet},
      wishes_{executor},
      commands_{executor, *ssh_, enrolment_, link_, services},
      leaving_{executor} {}

bool Tunnel::leave(Error why) {
    if (why_) return false;
    why_ = std::move(why);
    leaving_.notify();
    return true;
}

Task<> Tunnel::until_leaving() {
    while (!why_) co_await leaving_.wait();
}

Task<> Tunnel::connection() {
    auto why = co_await ssh_->run();
    leave(std::move(why));
}

Task<> Tunnel::run() {
    if (!co_await start()) co_return;
    const Present present{services_.counts.routers_now};
    const Heard heard{services_.hearing, router()};
    fleet_.add(*this);
    const auto began = now();
    std::exception_ptr failure;
    co_await caught(together(connection(), until_leaving(), keep_stream(), note_heard(), visit_api(), commands_.run()), failure);

    // Cancelled or not: what follows is done.
    co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
    if (!why_) why_ = Error{Code::Unavailable, "the hub is ending; come back"};
    fleet_.remove(*this);
    ssh_->disconnect(why_->detail);
    log::info("router.disconnected", {{"router", router()},
                                      {"session", session()},
                                      {"after_ms", std::chrono::duration_cast<Milliseconds>(now() - began).count()},
                                      {"reason", why_->detail}});
    co_await finish();
    if (failure) std::rethrow_exception(failure);
}

/// The row says from now on that this session is the router's; an older one can no longer commit.
Task<bool> Tunnel::start() {
    auto link = co_await db::start_session(services_.pool, enrolment_, services_.hub);
    if (!link) {
        log::warn("router.refused", {{"router", router()}, {"peer", peer_}, {"reason", link.error().detail}});
        ssh_->disconnect("the hub cannot look after this router now; come back");
        co_return false;
    }
    link_ = *std::move(link);
    ++services_.counts.sessions;
    log::info("router.connected", {{"router", router()}, {"session", session()}, {"peer", peer_}});
    co_return true;
}

Task<> Tunnel::finish() {
    const auto revision = co_await db::end_session(services_.pool, link_);
    if (revision)
        announce_status(*revision);
    else
        log::warn("router.unmarked", {{"router", router()}, {"reason", revision.error().detail}});
}

void Tunnel::announce_status(std::int64_t revision) {
    services_.announcer.announce(
        {.router = router(), .organisation = enrolment_.organisation, .revision = revision, .kinds = {"status"}});
}

/// Opens a sync stream, and another one when it ended: bridged was restarted.
Task<> Tunnel::keep_stream() {
    Backoff backoff{250ms, 2000ms};
    for (;;) {
        co_await settle_returns(*ssh_, services_.pool, ssh::fingerprint(ssh_->peer_key()), router());
        const auto requested = co_await ssh_->forward_requested(sync_forward, most_opening);
        auto channel = requested ? co_await ssh_->open(sync_forward, most_opening)
                                 : Result<ssh::Channel>{std::unexpected{requested.error()}};
        if (channel) {
            SyncStream stream{executor_, *std::move(channel), link_, wishes_, services_};
            stream_ = &stream;
            std::exception_ptr failure;
            const auto running = [](SyncStream& on, std::optional<Error>& ended) -> Task<> { ended = co_await on.run(); };
            std::optional<Error> ended;
            co_await caught(running(stream, ended), failure);
            const bool had_greeted = stream.has_greeted() || !stream.hello().software.empty();
            stream_ = nullptr;
            if (failure) {  // Cancelled: the session is ending. The bridge hears why.
                co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
                sync::Bye bye{.code = why_ ? bye_code(*why_) : "draining",
                              .detail = why_ ? why_->detail : "the hub is ending; come back"};
                const auto moving = [](ssh::Session& on) -> Task<> { co_await on.run(); };  // connection() was cancelled with us.
                co_await together(moving(*ssh_), stream.say_bye(std::move(bye)));
                std::rethrow_exception(failure);
            }
            if (had_greeted) {
                log::info("sync.ended", {{"router", router()}, {"reason", ended->detail}});
                backoff.reset();
            }
            if (const auto& custody = stream.hello().custody; !custody.empty() && custody != link_.custody)
                co_await demand_return(*ssh_, custody);
            if (ended->code == Code::Conflict || ended->code == Code::Denied) {
                leave(*std::move(ended));
                co_return;
            }
        } else {
            log::debug("sync.unopened", {{"router", router()}, {"reason", channel.error().detail}});
        }
        co_await after(backoff.next(crypto::random_u32()));
    }
}

Task<> Tunnel::note_heard() {
    for (;;) {
        const auto noted = co_await db::note_heard(services_.pool, link_);
        if (!noted && noted.error().code == Code::Conflict) {
            leave(noted.error());
            co_return;
        }
        co_await after(heard_every);
    }
}

/// The embedded API answers also when the bridge is down: its word counts until the bridge has said its own.
Task<> Tunnel::visit_api() {
    std::string noted_boot;
    for (;;) {
        const auto visit = co_await visit_embedded_api(*ssh_);
        if (visit) {
            log::debug("api.visited", {{"router", router()}, {"software", visit->software}, {"boot_id", visit->boot_id}});
            if (!has_stream() && noted_boot != visit->boot_id) {
                const auto revision = co_await db::note_hello(services_.pool, link_, visit->software, visit->boot_id, 0);
                if (revision) announce_status(*revision);
                if (revision) noted_boot = visit->boot_id;
            }
        } else {
            log::debug("api.silent", {{"router", router()}, {"reason", visit.error().detail}});
        }
        co_await after(api_every);
    }
}

}  // namespace vivi::hub
