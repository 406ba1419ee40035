// Handshakes of both ends, and carrying bytes between TLS and a pair of sockets.
// SPDX-License-Identifier: Apache-2.0
#include "common/ssh/tls.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <mutex>

#include "common/core/crypto.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/signal.hpp"
#include "common/runtime/unix_socket.hpp"

namespace vivi::ssh {
namespace {

namespace ssl = net::ssl;
using net::ip::tcp;

constexpr std::string_view pin_prefix = "sha256:";
constexpr Milliseconds last_words{1'000};
using Buffer = std::array<std::byte, 16 * 1024>;  // A record of TLS holds as much (RFC 8446 section 5.1).

void restrict(ssl::context& context) {
    context.set_options(ssl::context::no_sslv2 | ssl::context::no_sslv3 | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 |
                        ssl::context::no_compression | ssl::context::single_dh_use);
}

void set_up(tcp::socket& socket, const Liveness& liveness) {
    const int yes = 1;
    const auto timeout = static_cast<unsigned>(liveness.dead.count());
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
}

std::string pin_of(X509* certificate) {
    unsigned char* der = nullptr;
    const int length = ::i2d_X509_PUBKEY(::X509_get_X509_PUBKEY(certificate), &der);
    if (length <= 0) return {};
    const auto hash = crypto::sha256(std::as_bytes(std::span{der, static_cast<std::size_t>(length)}));
    ::OPENSSL_free(der);
    return std::string{pin_prefix} + crypto::to_hex(hash);
}

/// Only the hub's own certificate is looked at; who signed it does not matter.
bool is_pinned(ssl::verify_context& context, const std::vector<std::string>& pins) {
    auto* store = context.native_handle();
    if (::X509_STORE_CTX_get_error_depth(store) > 0) return true;
    auto* certificate = ::X509_STORE_CTX_get_current_cert(store);
    return certificate != nullptr && std::ranges::find(pins, pin_of(certificate)) != pins.end();
}

}  // namespace

struct TlsWire::State {
    State(tcp::socket socket, ssl::context& context)
        : tls{std::move(socket), context}, inner{tls.get_executor()}, outer{tls.get_executor()}, changed{tls.get_executor()} {
        net::local::connect_pair(inner, outer);
    }

    /// From libssh to the peer, until libssh has closed its end.
    Task<> up() {
        const auto buffer = std::make_unique<Buffer>();
        for (;;) {
            const auto [error, count] = co_await inner.async_read_some(net::buffer(*buffer), as_value);
            if (error) break;
            const auto [failure, written] = co_await net::async_write(tls, net::buffer(*buffer, count), as_value);
            if (failure) break;
        }
        is_all_said = true;
        changed.notify();
        boost::system::error_code ignored;
        tls.next_layer().shutdown(tcp::socket::shutdown_send, ignored);
    }
    /// From the peer to libssh, until the connection ends.
    Task<> down() {
        const auto buffer = std::make_unique<Buffer>();
        for (;;) {
            const auto [error, count] = co_await tls.async_read_some(net::buffer(*buffer), as_value);
            if (error) break;
            const auto [failure, written] = co_await net::async_write(inner, net::buffer(*buffer, count), as_value);
            if (failure) break;
        }
        boost::system::error_code ignored;
        inner.shutdown(UnixSocket::shutdown_send, ignored);
    }
    void close() {
        boost::system::error_code ignored;
        inner.close(ignored);
        tls.next_layer().close(ignored);
    }

    ssl::stream<tcp::socket> tls;
    UnixSocket inner, outer;
    Signal changed;
    bool is_all_said = false;
};

TlsWire::TlsWire(std::unique_ptr<State> state) : state_{std::move(state)} {}
TlsWire::TlsWire(TlsWire&&) noexcept = default;
TlsWire& TlsWire::operator=(TlsWire&&) noexcept = default;
TlsWire::~TlsWire() = default;

Stream TlsWire::take_stream() { return std::move(state_->outer); }

Task<> TlsWire::carry(Task<> user) {
    using namespace net::experimental::awaitable_operators;
    const auto carrying = [](State& state) -> Task<> {
        co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());  // The user's end ends it.
        co_await (state.up() && state.down());
    };
    const auto using_it = [](State& state, Task<> body, std::exception_ptr& failure) -> Task<> {
        co_await caught(std::move(body), failure);
        co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
        const auto until = now() + last_words;
        while (!state.is_all_said && now() < until) co_await state.changed.wait_until(until);
        state.close();
    };
    std::exception_ptr failure;
    co_await (carrying(*state_) && using_it(*state_, std::move(user), failure));
    if (failure) std::rethrow_exception(failure);
}

struct TlsServer::State {
    using Time = std::filesystem::file_time_type;
    std::string certificate_file{}, key_file{};
    Time read{};
    std::mutex mutex{};
    std::shared_ptr<ssl::context> context{};  // Guarded by mutex. Shared: a handshake may outlast its certificate.

