// The bytes of DHCPv4.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/dhcp.hpp"

#include <algorithm>
#include <utility>

namespace vivi::wire::dhcp {
namespace {

constexpr std::uint32_t magic_cookie = 0x63825363;
constexpr std::uint8_t pad = 0;
constexpr std::size_t chaddr_bytes = 16, sname_bytes = 64, file_bytes = 128, fixed_bytes = 240, least_bytes = 300;
constexpr std::size_t most_option_bytes = 255;

// Option 52, RFC 2132 section 9.3: which fields hold options too.
constexpr std::uint8_t overload_file = 1, overload_sname = 2;

struct Piece {
    std::uint8_t code = 0;
    BytesView value;
};

/// The pieces of one field, in order. False when an option runs past the field's end.
bool collect(BytesView field, std::vector<Piece>& pieces) {
    Reader in{field};
    while (!in.done()) {
        const auto code = in.u8();
        if (code == option::end) break;
        if (code == pad) continue;
        const auto value = in.take(in.u8());
        if (!in.ok()) return false;
        pieces.push_back({code, value});
    }
    return true;
}

/// All options of a message, looked up by code; the values of one code are joined (RFC 3396 section 7).
class Options {
public:
    bool read(BytesView field, BytesView file, BytesView sname) {
        if (!collect(field, pieces_)) return false;
        const auto overload = number<std::uint8_t>(option::overload).value_or(0);
        return (!(overload & overload_file) || collect(file, pieces_)) && (!(overload & overload_sname) || collect(sname, pieces_));
    }
    bool has(std::uint8_t code) const {
        return std::ranges::any_of(pieces_, [&](const Piece& piece) { return piece.code == code; });
    }
    Bytes bytes(std::uint8_t code) const {
        Bytes joined;
        for (const auto& piece : pieces_) {
            if (piece.code == code) joined.insert(joined.end(), piece.value.begin(), piece.value.end());
        }
        return joined;
    }
    std::string text(std::uint8_t code) const { return std::string{as_text(bytes(code))}; }

    /// A big-endian number of exactly the type's size.
    template <class T>
    std::optional<T> number(std::uint8_t code) const {
        const auto value = bytes(code);
        if (value.size() != sizeof(T)) return std::nullopt;
        std::uint32_t result = 0;
        for (const auto octet : value) result = result << 8 | std::to_integer<std::uint32_t>(octet);
        return static_cast<T>(result);
    }
    std::optional<Ipv4> address(std::uint8_t code) const {
        const auto value = number<std::uint32_t>(code);
        return value ? std::optional{Ipv4{*value}} : std::nullopt;
    }
    std::optional<Seconds> seconds(std::uint8_t code) const {
        const auto value = number<std::uint32_t>(code);
        return value ? std::optional{Seconds{*value}} : std::nullopt;
    }
    std::vector<Ipv4> addresses(std::uint8_t code) const {
        const auto value = bytes(code);
        std::vector<Ipv4> list;
        if (value.size() % 4 != 0) return list;
        for (Reader in{value}; !in.done();) list.push_back({in.u32()});
        return list;
    }

private:
    std::vector<Piece> pieces_;
};

bool decides_wrongly(const Options& options) {
    return (options.has(option::requested) && !options.address(option::requested)) ||
           (options.has(option::server_id) && !options.address(option::server_id)) ||
           options.bytes(option::client_id).size() > most_option_bytes;
}

void read_options(Message& m, const Options& options) {
    m.requested = options.address(option::requested);
    m.server_id = options.address(option::server_id);
    m.lease = options.seconds(option::lease);
    m.renewal = options.seconds(option::renewal);
    m.rebinding = options.seconds(option::rebinding);
    m.max_size = options.number<std::uint16_t>(option::max_size);
    m.subnet_mask = options.address(option::subnet_mask);
    m.broadcast_address = options.address(option::broadcast);
    m.routers = options.addresses(option::router);
    m.dns = options.addresses(option::dns);
    m.ntp = options.addresses(option::ntp);
    for (const auto code : options.bytes(option::parameters)) m.parameters.push_back(std::to_integer<std::uint8_t>(code));
    m.client_id = options.bytes(option::client_id);
    m.hostname = options.text(option::hostname);
    m.domain = options.text(option::domain);
    m.message = options.text(option::message);
    m.vendor_class = options.text(option::vendor_class);
}

// ---- serialize ----

struct Option {
    std::uint8_t code = 0;
    Bytes value{};
    std::size_t position = 0;  ///< In options_of's order.

