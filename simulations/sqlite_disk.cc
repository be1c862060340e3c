#include "simulations/sqlite_disk.h"

#include <utility>

#include "core/ensure.h"

namespace skerry::simulations {

using namespace std::chrono_literals;
using core::Result;
using Fault = ForgettingDisk::Fault;

namespace {

constexpr const char* data = "/srv/data";
constexpr Duration loop_commits_below = 10ms;   // as edge/sync_pace.h, which wants quicker ones than are drawn here
constexpr Duration settle_after = 1s;           // as edge/node.cc has it
constexpr Duration look_for_room_every = 1s;    // as edge/room_watch.h
constexpr std::uint64_t open_operations = 120;  // about as many as opening the store takes

template <class T>
T one_of(core::Random& random, std::initializer_list<T> choices) {
  return choices.begin()[random.below(choices.size())];
}

// Small ones too, so that checkpoints are frequent, pages leave the cache before their commit, and reads ask the disk.
edge::SqliteStore::Options draw_options(core::Random& random) {
  edge::SqliteStore::Options options;
  options.pace.rows = one_of<std::size_t>(random, {1, 5, 50});
  options.log_wal_bytes = one_of<std::size_t>(random, {40'000, 200'000, 4 << 20});
  options.cells_wal_bytes = one_of<std::size_t>(random, {20'000, 200'000, 32 << 20});
  options.writer_cache_bytes = one_of<std::size_t>(random, {32 << 10, 8 << 20});
  options.reader_cache_bytes = one_of<std::size_t>(random, {32 << 10, 8 << 20});
  options.reserve_bytes = 64 << 10;
  return options;
}

// SQLite knows a VFS by its name, all over the process.
std::string name_of(const void* disk) {
  return "skerry simulation " + std::to_string(reinterpret_cast<std::uintptr_t>(disk));
}

}  // namespace

SqliteDisk::SqliteDisk(Setup setup)
    : timeline_(setup.timeline),
      options_(setup.options),
      random_(setup.random),
      events_(std::move(setup.events)),
      disk_(random_.split()),
      vfs_(disk_, name_of(this)),
      files_(disk_, vfs_),
      store_options_(draw_options(random_)),
      loop_commits_(options_.sync_max < loop_commits_below && random_.chance(0.5)) {
  store_options_.incarnation_if_new = setup.replica;
  store_options_.files = &files_;
  store_options_.rest = [this](Duration) { commit_meanwhile(); };
  core::ensure(open().has_value());
}

SqliteDisk::~SqliteDisk() {
  close(Loss::process);
}

// --- the store's steps, in place of threads

void SqliteDisk::commit() {
  if (log_.works || !loop_commits_ || factor_ > 1) return poke(log_);
  if (store_->has_appended()) work(log_);
}

void SqliteDisk::poke(Thread& thread) {
  thread.again = thread.works;
  if (thread.works || !(thread.is_for_log ? store_->has_appended() : store_->has_flush())) return;
  thread.works = true;
  Duration time = draw_latency(options_, factor_, random_);
  if (!thread.is_for_log) time += draw_latency(options_, factor_, random_);
  timeline_.after(time, [this, &thread, life = life_, round = ++thread.round] {
    if (life == life_ && round == thread.round) work(thread);
  });
}

void SqliteDisk::work(Thread& thread) {
  const std::uint64_t life = life_;
  thread.works = false;
  ++thread.round;
  take([&] { run(thread); });
  if (life == life_) after_work(thread);
}

void SqliteDisk::run(const Thread& thread) {
  if (!thread.is_for_log) return store_->write_flush();
  store_->commit_appended();
  store_->checkpoint_log();
}

void SqliteDisk::after_work(Thread& thread) {
  if (std::exchange(thread.again, false)) poke(thread);
  if (thread.works) return;
  timeline_.after(settle_after, [this, &thread, life = life_, round = thread.round] {
    if (life == life_ && round == thread.round) settle(thread);
  });
}

void SqliteDisk::settle(const Thread& thread) {
  take([&] {
    if (thread.is_for_log)
      store_->settle_log();
    else
      store_->settle_cells();
  });
}

// The two threads have a file each, so a commit may fall anywhere into a flush.
void SqliteDisk::commit_meanwhile() {
  if (!log_.works || !random_.chance(0.2)) return;
  ++log_.round;
  log_.works = false;
  run(log_);
  after_work(log_);
}

void SqliteDisk::look_for_room_later() {
  if (looks_ || store_->room() == sync::Room::enough) return;
  looks_ = true;
  timeline_.after(look_for_room_every, [this, life = life_] {
    if (life != life_) return;
    looks_ = false;
    take([this] { store_->look_for_room(); });
  });
}

// Something may go wrong at any I/O of it.
template <class Step>
void SqliteDisk::take(Step&& step) {
  if (ends_within_io_)
    disk_.plan({.at = disk_.operations() + few_operations(), .fault = Fault::stop, .lasts = true});
  else if (refusals_ > 0)
    plan_error(few_operations());
  step();
  look_for_room_later();
  if (disk_.end_plan().empty()) return;
  if (std::exchange(ends_within_io_, false)) {
    ++counts_.ends_within_io;
    events_.ended_within_io();
  } else {
    ++counts_.errors;
    --refusals_;
  }
}

bool SqliteDisk::plan_error(std::uint64_t within) {
  const auto fault = one_of(random_, {Fault::io_error, Fault::sync_error, Fault::sync_error, Fault::full});
  disk_.plan({.at = disk_.operations() + within, .fault = fault, .lasts = random_.chance(0.5)});
  return true;
}

// As the real store's threads call the loop: it hears of it in a turn of its own.
void SqliteDisk::moved() {
  if (std::exchange(moved_posted_, true)) return;
  timeline_.soon([this, life = life_] {
    if (life != life_) return;
    moved_posted_ = false;
    events_.moved();
  });
}

// --- faults

bool SqliteDisk::end_within_io() {
  ends_within_io_ = random_.chance(0.5);
  return ends_within_io_;
}

void SqliteDisk::become_good() {
  factor_ = 1;
  refusals_ = 0;
  options_.stall_chance = 0;
  ends_within_io_ = false;
  good_ = true;
}

Result<void> SqliteDisk::open() {
  auto opened = edge::SqliteStore::open(data, store_options_);
  if (!opened) return tl::make_unexpected(opened.error());
  store_ = std::move(*opened);
  store_->set_listener([this] { moved(); });
  look_for_room_later();
  return {};
}

// What was under way has happened in part, or as a whole, and nobody was told.
void SqliteDisk::get_somewhere() {
  disk_.plan({.at = disk_.operations() + few_operations(), .fault = Fault::stop, .lasts = true});
  const bool log_first = random_.chance(0.5);
  if (log_first && log_.works) run(log_);
  if (cells_.works) run(cells_);
  if (!log_first && log_.works) run(log_);
}

void SqliteDisk::close(Loss loss) {
  // Not well: a store that is left to itself would tidy up.
  disk_.plan({.at = 0, .fault = Fault::stop, .lasts = true});
  store_.reset();
  if (loss == Loss::power)
    disk_.lose_power(std::nullopt);
  else
    disk_.kill();
}

Result<void> SqliteDisk::crash(Loss loss) {
  get_somewhere();
  close(loss);
  ++life_;
  log_ = {.is_for_log = true, .round = log_.round};
  cells_ = {.is_for_log = false, .round = cells_.round};
  moved_posted_ = looks_ = ends_within_io_ = false;
  return recover();
}

Result<void> SqliteDisk::recover() {
  while (true) {
    const bool ends = !good_ && random_.chance(0.3);
    const std::uint64_t within = random_.below(open_operations);
    const bool fails = !good_ && !ends && random_.chance(0.1) && plan_error(within);
    if (ends) disk_.plan({.at = disk_.operations() + within, .fault = Fault::stop, .lasts = true});
    Result<void> opened = open();
    const bool struck = !disk_.end_plan().empty();
    if (!struck || (fails && opened)) return opened;
    ++(ends ? counts_.ends_while_opening : counts_.errors_while_opening);
    close(random_.chance(0.5) ? Loss::power : Loss::process);
  }
}

}  // namespace skerry::simulations
