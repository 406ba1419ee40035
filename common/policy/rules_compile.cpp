// Compiles a policy into its image.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <map>
#include <utility>

#include "common/core/domain_name.hpp"
#include "common/policy/essential_names.hpp"
#include "common/policy/rules.hpp"
#include "common/policy/rules_image.hpp"

namespace vivi::policy {
namespace {

using namespace image;

std::string whom(const model::Scope& scope) {
    if (scope.device) return "device " + vivi::to_string(*scope.device);
    return scope.group.empty() ? "everybody" : "group " + scope.group;
}

std::string words(std::string what, model::Decision decision, const model::Scope& scope) {
    return std::move(what).append(" (").append(to_string(decision)).append(", ").append(whom(scope)).append(")");
}

std::string words(const model::AddressRule& rule) {
    std::string what = "address " + vivi::to_string(rule.prefix);
    if (rule.transport != model::Transport::Any) what.append(" ").append(to_string(rule.transport));
    if (rule.port) what.append(" port ").append(std::to_string(*rule.port));
    return words(std::move(what), rule.decision, rule.scope);
}

std::uint32_t flags_of(model::Decision decision) { return decision == model::Decision::Deny ? denies : 0; }

/// Lays sections one behind the other.
class Arena {
public:
    Arena() { bytes_.resize(sizeof(Header)); }

    template <class Row>
    void put(const std::vector<Row>& rows) {
        put(Row::section, rows.data(), rows.size(), sizeof(Row));
    }
    void put_texts(const std::string& texts) { put(Section::Texts, texts.data(), texts.size(), 1); }

    Bytes finish(Header header) {
        header.size = static_cast<std::uint32_t>(bytes_.size());
        header.places = places_;
        std::memcpy(bytes_.data(), &header, sizeof header);
        header.checksum = checksum_of(bytes_);
        std::memcpy(bytes_.data(), &header, sizeof header);
        return std::move(bytes_);
    }

private:
    void put(Section section, const void* rows, std::size_t count, std::size_t size) {
        const auto offset = bytes_.size();
        places_[static_cast<std::size_t>(section)] = {static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(count)};
        bytes_.resize((offset + count * size + 7) / 8 * 8);
        if (count > 0) std::memcpy(bytes_.data() + offset, rows, count * size);
    }

    Bytes bytes_;
    std::array<Place, sections> places_{};
};

template <class Slot>
std::vector<Slot> hashed(const std::vector<std::uint32_t>& hashes) {
    std::vector<Slot> slots(hashes.empty() ? 0 : std::bit_ceil(2 * hashes.size()));
    for (std::uint32_t i = 0; i < hashes.size(); ++i) {
        auto at = hashes[i];
        while (slots[at & (slots.size() - 1)].row != 0) ++at;
        slots[at & (slots.size() - 1)] = {hashes[i], i + 1};
    }
    return slots;
}

class Compiler {
public:
    explicit Compiler(const model::Policy& policy) : policy_{policy}, views_{views(policy)}, group_views_{group_views(policy)} {}

    Bytes run(std::int64_t revision) {
        add_devices();
        add_essential();
        add_names();
        add_addresses();
        add_tags();
        Arena arena;
        arena.put(device_rows());
        arena.put(view_rows());
        put_names(arena);
        put_prefixes(arena);
        arena.put(rules_);
        arena.put_texts(texts_);
        return arena.finish({.revision = revision,
                             .mode = static_cast<std::uint32_t>(policy_.mode),
                             .new_devices = static_cast<std::uint32_t>(policy_.new_devices)});
    }

private:
    Text keep(std::string_view text) {
        const Text kept{static_cast<std::uint32_t>(texts_.size()), static_cast<std::uint32_t>(text.size())};
        texts_ += text;
        return kept;
    }

    RuleId rule(Member member, std::size_t position, const std::vector<std::uint32_t>& origin, std::string_view words) {
        const auto in_document = origin.empty() ? static_cast<std::uint32_t>(position) : origin.at(position);
        rules_.push_back({static_cast<std::uint32_t>(member), in_document, keep(words)});
        return static_cast<RuleId>(rules_.size() - 1);
    }

