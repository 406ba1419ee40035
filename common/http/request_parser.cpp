// What Beast's parser finds, put where it belongs.
// SPDX-License-Identifier: Apache-2.0
#include "common/http/request_parser.hpp"

#include <algorithm>

#include "common/http/fields.hpp"

namespace vivi::http {
namespace {

constexpr std::size_t usual_fields = 12;
constexpr std::size_t most_reserved_bytes = 64 * 1024;  ///< A length is only said; memory is taken for what came.

std::string_view to_view(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

RequestParser::RequestParser(const Limits& limits, Request& request)
    : request_{request}, most_reserved_{std::min(limits.body_bytes, most_reserved_bytes)} {
    eager(false);
    header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    body_limit(limits.body_bytes);
}

void RequestParser::on_request_impl(boost::beast::http::verb, Text name, Text target, int version, ErrorCode&) {
    request_.method = to_view(name);
    request_.target = to_view(target);
    request_.headers.reserve(usual_fields);
    is_http_1_0_ = version < 11;
}

void RequestParser::on_response_impl(int, Text, int, ErrorCode&) {}  // Never: this parses requests.

void RequestParser::on_field_impl(boost::beast::http::field, Text name, Text value, ErrorCode&) {
    if (!is_head_done_) request_.headers.emplace_back(lower_case(to_view(name)), to_view(value));
}

void RequestParser::on_header_impl(ErrorCode&) { is_head_done_ = true; }

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode&) {
    if (length) request_.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, most_reserved_)));
}

std::size_t RequestParser::on_body_impl(Text piece, ErrorCode&) {
    request_.body.append(piece.data(), piece.size());
    return piece.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t, Text, ErrorCode&) {}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, Text piece, ErrorCode& error) { return on_body_impl(piece, error); }

void RequestParser::on_finish_impl(ErrorCode&) {}

}  // namespace vivi::http
