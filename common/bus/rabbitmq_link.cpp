// The verbs of rabbitmq-c that Vivi uses, each with an end.
// SPDX-License-Identifier: Apache-2.0
#include "common/bus/rabbitmq_link.hpp"

#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <system_error>

#include "common/runtime/clock.hpp"
#include "common/runtime/daemon.hpp"

namespace vivi::bus {
namespace {

constexpr amqp_channel_t channel = 1;
constexpr int heartbeat_seconds = 10;
constexpr int frame_bytes = 131'072;
constexpr Milliseconds open_within{3'500};  ///< Everything that may block ends within 4 s: a process stops within 5.
constexpr Milliseconds close_within{500}, bind_within{2'000};

amqp_bytes_t bytes_of(const std::string& text) {
    amqp_bytes_t bytes{};
    bytes.len = text.size();
    bytes.bytes = const_cast<char*>(text.data());  // rabbitmq-c does not write to what it sends.
    return bytes;
}
std::string text_of(amqp_bytes_t bytes) { return {static_cast<const char*>(bytes.bytes), bytes.len}; }

timeval to_timeval(Milliseconds duration) {
    timeval value{};
    value.tv_sec = static_cast<time_t>(duration.count() / 1000);
    value.tv_usec = static_cast<suseconds_t>(duration.count() % 1000 * 1000);
    return value;
}

/// The broker's reason in a channel.close or connection.close.
std::string reason_of(const amqp_method_t& method) {
    if (method.id == AMQP_CONNECTION_CLOSE_METHOD)
        return text_of(static_cast<const amqp_connection_close_t*>(method.decoded)->reply_text);
    if (method.id == AMQP_CHANNEL_CLOSE_METHOD)
        return text_of(static_cast<const amqp_channel_close_t*>(method.decoded)->reply_text);
    if (method.id == AMQP_BASIC_CANCEL_METHOD) return "the broker cancelled the consumer (queue deleted?)";
    return "unexpected method from the broker";
}

Status unavailable(const char* doing, const std::string& why) {
    return failed(Code::Unavailable, std::string{doing} + ": " + why);
}

Status checked(amqp_rpc_reply_t reply, const char* doing) {
    switch (reply.reply_type) {
        case AMQP_RESPONSE_NORMAL: return {};
        case AMQP_RESPONSE_SERVER_EXCEPTION: return unavailable(doing, reason_of(reply.reply));
        case AMQP_RESPONSE_LIBRARY_EXCEPTION: return unavailable(doing, amqp_error_string2(reply.library_error));
        case AMQP_RESPONSE_NONE: break;
    }
    return unavailable(doing, "no answer");
}

Status checked(int status, const char* doing) {
    if (status == AMQP_STATUS_OK) return {};
    return unavailable(doing, amqp_error_string2(status));
}

amqp_table_entry_t entry(const char* key, const char* text) {
    amqp_table_entry_t made{};
    made.key = amqp_cstring_bytes(key);
    made.value.kind = AMQP_FIELD_KIND_UTF8;
    made.value.value.bytes = amqp_cstring_bytes(text);
    return made;
}
amqp_table_entry_t entry(const char* key, std::int64_t number) {
    amqp_table_entry_t made{};
    made.key = amqp_cstring_bytes(key);
    made.value.kind = AMQP_FIELD_KIND_I64;
    made.value.value.i64 = number;
    return made;
}

}  // namespace

Wake::Wake() : fd_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)} {
    if (fd_ < 0) throw std::system_error{errno, std::generic_category(), "eventfd"};
}
Wake::~Wake() { ::close(fd_); }
void Wake::notify() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);  // Full means that it is awake already.
}
void Wake::drain() noexcept {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(fd_, &count, sizeof count);
}
void Wake::wait(Milliseconds most) noexcept {
    pollfd waiting{fd_, POLLIN, 0};
    ::poll(&waiting, 1, static_cast<int>(most.count()));
    drain();
}

