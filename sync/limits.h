// Every limit of the engine on one page, each with its reason.  Beyond a limit the answer is a definite error or a
// slower road, never loss (I10).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace skerry::sync {

using namespace std::chrono_literals;

// --- what a client may write
// A key and member share one row key of the B-tree, which is compared at every step of a search.
inline constexpr std::size_t address_bytes_max = 32 * 1024;
// A value is copied a few times on its way; it must fit a batch with room to spare.
inline constexpr std::size_t value_bytes_max = 4 << 20;
// A batch becomes visible as a whole, so it is held in memory as a whole, here and at every peer.  Its bytes are what a
// message says of it: addresses, cells, contexts of range removals.  The last write may go beyond by itself, and the
// expiry that belongs to it.
inline constexpr std::size_t batch_events_max = 16'384;
inline constexpr std::size_t batch_bytes_max = 16 << 20;
inline constexpr std::size_t batch_bytes_with_expiry_max = batch_bytes_max + 2 * value_bytes_max;
// A range removal spares what is left of removed counters: each is a hole in its context, unless its neighbours are as
// well.  With more holes than this they are written again first, one after the other, which makes them one.
inline constexpr std::size_t range_holes_max = 256;
// SELECT 0 to 15, as a Redis client expects without configuration.
inline constexpr std::uint16_t spaces_max = 16;

// --- what a peer may send
// One frame holds the loop for well under a millisecond to decrypt and decode.  A message may span frames.
inline constexpr std::size_t frame_bytes_max = 1 << 20;
// The largest message: a batch at its limit, what memory rounds its cells up to, and the sender's contexts; what is
// larger is refused before allocation.
inline constexpr std::size_t message_bytes_max = 64 << 20;
// The same message once decoded, where an address or a context that was sent as a reference stands in full.
inline constexpr std::size_t message_decoded_bytes_max = 4 * message_bytes_max;
// A value and the resets it carries, one for each replica at most.
inline constexpr std::size_t payload_bytes_max = 2 * value_bytes_max;
// What a sender aims at for one chunk: small enough that applying it does not delay clients, large enough to amortise.
inline constexpr std::size_t chunk_events_aim = 2'048;
inline constexpr std::size_t chunk_bytes_aim = 512 * 1024;
// Unacknowledged bytes on one link; beyond it the link waits and later walks the log from its cursor.
inline constexpr std::size_t link_bytes_in_flight_max = 4 << 20;
// Less than that on a thin road (sync/send_window.h): what comes back within window_takes_aim may be more next time,
// what takes longer than window_takes_max must be less.  By satellite a round trip is 0.6 s; 16 kB a second take two
// seconds for the least.
inline constexpr std::size_t window_bytes_min = 32 * 1024;
inline constexpr std::size_t chunk_bytes_min = 8 * 1024;
inline constexpr auto window_takes_aim = 1s;
inline constexpr auto window_takes_max = 4s;
// Chunks held by a receiver until the dots they stand on arrive from their origin.  Small ones, one a turn of the
// sender's loop, for as long as one road is slower than another.
inline constexpr std::size_t held_chunks_max = 4'096;
// Of memory, in which a chunk of small events takes about three times what it took on its way.
inline constexpr std::size_t held_bytes_max = 4 * link_bytes_in_flight_max;
// For two round trips, but how long those take is the peer's to say.
inline constexpr auto hold_min = 50ms;
inline constexpr auto hold_max = 5s;
// For so long after it came an event is left to its origin, if the peer has a session with that; older ones we bring.
inline constexpr auto left_to_origin_for = hold_min;
// Between two acknowledgements on one link.
inline constexpr auto acknowledge_every = 5ms;
// How long a context that has moved waits to be told to peers for whom there is nothing else to say.
inline constexpr auto state_every = 100ms;
// Between the tries of a walk that was refused twice in a row; doubled each time.
inline constexpr auto refusal_retry_min = 1s;
inline constexpr auto refusal_retry_max = 30s;
// A context of this many intervals is no longer a context but an attack or a bug.
inline constexpr std::size_t context_intervals_max = 65'536;
inline constexpr std::size_t replicas_max = 65'536;  // ids in one file's or session's table
// What a replica lets its own context grow to: less than any message carries, so that what it knows can be told, whole,
// over a session that has had to name others as well.  Beyond it a chunk is refused.
inline constexpr std::size_t context_intervals_kept_max = context_intervals_max / 2;
inline constexpr std::size_t context_replicas_kept_max = replicas_max / 4;
inline constexpr std::size_t links_max = 128;
inline constexpr std::size_t cell_entries_max = 65'536;

// --- what memory holds
// Room for some 600,000 small keys; half of it may be dirty, which lets a flush take its time.
inline constexpr std::size_t cache_bytes_default = 256 << 20;
// Dirty cells wait for the flush; at this share of the cache the flush comes before the next write.
inline constexpr unsigned dirty_percent_max = 50;
// A flush begins when this much of the log would have to be replayed (about a second of a start), or this long after
// the last one began: long, because a key that is written again before its flush is written to its row once.
inline constexpr std::size_t flush_log_bytes = 128 << 20;
inline constexpr auto flush_every = 4s;

// Appended and not yet durable: it is in memory until the disk has it.  Beyond this, writes and peers' frames wait, as
// they do for the flush.  Two batches at their limit, which a common disk takes in a tenth of a second.
inline constexpr std::size_t unsynced_bytes_max = 2 * batch_bytes_max;

// --- range removals
// So many members of a key are removed one by one, as so many plain removals would be; more of them are left to be
// swept from the store.
inline constexpr std::size_t removed_at_once = 64;
// What survives a removal that came from a peer is found by looking back in the log for what the peer had not seen: so
// far, which takes two or three milliseconds, and for so many cells.  Beyond it every cell is looked at.
inline constexpr std::size_t unseen_entries_max = 200'000;
inline constexpr std::size_t unseen_addresses_max = 8'192;
// A flush carries along so many rows that show what was removed, for at most so many that were looked at: some 25 MiB,
// beside the cache, so that a million of them are gone within a minute.
inline constexpr std::size_t rows_swept_a_flush = 100'000;
inline constexpr auto sweep_every = 1s;  // while there is anything to sweep, instead of flush_every

// --- dots
// Sequences are reserved in blocks, so that no crash can mint a dot twice; 2^64 leaves room for 2^48 restarts.
inline constexpr std::uint64_t sequence_block = 65'536;

// --- time
// What level `memory` may lose is what it has answered ahead of the disk.  It begins a sync so soon after a write …
inline constexpr auto memory_level_sync_max = 10ms;
// … and while the oldest write that is not durable is older than this, its answers wait for the disk.  A disk that
// syncs in less is never waited for.
inline constexpr auto memory_level_ahead_max = 100ms;
inline constexpr auto expiry_interval = 100ms;          // how often expired keys are looked for
inline constexpr std::size_t expiry_keys_a_turn = 512;  // so that a mass expiry does not hold the loop
inline constexpr auto expiry_by_another_after = 10min;  // when the writer of a deadline seems gone for good

}  // namespace skerry::sync
