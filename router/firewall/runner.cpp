// libnftables: scripts in, errors out.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/runner.hpp"

#include <nftables/libnftables.h>

#include <memory>
#include <utility>

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

}  // namespace

Status run_script(const std::string& script) {
    auto context = open();
    if (!context) return std::unexpected{std::move(context).error()};
    return run(context->get(), script);
}

}  // namespace vivi::firewall
