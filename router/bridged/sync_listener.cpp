// Accepting streams, one in use at a time.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/sync_listener.hpp"

#include <utility>

#include "common/runtime/log.hpp"

namespace vivi::bridged {
namespace {

Task<UnixSocket> next_stream(UnixAcceptor& acceptor) {
    for (;;) {
        auto [error, socket] = co_await acceptor.async_accept(as_value);
        if (!error) co_return std::move(socket);
        if (error == net::error::operation_aborted) throw boost::system::system_error{error};
        log::warn("sync.accept", {{"reason", error.message()}});  // Out of descriptors: give it time.
        co_await after(500ms);
    }
}

}  // namespace

SyncListener::SyncListener(const net::any_io_executor& executor, const std::string& path, Outbox& outbox, std::string boot_id,
                           LinkHandlers handlers)
    : acceptor_{listen_unix(executor, path)}, outbox_{outbox}, boot_id_{std::move(boot_id)}, handlers_{std::move(handlers)} {}

const std::optional<sync::Cursor>& SyncListener::last_ack() const noexcept {
    return link_ && link_->last_ack() ? link_->last_ack() : last_ack_;
}

Task<> SyncListener::serve() {
    std::exception_ptr failure;
    co_await caught(link_->run(), failure);
    if (link_->last_ack()) last_ack_ = link_->last_ack();
    if (!failure) co_return;
    // A failure of one stream must not end the process; a cancellation is seen by the next co_await.
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        if (error.code() == net::error::operation_aborted) throw;
        log::warn("sync.ended", {{"reason", error.what()}});
    }
}

Task<> SyncListener::run() {
    using namespace net::experimental::awaitable_operators;
    std::optional<UnixSocket> stream;
    for (;;) {
        if (!stream) stream = co_await next_stream(acceptor_);
        ++streams_;
        log::info("sync.stream", {{"number", streams_}});
        link_ = std::make_unique<SyncLink>(*std::exchange(stream, std::nullopt), outbox_, boot_id_, handlers_);
        auto first = co_await (serve() || next_stream(acceptor_));
        link_.reset();
        if (first.index() == 1) stream = std::get<1>(std::move(first));
    }
}

}  // namespace vivi::bridged
