// The engine: which rules apply to a name or an address, and which of them decides.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/rules.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace vivi::policy {

using namespace image;

namespace {

constexpr std::size_t allow = 0, deny = 1;
constexpr std::array<std::string_view, members> member_names{
    "", "protected_devices", "devices", "never_blocked", "domains", "addresses", "services", "categories", "lists"};

/// The rule that decides of those offered: the more specific one, of equal ones the first in the document.
struct Best {
    RuleId rule = no_rule;
    std::uint32_t weight = 0;

    void offer(RuleId other, std::uint32_t other_weight) noexcept {
        if (rule == no_rule || other_weight > weight || (other_weight == weight && other < rule)) *this = {other, other_weight};
    }
};

/// First row in [first, first + count) whose view is not below `view`, and how many may follow it.
template <class Row>
std::pair<std::uint32_t, std::uint32_t> from_view(const Image& image, std::uint32_t first, std::uint32_t count,
                                                  ViewId view) noexcept {
    const auto all = image.count<Row>();
    first = std::min(first, all);
    auto low = first, high = first + std::min(count, all - first);
    const auto end = high;
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        if (image.row<Row>(middle).view < view)
            low = middle + 1;
        else
            high = middle;
    }
    return {low, end};
}

bool fits(const AddressEntryRow& entry, model::Transport transport, std::uint16_t port) noexcept {
    if ((entry.flags & only_tcp) != 0 && transport != model::Transport::Tcp) return false;
    if ((entry.flags & only_udp) != 0 && transport != model::Transport::Udp) return false;
    return entry.port == 0 || (transport != model::Transport::Any && entry.port == port);
}

/// Asks `each(row, labels, is_whole_name)` for every suffix that has rules, the shortest first.
template <class Each>
void each_suffix(const Image& image, std::string_view name, Each each) noexcept {
    auto hash = hash_start;
    std::uint32_t labels = 0;
    for (auto at = name.size(); at-- > 0;) {
        hash = hash_on(hash, static_cast<std::uint8_t>(name[at]));
        if (at > 0 && name[at - 1] != '.') continue;
        ++labels;
        const auto found = image.find_name(name.substr(at), hash_end(hash));
        if (found != Image::no_row) each(image.row<NameRow>(found), labels, at == 0);
    }
}

std::string_view word_of(std::uint32_t kind) noexcept {
    if (kind == static_cast<std::uint32_t>(TagKind::Category)) return "category ";
    return kind == static_cast<std::uint32_t>(TagKind::Service) ? "service " : "list ";
}

std::string tag_text(std::uint32_t kind, std::string_view name) { return std::string{word_of(kind)}.append(name); }

}  // namespace

/// The views whose rules hold for a subject: of the device, of its group, of everybody. `everybody` at the first two: none.
struct Engine::Views {
    explicit Views(const Subject& subject) noexcept
        : scopes{is_view_of_device(subject.view) ? subject.view : everybody,
                 is_view_of_device(subject.view) ? subject.group : subject.view, everybody} {}
    std::array<ViewId, 3> scopes;
};

/// By scope and decision, in the order of Layer.
struct Engine::Found {
    std::array<std::array<Best, 2>, 3> best{};

    std::optional<Verdict> decide(Layer first) const noexcept {
        auto layer = static_cast<std::uint8_t>(first);
        for (const auto& scope : best) {
            if (scope[allow].rule != no_rule) return Verdict{model::Decision::Allow, Layer{layer}, scope[allow].rule};
            ++layer;
            if (scope[deny].rule != no_rule) return Verdict{model::Decision::Deny, Layer{layer}, scope[deny].rule};
            ++layer;
        }
        return std::nullopt;
    }
    /// All scopes in one layer.
    std::optional<Verdict> decide_in(Layer layer) const noexcept {
        auto verdict = decide(Layer::DeviceAllow);
        if (verdict) verdict->layer = layer;
        return verdict;
    }
};