Url broker_url(const std::string& text) {
    auto url = parse_url(text);
    if (!url) throw Fatal{std::move(url).error().in("bus.url"), Exit::Configuration};
    if (url->scheme != "amqp" || url->host.empty())
        throw Fatal{Error{Code::Invalid, "bus.url: must be amqp://user:password@host:port/vhost"}, Exit::Configuration};
    if (url->port == 0) url->port = 5672;
    if (url->user.empty()) url->user = url->password = "guest";
    // The vhost is the path without its slash; most people mean the default vhost, whose name is "/", by none at all.
    url->path = url->path.size() > 1 ? url->path.substr(1) : "/";
    return *std::move(url);
}

struct Link::State {
    amqp_connection_state_t connection = amqp_new_connection();
    bool usable = false;  ///< The channel is open and no error was seen: a polite close makes sense.
    std::optional<Arrived> arriving{};
    std::uint64_t body_rest = 0;
    bool has_header = false;
    bool keep_body = true;
    std::string queue{};  ///< That is consumed.

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        if (usable) {
            auto within = to_timeval(close_within);
            amqp_set_rpc_timeout(connection, &within);
            amqp_connection_close(connection, AMQP_REPLY_SUCCESS);
        }
        amqp_destroy_connection(connection);
    }

    /// RPCs from here on may take what is left until `deadline`; false when nothing is.
    bool give_time_until(Instant deadline) const {
        const auto left = std::chrono::duration_cast<Milliseconds>(deadline - now());
        if (left <= Milliseconds{0}) return false;
        auto within = to_timeval(left);
        amqp_set_handshake_timeout(connection, &within);
        amqp_set_rpc_timeout(connection, &within);
        return true;
    }
    Status rpc_done(const char* doing) {
        auto status = checked(amqp_get_rpc_reply(connection), doing);
        if (!status) usable = false;
        return status;
    }
    Status done(int result, const char* doing) {
        auto status = checked(result, doing);
        if (!status) usable = false;
        return status;
    }
    Result<Incoming> on_method(const amqp_method_t& method);
    Result<Incoming> on_body(amqp_bytes_t fragment);
    Incoming finished();
};

Link::Link(std::unique_ptr<State> state) : state_{std::move(state)} {}
Link::Link(Link&&) noexcept = default;
Link& Link::operator=(Link&&) noexcept = default;
Link::~Link() = default;

Result<Link> Link::open(const Url& url, const Broker& broker, const std::stop_token& stop) {
    auto state = std::make_unique<State>();
    const auto deadline = now() + open_within;
    auto* const socket = amqp_tcp_socket_new(state->connection);
    if (socket == nullptr) return failed(Code::Internal, "no memory for a socket");
    auto within = to_timeval(open_within);
    if (auto opened = checked(amqp_socket_open_noblock(socket, url.host.c_str(), url.port, &within), "connecting"); !opened)
        return std::unexpected{std::move(opened).error()};
    // rabbitmq-c waits without end for a socket that takes no bytes (a broker under memory alarm, a dead peer): let TCP end it.
    const int dead_after_ms = static_cast<int>(open_within.count());
    ::setsockopt(amqp_get_sockfd(state->connection), IPPROTO_TCP, TCP_USER_TIMEOUT, &dead_after_ms, sizeof dead_after_ms);

    if (stop.stop_requested() || !state->give_time_until(deadline)) return failed(Code::Unavailable, "connecting: no time left");
    auto ready = checked(amqp_login(state->connection, url.path.c_str(), AMQP_DEFAULT_MAX_CHANNELS, frame_bytes,
                                    heartbeat_seconds, AMQP_SASL_METHOD_PLAIN, url.user.c_str(), url.password.c_str()),
                         "logging in");
    if (!ready) return std::unexpected{std::move(ready).error()};
    if (stop.stop_requested() || !state->give_time_until(deadline)) return failed(Code::Unavailable, "logging in: no time left");
    state->usable = true;
    amqp_channel_open(state->connection, channel);
    if (ready = state->rpc_done("opening a channel"); !ready) return std::unexpected{std::move(ready).error()};
    if (stop.stop_requested() || !state->give_time_until(deadline)) return failed(Code::Unavailable, "declaring: no time left");
    amqp_exchange_declare(state->connection, channel, bytes_of(broker.exchange), amqp_cstring_bytes("topic"), /*passive=*/0,
                          /*durable=*/1,
                          /*auto_delete=*/0, /*internal=*/0, amqp_empty_table);
    if (ready = state->rpc_done("declaring the exchange"); !ready) return std::unexpected{std::move(ready).error()};
    Link link{std::move(state)};
    for (const auto& queue : broker.queues) {
        if (auto declared = link.declare(broker.exchange, queue); !declared) return std::unexpected{std::move(declared).error()};
    }
    link.state_->give_time_until(now() + open_within);
    return link;
}

