// What one client may ask of a node, on one page, each limit with its reason (I10).  What may be written at all stands
// in sync/limits.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "sync/limits.h"

namespace skerry::edge {

using namespace std::chrono_literals;

// --- what comes in
// MSET of a whole batch (16,384 pairs) fits with room; each argument costs 24 bytes of book-keeping.
inline constexpr std::size_t arguments_max = 131'072;
// Redis's own limit for a line typed by hand and for the headers of a request.
inline constexpr std::size_t inline_bytes_max = 64 * 1024;
// One request is one batch at most, and travels to every peer as a whole.
inline constexpr std::size_t request_bytes_max = sync::batch_bytes_max + 64 * 1024;
// A connection that sends nothing holds this much; one that pipelines is read in pieces of the second size.
inline constexpr std::size_t read_bytes_min = 4 * 1024;
inline constexpr std::size_t read_bytes_max = 64 * 1024;
// Requests larger than read_bytes_max share this much, so that a thousand half-sent values cannot fill the memory.
inline constexpr std::size_t large_requests_bytes_max = 256 << 20;
// … and a client that sends nothing of the rest of such a request for so long is gone.
inline constexpr auto request_stall_max = 60s;
// A transaction is one batch.  Queued commands are copies.
inline constexpr std::size_t queued_commands_max = sync::batch_events_max;
inline constexpr std::size_t queued_bytes_max = sync::batch_bytes_max;
inline constexpr std::size_t watched_keys_max = 4'096;
// CLIENT SETNAME, SETINFO: shown to people.
inline constexpr std::size_t client_name_bytes_max = 256;
// A glob is tried at every place of a string: pattern times string is the work of one match.
inline constexpr std::size_t pattern_bytes_max = 1'024;
// SCAN's COUNT is a wish; the loop must not be held by it.
inline constexpr std::uint64_t scan_count_max = 65'536;

// --- what goes out
// Above this no further request of the connection is read until the client has taken its answers.
inline constexpr std::size_t unsent_bytes_pause = 1 << 20;
// One answer larger than this ends the connection, as Redis's client-output-buffer-limit does.
inline constexpr std::size_t unsent_bytes_max = 64 << 20;
// Answers larger than unsent_bytes_pause share this much.
inline constexpr std::size_t large_replies_bytes_max = 512 << 20;
// A client that takes nothing of its answers for so long is gone.
inline constexpr auto write_stall_max = 60s;

// --- how many
// What clients do wrong is logged no more often than this.
inline constexpr auto client_notice_every = 1s;
inline constexpr std::size_t clients_max_default = 1'024;

}  // namespace skerry::edge
