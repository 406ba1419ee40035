// One thread, one connection at a time; every wait looks at the stop token.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/smtp_sink.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <stdexcept>

#include "tests/adapters/loopback.hpp"

namespace vivi::test {
namespace {

constexpr int look_every_ms = 50;

std::string from_base64(std::string text) {
    std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
    std::string bytes(text.size() / 4 * 3 + 3, '\0');
    const auto size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    const auto padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
    bytes.resize(size < padding ? 0 : static_cast<std::size_t>(size - padding));
    return bytes;
}

struct EndTls {
    void operator()(SSL* tls) const noexcept { SSL_free(tls); }
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};

/// A connection, encrypted from some moment on.
class Wire {
public:
    Wire(int socket, const std::stop_token& stop) : socket_{socket}, stop_{stop} {}
    ~Wire() {
        tls_.reset();
        close(socket_);
    }
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    bool encrypt(SSL_CTX* context) {
        tls_.reset(SSL_new(context));
        SSL_set_fd(tls_.get(), socket_);
        return SSL_accept(tls_.get()) == 1;
    }
    bool is_encrypted() const noexcept { return tls_ != nullptr; }
    void say(const std::string& line) {
        const auto bytes = line + "\r\n";
        if (tls_)
            SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()));
        else
            static_cast<void>(send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    }
    /// Nothing at the end.
    std::optional<std::string> line() {
        for (;;) {
            if (const auto end = buffer_.find("\r\n"); end != std::string::npos) {
                auto text = buffer_.substr(0, end);
                buffer_.erase(0, end + 2);
                return text;
            }
            if (!fill()) return std::nullopt;
        }
    }
    /// Until the other side has gone, or the test ends.
    void wait_for_end() {
        while (fill()) buffer_.clear();
    }

private:
    bool fill() {
        char bytes[4096];
        while (!(tls_ && SSL_pending(tls_.get()) > 0)) {
            pollfd poll_one{.fd = socket_, .events = POLLIN, .revents = 0};
            if (poll(&poll_one, 1, look_every_ms) > 0) break;
            if (stop_.stop_requested()) return false;
        }
        const auto got =
            tls_ ? SSL_read(tls_.get(), bytes, sizeof bytes) : static_cast<int>(recv(socket_, bytes, sizeof bytes, 0));
        if (got > 0) buffer_.append(bytes, static_cast<std::size_t>(got));
        return got > 0;
    }

    int socket_;
    const std::stop_token& stop_;
    std::unique_ptr<SSL, EndTls> tls_;
    std::string buffer_;
};

std::string between_brackets(const std::string& text) {
    const auto open = text.find('<'), close = text.find('>');
    return open == std::string::npos || close == std::string::npos ? "" : text.substr(open + 1, close - open - 1);
}

}  // namespace

std::string ReceivedMail::header(const std::string& name) const {
    const auto begin = ("\r\n" + data).find("\r\n" + name + ": ");
    if (begin == std::string::npos) return {};
    const auto value = begin + name.size() + 2;
    return data.substr(value, data.find("\r\n", value) - value);
}

std::string ReceivedMail::text() const {
    const auto begin = data.find("\r\n\r\n");
    return begin == std::string::npos ? "" : from_base64(data.substr(begin + 4));
}

SmtpSink::SmtpSink(SinkOptions options) : options_{std::move(options)} {
    if (options_.tls != SinkTls::None) make_certificate(folder_ / "sink.key", certificate());
    const auto listener = listen_on_loopback();
    listener_ = listener.descriptor;
    port_ = listener.port;
    thread_ = std::jthread{[this](const std::stop_token& stop) { accept_all(stop); }};
}

SmtpSink::~SmtpSink() {
    thread_.request_stop();
    thread_.join();
    close(listener_);
}

void SmtpSink::accept_all(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        pollfd poll_one{.fd = listener_, .events = POLLIN, .revents = 0};
        if (poll(&poll_one, 1, look_every_ms) <= 0) continue;
        const auto connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) continue;
        ++connections_;
        converse(connection, stop);
    }
}

void SmtpSink::converse(int connection, const std::stop_token& stop) {
    Wire wire{connection, stop};
    if (options_.is_silent) return wire.wait_for_end();
    const std::unique_ptr<SSL_CTX, EndTls> context{SSL_CTX_new(TLS_server_method())};
    SSL_CTX_use_certificate_chain_file(context.get(), certificate().c_str());
    SSL_CTX_use_PrivateKey_file(context.get(), (folder_ / "sink.key").c_str(), SSL_FILETYPE_PEM);
    if (options_.tls == SinkTls::FromTheStart && !wire.encrypt(context.get())) return;
    ReceivedMail mail;
    wire.say("220 sink ready");
    while (auto line = wire.line()) {
        const auto verb = line->substr(0, 4);
        if (verb == "EHLO") {
            if (options_.tls == SinkTls::StartTls && !wire.is_encrypted()) wire.say("250-STARTTLS");
            if (!options_.user.empty()) wire.say("250-AUTH PLAIN");
            wire.say("250 SIZE 1000000");
        } else if (*line == "STARTTLS") {
            wire.say("220 go ahead");
            if (!wire.encrypt(context.get())) return;
        } else if (verb == "AUTH") {
            auto given = line->size() > 11 ? line->substr(11) : (wire.say("334 "), wire.line().value_or(""));
            const auto expected = std::string{'\0'} + options_.user + '\0' + options_.password;
            if (from_base64(given) != expected) {
                wire.say("535 5.7.8 wrong credentials");
                continue;
            }
            mail.user = options_.user;
            wire.say("235 welcome");
        } else if (verb == "MAIL") {
            mail.from = between_brackets(*line);
            const bool may = options_.user.empty() || !mail.user.empty();
            wire.say(may ? "250 go on" : "530 5.7.0 authenticate first");
        } else if (verb == "RCPT") {
            mail.to = between_brackets(*line);
            if (!options_.refuse_with.empty())
                wire.say(options_.refuse_with);
            else
                wire.say(options_.refuse_first-- > 0 ? "451 4.3.0 later" : "250 go on");
        } else if (verb == "DATA") {
            wire.say("354 send it");
            for (auto text = wire.line(); text && *text != "."; text = wire.line())
                mail.data += (text->starts_with("..") ? text->substr(1) : *text) + "\r\n";
            mail.was_encrypted = wire.is_encrypted();
            {
                const std::lock_guard lock{mutex_};
                mails_.push_back(mail);
            }
            mail.data.clear();
            wire.say("250 kept");
        } else if (verb == "QUIT") {
            return wire.say("221 bye");
        } else {
            wire.say("250 as you like");
        }
    }
}

std::vector<ReceivedMail> SmtpSink::mails() const {
    const std::lock_guard lock{mutex_};
    return mails_;
}

ReceivedMail SmtpSink::wait_for(std::size_t count) const {
    await("a mail", [&] { return mails().size() >= count; });
    return mails().at(count - 1);
}

}  // namespace vivi::test