Result<Engine> Engine::open(BytesView rules, Catalogue catalogue) {
    auto opened = Image::open(rules);
    if (!opened) return std::unexpected{std::move(opened).error()};
    Engine engine;
    engine.rules_ = *opened;
    engine.catalogue_ = catalogue;
    std::unordered_map<std::string, std::uint32_t> wanted;
    for (std::uint32_t i = 0; i < opened->count<TagRow>(); ++i) {
        const auto tag = opened->row<TagRow>(i);
        wanted.emplace(tag_text(tag.kind, opened->text(tag.name)), i + 1);
    }
    if (wanted.empty()) return engine;
    engine.bindings_.resize(catalogue.tags());
    for (std::size_t i = 0; i < engine.bindings_.size(); ++i) {
        const auto tag = static_cast<TagId>(i);
        const auto found = wanted.find(tag_text(static_cast<std::uint32_t>(catalogue.kind(tag)), catalogue.tag_name(tag)));
        if (found != wanted.end()) engine.bindings_[i] = found->second;
    }
    if (std::ranges::all_of(engine.bindings_, [](auto row) { return row == 0; })) engine.bindings_.clear();
    return engine;
}

std::int64_t Engine::revision() const noexcept { return rules_.header().revision; }
model::NewDevices Engine::new_devices() const noexcept { return static_cast<model::NewDevices>(rules_.header().new_devices); }
model::Mode Engine::mode() const noexcept { return static_cast<model::Mode>(rules_.header().mode); }

Subject Engine::subject(std::optional<Mac> device) const noexcept {
    Subject subject{.standing = Standing::New, .mode = mode()};
    if (!device) return subject;
    std::uint32_t low = 0, high = rules_.count<DeviceRow>();
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        if (rules_.row<DeviceRow>(middle).mac < device->octets)
            low = middle + 1;
        else
            high = middle;
    }
    const auto row = rules_.row<DeviceRow>(low);
    if (low >= rules_.count<DeviceRow>() || row.mac != device->octets) return subject;
    subject.view = row.view;
    subject.rule = row.rule;
    if (row.standing <= static_cast<std::uint8_t>(Standing::New)) subject.standing = static_cast<Standing>(row.standing);
    const auto [at, end] = from_view<ViewRow>(rules_, 0, rules_.count<ViewRow>(), row.view);
    const auto view = rules_.row<ViewRow>(at);
    if (at < end && view.view == row.view) {
        subject.mode = view.mode == 0 ? model::Mode::BlockListed : model::Mode::AllowListed;
        subject.group = view.group;
    }
    return subject;
}

void Engine::offer_entries(Found& found, const Views& views, std::uint32_t first, std::uint32_t count, std::uint32_t labels,
                           bool is_whole_name) const noexcept {
    for (std::size_t scope = 0; scope < 3; ++scope) {
        const auto view = views.scopes[scope];
        if (view == everybody && scope < 2) continue;
        auto [at, end] = from_view<EntryRow>(rules_, first, count, view);
        for (; at < end; ++at) {
            const auto entry = rules_.row<EntryRow>(at);
            if (entry.view != view) break;
            if ((entry.flags & name_alone) != 0 && !is_whole_name) continue;
            found.best[scope][entry.flags & denies].offer(entry.rule, labels);
        }
    }
}

void Engine::find_tags(Found& names, Found& categories, Found& lists, const Views& views,
                       const Catalogue::Asked& asked) const noexcept {
    std::array<Catalogue::Tag, Catalogue::most_tags_of_a_name> room;
    for (const auto& tag : catalogue_.find(asked, room)) {
        if (tag.allows || tag.tag >= bindings_.size() || bindings_[tag.tag] == 0) continue;
        const auto row = rules_.row<TagRow>(bindings_[tag.tag] - 1);
        auto& found = row.kind == static_cast<std::uint32_t>(TagKind::Service)    ? names
                      : row.kind == static_cast<std::uint32_t>(TagKind::Category) ? categories
                                                                                  : lists;
        offer_entries(found, views, row.first, row.count, tag.labels, true);
    }
}