    ViewId view_of(const model::Scope& scope) const {
        if (scope.device) return views_.at(*scope.device);
        if (scope.group.empty()) return everybody;
        const auto found = group_views_.find(scope.group);
        return found == group_views_.end() ? view_of_group(scope.group) : found->second;
    }

    /// Protected before banned before admitted; of several rules the first.
    void add_devices() {
        const auto stand = [&](Mac device, Standing standing, RuleId rule) {
            const auto [found, is_new] = standings_.try_emplace(device, standing, rule);
            if (!is_new && standing < found->second.first) found->second = {standing, rule};
        };
        for (std::size_t i = 0; i < policy_.protected_devices.size(); ++i) {
            const auto device = policy_.protected_devices[i];
            stand(device, Standing::Protected,
                  rule(Member::ProtectedDevices, i, {}, "protected device " + vivi::to_string(device)));
        }
        for (std::size_t i = 0; i < policy_.devices.size(); ++i) {
            const auto& ban = policy_.devices[i];
            const auto text = "device " + vivi::to_string(ban.device) + " (" + std::string{to_string(ban.decision)} + ")";
            stand(ban.device, ban.decision == model::Decision::Deny ? Standing::Banned : Standing::Admitted,
                  rule(Member::Devices, i, policy_.origin.devices, text));
        }
        for (const auto& [device, view] : views_) standings_.try_emplace(device, Standing::New, no_rule);
    }

    void add_essential() {
        for (const auto& essential : essential_names()) {
            const auto id = rule(Member::None, 0, {}, "essential name " + std::string{essential.name});
            names_[std::string{essential.name}].push_back({essential_view, id, essential.with_below ? 0 : name_alone});
        }
        for (std::size_t i = 0; i < policy_.never_blocked.size(); ++i) {
            const auto& name = policy_.never_blocked[i];
            names_[name].push_back({essential_view, rule(Member::NeverBlocked, i, {}, "never blocked " + name), 0});
        }
    }

    void add_names() {
        for (std::size_t i = 0; i < policy_.domains.size(); ++i) {
            const auto& domain = policy_.domains[i];
            const auto what = "domain " + domain.domain + (domain.subdomains ? "" : " alone");
            const auto id = rule(Member::Domains, i, policy_.origin.domains, words(what, domain.decision, domain.scope));
            names_[domain.domain].push_back(
                {view_of(domain.scope), id, flags_of(domain.decision) | (domain.subdomains ? 0 : name_alone)});
        }
    }

    void add_addresses() {
        for (std::size_t i = 0; i < policy_.addresses.size(); ++i) {
            const auto& address = policy_.addresses[i];
            auto flags = flags_of(address.decision);
            if (address.transport == model::Transport::Tcp) flags |= only_tcp;
            if (address.transport == model::Transport::Udp) flags |= only_udp;
            const auto id = rule(Member::Addresses, i, policy_.origin.addresses, words(address));
            prefixes_[{masked(address.prefix.address, address.prefix.length), address.prefix.length}].push_back(
                {view_of(address.scope), id, flags, address.port.value_or(0)});
        }
    }

    void add_tags() {
        const auto add = [&](const auto& rules, Member member, const auto& origin, TagKind kind, std::string_view word,
                             auto name) {
            for (std::size_t i = 0; i < rules.size(); ++i) {
                const auto& row = rules[i];
                const auto text = words(std::string{word} + ' ' + row.*name, row.decision, row.scope);
                tags_[{kind, row.*name}].push_back({view_of(row.scope), rule(member, i, origin, text), flags_of(row.decision)});
            }
        };
        const auto& origin = policy_.origin;
        add(policy_.services, Member::Services, origin.services, TagKind::Service, "service", &model::ServiceRule::service);
        add(policy_.categories, Member::Categories, origin.categories, TagKind::Category, "category",
            &model::CategoryRule::category);
        add(policy_.lists, Member::Lists, origin.lists, TagKind::List, "list", &model::ListRule::list);
    }

