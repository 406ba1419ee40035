// Keeping the connections of a listener.
// SPDX-License-Identifier: Apache-2.0
#include "common/http/connections.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/post.hpp>

#include "common/runtime/log.hpp"

namespace vivi::http {
namespace {

/// Nothing for a cancellation: that is how connections end with their listener.
std::string reason_of(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const net::multiple_exceptions& several) {  // Of loops that ran side by side.
        return reason_of(several.first_exception());
    } catch (const boost::system::system_error& error) {
        return error.code() == net::error::operation_aborted ? "" : error.what();
    } catch (const std::exception& error) {
        return error.what();
    }
}

}  // namespace

void Connections::add(Task<> connection, std::string what) {
    const auto signal = signals_.emplace(signals_.end());
    net::co_spawn(
        executor_, std::move(connection),
        net::bind_cancellation_slot(signal->slot(), [this, signal, what = std::move(what)](const std::exception_ptr& failure) {
            if (const auto reason = failure ? reason_of(failure) : std::string{}; !reason.empty())
                log::warn("http.connection_failed", {{"peer", what}, {"reason", reason}});
            // Later: this handler still stands in the signal's slot.
            net::post(executor_, [this, signal] {
                signals_.erase(signal);
                changed_.cancel();
            });
        }));
}

Task<> Connections::end() {
    for (auto& signal : signals_) signal.emit(net::cancellation_type::terminal);
    while (!signals_.empty()) co_await changed_.async_wait(as_value);
}

}  // namespace vivi::http
