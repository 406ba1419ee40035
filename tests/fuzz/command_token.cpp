// Whatever is shown as a token or said of a command, reading it ends; a token that was never signed is good for nothing.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/command.hpp"
#include "common/model/command_token.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vivi;
    static const auto key = *crypto::SigningKey::from_seed(Bytes(32, std::byte{7}));
    const std::string text{as_text(std::as_bytes(std::span{data, size}))};
    const auto token = model::parse_token(text);
    if (token && model::verify_token(*token, {.method = "POST"}, std::span{&key.public_key(), 1})) __builtin_trap();
    const auto report = model::parse_command_report(text, "c");
    if (report && (report->state < model::CommandState::Running || report->state > model::CommandState::Failed)) __builtin_trap();
    return 0;
}
