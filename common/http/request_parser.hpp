// Beast's parser with a Request at its end: no field is kept twice.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "common/http/message.hpp"
#include "common/http/server.hpp"

namespace vivi::http {

/// Of one request. Trailer fields (RFC 9112 section 7.1.2) are checked and dropped.
class RequestParser final : public boost::beast::http::basic_parser<true> {
public:
    /// Stops after the head, until eager(true). `request` outlives it.
    RequestParser(const Limits& limits, Request& request);
    bool is_http_1_0() const noexcept { return is_http_1_0_; }

private:
    using ErrorCode = boost::beast::error_code;
    using Text = boost::beast::string_view;

    void on_request_impl(boost::beast::http::verb method, Text name, Text target, int version, ErrorCode& error) override;
    void on_response_impl(int code, Text reason, int version, ErrorCode& error) override;
    void on_field_impl(boost::beast::http::field field, Text name, Text value, ErrorCode& error) override;
    void on_header_impl(ErrorCode& error) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode& error) override;
    std::size_t on_body_impl(Text piece, ErrorCode& error) override;
    void on_chunk_header_impl(std::uint64_t size, Text extensions, ErrorCode& error) override;
    std::size_t on_chunk_body_impl(std::uint64_t left, Text piece, ErrorCode& error) override;
    void on_finish_impl(ErrorCode& error) override;

    Request& request_;
    std::size_t most_reserved_;
    bool is_http_1_0_ = false;
    bool is_head_done_ = false;
};

}  // namespace vivi::http
