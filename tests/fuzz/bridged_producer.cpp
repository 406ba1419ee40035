// Whatever a body on the bus is, looking for its producer ends; what is found is what the whole document says.
// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "router/bridged/record.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vivi;
    const std::string_view body{static_cast<const char*>(static_cast<const void*>(data)), size};
    const auto found = bridged::find_producer(body);
    if (found && (found->instance.empty() || found->instance.size() > 64 || found->number == 0)) __builtin_trap();
    return 0;
}
