// libnftables: scripts in, errors and listings out.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/runner.hpp"

#include <nftables/libnftables.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "common/model/event.hpp"
#include "router/firewall/ruleset.hpp"

namespace vivi::firewall {
namespace {

struct Free {
    void operator()(nft_ctx* context) const noexcept { ::nft_ctx_free(context); }
};
using Context = std::unique_ptr<nft_ctx, Free>;

/// A fresh context each time: its cache of the kernel's ruleset is then never stale.
Result<Context> open() {
    Context context{::nft_ctx_new(NFT_CTX_DEFAULT)};
    if (!context || ::nft_ctx_buffer_output(context.get()) != 0 || ::nft_ctx_buffer_error(context.get()) != 0)
        return failed(Code::Internal, "nftables: no context");
    return context;
}

/// libnftables' message has lines of source and carets; the first line says it all.
std::string first_line(const char* text) {
    const std::string all{text == nullptr ? "" : text};
    return all.substr(0, all.find('\n'));
}

Status run(nft_ctx* context, const std::string& script) {
    if (::nft_run_cmd_from_buffer(context, script.c_str()) == 0) return {};
    const auto reason = first_line(::nft_ctx_get_error_buffer(context));
    const bool denied = reason.find("Operation not permitted") != std::string::npos;
    return failed(denied ? Code::Denied : Code::Internal, "nftables: " + reason + (denied ? " (needs CAP_NET_ADMIN)" : ""));
}

/// The elements of a set in libnftables' JSON listing.
template <class T, class Parse>
Result<std::set<T>> elements(const std::string& name, Parse parse) {
    auto context = open();
    if (!context) return std::unexpected{std::move(context).error()};
    ::nft_ctx_output_set_flags(context->get(), NFT_CTX_OUTPUT_JSON);
    if (auto listed = run(context->get(), "list set inet vivi " + name); !listed)
        return std::unexpected{std::move(listed).error()};
    const auto json = nlohmann::json::parse(::nft_ctx_get_output_buffer(context->get()), nullptr, /*allow_exceptions=*/false);
    std::set<T> found;
    if (json.is_discarded() || !json.contains("nftables")) return failed(Code::Internal, "nftables: a listing that is not JSON");
    for (const auto& object : json.at("nftables")) {
        if (!object.contains("set") || !object.at("set").contains("elem")) continue;
        for (const auto& element : object.at("set").at("elem")) {
            const auto value = element.is_string() ? parse(element.template get<std::string>()) : std::nullopt;
            if (!value) return failed(Code::Internal, "nftables: " + name + " holds " + element.dump());
            found.insert(*value);
        }
    }
    return found;
}

}  // namespace

Status run_script(const std::string& script) {
    auto context = open();
    if (!context) return std::unexpected{std::move(context).error()};
    ::nft_ctx_set_dry_run(context->get(), true);
    if (auto checked = run(context->get(), script); !checked) return checked;
    ::nft_ctx_set_dry_run(context->get(), false);
    return run(context->get(), script);
}

Result<Bans> read_bans() {
    auto devices = elements<Mac>(std::string{banned_devices_set}, [](const std::string& text) { return parse_mac(text); });
    if (!devices) return std::unexpected{std::move(devices).error()};
    auto addresses = elements<Ipv4>(std::string{banned_addresses_set}, [](const std::string& text) { return parse_ipv4(text); });
    if (!addresses) return std::unexpected{std::move(addresses).error()};
    return Bans{.devices = *std::move(devices), .addresses = *std::move(addresses)};
}

}  // namespace vivi::firewall
