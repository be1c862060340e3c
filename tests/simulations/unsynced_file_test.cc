#include "simulations/unsynced_file.h"

#include <gtest/gtest.h>

#include <set>

namespace skerry::simulations {
namespace {

using core::Bytes;
using core::Random;

// Three changes upon a synced file of four sectors: two overwrite, one appends.
UnsyncedFile changed() {
  UnsyncedFile file;
  file.write(0, Bytes(2048, 'o'));
  file.sync();
  file.write(0, Bytes(1024, 'a'));
  file.write(1024, Bytes(512, 'b'));
  file.write(2048, Bytes(1024, 'c'));
  return file;
}

// One letter a sector, of what 300 power cuts left.
std::set<Bytes> left(Survival survival) {
  std::set<Bytes> all;
  Random chance(1);
  for (int i = 0; i < 300; ++i) {
    UnsyncedFile file = changed();
    file.lose_power(survival, chance);
    Bytes letters;
    for (std::size_t at = 0; at < file.bytes().size(); at += UnsyncedFile::sector_bytes) {
      const core::BytesView sector = file.bytes().substr(at, UnsyncedFile::sector_bytes);
      const bool is_one = sector == Bytes(UnsyncedFile::sector_bytes, sector.front());
      letters += is_one && sector.front() != '\0' ? sector.front() : '?';
    }
    all.insert(letters);
  }
  return all;
}

TEST(UnsyncedFile, ReadersSeeWhatWasWrittenAndACutLeavesWhatWasSynced) {
  UnsyncedFile file = changed();
  EXPECT_EQ(file.bytes().size(), 3072u);
  EXPECT_EQ(left(Survival::nothing), (std::set<Bytes>{"oooo"}));
  EXPECT_EQ(left(Survival::everything), (std::set<Bytes>{"aabocc"}));
  file.sync();
  Random chance(1);
  file.lose_power(Survival::nothing, chance);
  EXPECT_EQ(file.bytes().substr(2048), Bytes(1024, 'c'));
}

TEST(UnsyncedFile, ChangesAreTornBySectorAndKeptWithoutOrder) {
  const std::set<Bytes> sectors = left(Survival::sectors);
  EXPECT_TRUE(sectors.contains("aooo")) << "half a write";
  EXPECT_TRUE(sectors.contains("oaoo")) << "its later half";
  EXPECT_TRUE(sectors.contains("oooo?c")) << "a new length and not all the bytes";
  const std::set<Bytes> changes = left(Survival::changes);
  EXPECT_TRUE(changes.contains("oooocc")) << "the last one alone";
  EXPECT_FALSE(changes.contains("aooo"));
  const std::set<Bytes> beginning = left(Survival::beginning);
  EXPECT_TRUE(beginning.contains("aaoo"));
  EXPECT_TRUE(beginning.contains("aabo?c"));
  EXPECT_FALSE(beginning.contains("oooocc"));
}

TEST(UnsyncedFile, ASizeIsAChangeLikeAnother) {
  Random chance(1);
  UnsyncedFile file = changed();
  file.sync();
  file.resize(0);
  EXPECT_EQ(file.bytes(), "");
  UnsyncedFile copy = file;
  copy.lose_power(Survival::nothing, chance);
  EXPECT_EQ(copy.bytes().size(), 3072u);
  file.sync();
  file.lose_power(Survival::nothing, chance);
  EXPECT_EQ(file.bytes(), "");
}

// https://wiki.postgresql.org/wiki/Fsync_Errors: the next fsync succeeds, and the pages are clean.
TEST(UnsyncedFile, ASyncThatFailedIsNotMadeGoodByTheNext) {
  int lost = 0;
  Random chance(1);
  for (int i = 0; i < 100; ++i) {
    UnsyncedFile file = changed();
    file.fail_sync(chance);
    EXPECT_EQ(file.bytes().size(), 3072u) << "readers do not know";
    file.sync();
    file.lose_power(Survival::everything, chance);
    lost += file.bytes().front() == 'o' ? 1 : 0;
  }
  EXPECT_GT(lost, 20);
  EXPECT_LT(lost, 90);
}

}  // namespace
}  // namespace skerry::simulations
