// Whatever the datagram, its packets and frames are read to their end; what is protected with the right keys is opened again.
// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "tests/common/wire/quic_initials.hpp"

namespace {

using namespace vivi;
using namespace vivi::wire;

/// All packets of a datagram, opened when they are Initial ones, and all frames in them.
std::size_t crypto_bytes_in(BytesView datagram, crypto::Aes128& aes) {
    std::array<std::byte, 2'048> room;  // NOLINT: only what open() copied into it is read.
    std::size_t sum = 0;
    for (auto packet = quic::parse(datagram); packet; packet = quic::parse(packet->rest)) {
        if (packet->bytes.empty() || packet->bytes.size() + packet->rest.size() > datagram.size()) __builtin_trap();
        if (packet->kind != quic::Kind::Initial) continue;
        const auto frames = quic::open(*packet, quic::client_keys(packet->version, packet->destination_id), aes, room);
        if (!frames) continue;
        quic::CryptoFrames in{*frames};
        while (const auto frame = in.next()) sum += frame->data.size();
    }
    return sum;
}

}  // namespace

/// The input is a datagram; and it is the frames of a packet that is protected as clients do.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static crypto::Aes128 aes;
    const auto input = std::as_bytes(std::span{data, size});
    crypto_bytes_in(input, aes);
    if (size == 0 || size > 1'400) return 0;

    std::size_t expected = 0;
    quic::CryptoFrames in{input};
    while (const auto frame = in.next()) expected += frame->data.size();
    const auto version = (data[0] & 0x40) != 0 ? quic::Version::V2 : quic::Version::V1;
    const auto datagram =
        test::initial_packet({.version = version, .number = data[0], .frames = {input.begin(), input.end()}, .least_bytes = 0});
    if (crypto_bytes_in(datagram, aes) != expected) __builtin_trap();
    return 0;
}
