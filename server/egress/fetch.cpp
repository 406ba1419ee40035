// libcurl with everything off that a stranger could use, and the judge at the socket.
// SPDX-License-Identifier: Apache-2.0
#include "server/egress/fetch.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "common/runtime/blocking.hpp"
#include "server/egress/address_rules.hpp"
#include "server/egress/curl.hpp"

namespace vivi::egress {
namespace {

constexpr std::size_t most_header_bytes = 64 << 10;

/// What libcurl's callbacks share.
struct Transfer {
    std::size_t most_bytes = 0;
    bool may_loop_back = false;
    bool is_refused = false;  ///< The address.
    bool is_too_long = false;
    std::size_t header_bytes = 0;
    std::string body{};
};

bool may_connect(const Transfer& transfer, const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        const Ipv4 ip{ntohl(v4.sin_addr.s_addr)};
        return is_public(ip) || (transfer.may_loop_back && ip.value == 0x7f000001);
    }
    if (address.sa_family != AF_INET6) return false;
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    Ipv6 ip;
    std::memcpy(ip.octets.data(), &v6.sin6_addr, ip.octets.size());
    return is_public(ip);
}

/// CURLOPT_OPENSOCKETFUNCTION: called with the very address that connect() gets.
curl_socket_t open_socket(void* data, curlsocktype purpose, curl_sockaddr* address) {
    auto& transfer = *static_cast<Transfer*>(data);
    if (purpose != CURLSOCKTYPE_IPCXN || !may_connect(transfer, address->addr)) {
        transfer.is_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* data) {
    auto& transfer = *static_cast<Transfer*>(data);
    transfer.is_too_long = transfer.body.size() + size * count > transfer.most_bytes;
    if (transfer.is_too_long) return 0;
    transfer.body.append(bytes, size * count);
    return size * count;
}

std::size_t take_header(char*, std::size_t size, std::size_t count, void* data) {
    auto& transfer = *static_cast<Transfer*>(data);
    transfer.header_bytes += size * count;
    transfer.is_too_long = transfer.header_bytes > most_header_bytes;
    return transfer.is_too_long ? 0 : size * count;
}

Status check_url(const FetchRequest& request) {
    const auto url = parse_url(request.url);
    const auto scheme = url ? part_of(url, CURLUPART_SCHEME).value_or("") : "";
    const bool is_allowed = scheme == "https" || (scheme == "http" && request.schemes == Schemes::HttpToo);
    if (!is_allowed) return failed(Code::Invalid, "the URL must begin with https://");
    if (part_of(url, CURLUPART_USER) || part_of(url, CURLUPART_PASSWORD))
        return failed(Code::Invalid, "the URL must not name a user");
    return {};
}

Result<TextList> header_list(const FetchRequest& request) {
    TextList list;
    const auto is_bad = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    for (const auto& [name, value] : request.headers) {
        if (name.empty() || name.find(':') != std::string::npos || std::ranges::any_of(name, is_bad) ||
            std::ranges::any_of(value, is_bad))
            return failed(Code::Invalid, "a header is not well formed");
        append(list, name + ": " + value);
    }
    append(list, "Expect:");  // No waiting for 100 Continue.
    return list;
}

void prepare(CURL* curl, const FetchRequest& request, const TextList& headers, Transfer& transfer) {
    const bool has_http = request.schemes == Schemes::HttpToo;
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, has_http ? "http,https" : "https");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request.most_bytes));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
    if (!request.body) return;
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body->size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body->data());
}

Error describe(CURLcode code, const Transfer& transfer) {
    if (transfer.is_refused) return {Code::Denied, "the address is not a public one"};
    if (transfer.is_too_long || code == CURLE_FILESIZE_EXCEEDED) return {Code::Overflow, "the answer is too long"};
    if (code == CURLE_OPERATION_TIMEDOUT) return {Code::Timeout, "no answer in time"};
    if (code == CURLE_URL_MALFORMAT) return {Code::Invalid, "the URL is not well formed"};
    return {Code::Unavailable, curl_easy_strerror(code)};
}

Result<FetchResponse> fetch_now(const FetchRequest& request, const std::optional<LoopbackAllowance>& allowance) {
    if (auto good = check_url(request); !good) return std::unexpected{std::move(good).error()};
    const auto headers = header_list(request);
    if (!headers) return std::unexpected{headers.error()};
    const auto handle = make_handle();
    auto* curl = handle.get();
    Transfer transfer{.most_bytes = request.most_bytes, .may_loop_back = allowance.has_value()};
    prepare(curl, request, *headers, transfer);
    if (allowance && !allowance->ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, allowance->ca_file.c_str());
    if (const auto code = curl_easy_perform(curl); code != CURLE_OK) return std::unexpected{describe(code, transfer)};
    long status = 0;
    const char* type = nullptr;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    if (status >= 300 && status < 400) return failed(Code::Denied, "the answer is a redirect");
    return FetchResponse{
        .status = static_cast<int>(status), .content_type = type == nullptr ? "" : type, .body = std::move(transfer.body)};
}

}  // namespace

Fetcher::Fetcher(std::size_t threads, std::optional<LoopbackAllowance> allowance)
    : allowance_{std::move(allowance)}, most_{2 * threads}, workers_{threads} {}
Fetcher::~Fetcher() {
    workers_.stop();
    workers_.join();
}

Task<Result<FetchResponse>> Fetcher::fetch(FetchRequest request) {
    if (running_ >= most_) co_return failed(Code::Overflow, "too many requests wait");
    struct Place {
        explicit Place(std::size_t& running) : count{running} { ++count; }
        ~Place() { --count; }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        std::size_t& count;
    };
    const Place place{running_};
    auto call = [request = std::move(request), allowance = allowance_] { return fetch_now(request, allowance); };
    auto response = co_await blocking(workers_, std::move(call));
    co_return response;
}

}  // namespace vivi::egress