Verdict Engine::decide_name(const Subject& subject, std::string_view name) const noexcept {
    using enum model::Decision;
    if (subject.standing == Standing::Protected) return {Allow, Layer::Protected, subject.rule};
    if (subject.standing == Standing::Banned) return {Deny, Layer::Banned, subject.rule};
    const Views views{subject};
    Catalogue::Asked asked;
    if (!bindings_.empty()) catalogue_.prepare(name, asked);
    Found names, categories, lists;
    Best essential;
    each_suffix(rules_, name, [&](const NameRow& row, std::uint32_t labels, bool is_whole_name) {
        offer_entries(names, views, row.first, row.count, labels, is_whole_name);
        auto [at, end] = from_view<EntryRow>(rules_, row.first, row.count, essential_view);
        for (; at < end; ++at) {
            const auto entry = rules_.row<EntryRow>(at);
            if ((entry.flags & name_alone) == 0 || is_whole_name) essential.offer(entry.rule, labels);
        }
    });
    if (essential.rule != no_rule) return {Allow, Layer::Essential, essential.rule};
    if (subject.standing == Standing::New && new_devices() != model::NewDevices::Allow) return {Deny, Layer::NewDevice, no_rule};
    if (!bindings_.empty()) find_tags(names, categories, lists, views, asked);
    if (const auto verdict = names.decide(Layer::DeviceAllow)) return *verdict;
    if (const auto verdict = categories.decide_in(Layer::Category)) return *verdict;
    if (const auto verdict = lists.decide_in(Layer::List)) return *verdict;
    return {subject.mode == model::Mode::AllowListed ? Deny : Allow, Layer::Default, no_rule};
}

void Engine::find_addresses(Found& found, const Views& views, const Ipv6& remote, model::Transport transport,
                            std::uint16_t port) const noexcept {
    const bool is_ipv4 = from_mapped(remote).has_value();
    for (std::uint32_t i = 0; i < rules_.count<LengthRow>(); ++i) {
        const auto length = rules_.row<LengthRow>(i).length;
        if (is_ipv4 && length < 96) break;  // Prefixes of IPv6 hold for no IPv4 address.
        const auto index = rules_.find_prefix(masked(remote, length), length);
        if (index == Image::no_row) continue;
        const auto prefix = rules_.row<PrefixRow>(index);
        for (std::size_t scope = 0; scope < 3; ++scope) {
            const auto view = views.scopes[scope];
            if (view == everybody && scope < 2) continue;
            auto [at, end] = from_view<AddressEntryRow>(rules_, prefix.first, prefix.count, view);
            for (; at < end; ++at) {
                const auto entry = rules_.row<AddressEntryRow>(at);
                if (entry.view != view) break;
                if (!fits(entry, transport, port)) continue;
                const auto has_transport = (entry.flags & (only_tcp | only_udp)) != 0;
                found.best[scope][entry.flags & denies].offer(entry.rule,
                                                              length * 4 + (entry.port != 0 ? 2 : 0) + (has_transport ? 1 : 0));
            }
        }
    }
}

Verdict Engine::decide_address(const Subject& subject, const Ipv6& remote, model::Transport transport,
                               std::uint16_t port) const noexcept {
    using enum model::Decision;
    if (subject.standing == Standing::Protected) return {Allow, Layer::Protected, subject.rule};
    if (subject.standing == Standing::Banned) return {Deny, Layer::Banned, subject.rule};
    if (subject.standing == Standing::New && new_devices() != model::NewDevices::Allow) return {Deny, Layer::NewDevice, no_rule};
    Found found;
    find_addresses(found, Views{subject}, remote, transport, port);
    if (const auto verdict = found.decide(Layer::DeviceAllow)) return *verdict;
    return {subject.mode == model::Mode::AllowListed ? Deny : Allow, Layer::Default, no_rule};
}

std::string Engine::describe(const Verdict& verdict) const {
    if (verdict.rule != no_rule) return std::string{rules_.text(rules_.row<RuleRow>(verdict.rule).words)};
    if (verdict.layer == Layer::NewDevice) return "new devices " + std::string{to_string(new_devices())};
    return "mode " + std::string{to_string(verdict.is_denied() ? model::Mode::AllowListed : model::Mode::BlockListed)};
}

std::string Engine::pointer(const Verdict& verdict) const {
    if (verdict.layer == Layer::NewDevice) return "/new_devices";
    const auto rule = rules_.row<RuleRow>(verdict.rule);
    if (rule.member == 0 || rule.member >= members) return {};
    return '/' + std::string{member_names[rule.member]} + '/' + std::to_string(rule.position);
}

std::vector<std::string> Engine::unknown_tags() const {
    std::vector<std::string> unknown;
    for (std::uint32_t i = 0; i < rules_.count<TagRow>(); ++i) {
        if (std::ranges::find(bindings_, i + 1) != bindings_.end()) continue;
        const auto tag = rules_.row<TagRow>(i);
        unknown.push_back(tag_text(tag.kind, rules_.text(tag.name)));
    }
    return unknown;
}

}  // namespace vivi::policy
