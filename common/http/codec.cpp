// Writing HTTP/1.1 by hand, reading it with Beast's parser.
// SPDX-License-Identifier: Apache-2.0
#include "common/http/codec.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cassert>
#include <charconv>
#include <cstdio>

#include "common/http/fields.hpp"

namespace vivi::http {
namespace {

namespace beast_http = boost::beast::http;

Error broken(std::string_view what) {
    return {Code::Invalid, std::string{what} + " of an HTTP message holds a character it must not"};
}

/// Room for the fields of most responses, so that the text does not grow piece by piece.
constexpr std::size_t usual_head_bytes = 512;

void append_number(std::string& text, std::size_t number) {
    std::array<char, 20> digits;
    text.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

bool is_framing_field(std::string_view name) {
    return name == "content-length" || name == "transfer-encoding" || name == "connection";
}

Status append_fields(std::string& text, const Headers& headers) {
    for (const auto& [name, value] : headers) {
        if (!is_token(name) || !is_field_value(value)) return std::unexpected{broken("a field")};
        if (is_framing_field(name)) continue;
        text.append(name).append(": ").append(value).append("\r\n");
    }
    return {};
}

bool may_have_length(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

Result<std::string> serialize(const Request& request, std::string_view host) {
    const bool is_target =
        !request.target.empty() && std::ranges::all_of(request.target, [](char c) { return c > ' ' && c != '\x7f'; });
    if (!is_token(request.method)) return std::unexpected{broken("the method")};
    if (!is_target) return std::unexpected{broken("the target")};
    auto text = request.method + ' ' + request.target + " HTTP/1.1\r\n";
    if (!find(request.headers, "host")) {
        if (!is_field_value(host)) return std::unexpected{broken("the host")};
        text.append("host: ").append(host).append("\r\n");
    }
    if (auto appended = append_fields(text, request.headers); !appended) return std::unexpected{std::move(appended).error()};
    const bool expects_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
    if (expects_body || !request.body.empty()) text += "content-length: " + std::to_string(request.body.size()) + "\r\n";
    return text + "\r\n" + request.body;
}

Result<std::string> serialize_head(const Response& response, const Framing& framing) {
    if (response.status < 100 || response.status > 599)
        return failed(Code::Invalid, "no such HTTP status: " + std::to_string(response.status));
    std::string text;
    text.reserve(usual_head_bytes);
    text += "HTTP/1.1 ";
    append_number(text, static_cast<std::size_t>(response.status));
    text += ' ';
    text.append(std::string_view{beast_http::obsolete_reason(static_cast<beast_http::status>(response.status))}).append("\r\n");
    if (auto appended = append_fields(text, response.headers); !appended) return std::unexpected{std::move(appended).error()};
    if (!framing.date.empty()) text.append("date: ").append(framing.date).append("\r\n");
    if (framing.is_chunked) {
        text += "transfer-encoding: chunked\r\n";
    } else if (may_have_length(response.status)) {
        text += "content-length: ";
        append_number(text, framing.body_bytes);
        text += "\r\n";
    }
    if (framing.close)
        text += "connection: close\r\n";
    else if (framing.keep_alive)
        text += "connection: keep-alive\r\n";
    text += "\r\n";
    return text;
}

std::string serialize_chunk(std::string_view piece) {
    std::array<char, 20> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", piece.size());
    return size.data() + std::string{piece} + "\r\n";
}

std::string to_http_date(WallTime at) {
    static constexpr std::array<const char*, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{std::chrono::floor<Seconds>(at - day)};
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                  weekdays.at(std::chrono::weekday{day}.c_encoding()), static_cast<unsigned>(date.day()),
                  months.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return text.data();
}

struct ResponseParser::State {
    beast_http::response_parser<beast_http::string_body> parser{};
    std::string waiting{};  ///< Bytes that the parser wants to see together with what follows.
};

ResponseParser::ResponseParser(std::string_view method, std::size_t most_body_bytes) : state_{std::make_unique<State>()} {
    state_->parser.eager(true);
    state_->parser.body_limit(most_body_bytes);
    state_->parser.header_limit(32 * 1024);
    state_->parser.skip(method == "HEAD");
}
ResponseParser::~ResponseParser() = default;
ResponseParser::ResponseParser(ResponseParser&&) noexcept = default;
ResponseParser& ResponseParser::operator=(ResponseParser&&) noexcept = default;

Status ResponseParser::feed(std::string_view bytes) {
    auto& [parser, waiting] = *state_;
    waiting.append(bytes);
    std::size_t taken = 0;
    while (!parser.is_done() && taken < waiting.size()) {
        boost::system::error_code error;
        taken += parser.put(net::buffer(waiting.data() + taken, waiting.size() - taken), error);
        if (error == beast_http::error::need_more) break;
        if (error == beast_http::error::body_limit) return failed(Code::Overflow, "the response's body is too large");
        if (error) return failed(Code::Invalid, "not an HTTP response: " + error.message());
    }
    waiting.erase(0, taken);
    return {};
}

Status ResponseParser::end_of_stream() {
    boost::system::error_code error;
    if (!state_->parser.is_done() && state_->parser.is_header_done()) state_->parser.put_eof(error);
    if (error || !state_->parser.is_done()) return failed(Code::Unavailable, "the stream ended in the middle of the response");
    return {};
}

bool ResponseParser::is_done() const { return state_->parser.is_done(); }

Response ResponseParser::take() {
    assert(is_done());
    auto message = state_->parser.release();
    Response response{.status = static_cast<int>(message.result_int()), .headers = {}, .body = std::move(message.body())};
    for (const auto& field : message) response.headers.emplace_back(lower_case(field.name_string()), std::string{field.value()});
    return response;
}

}  // namespace vivi::http
