// Whatever a bundle or the file of local decisions says: reading ends, and what is read survives a round trip and stays inside
// its folder. SPDX-License-Identifier: Apache-2.0
#include "common/model/bundle.hpp"
#include "common/model/local_changes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vivi;
    const auto bytes = std::as_bytes(std::span{data, size});
    if (model::parse_head(bytes, {})) __builtin_trap();  // Signed by nobody.
    if (const auto manifest = model::parse_manifest(as_text(bytes))) {
        const auto again = model::parse_manifest(model::serialize(*manifest));
        if (!again || model::serialize(*again) != model::serialize(*manifest)) __builtin_trap();
        for (const auto& file : manifest->files) {
            if (file.path.starts_with('/') || ('/' + file.path + '/').contains("/../")) __builtin_trap();
        }
    }
    const auto json = model::parse_json(as_text(bytes));
    const auto changes = json ? model::parse_local_changes(*json) : std::unexpected{model::Problems{}};
    if (changes && model::parse_local_changes(model::to_json(*changes)) != *changes) __builtin_trap();
    return 0;
}
