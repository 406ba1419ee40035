// One thread, one connection at a time; every wait looks at the stop token.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/notify/push_sink.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "tests/adapters/loopback.hpp"

namespace vivi::test {
namespace {

struct EndTls {
    void operator()(SSL* tls) const noexcept { SSL_free(tls); }
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};

PushRequest parse(const std::string& text) {
    PushRequest request;
    const auto end = text.find("\r\n\r\n");
    request.body = text.substr(end + 4);
    for (auto at = text.find("\r\n") + 2; at < end;) {
        const auto line_end = text.find("\r\n", at), colon = text.find(": ", at);
        auto name = text.substr(at, colon - at);
        std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        request.headers[name] = text.substr(colon + 2, line_end - colon - 2);
        at = line_end + 2;
    }
    return request;
}

/// Is the whole request there?
bool is_whole(const std::string& text) {
    const auto end = text.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const auto headers = parse(text).headers;
    const auto length = headers.find("content-length");
    return length == headers.end() || text.size() - end - 4 >= std::stoul(length->second);
}

Bytes part(BytesView bytes, std::size_t from, std::size_t count) {
    if (bytes.size() < from + count) throw std::runtime_error{"the message is too short"};
    const auto view = bytes.subspan(from, count);
    return {view.begin(), view.end()};
}

Bytes operator+(Bytes bytes, BytesView more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
    return bytes;
}
Bytes text_bytes(std::string_view text) { return Bytes{} + as_bytes(text); }

}  // namespace

PushSink::PushSink() {
    make_certificate(folder_ / "push.key", certificate());
    const auto listener = listen_on_loopback();
    listener_ = listener.descriptor;
    port_ = listener.port;
    thread_ = std::jthread{[this](const std::stop_token& stop) { accept_all(stop); }};
}

PushSink::~PushSink() {
    thread_.request_stop();
    thread_.join();
    close(listener_);
}

void PushSink::answer_with(std::string status) {
    const std::lock_guard lock{mutex_};
    status_ = std::move(status);
}

std::vector<PushRequest> PushSink::requests() const {
    const std::lock_guard lock{mutex_};
    return requests_;
}

void PushSink::accept_all(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        pollfd one{.fd = listener_, .events = POLLIN, .revents = 0};
        if (poll(&one, 1, 50) <= 0) continue;
        const auto connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) continue;
        converse(connection, stop);
        close(connection);
    }
}

void PushSink::converse(int connection, const std::stop_token& stop) {
    const std::unique_ptr<SSL_CTX, EndTls> context{SSL_CTX_new(TLS_server_method())};
    SSL_CTX_use_certificate_file(context.get(), certificate().c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context.get(), (folder_ / "push.key").c_str(), SSL_FILETYPE_PEM);
    const std::unique_ptr<SSL, EndTls> tls{SSL_new(context.get())};
    SSL_set_fd(tls.get(), connection);
    if (SSL_accept(tls.get()) != 1) return;
    std::string text;
    char bytes[8192];
    while (!is_whole(text)) {
        pollfd one{.fd = connection, .events = POLLIN, .revents = 0};
        if (SSL_pending(tls.get()) == 0 && poll(&one, 1, 50) <= 0) {
            if (stop.stop_requested()) return;
            continue;
        }
        const auto got = SSL_read(tls.get(), bytes, sizeof bytes);
        if (got <= 0) return;
        text.append(bytes, static_cast<std::size_t>(got));
    }
    const std::lock_guard lock{mutex_};
    requests_.push_back(parse(text));
    const auto answer = "HTTP/1.1 " + status_ + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    SSL_write(tls.get(), answer.data(), static_cast<int>(answer.size()));
    SSL_shutdown(tls.get());
}

std::string PushSink::decrypt(const PushRequest& request) const {
    const auto body = as_bytes(request.body);
    const auto salt = part(body, 0, 16);
    if (part(body, 20, 1)[0] != std::byte{65}) throw std::runtime_error{"the sender's key has not 65 bytes"};
    const auto sender = crypto::parse_p256_point(part(body, 21, 65));
    if (!sender) throw std::runtime_error{"the sender's key is no point"};
    const auto shared = key_.agree(*sender);
    const auto info = text_bytes(std::string_view{"WebPush: info\0", 14}) + key_.point() + *sender;
    const auto secret = crypto::hkdf_extract(salt, crypto::hkdf_expand(crypto::hkdf_extract(secret_, *shared), info, 32));
    crypto::Aes128::Key key{};
    std::ranges::copy(crypto::hkdf_expand(secret, as_bytes(std::string_view{"Content-Encoding: aes128gcm\0", 28}), 16),
                      key.begin());
    crypto::Aes128::Nonce nonce{};
    std::ranges::copy(crypto::hkdf_expand(secret, as_bytes(std::string_view{"Content-Encoding: nonce\0", 24}), 12),
                      nonce.begin());
    auto sealed = part(body, 86, body.size() - 86);
    const auto text = crypto::Aes128{}.open(key, nonce, {}, sealed);
    if (!text || text->empty() || text->back() != std::byte{2}) throw std::runtime_error{"the message cannot be read"};
    return std::string{as_text(text->first(text->size() - 1))};
}

std::string PushSink::claims(const PushRequest& request, const std::string& expected_key) {
    const auto found = request.headers.find("authorization");
    const auto& value = found->second;
    const auto comma = value.find(", k=");
    if (!value.starts_with("vapid t=") || value.substr(comma + 4) != expected_key)
        throw std::runtime_error{"not the key: " + value};
    const auto token = value.substr(8, comma - 8);
    const auto first = token.find('.'), last = token.rfind('.');
    const auto key = crypto::parse_p256_point(*crypto::from_base64url(expected_key));
    const auto bytes = crypto::from_base64url(token.substr(last + 1));
    crypto::P256Signature signature{};
    if (!bytes || bytes->size() != signature.size()) throw std::runtime_error{"the signature has not 64 bytes"};
    std::ranges::copy(*bytes, signature.begin());
    if (!crypto::verify_p256(*key, as_bytes(token.substr(0, last)), signature))
        throw std::runtime_error{"not signed by that key"};
    return std::string{as_text(*crypto::from_base64url(token.substr(first + 1, last - first - 1)))};
}

}  // namespace vivi::test
