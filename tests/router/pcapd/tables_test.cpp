// The tables under the flow table: the keyed hash, the bounded table, names and rows.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <map>

#include "router/pcapd/bounded_table.hpp"
#include "router/pcapd/name_table.hpp"
#include "router/pcapd/row_table.hpp"
#include "router/pcapd/sip_hash.hpp"

namespace vivi::pcapd {
namespace {

using testing::SizeIs;

constexpr HashKey key{0x0706050403020100, 0x0f0e0d0c0b0a0908};
constexpr Mac phone{{0x02, 0, 0, 0, 0, 0x01}}, laptop{{0x02, 0, 0, 0, 0, 0x02}}, tablet{{0x02, 0, 0, 0, 0, 0x03}};

wire::Name name(std::string_view text) {
    wire::Name made;
    EXPECT_TRUE(wire::assign_host_name(made, as_bytes(text)));
    return made;
}

TEST(SipHash, DependsOnKeyLengthAndEveryByte) {
    const SipHash hash{key};
    Bytes bytes(44);
    const auto before = hash(bytes);
    for (auto& byte : bytes) {
        byte = std::byte{1};
        EXPECT_NE(hash(bytes), before);
        byte = std::byte{0};
    }
    EXPECT_EQ(hash(bytes), before);
    EXPECT_NE(hash(Bytes(43)), before);
    EXPECT_NE((SipHash{HashKey{key.first, key.second + 1}}(bytes)), before);
}

TEST(BoundedTable, BehavesLikeAMapWithAges) {
    BoundedTable<std::uint32_t, int> table{64, key};
    std::map<std::uint32_t, int> map;
    std::uint32_t random = 7;
    for (int i = 0; i < 50'000; ++i) {
        random = random * 1'664'525 + 1'013'904'223;
        const auto wanted = (random >> 16) % 100;
        const auto slot = table.find(wanted);
        ASSERT_EQ(slot != table.none, map.contains(wanted));
        if (slot != table.none) {
            ASSERT_EQ(table[slot], map[wanted]);
            if (random % 3 == 0) {
                table.erase(slot);
                map.erase(wanted);
            } else {
                table.touch(slot);
            }
            continue;
        }
        if (table.is_full()) {
            map.erase(table.key(table.oldest()));
            table.erase(table.oldest());
        }
        table[table.insert(wanted)] = i;
        map[wanted] = i;
    }
    std::size_t walked = 0;
    for (auto slot = table.oldest(); slot != table.none; slot = table.newer(slot)) ++walked;
    EXPECT_EQ(walked, table.size());
    EXPECT_EQ(map.size(), table.size());
    table.clear();
    EXPECT_EQ(table.size(), 0U);
    EXPECT_EQ(table.find(1), table.none);
}

TEST(NameTable, StoresANameOnceWhileItIsReferredTo) {
    NameTable names{2, key};
    const auto first = names.acquire(name("a.example"));
    EXPECT_EQ(names.acquire(name("a.example")), first);
    EXPECT_EQ(names.size(), 1U);
    names.release(first);
    EXPECT_EQ(names.text(first), "a.example");
    names.release(first);
    EXPECT_EQ(names.size(), 0U);
}

TEST(NameTable, RefusesWhatHasNoRoomAndHasNoEmptyName) {
    NameTable names{1, key};
    EXPECT_EQ(names.acquire(wire::Name{}), no_name);
    EXPECT_EQ(names.text(no_name), "");
    const auto first = names.acquire(name("a.example"));
    EXPECT_EQ(names.acquire(name("b.example")), no_name);
    EXPECT_EQ(names.refused(), 1U);
    names.release(first);
    EXPECT_NE(names.acquire(name("b.example")), no_name);
}

struct Rows : testing::Test {
    void count(RowTable& table, Mac device, NameId id, std::uint64_t bytes) {
        table[table.row(device, id, model::NameSource::Dns)].count(Direction::Up, bytes);
    }
    NameTable names{10, key};
    NameId first = names.acquire(name("a.example"));
    NameId second = names.acquire(name("b.example"));
};

TEST_F(Rows, KeepTheirNamesUntilTheyAreTaken) {
    RowTable table{10, names, key};
    count(table, phone, first, 5);
    names.release(first);
    const auto rows = table.take();
    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_EQ(rows[0].name, "a.example");
    EXPECT_EQ(rows[0].source, model::NameSource::Dns);
    EXPECT_EQ(names.size(), 1U) << "the row was the last who needed it";
    EXPECT_THAT(table.take(), SizeIs(0));
}

TEST_F(Rows, BeyondHalfTheRoomNamesFold) {
    RowTable table{4, names, key};
    count(table, phone, first, 1);
    count(table, phone, second, 2);
    count(table, laptop, first, 4);  // Folded.
    count(table, laptop, no_name, 8);
    const auto rows = table.take();
    ASSERT_THAT(rows, SizeIs(3));
    EXPECT_EQ(rows[2].device, laptop);
    EXPECT_EQ(rows[2].name, "");
    EXPECT_EQ(rows[2].source, model::NameSource::None);
    EXPECT_EQ(rows[2].bytes_up, 12U);
    EXPECT_EQ(table.folded(), 1U);
}

TEST_F(Rows, TheLastRowTakesWhoHasNoRoom) {
    RowTable table{3, names, key};
    for (int i = 0; i < 10; ++i) {
        count(table, phone, no_name, 1);
        count(table, laptop, no_name, 1);
        count(table, tablet, no_name, 1);
        count(table, tablet, first, 1);
    }
    const auto rows = table.take();
    ASSERT_THAT(rows, SizeIs(3));
    EXPECT_EQ(rows[2].device, Mac{});
    EXPECT_EQ(rows[2].bytes_up, 20U);
}

}  // namespace
}  // namespace vivi::pcapd
