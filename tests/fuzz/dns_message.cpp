// Whatever the bytes, a DNS message is read to its end; written again it is read again, and then nothing changes any more.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/dns_message.hpp"

#include <span>

#include "common/wire/dns_message_service.hpp"
#include "common/wire/dns_message_writer.hpp"

namespace {

using namespace vivi::wire::dns;

/// Every record that can be written; how many could not.
vivi::Bytes rebuilt(const Message& message, std::size_t& refused) {
    vivi::Bytes room(65'535);
    MessageWriter writer{room, message.header.id, message.header.flags};
    writer.question(message.question);
    for (const auto& record : message.records) {
        if (record.type == type::https) {
            const auto service = parse_service(message, record);
            if (service &&
                reduce(*service, true, [](const auto& hint) { return hint.octets[15] % 2 == 0; }).size() > record.data_size)
                __builtin_trap();
        }
        refused += writer.copy(message, record) ? 0 : 1;
    }
    room.resize(writer.finish());
    return room;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Message first, second;
    std::size_t refused = 0;
    if (!parse_message(std::as_bytes(std::span{data, size}), first)) return 0;
    const auto once = rebuilt(first, refused);
    if (!parse_message(once, second) || second.records.size() + refused != first.records.size()) __builtin_trap();
    refused = 0;
    if (rebuilt(second, refused) != once || refused != 0) __builtin_trap();
    return 0;
}
