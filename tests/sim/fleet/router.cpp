// Connecting, serving, losing the connection in the ways of the script.
// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/fleet/router.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "common/core/backoff.hpp"
#include "common/core/crypto.hpp"
#include "common/http/codec.hpp"
#include "common/runtime/clock.hpp"

namespace vivi::sim {
namespace {

constexpr Milliseconds most_connecting{60'000};  // Two thousand at once share two cores with their hub.
constexpr std::size_t most_request_bytes = 16 * 1024;
const ssh::Forward sync_forward{.name = "sync", .port = 1};
const ssh::Forward api_forward{.name = "api", .port = 2};

class ChannelPipe final : public Pipe {
public:
    explicit ChannelPipe(ssh::Channel& channel) : channel_{channel} {}
    Task<Result<std::size_t>> read_some(std::span<std::byte> into) override { return channel_.read_some(into); }
    Task<Status> write(Bytes bytes) override { co_return co_await channel_.write(bytes); }

private:
    ssh::Channel& channel_;
};

/// Of a whole request (RFC 9112 section 2); the hub writes it without folding.
http::Request parse(std::string_view text) {
    const auto head_end = text.find("\r\n\r\n");
    auto head = text.substr(0, head_end);
    http::Request request{.body = std::string{text.substr(head_end + 4)}};
    const auto line = head.substr(0, head.find("\r\n"));
    const auto method_end = line.find(' ');
    request.method = line.substr(0, method_end);
    request.target = line.substr(method_end + 1, line.rfind(' ') - method_end - 1);
    for (head.remove_prefix(std::min(head.size(), line.size() + 2)); !head.empty();) {
        const auto field = head.substr(0, head.find("\r\n"));
        head.remove_prefix(std::min(head.size(), field.size() + 2));
        if (const auto colon = field.find(": "); colon != std::string_view::npos)
            request.headers.emplace_back(std::string{field.substr(0, colon)}, std::string{field.substr(colon + 2)});
    }
    return request;
}

/// As long as the whole request is; 0 while that is not known.
std::size_t request_bytes(std::string_view text) {
    const auto end = text.find("\r\n\r\n");
    if (end == std::string_view::npos) return 0;
    std::size_t body = 0;
    constexpr std::string_view field = "ontent-length: ";  // However its first letter is written.
    if (const auto found = text.substr(0, end).find(field.substr(1)); found != std::string_view::npos)
        std::from_chars(text.data() + found + field.size() - 1, text.data() + end, body);
    return end + 4 + body;
}

}  // namespace

Router::Router(net::any_io_executor executor, ssh::PrivateKey identity, net::ip::address from, Crowd crowd,
               const FleetOptions& options)
    : executor_{executor},
      identity_{std::move(identity)},
      from_{std::move(from)},
      options_{options},
      bridge_{executor, std::move(crowd), options.pace},
      struck_{executor},
      held_{executor} {}

Task<> Router::run() { co_await together(bridge_.produce(), held_.run(), keep_connected()); }

void Router::suffer(Fault fault) {
    if (!is_connected_) return;
    fault_ = fault;
    struck_.notify();
}

Task<> Router::keep_connected() {
    Backoff backoff{options_.backoff_first, options_.backoff_most};
    for (;;) {
        why_ = (co_await visit()).detail;
        if (std::exchange(is_connected_, false)) backoff.reset();
        if (fault_ && fault_->kind == Fault::Kind::Leave) co_await after(fault_->lasting);
        fault_.reset();
        co_await after(backoff.next(crypto::random_u32()));
    }
}

Task<Error> Router::visit() {
    using namespace net::experimental::awaitable_operators;
    std::optional<Wire> wire;
    const auto connecting = [](Router& self, std::optional<Wire>& on) -> Task<Result<std::unique_ptr<ssh::Session>>> {
        auto socket = co_await dial_from(self.from_, self.options_.hub);
        if (!socket) co_return std::unexpected{std::move(socket).error()};
        on.emplace(*socket);
        co_return co_await ssh::connect(*std::move(socket), "hub",
                                        {.identity = self.identity_, .hub_keys = self.options_.hub_keys},
                                        {.forwards = {sync_forward, api_forward}, .liveness = self.options_.liveness});
    };
    auto outcome = co_await (connecting(*this, wire) || after(most_connecting));
    if (outcome.index() == 1) co_return Error{Code::Timeout, "no connection within 60 s"};
    auto session = std::move(std::get<0>(outcome));
    if (!session) co_return std::move(session).error();

    is_connected_ = true;
    ++connections_;
    Error why{Code::Unavailable, "the script took the connection away"};
    const auto running = [](ssh::Session& on, Error& reason) -> Task<> { reason = co_await on.run(); };
    // Innermost first: the wire is taken away before anybody could say goodbye.
    const auto until_lost = [](Router& self, Wire& on) -> Task<> {
        co_await self.until_fault();
        auto connection = on.take_away();
        if (self.fault_->kind == Fault::Kind::HalfOpen) self.held_.start(self.hold(std::move(connection), self.fault_->lasting));
    };
    co_await together(until_lost(*this, *wire), together(running(**session, why), serve(**session)));
    co_return why;
}

Task<> Router::until_fault() {
    while (!fault_) co_await struck_.wait();
}

Task<> Router::hold(Descriptor connection, Seconds lasting) {
    co_await after(lasting);
    connection = Descriptor{};
}

Task<> Router::serve(ssh::Session& session) {
    TaskGroup joined{executor_};
    co_await together(joined.run(), take_channels(session, joined));
}

Task<> Router::take_channels(ssh::Session& session, TaskGroup& joined) {
    for (;;) {
        auto incoming = co_await session.next_channel();
        joined.start(join(std::move(incoming)));
    }
}

Task<> Router::join(ssh::Incoming incoming) {
    if (incoming.forward == sync_forward) {
        ChannelPipe pipe{incoming.channel};
        co_await bridge_.stream(pipe);
    } else {
        co_await answer(incoming.channel);
    }
}

/// One request, one answer; as much of the embedded API as the hub asks of every router.
Task<> Router::answer(ssh::Channel& channel) {
    std::string request;
    std::vector<std::byte> buffer(2 * 1024);
    while (request_bytes(request) == 0 || request.size() < request_bytes(request)) {
        const auto count = co_await channel.read_some(buffer);
        if (!count || *count == 0 || request.size() + *count > most_request_bytes) co_return;
        request.append(as_text(BytesView{buffer}.first(*count)));
    }
    const auto response = respond(parse(request));
    const auto head = http::serialize_head(response, {.body_bytes = response.body.size(), .close = true});
    if (!head) co_return;
    const auto text = *head + response.body;
    if (co_await channel.write(as_bytes(text))) channel.end_writing();
    if (!api_.take_reboot()) co_return;
    ++boots_;
    co_await after(Milliseconds{200});  // The answer leaves first.
    suffer({.kind = Fault::Kind::Leave, .lasting = Seconds{1}});
}

http::Response Router::respond(const http::Request& request) {
    if (request.method == "POST" && request.target == "/v1/claim-code") {
        const auto document = model::parse_json(request.body, most_request_bytes);
        if (document && document->contains("code")) claim_code_ = document->at("code").get<std::string>();
        return http::json_response(200, "{}");
    }
    if (request.target == "/v1/return") return about_return(request);
    return api_.answer(request, {.fingerprint = ssh::fingerprint(identity_.public_key()),
                                 .custody = bridge_.custody(),
                                 .boot_id = bridge_.boot_id() + '-' + std::to_string(boots_),
                                 .keys = options_.command_keys});
}

/// As openvivi-embedded and bridged together (docs/protocol.md section 8), but at once.
http::Response Router::about_return(const http::Request& request) {
    if (request.method == "DELETE") {
        receipt_.reset();
        return http::json_response(200, "{}");
    }
    if (request.method == "POST") {
        const auto document = model::parse_json(request.body, most_request_bytes);
        const auto wish = document ? model::parse_return_wish(*document) : std::unexpected{model::Problems{"not JSON"}};
        if (!wish) return http::json_response(400, "{}");
        receipt_ = bridge_.give_back(*wish);
        return http::json_response(202, "{}");
    }
    model::Json state{{"state", receipt_ ? "wiped" : "none"}};
    if (receipt_) state["receipt"] = model::to_json(*receipt_);
    return http::json_response(200, state.dump());
}

}  // namespace vivi::sim
