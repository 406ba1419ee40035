// An SSH client that says what no client should: the key exchange of RFC 4253 and 8731, then any bytes as a packet.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sodium.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/bytes.hpp"
#include "common/core/crypto.hpp"
#include "common/runtime/task.hpp"

namespace vivi::test {

/// What RFC 4251 section 5 writes.
class Packet {
public:
    Packet() = default;
    explicit Packet(std::uint8_t type) { u8(type); }
    Packet& u8(std::uint8_t value) {
        bytes_.push_back(std::byte{value});
        return *this;
    }
    Packet& u32(std::uint32_t value) {
        for (int shift = 24; shift >= 0; shift -= 8) u8(static_cast<std::uint8_t>(value >> shift));
        return *this;
    }
    Packet& raw(BytesView view) {
        bytes_.insert(bytes_.end(), view.begin(), view.end());
        return *this;
    }
    Packet& string(BytesView view) { return u32(static_cast<std::uint32_t>(view.size())).raw(view); }
    Packet& string(std::string_view text) { return string(as_bytes(text)); }
    const Bytes& bytes() const noexcept { return bytes_; }

private:
    Bytes bytes_{};
};

/// Everything blocks: the hub is another process, and hangs up after 10 s.
class RawClient {
public:
    explicit RawClient(std::uint16_t port) {
        socket_.connect({net::ip::address_v4::loopback(), port});
        write(as_bytes(std::string{client_version} + "\r\n"));
        for (char c = 0; c != '\n';) {
            net::read(socket_, net::buffer(&c, 1));
            if (c != '\r' && c != '\n') server_version_ += c;
        }
    }

    /// As plain text before the key exchange, encrypted after it. Nothing is thrown when the hub has hung up.
    void send(const Packet& packet) {
        const auto& payload = packet.bytes();
        const std::size_t counted = is_encrypted_ ? 1 + payload.size() : 5 + payload.size();  // RFC 4253 section 6.
        const std::size_t padding = 4 + (8 - (counted + 4) % 8) % 8;
        Bytes whole = Packet{}.u32(static_cast<std::uint32_t>(1 + payload.size() + padding)).bytes();
        whole.push_back(static_cast<std::byte>(padding));
        whole.insert(whole.end(), payload.begin(), payload.end());
        whole.resize(whole.size() + padding);
        if (is_encrypted_) seal(whole);
        ++sent_;
        write(whole);
    }