    std::vector<DeviceRow> device_rows() const {
        std::vector<DeviceRow> rows;
        for (const auto& [device, standing] : standings_) {
            const auto view = views_.find(device);
            rows.push_back({.mac = device.octets,
                            .standing = static_cast<std::uint8_t>(standing.first),
                            .view = view == views_.end() ? everybody : view->second,
                            .rule = standing.second});
        }
        return rows;
    }

    std::vector<ViewRow> view_rows() const {
        std::map<ViewId, ViewId> group_of;
        for (const auto& group : policy_.groups) {
            for (const auto device : group.devices) group_of.emplace(views_.at(device), group_views_.at(group.name));
        }
        std::vector<ViewRow> rows;
        for (const auto& [view, mode] : modes(policy_)) {
            const auto group = group_of.find(view);
            rows.push_back({view, group == group_of.end() ? everybody : group->second, static_cast<std::uint32_t>(mode)});
        }
        return rows;
    }

    /// Appends the entries sorted by view; of equal ones only the first can decide.
    static std::pair<std::uint32_t, std::uint32_t> append(std::vector<EntryRow>& all, std::vector<EntryRow> entries) {
        const auto key = [](const EntryRow& entry) { return std::tuple{entry.view, entry.flags, entry.rule}; };
        std::ranges::sort(entries, {}, key);
        const auto same = [](const EntryRow& a, const EntryRow& b) { return a.view == b.view && a.flags == b.flags; };
        entries.erase(std::unique(entries.begin(), entries.end(), same), entries.end());
        const auto first = static_cast<std::uint32_t>(all.size());
        all.insert(all.end(), entries.begin(), entries.end());
        return {first, static_cast<std::uint32_t>(entries.size())};
    }

    void put_names(Arena& arena) {
        std::vector<NameRow> names;
        std::vector<TagRow> tags;
        std::vector<EntryRow> entries;
        std::vector<std::uint32_t> hashes;
        for (auto& [name, of_name] : names_) {
            const auto [first, count] = append(entries, std::move(of_name));
            names.push_back({keep(name), first, count});
            hashes.push_back(hash_of(name));
        }
        for (auto& [tag, of_tag] : tags_) {
            const auto [first, count] = append(entries, std::move(of_tag));
            tags.push_back({static_cast<std::uint32_t>(tag.first), keep(tag.second), first, count});
        }
        arena.put(hashed<SlotRow>(hashes));
        arena.put(names);
        arena.put(entries);
        arena.put(tags);
    }

    void put_prefixes(Arena& arena) {
        std::vector<PrefixRow> rows;
        std::vector<AddressEntryRow> entries;
        std::vector<std::uint32_t> hashes;
        std::map<std::uint32_t, bool, std::greater<>> lengths;
        for (auto& [prefix, of_prefix] : prefixes_) {
            std::ranges::sort(of_prefix, {}, [](const auto& entry) { return std::tuple{entry.view, entry.rule}; });
            rows.push_back({prefix.first.octets, prefix.second, static_cast<std::uint32_t>(entries.size()),
                            static_cast<std::uint32_t>(of_prefix.size())});
            entries.insert(entries.end(), of_prefix.begin(), of_prefix.end());
            hashes.push_back(hash_of(prefix.first, prefix.second));
            lengths[prefix.second] = true;
        }
        std::vector<LengthRow> length_rows;
        for (const auto& [length, is_there] : lengths) length_rows.push_back({length});
        arena.put(length_rows);
        arena.put(hashed<PrefixSlotRow>(hashes));
        arena.put(rows);
        arena.put(entries);
    }

    const model::Policy& policy_;
    std::map<Mac, ViewId> views_;
    std::map<std::string, ViewId> group_views_;
    std::map<Mac, std::pair<Standing, RuleId>> standings_;
    std::map<std::string, std::vector<EntryRow>> names_;
    std::map<std::pair<TagKind, std::string>, std::vector<EntryRow>> tags_;
    std::map<std::pair<Ipv6, std::uint32_t>, std::vector<AddressEntryRow>> prefixes_;
    std::vector<RuleRow> rules_;
    std::string texts_;
};

}  // namespace

Bytes compile(const model::Policy& effective, std::int64_t revision) { return Compiler{effective}.run(revision); }

}  // namespace vivi::policy