Status Link::start_confirms() {
    amqp_confirm_select(state_->connection, channel);
    return state_->rpc_done("asking for confirms");
}

Result<std::string> Link::declare(const std::string& exchange, const Queue& queue) {
    const bool is_exclusive = queue.name.empty();
    std::array arguments{entry("x-max-length-bytes", queue.most_bytes),
                         entry("x-overflow", is_exclusive ? "drop-head" : "reject-publish")};
    const amqp_table_t table{static_cast<int>(arguments.size()), arguments.data()};
    const auto* const declared =
        amqp_queue_declare(state_->connection, channel, bytes_of(queue.name), /*passive=*/0, /*durable=*/is_exclusive ? 0 : 1,
                           /*exclusive=*/is_exclusive ? 1 : 0, /*auto_delete=*/is_exclusive ? 1 : 0, table);
    if (auto ready = state_->rpc_done("declaring the queue"); !ready) return std::unexpected{std::move(ready).error()};
    auto name = text_of(declared->queue);
    for (const auto& pattern : queue.bindings) {
        amqp_queue_bind(state_->connection, channel, bytes_of(name), bytes_of(exchange), bytes_of(pattern), amqp_empty_table);
        if (auto ready = state_->rpc_done("binding the queue"); !ready) return std::unexpected{std::move(ready).error()};
    }
    return name;
}

Status Link::start_consuming(const std::string& exchange, const Queue& queue) {
    const auto name = declare(exchange, queue);
    if (!name) return std::unexpected{name.error()};
    amqp_basic_qos(state_->connection, channel, 0, queue.prefetch, 0);
    if (auto ready = state_->rpc_done("setting the prefetch"); !ready) return ready;
    amqp_basic_consume(state_->connection, channel, bytes_of(*name), amqp_empty_bytes, /*no_local=*/0, /*no_ack=*/0,
                       /*exclusive=*/0, amqp_empty_table);
    state_->queue = *name;
    return state_->rpc_done("consuming");
}

Status Link::bind(const std::string& exchange, const std::string& pattern) {
    state_->give_time_until(now() + bind_within);
    amqp_queue_bind(state_->connection, channel, bytes_of(state_->queue), bytes_of(exchange), bytes_of(pattern),
                    amqp_empty_table);
    return state_->rpc_done("binding the queue");
}

Status Link::unbind(const std::string& exchange, const std::string& pattern) {
    state_->give_time_until(now() + bind_within);
    amqp_queue_unbind(state_->connection, channel, bytes_of(state_->queue), bytes_of(exchange), bytes_of(pattern),
                      amqp_empty_table);
    return state_->rpc_done("unbinding the queue");
}

Status Link::send(const std::string& exchange, const Message& message) {
    amqp_basic_properties_t properties{};
    properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_CONTENT_TYPE_FLAG;
    properties.delivery_mode = AMQP_DELIVERY_PERSISTENT;
    properties.content_type = amqp_cstring_bytes("application/json");
    return state_->done(
        amqp_basic_publish(state_->connection, channel, bytes_of(exchange), bytes_of(message.topic), /*mandatory=*/0,
                           /*immediate=*/0, &properties, bytes_of(message.body)),
        "publishing");
}

