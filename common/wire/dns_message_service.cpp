// Parameters in rising order of their keys, each checked on its own.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/dns_message_service.hpp"

#include <algorithm>

namespace vivi::wire::dns {
namespace {

Ipv6 ipv6_of(BytesView bytes) noexcept {
    Ipv6 address;
    std::ranges::transform(bytes, address.octets.begin(), [](std::byte octet) { return std::to_integer<std::uint8_t>(octet); });
    return address;
}

/// Octets of one address in the value of this hint, or 0: no hint.
constexpr std::size_t width_of(std::uint16_t key) noexcept {
    return key == service_key::ipv4hint ? 4 : key == service_key::ipv6hint ? 16 : 0;
}

Ipv6 hint_address(BytesView bytes) noexcept { return bytes.size() == 4 ? to_mapped(Ipv4{Reader{bytes}.u32()}) : ipv6_of(bytes); }

/// RFC 9460 sections 7.3 and 8: lists of whole things, not empty; the other values are nobody's business here.
bool is_value(const Service::Parameter& parameter) noexcept {
    const auto width = parameter.key == service_key::mandatory ? std::size_t{2} : width_of(parameter.key);
    return width == 0 || (!parameter.value.empty() && parameter.value.size() % width == 0);
}

Bytes kept_hints(const Service::Parameter& parameter, const std::function<bool(const Ipv6&)>& keeps) {
    Writer kept;
    const auto width = width_of(parameter.key);
    for (auto rest = parameter.value; !rest.empty(); rest = rest.subspan(width)) {
        if (keeps(hint_address(rest.first(width)))) kept.put(rest.first(width));
    }
    return kept.take_bytes();
}

void put(Writer& out, std::uint16_t key, BytesView value) {
    out.u16(key).u16(static_cast<std::uint16_t>(value.size())).put(value);
}

}  // namespace

void Service::each_hint(const std::function<void(const Ipv6&)>& take) const {
    for (const auto& parameter : parameters()) {
        const auto width = width_of(parameter.key);
        if (width == 0) continue;
        for (auto rest = parameter.value; !rest.empty(); rest = rest.subspan(width)) take(hint_address(rest.first(width)));
    }
}

std::optional<Service> parse_service(const Message& message, const Record& record) noexcept {
    const std::size_t end = std::size_t{record.data_at} + record.data_size;
    Service service;
    Reader priority{message.data(record)};
    service.priority = priority.u16();
    if (!priority.ok()) return std::nullopt;
    const auto target = read_name(message.bytes.first(end), std::size_t{record.data_at} + 2);
    if (!target || target->end > end) return std::nullopt;
    // Never compressed (RFC 9460 section 2.2): then the field is as long as the name.
    if (target->end - record.data_at - 2 != target->name.octets().size()) return std::nullopt;
    service.target = target->name;
    Reader in{message.bytes.first(end).subspan(target->end)};
    for (std::int32_t last = -1; !in.done();) {
        Service::Parameter parameter;
        parameter.key = in.u16();
        parameter.value = in.take(in.u16());
        if (!in.ok() || parameter.key <= last || !is_value(parameter) || service.count_ == Service::most_parameters)
            return std::nullopt;
        last = parameter.key;
        service.parameters_.at(service.count_++) = parameter;
    }
    return in.ok() ? std::optional{service} : std::nullopt;
}

Bytes reduce(const Service& service, bool strip_ech, const std::function<bool(const Ipv6&)>& keeps) {
    std::array<Bytes, Service::most_parameters> hints{};
    const auto parameters = service.parameters();
    const auto goes = [&](std::uint16_t key) {
        if (key == service_key::ech) return strip_ech;
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            if (parameters[i].key == key) return width_of(key) != 0 && hints.at(i).empty();
        }
        return false;
    };
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (width_of(parameters[i].key) != 0) hints.at(i) = kept_hints(parameters[i], keeps);
    }
    Writer out;
    out.u16(service.priority).put(service.target.octets());
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const auto& [key, value] = parameters[i];
        if (goes(key)) continue;
        if (key == service_key::mandatory) {
            Writer kept;
            for (Reader keys{value}; !keys.done();) {
                if (const auto named = keys.u16(); !goes(named)) kept.u16(named);
            }
            if (kept.size() != 0) put(out, key, kept.view());
        } else {
            put(out, key, width_of(key) != 0 ? BytesView{hints.at(i)} : value);
        }
    }
    return out.take_bytes();
}

}  // namespace vivi::wire::dns
