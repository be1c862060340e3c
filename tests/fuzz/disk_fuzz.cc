// What lies on disk is guarded by checksums, and may still be anything: an older version's, or a faulty one's.  Every
// decoder takes any bytes (tests/sync/disk_forms.h).
#include <cstdint>

#include "tests/sync/disk_forms.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const skerry::core::BytesView input(reinterpret_cast<const char*>(data), size);
  if (!input.empty()) skerry::sync::read_disk_form(skerry::sync::DiskForm{data[0]}, input.substr(1));
  return 0;
}
