// A simulated crowd.
// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/crowd.hpp"

#include <algorithm>
#include <array>

namespace vivi::sim {
namespace {

constexpr std::array<const char*, 16> names{
    "www.lookfor.example",     "video.tubular.example",  "api.chirper.example",    "cdn.facepage.example",
    "photos.pixogram.example", "live.newsdaily.example", "img.bigshop.example",    "cdn.vapor.example",
    "play.battlegrid.example", "chat.discourse.example", "music.spotless.example", "stream.twitchy.example",
    "docs.worksuite.example",  "git.codeforge.example",  "update.phoneos.example", ""};
/// Names that the shipped lists put to services and categories; nothing is ever sent to them.
constexpr std::array<const char*, 6> service_names{"www.youtube.com",  "scontent.cdninstagram.com", "web.whatsapp.com",
                                                   "open.spotify.com", "gateway.discord.gg",        "en.wikipedia.org"};
constexpr std::array<const char*, 10> host_names{"iPhone",    "Pixel-9", "Galaxy-S26",   "MacBook-Pro", "",
                                                 "steamdeck", "iPad",    "DESKTOP-7F3K", "thinkpad",    ""};

constexpr std::uint32_t first_address = 0x0a420032;  // 10.66.0.50
constexpr Seconds lease_time{3600};

}  // namespace

Crowd::Crowd(int devices, std::uint32_t seed, double liveliness) : random_{seed} {
    std::uniform_real_distribution<double> chance{0.0, 1.0};
    std::uniform_int_distribution<std::size_t> any_name{0, names.size() - 1};
    std::uniform_int_distribution<std::size_t> any_host{0, host_names.size() - 1}, any_service{0, service_names.size() - 1};
    for (int i = 0; i < devices; ++i) {
        const auto number = static_cast<std::uint32_t>(i);
        const bool is_randomised = chance(random_) < 0.7;                         // Most phones make up a MAC for each network.
        const auto high = static_cast<std::uint8_t>((number >> 16) + 16 * seed);  // Two crowds of one site are different people.
        Guest guest{.mac = {{static_cast<std::uint8_t>(is_randomised ? 0x02 : 0x3c), 0x22, 0xfb, high,
                             static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)}},
                    .address = Ipv4{first_address + number},
                    .hostname = host_names.at(any_host(random_)),
                    .activity = (0.05 + chance(random_) * chance(random_)) * liveliness};
        for (int favourite = 0; favourite < 4; ++favourite) guest.favourites.push_back(names.at(any_name(random_)));
        guest.favourites.push_back(service_names.at(any_service(random_)));
        guests_.push_back(std::move(guest));
    }
}

model::Lease Crowd::lease_of(const Guest& guest) {
    return {.device = guest.mac,
            .address = guest.address,
            .network = "lan",
            .hostname = guest.hostname,
            .duration = lease_time,
            .granted_at = guest.granted_at,
            .expires_at = guest.expires_at};
}

std::vector<model::Lease> Crowd::arrivals(WallTime now) {
    for (std::size_t i = 0; i < guests_.size(); ++i) {
        guests_[i].granted_at = now - Seconds{static_cast<std::int64_t>(i * 37 % 3000)};
        guests_[i].expires_at = guests_[i].granted_at + lease_time;
    }
    return leases(now);
}

std::vector<model::Lease> Crowd::renewals(WallTime now) {
    std::vector<model::Lease> renewed;
    for (auto& guest : guests_) {
        const bool has_come = guest.granted_at != WallTime{};
        if (!has_come || banned_.contains(guest.mac) || guest.expires_at - now > lease_time / 2) continue;
        if (guest.expires_at <= now) guest.granted_at = now;  // Let in again: another lease.
        guest.expires_at = now + lease_time;
        renewed.push_back(lease_of(guest));
    }
    return renewed;
}

std::vector<model::Lease> Crowd::leases(WallTime now) const {
    std::vector<model::Lease> running;
    for (const auto& guest : guests_) {
        if (guest.expires_at > now) running.push_back(lease_of(guest));
    }
    return running;
}

model::TrafficRow Crowd::visit(const Guest& guest, Milliseconds duration) {
    std::uniform_int_distribution<std::size_t> which{0, guest.favourites.size() - 1};
    std::lognormal_distribution<double> kilobytes_a_second{4.0, 1.5};
    const auto* name = guest.favourites[which(random_)];
    const auto down = static_cast<std::uint64_t>(kilobytes_a_second(random_) * static_cast<double>(duration.count()));
    return {.device = guest.mac,
            .name = name,
            .source = *name == '\0' ? model::NameSource::None : model::NameSource::Sni,
            .bytes_up = down / 20 + 80,
            .bytes_down = down + 40,
            .packets_up = down / 2800 + 1,
            .packets_down = down / 1400 + 1};
}

model::TrafficBatch Crowd::tick(Milliseconds duration) {
    std::uniform_real_distribution<double> chance{0.0, 1.0};
    model::TrafficBatch batch{.tick = duration};
    const auto seconds = std::min(1.0, static_cast<double>(duration.count()) / 1000.0);
    for (const auto& guest : guests_) {
        if (banned_.contains(guest.mac) || chance(random_) >= guest.activity * seconds) continue;
        batch.rows.push_back(visit(guest, duration));
        batch.captured += batch.rows.back().packets_up + batch.rows.back().packets_down;
    }
    return batch;
}

std::vector<Happening> CrowdScene::happenings(WallTime, WallTime until) {
    std::vector<Happening> all;
    for (const auto& lease : crowd_.renewals(until))
        all.push_back({.topic = model::topic::lease_renewed, .members = {{"lease", model::to_json(lease)}}, .at = until});
    return all;
}

std::vector<Happening> CrowdScene::present(WallTime now) {
    std::vector<Happening> all;
    for (const auto& lease : crowd_.arrivals(now))
        all.push_back({.topic = model::topic::lease_granted, .members = {{"lease", model::to_json(lease)}}, .at = now});
    return all;
}

}  // namespace vivi::sim