    std::shared_ptr<ssl::context> now() {
        const std::scoped_lock lock{mutex};
        return context;
    }
    Time changed() const {
        std::error_code ignored;
        return std::max(std::filesystem::last_write_time(certificate_file, ignored),
                        std::filesystem::last_write_time(key_file, ignored));
    }
    Status load() {
        const auto at = changed();
        auto fresh = std::make_shared<ssl::context>(ssl::context::tls_server);
        restrict(*fresh);
        boost::system::error_code error;
        fresh->use_certificate_chain_file(certificate_file, error);
        if (error) return failed(Code::Invalid, certificate_file + ": no certificate in PEM: " + error.message());
        fresh->use_private_key_file(key_file, ssl::context::pem, error);
        if (error) return failed(Code::Invalid, key_file + ": not the certificate's private key in PEM: " + error.message());
        const std::scoped_lock lock{mutex};
        context = std::move(fresh);
        read = at;
        return {};
    }
};

TlsServer::TlsServer(std::unique_ptr<State> state) : state_{std::move(state)} {}
TlsServer::TlsServer(TlsServer&&) noexcept = default;
TlsServer& TlsServer::operator=(TlsServer&&) noexcept = default;
TlsServer::~TlsServer() = default;

Result<TlsServer> TlsServer::load(std::string certificate_file, std::string key_file) {
    auto state = std::make_unique<State>();
    state->certificate_file = std::move(certificate_file);
    state->key_file = std::move(key_file);
    if (auto loaded = state->load(); !loaded) return std::unexpected{std::move(loaded).error()};
    return TlsServer{std::move(state)};
}

Status TlsServer::refresh() { return state_->changed() == state_->read ? Status{} : state_->load(); }

Task<Result<TlsWire>> TlsServer::accept(tcp::socket socket, Liveness liveness) const {
    const auto context = state_->now();
    set_up(socket, liveness);
    auto wire = std::make_unique<TlsWire::State>(std::move(socket), *context);
    const auto [error] = co_await wire->tls.async_handshake(ssl::stream_base::server, as_value);
    if (error) co_return failed(Code::Unavailable, "TLS: " + error.message());
    co_return TlsWire{std::move(wire)};
}

bool is_pin(std::string_view text) {
    return text.starts_with(pin_prefix) && text.size() == pin_prefix.size() + 64 &&
           std::ranges::all_of(text.substr(pin_prefix.size()),
                               [](char digit) { return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f'); });
}

struct TlsClient::State {
    std::vector<std::string> pins{};
    ssl::context context{ssl::context::tls_client};
};

TlsClient::TlsClient(std::unique_ptr<State> state) : state_{std::move(state)} {}
TlsClient::TlsClient(TlsClient&&) noexcept = default;
TlsClient& TlsClient::operator=(TlsClient&&) noexcept = default;
TlsClient::~TlsClient() = default;

Result<TlsClient> TlsClient::make(TlsTrust trust) {
    auto state = std::make_unique<State>();
    restrict(state->context);
    state->pins = std::move(trust.pins);
    boost::system::error_code error;
    if (trust.authorities_file.empty())
        state->context.set_default_verify_paths(error);
    else
        state->context.load_verify_file(trust.authorities_file, error);
    if (error) return failed(Code::Invalid, trust.authorities_file + ": no certificates in PEM: " + error.message());
    return TlsClient{std::move(state)};
}

Task<Result<TlsWire>> TlsClient::connect(tcp::socket socket, std::string host, Liveness liveness) const {
    set_up(socket, liveness);
    auto wire = std::make_unique<TlsWire::State>(std::move(socket), state_->context);
    boost::system::error_code no_address;
    net::ip::make_address(host, no_address);
    if (no_address) ::SSL_set_tlsext_host_name(wire->tls.native_handle(), host.c_str());  // RFC 6066 section 3: names only.
    wire->tls.set_verify_mode(ssl::verify_peer);
    if (state_->pins.empty())
        wire->tls.set_verify_callback(ssl::host_name_verification{host});
    else
        wire->tls.set_verify_callback(
            [&pins = state_->pins](bool, ssl::verify_context& store) { return is_pinned(store, pins); });
    const auto [error] = co_await wire->tls.async_handshake(ssl::stream_base::client, as_value);
    if (!error) co_return TlsWire{std::move(wire)};
    if (::SSL_get_verify_result(wire->tls.native_handle()) != X509_V_OK)
        co_return failed(Code::Invalid, "TLS: the certificate is not the hub's: " + error.message());
    co_return failed(Code::Unavailable, "TLS: " + error.message());
}

}  // namespace vivi::ssh
