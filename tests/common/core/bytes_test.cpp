// The sticky reader and the writer.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/bytes.hpp"

#include <gmock/gmock.h>

namespace vivi {
namespace {

TEST(Reader, ReadsWhatTheWriterWrote) {
    const auto bytes = Writer{}.u8(1).u16(0x0203).u24(0x040506).u32(0x0708090a).u64(0x0b0c0d0e0f101112).put("end").take_bytes();
    Reader in{bytes};
    EXPECT_EQ(in.u8(), 1);
    EXPECT_EQ(in.u16(), 0x0203);
    EXPECT_EQ(in.u24(), 0x040506U);
    EXPECT_EQ(in.u32(), 0x0708090aU);
    EXPECT_EQ(in.u64(), 0x0b0c0d0e0f101112U);
    EXPECT_EQ(as_text(in.take(3)), "end");
    EXPECT_TRUE(in.ok());
    EXPECT_TRUE(in.done());
}

TEST(Reader, StaysFailedAfterTheFirstShortRead) {
    const auto bytes = Writer{}.u16(7).take_bytes();
    Reader in{bytes};
    EXPECT_EQ(in.u32(), 0U);
    EXPECT_FALSE(in.ok());
    EXPECT_EQ(in.u8(), 0) << "the two bytes that were there are not given out later";
    EXPECT_TRUE(in.done());
}

TEST(Reader, ASubReaderCannotReadItsNeighbour) {
    const auto bytes = Writer{}.u8(1).u8(2).u8(3).take_bytes();
    Reader in{bytes};
    Reader inner = in.sub(2);
    EXPECT_EQ(inner.u24(), 0U);
    EXPECT_FALSE(inner.ok());
    EXPECT_EQ(in.u8(), 3);
    EXPECT_FALSE(in.sub(1).ok());
}

}  // namespace
}  // namespace vivi
