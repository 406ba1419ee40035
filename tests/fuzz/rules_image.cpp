// Whatever bytes are mapped as an image of rules: refused, or answers that may be wrong and never a read outside.
// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "common/policy/rules.hpp"
#include "common/policy/rules_image.hpp"

namespace {

using namespace vivi;

void ask(BytesView bytes) {
    const auto engine = policy::Engine::open(bytes, {});
    if (!engine) return;
    for (const auto& device : {std::optional<Mac>{}, std::optional{Mac{{0x02, 0, 0, 0, 0, 0x01}}}}) {
        const auto subject = engine->subject(device);
        for (const auto* name : {"www.example.org", "a.net", ""}) {
            const auto verdict = engine->decide_name(subject, name);
            engine->describe(verdict);
            engine->pointer(verdict);
        }
        engine->decide_address(subject, to_mapped(Ipv4{0xc0000201}), model::Transport::Tcp, 443);
    }
    engine->unknown_tags();
}

/// The header says what the bytes are, so that what lies behind it is reached.
void ask_with_fitting_header(Bytes bytes) {
    namespace image = policy::image;
    image::Header header;
    if (bytes.size() < sizeof header) return;
    std::memcpy(&header, bytes.data(), sizeof header);
    header.magic = image::magic;
    header.version = image::version;
    header.size = static_cast<std::uint32_t>(bytes.size());
    header.mode &= 1;
    header.new_devices &= 1;
    std::memcpy(bytes.data(), &header, sizeof header);
    header.checksum = image::checksum_of(bytes);
    std::memcpy(bytes.data(), &header, sizeof header);
    ask(bytes);
}

Bytes real_image() {
    const Mac phone{{0x02, 0, 0, 0, 0, 0x01}};
    return policy::compile({.groups = {{.name = "guests", .devices = {phone}}},
                            .domains = {{.domain = "example.org"}, {.domain = "a.net", .scope = {.device = phone}}},
                            .addresses = {{.prefix = parse_ip_prefix("192.0.2.0/24").value()}},
                            .categories = {{.category = "games"}}},
                           1);
}

}  // namespace

/// The input as it is; with a header made to fit; and as changes of a real image, three bytes each: where, and what.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span{data, size});
    ask(bytes);
    ask_with_fitting_header({bytes.begin(), bytes.end()});
    static const auto real = real_image();
    auto changed = real;
    for (Reader in{bytes}; in.remaining() >= 3;) {
        const auto at = in.u16() % changed.size();
        changed[at] = std::byte{in.u8()};
    }
    ask_with_fitting_header(std::move(changed));
    return 0;
}
