// The protocol over a socket.
// SPDX-License-Identifier: Apache-2.0
#include "server/transport/socket.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include "common/runtime/clock.hpp"

namespace vivi::transport {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};

}  // namespace

Socket::Socket(const net::any_io_executor& executor, graphql::Engine& engine, Session& session, http::WebSocket& socket,
               const SiteOptions& options)
    : executor_{executor},
      engine_{engine},
      session_{session},
      socket_{socket},
      options_{options},
      protocol_{now(), {.init_timeout = options.init_timeout, .operations = options.operations_per_socket}} {}

Task<> Socket::run() {
    wait_for_init();
    session_.follow(executor_, [this] { perform(protocol_.revoke()); });
    std::exception_ptr failure;
    try {
        for (bool goes_on = true; goes_on;) goes_on = take(co_await socket_.receive());
    } catch (...) {
        failure = std::current_exception();
    }
    session_.follow(executor_, {});
    // Children refer to this object: they end first, even when the caller has cancelled.
    co_await net::this_coro::reset_cancellation_state(net::disable_cancellation(), net::disable_cancellation());
    co_await end_children();
    if (failure) std::rethrow_exception(failure);
}

bool Socket::take(const Result<std::string>& message) {
    if (!message && message.error().code != Code::Overflow) return false;
    if (!message || message->size() > options_.message_bytes) {
        if (!protocol_.is_closed()) close(1009, "Message too big");
        return false;
    }
    perform(protocol_.receive(*message));
    return !protocol_.is_closed();
}

void Socket::perform(Actions actions) {
    for (auto& action : actions) {
        std::visit(Overloaded{
                       [&](Protocol::Send& send) { socket_.send(std::move(send.head), std::move(send.body), send.tail); },
                       [&](const Protocol::Close& close) { this->close(close.code, close.reason); },
                       [&](const Protocol::Initialise&) {
                           perform(session_.may_connect() ? protocol_.accept() : protocol_.reject());
                           if (init_) init_->cancel();
                       },
                       [&](Protocol::Start& wish) { begin(wish.number, wish.request); },
                       [&](const Protocol::Stop& end) { stop(end.number); },
                   },
                   action);
    }
}

void Socket::wait_for_init() {
    const auto deadline = protocol_.next_deadline();
    if (!deadline) return;
    init_ = std::make_unique<net::steady_timer>(executor_, *deadline);
    init_->async_wait([this](const boost::system::error_code& error) {
        init_.reset();
        if (!error) perform(protocol_.expire(now()));
        if (ended_) ended_->cancel();
    });
}

void Socket::close(std::uint16_t code, std::string_view reason) {
    if (options_.metrics) options_.metrics->add(closes_metric, {{"code", std::to_string(code)}});
    socket_.close(code, reason);
}

void Socket::refuse(Protocol::Number number, const graphql::Refusal& refusal) {
    count_operation(options_.metrics, std::nullopt, code_of(refusal));
    perform(protocol_.error(number, graphql::render_errors(refusal.errors)));
}

void Socket::begin(Protocol::Number number, graphql::Request& request) {
    const auto not_admitted = options_.documents.admit(request, session_.may_send_any_document());
    if (not_admitted) return refuse(number, *not_admitted);
    auto operation = engine_.prepare(request);
    if (!operation) return refuse(number, operation.error());
    const bool is_stream = operation->type() == graphql::OperationType::Subscription;
    start(number, is_stream ? subscription(number, *std::move(operation)) : single(number, *std::move(operation)));
}

Task<> Socket::single(Protocol::Number number, graphql::Operation operation) {
    const auto type = operation.type();
    auto response = co_await engine_.execute(std::move(operation), session_.context());
    count_operation(options_.metrics, type, code_of(response));
    perform(protocol_.next(number, std::make_shared<const graphql::Response>(std::move(response))));
    perform(protocol_.complete(number));
}

Task<> Socket::subscription(Protocol::Number number, graphql::Operation operation) {
    auto stream = co_await engine_.subscribe(std::move(operation), session_.context());
    count_operation(options_.metrics, graphql::OperationType::Subscription, stream ? "OK" : code_of(stream.error()));
    if (stream) {
        while (const auto response = co_await (*stream)->next()) {
            if (options_.metrics) options_.metrics->add(deliveries_metric);
            perform(protocol_.next(number, response));
        }
    } else {
        perform(protocol_.next(number, std::make_shared<const graphql::Response>(std::move(stream).error())));
    }
    perform(protocol_.complete(number));
}

void Socket::start(Protocol::Number number, Task<> body) {
    auto& signal = children_[number];
    net::co_spawn(executor_, std::move(body),
                  net::bind_cancellation_slot(signal.slot(), [this, number](const std::exception_ptr& failure) {
                      // Cancelled operations end by an exception; one that failed by itself must not leave its client waiting.
                      if (failure && !protocol_.is_closed()) {
                          const std::vector<graphql::RequestError> errors{{"Something went wrong here.", {}, "INTERNAL"}};
                          perform(protocol_.error(number, graphql::render_errors(errors)));
                      }
                      children_.erase(number);
                      if (ended_ && children_.empty()) ended_->cancel();
                  }));
}

void Socket::stop(Protocol::Number number) {
    if (const auto child = children_.find(number); child != children_.end()) child->second.emit(net::cancellation_type::terminal);
}

Task<> Socket::end_children() {
    std::vector<Protocol::Number> numbers;  // A child that ends at once leaves the map.
    for (const auto& [number, signal] : children_) numbers.push_back(number);
    for (const auto number : numbers) stop(number);
    if (init_) init_->cancel();
    net::steady_timer ended{executor_, net::steady_timer::time_point::max()};
    ended_ = &ended;
    while (!children_.empty() || init_) co_await ended.async_wait(as_value);
}

}  // namespace vivi::transport