Status Link::acknowledge(std::uint64_t tag) {
    return state_->done(amqp_basic_ack(state_->connection, channel, tag, /*multiple=*/1), "acknowledging");
}

Status Link::heartbeat() {
    amqp_frame_t frame{};
    frame.frame_type = AMQP_FRAME_HEARTBEAT;
    return state_->done(amqp_send_frame(state_->connection, &frame), "sending a heartbeat");
}

void Link::wait(const Wake& wake, Milliseconds most, bool read) {
    if (read && (amqp_frames_enqueued(state_->connection) || amqp_data_in_buffer(state_->connection))) return;
    std::array<pollfd, 2> waiting{{{wake.fd(), POLLIN, 0}, {amqp_get_sockfd(state_->connection), POLLIN, 0}}};
    ::poll(waiting.data(), read ? 2 : 1, static_cast<int>(most.count()));
}

Result<Incoming> Link::receive(Milliseconds most) {
    auto& state = *state_;
    amqp_maybe_release_buffers(state.connection);
    amqp_frame_t frame{};
    auto within = to_timeval(most);
    const auto got = amqp_simple_wait_frame_noblock(state.connection, &frame, &within);
    if (got == AMQP_STATUS_TIMEOUT) return Nothing{};
    if (auto status = state.done(got, "receiving"); !status) return std::unexpected{std::move(status).error()};
    switch (frame.frame_type) {
        case AMQP_FRAME_METHOD: return state.on_method(frame.payload.method);
        case AMQP_FRAME_HEADER:
            state.has_header = state.arriving.has_value();
            state.body_rest = frame.payload.properties.body_size;
            state.keep_body = state.body_rest <= max_body_bytes;
            return state.finished();
        case AMQP_FRAME_BODY: return state.on_body(frame.payload.body_fragment);
        default: return Nothing{};
    }
}

Result<Incoming> Link::State::on_method(const amqp_method_t& method) {
    switch (method.id) {
        case AMQP_BASIC_ACK_METHOD: {
            const auto* const ack = static_cast<const amqp_basic_ack_t*>(method.decoded);
            return Confirmed{.tag = ack->delivery_tag, .multiple = ack->multiple != 0, .refused = false};
        }
        case AMQP_BASIC_NACK_METHOD: {
            const auto* const nack = static_cast<const amqp_basic_nack_t*>(method.decoded);
            return Confirmed{.tag = nack->delivery_tag, .multiple = nack->multiple != 0, .refused = true};
        }
        case AMQP_BASIC_DELIVER_METHOD: {
            const auto* const deliver = static_cast<const amqp_basic_deliver_t*>(method.decoded);
            arriving = Arrived{.message = {.topic = text_of(deliver->routing_key), .body = {}}, .tag = deliver->delivery_tag};
            has_header = false;
            return Nothing{};
        }
        default: usable = false; return failed(Code::Unavailable, reason_of(method));
    }
}

Result<Incoming> Link::State::on_body(amqp_bytes_t fragment) {
    if (!has_header || fragment.len > body_rest) {
        usable = false;
        return failed(Code::Unavailable, "the broker sent a body that no header announced");
    }
    body_rest -= fragment.len;
    if (keep_body) arriving->message.body.append(static_cast<const char*>(fragment.bytes), fragment.len);
    return finished();
}

Incoming Link::State::finished() {
    if (!has_header || body_rest > 0) return Nothing{};
    has_header = false;
    auto whole = *std::move(arriving);
    arriving.reset();
    // Longer than any message of ours may be: it is acknowledged with the next one and never handed on.
    if (!keep_body) return Nothing{};
    return whole;
}

}  // namespace vivi::bus
