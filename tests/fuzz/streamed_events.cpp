// Whatever the text, the streaming reader of events says what a document of it says.
// SPDX-License-Identifier: Apache-2.0
#include <span>

#include "common/core/bytes.hpp"
#include "tests/common/model/same_as_document.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static vivi::model::EventReader reader;  // Goes on with what the input before left in it.
    const auto text = vivi::as_text(std::as_bytes(std::span{data, size}));
    if (!vivi::test::difference_to_document(reader, text).empty()) __builtin_trap();
    return 0;
}
