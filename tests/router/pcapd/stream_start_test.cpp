// Pieces in any order make the same beginning.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/stream_start.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <string>

namespace vivi::pcapd {
namespace {

std::string text_of(const StreamStart& stream) { return std::string{as_text(stream.prefix())}; }

TEST(StreamStart, PutsPiecesTogetherInAnyOrder) {
    StreamStart stream;
    stream.add(6, as_bytes("world"));
    EXPECT_EQ(text_of(stream), "") << "the beginning is missing";
    stream.add(0, as_bytes("hel"));
    EXPECT_EQ(text_of(stream), "hel");
    stream.add(3, as_bytes("lo "));
    EXPECT_EQ(text_of(stream), "hello world");
}

TEST(StreamStart, KeepsWhatCameFirstWherePiecesOverlap) {
    StreamStart stream;
    stream.add(2, as_bytes("cd"));
    stream.add(0, as_bytes("abXYef"));
    stream.add(0, as_bytes("abcdef"));
    EXPECT_EQ(text_of(stream), "abcdef");
    stream.add(4, as_bytes("ZZgh"));
    EXPECT_EQ(text_of(stream), "abcdefgh");
}

TEST(StreamStart, KeepsNoMoreThanItsCapacity) {
    const auto stream = std::make_unique<StreamStart>();
    const Bytes large(StreamStart::capacity - 1, std::byte{1});
    stream->add(0, large);
    EXPECT_FALSE(stream->is_full());
    stream->add(StreamStart::capacity - 1, as_bytes("ab"));
    EXPECT_TRUE(stream->is_full());
    EXPECT_EQ(stream->prefix().size(), StreamStart::capacity);
    stream->add(StreamStart::capacity, as_bytes("c"));
    stream->add(~std::uint64_t{0}, as_bytes("d"));
    EXPECT_EQ(stream->prefix().back(), std::byte{'a'});
}

}  // namespace
}  // namespace vivi::pcapd
