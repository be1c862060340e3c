#include "simulations/forgetting_disk.h"

#include <algorithm>

#include "core/ensure.h"

namespace skerry::simulations {

using core::Bytes;
using core::BytesView;
using core::ensure;

namespace {

std::string trimmed(std::string path) {
  while (!path.empty() && path.back() == '/') path.pop_back();
  return path;
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : trimmed(path.substr(0, slash));
}

void put_names(std::map<std::string, ForgettingDisk::FileId>& names,
               const std::vector<std::pair<std::string, ForgettingDisk::FileId>>& naming) {
  for (const auto& [path, file] : naming) {
    if (file == 0)
      names.erase(path);
    else
      names.insert_or_assign(path, file);
  }
}

Survival drawn(core::Random& chance) {
  constexpr Survival all[] = {Survival::nothing, Survival::everything, Survival::beginning, Survival::changes,
                              Survival::sectors};
  return all[chance.below(std::size(all))];
}

}  // namespace

// --- what a program may ask

ForgettingDisk::Answer<ForgettingDisk::FileId> ForgettingDisk::open(const std::string& path) {
  if (const auto refusal = begin("open", path, Need::nothing)) return tl::make_unexpected(*refusal);
  const FileId file = find(path);
  if (file == 0 || nodes_.at(file).directory) return tl::make_unexpected(Refusal::missing);
  return opened(file, path);
}

ForgettingDisk::Answer<ForgettingDisk::FileId> ForgettingDisk::open_or_make(const std::string& path) {
  const FileId found = find(path);
  if (const auto refusal = begin(found == 0 ? "make" : "open", path, found == 0 ? Need::more_space : Need::nothing))
    return tl::make_unexpected(*refusal);
  if (found != 0)
    return nodes_.at(found).directory ? Answer<FileId>(tl::unexpect, Refusal::missing) : opened(found, path);
  const std::string directory = directory_of(path);
  if (!directory.empty() && find(directory) == 0) return tl::make_unexpected(Refusal::missing);
  const FileId file = make(false, path);
  name(directory, {{path, file}});
  return opened(file, path);
}

ForgettingDisk::Answer<ForgettingDisk::FileId> ForgettingDisk::opened(FileId file, const std::string& path) {
  Node& node = nodes_.at(file);
  node.path = path;
  ++node.opened;
  return file;
}

ForgettingDisk::Answer<std::size_t> ForgettingDisk::size(FileId file) {
  const Node& node = nodes_.at(file);
  if (const auto refusal = begin("look at the size of", node.path, Need::nothing)) return tl::make_unexpected(*refusal);
  return node.file.bytes().size();
}

ForgettingDisk::Answer<BytesView> ForgettingDisk::read(FileId file, std::size_t offset, std::size_t size) {
  const Node& node = nodes_.at(file);
  if (const auto refusal = begin("read", node.path, Need::nothing)) return tl::make_unexpected(*refusal);
  const BytesView bytes = node.file.bytes();
  return offset >= bytes.size() ? BytesView() : bytes.substr(offset, size);
}

ForgettingDisk::Answer<void> ForgettingDisk::write(FileId file, std::size_t offset, BytesView bytes) {
  Node& node = nodes_.at(file);
  const bool grows = offset + bytes.size() > node.file.bytes().size();
  if (const auto refusal = begin("write", node.path, grows ? Need::more_space : Need::space)) {
    // A write that fails may have got some of the way.
    if (!stopped_ && chance_.chance(0.5)) node.file.write(offset, bytes.substr(0, chance_.below(bytes.size() + 1)));
    return tl::make_unexpected(*refusal);
  }
  // As far as it goes.
  const std::size_t end = offset + bytes.size(), possible = size_possible(node, end);
  if (possible > offset) node.file.write(offset, bytes.substr(0, possible - offset));
  if (possible < end) return tl::make_unexpected(Refusal::full);
  return {};
}

ForgettingDisk::Answer<void> ForgettingDisk::resize(FileId file, std::size_t size) {
  Node& node = nodes_.at(file);
  const Need need = size > node.file.bytes().size() ? Need::more_space : Need::nothing;
  if (const auto refusal = begin("resize", node.path, need)) return tl::make_unexpected(*refusal);
  if (size_possible(node, size) < size) return tl::make_unexpected(Refusal::full);
  node.file.resize(size);
  return {};
}

ForgettingDisk::Answer<void> ForgettingDisk::allocate(FileId file, std::size_t size) {
  const std::size_t before = nodes_.at(file).file.bytes().size();
  return resize(file, std::max(size, before));
}

std::size_t ForgettingDisk::bytes_used() const {
  std::size_t bytes = 0;
  for (const auto& [path, file] : seen_names_) bytes += nodes_.at(file).file.bytes().size();
  return bytes;
}

std::size_t ForgettingDisk::size_possible(const Node& node, std::size_t wanted) const {
  const std::size_t size = node.file.bytes().size();
  if (!capacity_ || wanted <= size) return wanted;
  const std::size_t used = bytes_used();
  return std::min(wanted, size + (*capacity_ - std::min(*capacity_, used)));
}

ForgettingDisk::Answer<void> ForgettingDisk::sync(FileId file) {
  Node& node = nodes_.at(file);
  if (const auto refusal = begin("sync", node.path, Need::safety)) {
    if (!stopped_) node.file.fail_sync(chance_);
    return tl::make_unexpected(*refusal);
  }
  node.file.sync();
  return {};
}

ForgettingDisk::Answer<bool> ForgettingDisk::exists(const std::string& path) {
  if (const auto refusal = begin("look for", path, Need::nothing)) return tl::make_unexpected(*refusal);
  return find(path) != 0;
}

ForgettingDisk::Answer<void> ForgettingDisk::remove(const std::string& path) {
  if (const auto refusal = begin("remove", path, Need::nothing)) return tl::make_unexpected(*refusal);
  if (find(path) == 0) return tl::make_unexpected(Refusal::missing);
  name(directory_of(path), {{path, 0}});
  return {};
}

ForgettingDisk::Answer<void> ForgettingDisk::rename(const std::string& from, const std::string& to) {
  if (const auto refusal = begin("rename", from, Need::nothing)) return tl::make_unexpected(*refusal);
  ensure(directory_of(from) == directory_of(to));
  const FileId file = find(from);
  if (file == 0) return tl::make_unexpected(Refusal::missing);
  name(directory_of(from), {{to, file}, {from, 0}});
  return {};
}

ForgettingDisk::Answer<bool> ForgettingDisk::make_directory(const std::string& path) {
  const std::string plain = trimmed(path);
  const bool found = plain.empty() || find(plain) != 0;
  if (const auto refusal = begin("make the directory", plain, found ? Need::nothing : Need::more_space))
    return tl::make_unexpected(*refusal);
  if (found) return false;
  const std::string above = directory_of(plain);
  if (!above.empty() && find(above) == 0) return tl::make_unexpected(Refusal::missing);
  const FileId directory = make(true, plain);
  name(above, {{plain, directory}});
  return true;
}

ForgettingDisk::Answer<void> ForgettingDisk::sync_directory(const std::string& path) {
  const std::string directory = trimmed(path);
  if (const auto refusal = begin("sync the directory", directory, Need::nothing)) return tl::make_unexpected(*refusal);
  if (!directory.empty() && find(directory) == 0) return tl::make_unexpected(Refusal::missing);
  for (const Naming& naming : unsynced_names_[directory]) put_names(kept_names_, naming);
  unsynced_names_.erase(directory);
  return {};
}

ForgettingDisk::Answer<void> ForgettingDisk::take_space(FileId file) {
  if (const auto refusal = begin("grow the shared memory of", nodes_.at(file).path, Need::more_space))
    return tl::make_unexpected(*refusal);
  return {};
}

void ForgettingDisk::close(FileId file) {
  Node& node = nodes_.at(file);
  ensure(node.opened > 0);
  --node.opened;
}

// --- names

ForgettingDisk::FileId ForgettingDisk::find(const std::string& path) const {
  const auto found = seen_names_.find(path);
  return found == seen_names_.end() ? 0 : found->second;
}

ForgettingDisk::FileId ForgettingDisk::make(bool directory, const std::string& path) {
  nodes_[++last_made_] = {.path = path, .directory = directory, .opened = 0, .file = {}};
  return last_made_;
}

void ForgettingDisk::name(const std::string& directory, Naming naming) {
  put_names(seen_names_, naming);
  unsynced_names_[directory].push_back(std::move(naming));
}

// --- faults

std::optional<ForgettingDisk::Refusal> ForgettingDisk::begin(const std::string& what, const std::string& path,
                                                             Need need) {
  const std::uint64_t number = operations_++;
  if (stopped_) return Refusal::io_error;
  if (!plan_ || number < plan_->at || !strikes(need)) return std::nullopt;
  if (struck_.empty()) struck_ = "operation " + std::to_string(number) + ": " + what + " " + path;
  const Fault fault = plan_->fault;
  stopped_ = fault == Fault::stop;
  if (!plan_->lasts) plan_.reset();
  return fault == Fault::full || fault == Fault::full_to_grow ? Refusal::full : Refusal::io_error;
}

bool ForgettingDisk::strikes(Need need) const {
  switch (plan_->fault) {
    case Fault::stop:
    case Fault::io_error:
      return true;
    case Fault::sync_error:
      return need == Need::safety;
    case Fault::full:
      return need == Need::space || need == Need::more_space;
    case Fault::full_to_grow:
      return need == Need::more_space;
  }
  return false;
}

// --- the end of a life

void ForgettingDisk::kill() {
  for (const auto& [file, node] : nodes_) ensure(node.opened == 0);
  ensure(locked_.empty());
  plan_.reset();
  stopped_ = false;
  struck_.clear();
}

void ForgettingDisk::lose_power(std::optional<Survival> survival) {
  kill();
  for (auto& [file, node] : nodes_) node.file.lose_power(survival ? *survival : drawn(chance_), chance_);
  for (const auto& [directory, namings] : unsynced_names_) {
    const Survival here = survival ? *survival : drawn(chance_);
    const std::size_t beginning = chance_.below(namings.size() + 1);
    for (std::size_t i = 0; i < namings.size(); ++i) {
      const bool in_no_order = here == Survival::changes || here == Survival::sectors;
      if (here == Survival::everything || (here == Survival::beginning && i < beginning) ||
          (in_no_order && chance_.chance(0.5)))
        put_names(kept_names_, namings[i]);
    }
  }
  unsynced_names_.clear();
  forget_the_lost();
}

// What is in a directory that was lost, and files without a name.
void ForgettingDisk::forget_the_lost() {
  std::map<FileId, Node> nodes;
  seen_names_.clear();
  for (const auto& [path, file] : kept_names_) {  // a directory comes before what is in it
    const std::string directory = directory_of(path);
    if (!directory.empty() && find(directory) == 0) continue;
    seen_names_.emplace(path, file);
    nodes.insert_or_assign(file, nodes_.at(file));
  }
  kept_names_ = seen_names_;
  nodes_ = std::move(nodes);
}

}  // namespace skerry::simulations
