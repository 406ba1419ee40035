// HTTP over a channel: request out, response in, with a deadline.
// SPDX-License-Identifier: Apache-2.0
#include "server/hub/api_visit.hpp"

#include <array>

#include "common/http/codec.hpp"
#include "common/model/event.hpp"

namespace vivi::hub {
namespace {

const ssh::Forward api_forward{.name = "api", .port = 2};
constexpr Milliseconds most_waiting{10'000};
constexpr std::size_t most_bytes = 64 * 1024, most_answer_bytes = 1 << 20;

Task<Result<http::Response>> exchange(ssh::Session& session, std::string method, std::string request) {
    const auto requested = co_await session.forward_requested(api_forward, most_waiting);
    if (!requested) co_return std::unexpected{requested.error()};
    auto channel = co_await session.open(api_forward, most_waiting);
    if (!channel) co_return std::unexpected{std::move(channel).error()};
    const auto written = co_await channel->write(as_bytes(request));
    if (!written) co_return std::unexpected{written.error()};

    http::ResponseParser parser{method, most_answer_bytes};
    std::array<std::byte, 16 * 1024> buffer{};
    while (!parser.is_done()) {
        const auto count = co_await channel->read_some(buffer);
        if (!count) co_return std::unexpected{count.error()};
        const auto read = *count == 0 ? parser.end_of_stream() : parser.feed(as_text(BytesView{buffer}.first(*count)));
        if (!read) co_return std::unexpected{read.error()};
    }
    co_return parser.take();
}

/// The member of a JSON answer.
Result<std::string> text_of(const http::Response& response, const char* member) {
    if (response.status != 200) return failed(Code::Unavailable, "status " + std::to_string(response.status));
    const auto document = model::parse_json(response.body, most_bytes);
    if (!document) return std::unexpected{document.error()};
    const auto found = document->find(member);
    if (found == document->end() || !found->is_string()) return failed(Code::Invalid, std::string{member} + " is missing");
    return found->get<std::string>();
}

}  // namespace

Task<Result<http::Response>> get(ssh::Session& session, std::string target) {
    http::Request request{.method = "GET", .target = std::move(target)};
    auto response = co_await ask(session, std::move(request));
    co_return response;
}

Task<Result<http::Response>> ask(ssh::Session& session, http::Request request) {
    using namespace net::experimental::awaitable_operators;
    request.headers.emplace_back("connection", "close");
    auto bytes = http::serialize(request, "router");
    if (!bytes) co_return std::unexpected{std::move(bytes).error()};
    auto outcome = co_await (exchange(session, request.method, *std::move(bytes)) || after(most_waiting));
    if (outcome.index() == 1) co_return failed(Code::Timeout, request.target + ": no answer within 10 s");
    co_return std::move(std::get<0>(outcome));
}

Task<Result<http::Response>> post(ssh::Session& session, std::string target, std::string body) {
    http::Request request{.method = "POST",
                          .target = std::move(target),
                          .headers = {{"content-type", "application/json"}},
                          .body = std::move(body)};
    auto response = co_await ask(session, std::move(request));
    co_return response;
}

Task<Result<ApiVisit>> visit_embedded_api(ssh::Session& session) {
    const auto health = co_await get(session, "/v1/health");
    if (!health) co_return std::unexpected{health.error()};
    const auto system = co_await get(session, "/v1/system");
    if (!system) co_return std::unexpected{system.error()};
    auto software = text_of(*health, "software");
    if (!software) co_return std::unexpected{std::move(software).error().in("/v1/health")};
    auto boot_id = text_of(*system, "boot_id");
    if (!boot_id) co_return std::unexpected{std::move(boot_id).error().in("/v1/system")};
    co_return ApiVisit{.software = *std::move(software), .boot_id = *std::move(boot_id)};
}

}  // namespace vivi::hub
