// Whatever the text and the format (the first byte), a list is read to its end, and what it gives are names.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/domain_name.hpp"
#include "common/policy/list.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vivi;
    if (size == 0) return 0;
    const auto include = [](std::string_view name) { return std::optional{"include:x @-ads\n" + std::string{name}}; };
    const auto check = [](const policy::ListEntry& entry) {
        if (!is_normalised_domain(entry.name)) __builtin_trap();
    };
    const auto text = as_text(std::as_bytes(std::span{data, size}).subspan(1));
    const auto report = policy::read_list(text, static_cast<policy::ListFormat>(data[0] % 7), check, include);
    if (report.examples.size() > policy::ListReport::most_examples) __builtin_trap();
    return 0;
}
