// Which sequences belong to which epoch.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/epochs.hpp"

#include <gmock/gmock.h>

namespace vivi::bridged {
namespace {

using sync::StoredRange;
using testing::ElementsAre;
using testing::IsEmpty;

sync::Epoch epoch_of(std::uint8_t number) {
    sync::Epoch epoch;
    epoch.octets[0] = std::byte{number};
    return epoch;
}

Epochs three() {
    Epochs epochs;
    epochs.begin(epoch_of(1), 1);
    epochs.begin(epoch_of(2), 10);
    epochs.begin(epoch_of(3), 20);
    return epochs;
}

TEST(BridgedEpochs, RangesAreWhatTheOutboxHolds) {
    EXPECT_THAT(three().ranges(5, 25),
                ElementsAre(StoredRange{epoch_of(1), 5, 9}, StoredRange{epoch_of(2), 10, 19}, StoredRange{epoch_of(3), 20, 25}));
    EXPECT_THAT(three().ranges(12, 15), ElementsAre(StoredRange{epoch_of(2), 12, 15}));
    EXPECT_THAT(three().ranges(26, 25), IsEmpty());
}

TEST(BridgedEpochs, AnEpochUnderWhichNothingWasWrittenIsForgotten) {
    auto epochs = three();
    epochs.begin(epoch_of(4), 20);
    EXPECT_THAT(epochs.ranges(19, 21), ElementsAre(StoredRange{epoch_of(2), 19, 19}, StoredRange{epoch_of(4), 20, 21}));
}

TEST(BridgedEpochs, TheirTextIsReadAgain) {
    EXPECT_EQ(Epochs::parse(three().text()).text(), three().text());
    EXPECT_EQ(Epochs::parse("nonsense :5 00:1").text(), "");
}

TEST(BridgedEpochs, KeepsTheNewestThatEndedForTheServersSake) {
    Epochs epochs;
    for (std::uint8_t i = 0; i < 40; ++i) epochs.begin(epoch_of(i), 1U + i * 10U);
    epochs.drop_before(391);
    EXPECT_EQ(epochs.ranges(1, 400).size(), 1 + Epochs::most_ended);
    epochs.drop_before(100'000);
    EXPECT_EQ(epochs.ranges(1, 400).size(), 1 + Epochs::most_ended) << "the current one stays, and the newest that ended";
}

TEST(BridgedEpochs, KnowsWhatAHubHasAcknowledgedOfEach) {
    EXPECT_THAT(three().before(15), ElementsAre(StoredRange{epoch_of(1), 1, 9}, StoredRange{epoch_of(2), 10, 14}));
    EXPECT_THAT(three().before(1), IsEmpty()) << "nothing yet";
    EXPECT_THAT(Epochs{}.before(15), IsEmpty());
}

TEST(BridgedEpochs, KnowsUnderWhichASequenceWasWritten) {
    EXPECT_EQ(three().of(9), epoch_of(1));
    EXPECT_EQ(three().of(10), epoch_of(2));
    EXPECT_EQ(three().of(1000), epoch_of(3));
    EXPECT_EQ(three().of(0), std::nullopt);
}

}  // namespace
}  // namespace vivi::bridged
