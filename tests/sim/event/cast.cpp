// Dressing the devices, and when they come and go.
// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/event/cast.hpp"

#include <algorithm>
#include <random>

namespace vivi::sim::event {
namespace {

constexpr Ipv4 address(std::uint32_t second, std::uint32_t last) { return {0x0a000000U | second << 16 | last}; }

class Casting {
public:
    Casting(Place place, std::uint32_t seed) : place_{place}, random_{seed * 4 + static_cast<std::uint32_t>(place)} {}

    /// The kinds in their shares, mixed over the numbers, so that a small event has some of everything too.
    Device guest(int number) {
        int share = (number * 617 + 311) % 1000;
        std::size_t kind = 0;
        while (kind + 1 < kinds && share >= habits_of(static_cast<Kind>(kind)).per_thousand)
            share -= habits_of(static_cast<Kind>(kind++)).per_thousand;
        auto device = dressed(static_cast<Kind>(kind), number);
        if (habits_of(device.kind).is_staff_gear)
            device.stays = {{minutes(0, 80), minutes(740, 779)}};
        else
            device.stays = stays_of_guest();
        return device;
    }

    Device latecomer(int number) {
        auto device = dressed(Kind::Phone, number);
        const auto from = minutes(361, 660);
        device.stays = {{from, std::max(from + Minutes{20}, minutes(600, 775))}};
        return device;
    }

    /// The phone of somebody who goes at lunch and returns, by another MAC.
    Device returner(Device& before, int number) {
        auto device = latecomer(number);
        device.hostname = before.hostname;
        device.appetite = before.appetite;
        device.favourites = before.favourites;
        const auto gone = minutes(300, 330);
        std::erase_if(before.stays, [gone](const Stay& stay) { return stay.from >= gone; });
        if (before.stays.empty()) before.stays = {{minutes(150, 200), gone}};
        before.stays.back().until = std::min(before.stays.back().until, gone);
        return device;
    }

private:
    bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }
    Moment minutes(int from, int until) {
        return Minutes{from} + Milliseconds{random_() % (static_cast<std::uint32_t>(until - from) * 60'000)};
    }
    template <class Choices>
    auto any_of(const Choices& choices) {
        return choices[random_() % choices.size()];
    }

    Device dressed(Kind kind, int number) {
        const auto& habits = habits_of(kind);
        Device device{.kind = kind, .mac = mac_for(habits, number), .vendor_class = std::string{habits.vendor_class}};
        if (!chance(habits.nameless_percent)) device.hostname = name_for(habits);
        if (number % 97 == 41) {
            const auto& strange = hostile_names()[static_cast<std::size_t>(number / 97) % hostile_names().size()];
            device.hostname = strange.hostname;
            device.vendor_class = strange.vendor_class;
        }
        device.says_goodbye = kind == Kind::Laptop && chance(40);
        const double luck = static_cast<double>(random_() % 1'000) / 1'000;
        device.appetite = 0.2 + 1.6 * luck * luck * luck * luck * luck + 0.5 * luck;
        for (int i = 0; i < 5; ++i) device.favourites.push_back(any_of(habits.favourites));
        if (chance(12)) device.favourites.push_back(any_of(refused_names()));
        return device;
    }

    /// The number makes it unique at the event, however it begins.
    Mac mac_for(const Habits& habits, int number) {
        const auto prefix = habits.makers.empty() ? 0U : any_of(habits.makers);
        const auto drawn = random_();
        const auto own = static_cast<std::uint32_t>(number) + (static_cast<std::uint32_t>(place_) << 14);
        Mac mac{{static_cast<std::uint8_t>(prefix >> 16), static_cast<std::uint8_t>(prefix >> 8),
                 static_cast<std::uint8_t>(prefix), static_cast<std::uint8_t>(drawn), static_cast<std::uint8_t>(own >> 8),
                 static_cast<std::uint8_t>(own)}};
        if (!chance(habits.hidden_percent)) return mac;
        mac.octets[0] =
            static_cast<std::uint8_t>((drawn >> 8 & 0xfc) | 0x02);  // Local, not a group: IEEE 802-2014 section 8.2.2.
        mac.octets[1] = static_cast<std::uint8_t>(drawn >> 16);
        mac.octets[2] = static_cast<std::uint8_t>(drawn >> 24);
        return mac;
    }

    std::string name_for(const Habits& habits) {
        static constexpr std::string_view digits = "0123456789ABCDEF";
        std::string name;
        for (const char c : any_of(habits.names)) {
            if (c == '%')
                name += any_of(first_names());
            else if (c == '#')
                for (int i = 0; i < 4; ++i) name += any_of(digits);
            else
                name += c;
        }
        return name;
    }

    /// Most come when the doors open, a third leaves for lunch (from the workshops hardly anybody), many stay for the evening.
    std::vector<Stay> stays_of_guest() {
        const auto come = chance(75) ? minutes(85, 165) : chance(80) ? minutes(150, 290) : minutes(300, 352);
        const auto go = chance(35) ? minutes(530, 600) : chance(60) ? minutes(590, 720) : minutes(700, 779);
        if (come >= Minutes{290} || !chance(place_ == Place::Workshops ? 3 : 33)) return {{come, go}};
        return {{come, minutes(298, 315)}, {minutes(330, 372), go}};
    }

    Place place_;
    std::mt19937 random_;
};

}  // namespace

Site site_of(Place place, int devices) {
    const auto here = static_cast<std::uint32_t>(devices_at(place, devices));
    switch (place) {
        case Place::MainHall:
            return {
                "Main hall", 667, {address(66, 1), 20}, address(66, 50), address(66, 49 + std::min(4'000U, here * 3 / 2 + 40))};
        case Place::Foyer:
            return {"Foyer", 200, {address(67, 1), 21}, address(67, 20), address(67, 19 + std::min(2'000U, here * 2 + 20))};
        case Place::Workshops:
            return {"Workshop rooms", 133, {address(68, 1), 21}, address(68, 10), address(68, 9 + here + here / 50)};
    }
    return {};
}

int devices_at(Place place, int devices) {
    const int foyer = devices / 5, workshops = devices * 2 / 15;
    switch (place) {
        case Place::MainHall: return devices - foyer - workshops;
        case Place::Foyer: return foyer;
        case Place::Workshops: return workshops;
    }
    return 0;
}

model::Network network_of(Place place, int devices) {
    const auto site = site_of(place, devices);
    return {.name = "lan",
            .interface = "br-lan",
            .address = site.network,
            .dhcp = model::Dhcp{.from = site.from, .to = site.to, .lease = Seconds{3600}}};
}

std::vector<Device> cast_of(Place place, int devices, std::uint32_t seed) {
    Casting casting{place, seed};
    std::vector<Device> cast;
    const int here = devices_at(place, devices);
    for (int i = 0; i < here; ++i) cast.push_back(casting.guest(i));
    std::size_t returned = 0;
    for (int i = 0; i < here / 25; ++i) {
        const bool returns = i % 2 == 0;
        while (returns && returned < static_cast<std::size_t>(here) &&
               (cast[returned].kind != Kind::Phone || !cast[returned].mac.is_locally_administered()))
            ++returned;
        if (returns && returned < static_cast<std::size_t>(here))
            cast.push_back(casting.returner(cast[returned++], here + i));
        else
            cast.push_back(casting.latecomer(here + i));
    }
    return cast;
}

}  // namespace vivi::sim::event