    std::size_t encoded_size() const noexcept {
        const auto chunks = (value.size() + most_option_bytes - 1) / most_option_bytes;
        return value.size() + 2 * chunks;
    }
    void write(Writer& out) const {
        BytesView rest{value};
        while (!rest.empty()) {
            const auto chunk = rest.first(std::min(rest.size(), most_option_bytes));
            out.u8(code).u8(static_cast<std::uint8_t>(chunk.size())).put(chunk);
            rest = rest.subspan(chunk.size());
        }
    }
};

/// What is present, in the order of RFC 2132's needs: type and server first, so that they are read first in a capture too.
std::vector<Option> options_of(const Message& m) {
    std::vector<Option> list;
    const auto add = [&](std::uint8_t code, Writer value) {
        if (value.size() > 0) list.push_back({code, value.take_bytes(), list.size()});
    };
    const auto address = [](std::optional<Ipv4> value) { return value ? Writer{}.u32(value->value) : Writer{}; };
    const auto addresses = [](const std::vector<Ipv4>& values) {
        Writer out;
        for (const auto value : values) out.u32(value.value);
        return out;
    };
    const auto seconds = [](std::optional<Seconds> value) {
        return value ? Writer{}.u32(static_cast<std::uint32_t>(std::clamp<std::int64_t>(value->count(), 0, UINT32_MAX))) : Writer{};
    };
    add(option::type, Writer{}.u8(std::to_underlying(m.type)));
    add(option::server_id, address(m.server_id));
    add(option::requested, address(m.requested));
    add(option::lease, seconds(m.lease));
    add(option::renewal, seconds(m.renewal));
    add(option::rebinding, seconds(m.rebinding));
    add(option::client_id, Writer{}.put(m.client_id));
    add(option::max_size, m.max_size ? Writer{}.u16(*m.max_size) : Writer{});
    add(option::subnet_mask, address(m.subnet_mask));
    add(option::router, addresses(m.routers));
    add(option::dns, addresses(m.dns));
    add(option::broadcast, address(m.broadcast_address));
    add(option::ntp, addresses(m.ntp));
    add(option::hostname, Writer{}.put(m.hostname));
    add(option::domain, Writer{}.put(m.domain));
    add(option::message, Writer{}.put(m.message));
    add(option::vendor_class, Writer{}.put(m.vendor_class));
    add(option::parameters, Writer{}.put(std::as_bytes(std::span{m.parameters})));
    return list;
}

/// Type and server stay in front; the wanted ones follow in the client's order; then what it did not ask for.
void arrange(std::vector<Option>& list, std::span<const std::uint8_t> order) {
    const auto rank = [&](const Option& one) {
        const bool leads = one.code == option::type || one.code == option::server_id;
        return std::pair{leads ? -1 : std::ranges::find(order, one.code) - order.begin(), one.position};
    };
    std::ranges::sort(list, {}, rank);
}

/// Options on their way into a field that has room for so many bytes and an End.
struct Field {
    std::size_t room = 0;
    Writer out{};

    bool take(const Option& one) {
        if (out.size() + one.encoded_size() + 1 > room) return false;
        one.write(out);
        return true;
    }
    /// End, then pad to the field's size.
    void close(std::size_t size) { out.u8(option::end).zeros(size - std::min(size, out.size())); }
};

}  // namespace

std::expected<Message, ParseError> parse(BytesView bytes) {
    Reader in{bytes};
    Message m;
    const auto op = in.u8();
    const auto htype = in.u8();
    const auto hlen = in.u8();
    in.take(1);  // hops
    m.xid = in.u32();
    in.take(2);  // secs
    m.broadcast = (in.u16() & 0x8000) != 0;
    m.ciaddr = {in.u32()};
    m.yiaddr = {in.u32()};
    in.take(4);  // siaddr
    m.giaddr = {in.u32()};
    Reader hardware = in.sub(chaddr_bytes);
    for (auto& octet : m.chaddr.octets) octet = hardware.u8();
    const auto sname = in.take(sname_bytes);
    const auto file = in.take(file_bytes);
    const auto cookie = in.u32();
    if (!in.ok()) return std::unexpected{ParseError::Truncated};
    if (cookie != magic_cookie) return std::unexpected{ParseError::Cookie};
    if (htype != 1 || hlen != m.chaddr.octets.size()) return std::unexpected{ParseError::Hardware};

    Options options;
    if (!options.read(in.rest(), file, sname)) return std::unexpected{ParseError::Truncated};
    const auto type = options.number<std::uint8_t>(option::type).value_or(0);
    if (type < std::to_underlying(Type::Discover) || type > std::to_underlying(Type::Inform))
        return std::unexpected{ParseError::Type};
    m.type = static_cast<Type>(type);
    if (op != (is_reply(m.type) ? 2 : 1)) return std::unexpected{ParseError::Type};
    if (decides_wrongly(options)) return std::unexpected{ParseError::Option};
    read_options(m, options);
    return m;
}

Bytes serialize(const Message& m, const Layout& layout) {
    auto options = options_of(m);
    arrange(options, layout.order);

    constexpr std::size_t overload_option = 3;  // Kept free, so that the layout does not depend on what comes later.
    Field field{.room = std::max(layout.most_bytes, least_bytes) - fixed_bytes - overload_option};
    Field file{.room = file_bytes};
    Field sname{.room = sname_bytes};
    for (const auto& one : options) static_cast<void>(field.take(one) || file.take(one) || sname.take(one));
    const auto overload = static_cast<std::uint8_t>((file.out.size() > 0 ? overload_file : 0) | (sname.out.size() > 0 ? overload_sname : 0));
    if (overload != 0) field.out.u8(option::overload).u8(1).u8(overload);

    Writer out;
    out.u8(is_reply(m.type) ? 2 : 1).u8(1).u8(6).u8(0).u32(m.xid).u16(0).u16(m.broadcast ? 0x8000 : 0);
    out.u32(m.ciaddr.value).u32(m.yiaddr.value).u32(0).u32(m.giaddr.value);
    out.put(std::as_bytes(std::span{m.chaddr.octets})).zeros(chaddr_bytes - m.chaddr.octets.size());
    const auto put_field = [&](Field& part, std::size_t size) {
        if (part.out.size() == 0) out.zeros(size);
        else part.close(size), out.put(part.out.view());
    };
    put_field(sname, sname_bytes);
    put_field(file, file_bytes);
    out.u32(magic_cookie);
    field.close(0);
    out.put(field.out.view());
    if (out.size() < least_bytes) out.zeros(least_bytes - out.size());
    return out.take_bytes();
}

}  // namespace vivi::wire::dhcp
