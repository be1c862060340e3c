// The contract of every store on SQLite.
#include "edge/sqlite_store.h"

#include <gtest/gtest.h>

#include "tests/edge/store_contract.h"
#include "tests/edge/store_disk.h"

namespace skerry::tests {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, StoreContract, SqliteDisk);

}  // namespace
}  // namespace skerry::tests