    /// The next packet's payload; nothing when the hub has hung up.
    std::optional<Bytes> receive() {
        Bytes length(4);
        if (!fill(length)) return std::nullopt;
        const auto clear = is_encrypted_ ? header(length, from_hub_, received_) : length;
        const auto count = Reader{clear}.u32();
        if (count > 65'536) throw std::runtime_error{"a packet of the hub cannot be read"};
        Bytes body(count + (is_encrypted_ ? crypto_onetimeauth_BYTES : 0));
        if (!fill(body)) return std::nullopt;
        body.resize(count);
        if (is_encrypted_) stream(body, from_hub_, received_, 1);
        ++received_;
        const auto padding = std::to_integer<std::size_t>(body.at(0));
        return Bytes{body.begin() + 1, body.end() - static_cast<std::ptrdiff_t>(padding)};
    }
    /// The payload of the next packet of that type. Throws when the hub hangs up instead.
    Bytes receive(std::uint8_t type) {
        for (;;) {
            const auto payload = receive();
            if (!payload) throw std::runtime_error{"the hub hung up before packet " + std::to_string(type)};
            if (payload->at(0) == std::byte{type}) return *payload;
        }
    }

    /// RFC 8731; the hub's signature is not looked at: this client trusts everybody.
    void exchange_keys() {
        const auto ours = key_exchange_init();
        send(ours);
        const auto theirs = receive(20);
        std::array<unsigned char, 32> secret{}, point{}, shared{};
        randombytes_buf(secret.data(), secret.size());
        crypto_scalarmult_base(point.data(), secret.data());
        send(Packet{30}.string(std::as_bytes(std::span{point})));
        const auto reply = receive(31);
        Reader in{reply};
        in.u8();
        const auto host_key = in.take(in.u32());
        const auto their_point = in.take(in.u32());
        if (their_point.size() != 32) throw std::runtime_error{"no point"};
        if (crypto_scalarmult(shared.data(), secret.data(), reinterpret_cast<const unsigned char*>(their_point.data())) != 0)
            throw std::runtime_error{"a bad point"};
        const auto number = mpint(std::as_bytes(std::span{shared}));
        Packet hashed;
        hashed.string(client_version).string(server_version_).string(ours.bytes()).string(theirs).string(host_key);
        hashed.string(std::as_bytes(std::span{point})).string(their_point).raw(number);
        const auto hash = crypto::sha256(hashed.bytes());
        receive(21);
        send(Packet{21});
        to_hub_ = derive(number, hash, 'C');
        from_hub_ = derive(number, hash, 'D');
        is_encrypted_ = true;
    }

private:
    static constexpr std::string_view client_version = "SSH-2.0-raw";
    using Keys = std::array<unsigned char, 64>;  ///< Of the payload, then of the length (PROTOCOL.chacha20poly1305 of OpenSSH).

    static Packet key_exchange_init() {
        Packet init{20};
        init.raw(crypto::random_bytes(16)).string("curve25519-sha256").string("ssh-ed25519");
        for (int i = 0; i < 2; ++i) init.string("chacha20-poly1305@openssh.com");
        for (int i = 0; i < 2; ++i) init.string("hmac-sha2-256");
        for (int i = 0; i < 2; ++i) init.string("none");
        return init.string("").string("").u8(0).u32(0);
    }
    static Bytes mpint(BytesView value) {
        while (!value.empty() && value.front() == std::byte{0}) value = value.subspan(1);
        Bytes positive{value.begin(), value.end()};
        if (!positive.empty() && (positive.front() & std::byte{0x80}) != std::byte{0})
            positive.insert(positive.begin(), std::byte{0});
        return Packet{}.string(positive).bytes();
    }
    /// RFC 4253 section 7.2; the hash is the session's id too.
    static Keys derive(const Bytes& number, const crypto::Sha256& hash, char letter) {
        Bytes seed = number;
        seed.insert(seed.end(), hash.begin(), hash.end());
        auto first = seed, second = seed;
        first.push_back(static_cast<std::byte>(letter));
        first.insert(first.end(), hash.begin(), hash.end());
        const auto one = crypto::sha256(first);
        second.insert(second.end(), one.begin(), one.end());
        const auto two = crypto::sha256(second);
        Keys keys{};
        std::ranges::copy(std::as_bytes(std::span{one}), std::as_writable_bytes(std::span{keys}).begin());
        std::ranges::copy(std::as_bytes(std::span{two}), std::as_writable_bytes(std::span{keys}).begin() + 32);
        return keys;
    }
    static std::array<unsigned char, 8> nonce(std::uint32_t sequence) {
        return {0,
                0,
                0,
                0,
                static_cast<unsigned char>(sequence >> 24),
                static_cast<unsigned char>(sequence >> 16),
                static_cast<unsigned char>(sequence >> 8),
                static_cast<unsigned char>(sequence)};
    }
    static unsigned char* chars(std::span<std::byte> bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }
    static void stream(std::span<std::byte> bytes, const Keys& keys, std::uint32_t sequence, std::uint64_t block) {
        const auto iv = nonce(sequence);
        crypto_stream_chacha20_xor_ic(chars(bytes), chars(bytes), bytes.size(), iv.data(), block, keys.data());
    }
    static Bytes header(Bytes length, const Keys& keys, std::uint32_t sequence) {
        const auto iv = nonce(sequence);
        crypto_stream_chacha20_xor_ic(chars(length), chars(length), length.size(), iv.data(), 0, keys.data() + 32);
        return length;
    }
    void seal(Bytes& whole) const {
        const auto length = header({whole.begin(), whole.begin() + 4}, to_hub_, sent_);
        std::ranges::copy(length, whole.begin());
        stream(std::span{whole}.subspan(4), to_hub_, sent_, 1);
        Bytes key(32);
        stream(key, to_hub_, sent_, 0);
        Bytes tag(crypto_onetimeauth_BYTES);
        crypto_onetimeauth(chars(tag), chars(whole), whole.size(), chars(key));
        whole.insert(whole.end(), tag.begin(), tag.end());
    }
    void write(BytesView bytes) {
        boost::system::error_code ignored;  // What it wanted to say to somebody who has hung up.
        net::write(socket_, net::buffer(bytes.data(), bytes.size()), ignored);
    }
    bool fill(Bytes& into) {
        boost::system::error_code error;
        net::read(socket_, net::buffer(into), error);
        return !error;
    }

    net::io_context context_{};
    net::ip::tcp::socket socket_{context_};
    std::string server_version_{};
    bool is_encrypted_ = false;
    Keys to_hub_{}, from_hub_{};
    std::uint32_t sent_ = 0, received_ = 0;
};

}  // namespace vivi::test
