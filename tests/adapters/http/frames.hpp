// WebSocket frames byte by byte (RFC 6455 section 5.2), as a client that no library holds back sends and reads them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/adapters/http/running_site.hpp"

namespace vivi::http {

enum Opcode : std::uint8_t { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

/// RFC 6455 section 5.2, masked with a key of ones and twos.
inline std::string frame(Opcode opcode, std::string_view payload, bool is_final = true) {
    std::string bytes;
    bytes += static_cast<char>((is_final ? 0x80 : 0) | opcode);
    const auto size = payload.size();
    if (size < 126) {
        bytes += static_cast<char>(0x80 | size);
    } else if (size < 65536) {
        bytes += static_cast<char>(0x80 | 126);
        for (const int shift : {8, 0}) bytes += static_cast<char>(size >> shift & 0xff);
    } else {
        bytes += static_cast<char>(0x80 | 127);
        for (const int shift : {56, 48, 40, 32, 24, 16, 8, 0}) bytes += static_cast<char>(size >> shift & 0xff);
    }
    const std::string mask{"\x01\x02\x01\x02"};
    bytes += mask;
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(payload[i] ^ mask[i % 4]);
    return bytes;
}

struct Frame {
    int first = -1;  ///< FIN, reserved bits and opcode; -1: no frame came.
    std::string payload{};

    /// Of a close frame.
    int code() const {
        return payload.size() < 2 ? 0 : static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
    }
};

inline Frame read_frame(RawClient& client) {
    const auto head = client.read(2);
    if (head.size() < 2) return {};
    std::size_t size = static_cast<unsigned char>(head[1]);
    if (size >= 126) {
        const auto longer = client.read(size == 126 ? 2 : 8);
        size = 0;
        for (const char c : longer) size = size << 8 | static_cast<unsigned char>(c);
    }
    return {.first = static_cast<unsigned char>(head[0]), .payload = client.read(size)};
}

inline constexpr int whole_text = 0x81, close_frame = 0x88, pong_frame = 0x8a;

/// Asks for a WebSocket; the head of the answer.
inline std::string upgrade(RawClient& client, std::string_view path = "/graphql", std::string_view more = "") {
    client.send("GET " + std::string{path} +
                " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + std::string{more} + "\r\n");
    return client.read_until("\r\n\r\n");
}

}  // namespace vivi::http
