#include "edge/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

namespace skerry::edge {

using core::Bytes;
using core::BytesView;
using core::ErrorCode;
using core::Result;
using std::filesystem::path;

namespace {

constexpr BytesView public_key_prefix = "skerry-public-key:";
constexpr std::size_t base64_size = 44;  // of 32 bytes, padding included
constexpr std::size_t line_max = 128;

// What a secret file holds, and how a person gets one.
struct SecretKind {
  BytesView prefix;
  BytesView name;
  BytesView command;
};
constexpr SecretKind private_key = {"skerry-private-key:", "private key", "skerry keygen"};
constexpr SecretKind cluster_secret = {"skerry-cluster-secret:", "cluster secret", "skerry keygen --cluster-secret"};

class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  bool open() const { return number_ >= 0; }

 private:
  int number_;
};

std::string quoted(const path& file) {
  return "'" + file.string() + "'";
}
std::string system_reason() {
  return std::strerror(errno);
}

// Exactly 44 characters of standard base64, in a time that does not depend on them.
std::optional<Wiped<32>> from_base64(BytesView text) {
  if (text.size() != base64_size) return std::nullopt;
  Wiped<32> bytes;
  std::size_t size = 0;
  const int refused = sodium_base642bin(bytes.bytes.data(), bytes.bytes.size(), text.data(), text.size(), nullptr,
                                        &size, nullptr, sodium_base64_VARIANT_ORIGINAL);
  if (refused != 0 || size != bytes.bytes.size()) return std::nullopt;
  return bytes;
}

// The line with its newline, wiped like the secret it holds.
using Line = Wiped<line_max>;

BytesView line_of(const Line& line, std::size_t size) {
  BytesView text = line.first(size);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::string accepted(const SecretKind& kind) {
  return "accepted is one line, " + std::string(kind.prefix) + " and 32 bytes in base64, as `" +
         std::string(kind.command) + "` writes it";
}

Result<void> check_permissions(const FileDescriptor& file, const path& where, const SecretKind& kind) {
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) {
    return core::fail(ErrorCode::io, "cannot look at " + quoted(where) + ": " + system_reason());
  }
  if (!S_ISREG(status.st_mode)) {
    return core::fail(ErrorCode::invalid, quoted(where) + " is no regular file; " + accepted(kind));
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return core::fail(ErrorCode::refused, "the " + std::string(kind.name) + " in " + quoted(where) +
                                              " is open to others than its owner; accepted is mode 0600 or stricter "
                                              "(chmod 600)");
  }
  return {};
}

Result<SecretKey> read_secret_file(const path& where, const SecretKind& kind) {
  // Without O_NONBLOCK a FIFO would hold us here before we could see that it is one.
  const FileDescriptor file(::open(where.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file.open()) {
    return core::fail(ErrorCode::io, "cannot open the " + std::string(kind.name) + " file " + quoted(where) + ": " +
                                         system_reason() + "; `" + std::string(kind.command) + "` makes one");
  }
  if (const Result<void> checked = check_permissions(file, where, kind); !checked) {
    return tl::make_unexpected(checked.error());
  }
  Line line;
  std::size_t size = 0;
  for (ssize_t got = 1; got > 0 && size < line_max; size += static_cast<std::size_t>(got)) {
    got = ::read(file.number(), line.bytes.data() + size, line_max - size);
    if (got < 0) return core::fail(ErrorCode::io, "cannot read " + quoted(where) + ": " + system_reason());
  }
  const BytesView text = line_of(line, size);
  const bool prefixed = text.substr(0, kind.prefix.size()) == kind.prefix;
  const std::optional<Wiped<32>> bytes = prefixed ? from_base64(text.substr(kind.prefix.size())) : std::nullopt;
  if (!bytes) {
    return core::fail(ErrorCode::malformed,
                      quoted(where) + " holds no " + std::string(kind.name) + "; " + accepted(kind));
  }
  return SecretKey::of(bytes->view());
}

Result<void> write_secret_file(const path& where, const SecretKind& kind, const SecretKey& secret) {
  Line line;
  std::copy(kind.prefix.begin(), kind.prefix.end(), line.bytes.begin());
  char* const base64 = reinterpret_cast<char*>(line.bytes.data()) + kind.prefix.size();
  sodium_bin2base64(base64, base64_size + 1, secret.data(), SecretKey::size, sodium_base64_VARIANT_ORIGINAL);
  base64[base64_size] = '\n';
  const BytesView text = line.first(kind.prefix.size() + base64_size + 1);

  const FileDescriptor file(::open(where.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file.open()) {
    const bool exists = errno == EEXIST;
    return core::fail(ErrorCode::io, "cannot make the " + std::string(kind.name) + " file " + quoted(where) + ": " +
                                         (exists ? "it exists and is not overwritten" : system_reason()));
  }
  const bool written = ::write(file.number(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       ::fsync(file.number()) == 0;
  if (written) return {};
  const std::string reason = system_reason();
  ::unlink(where.c_str());  // half a key would only be in the way of the next try
  return core::fail(ErrorCode::io, "cannot write " + quoted(where) + ": " + reason);
}

}  // namespace

std::string to_text(const PublicKey& key) {
  std::string text(base64_size + 1, '\0');
  sodium_bin2base64(text.data(), text.size(), key.bytes.data(), key.bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();
  return std::string(public_key_prefix) + text;
}

Result<PublicKey> public_key_from_text(BytesView text) {
  constexpr BytesView accepted_form =
      "; accepted is skerry-public-key: and 32 bytes in base64, as `skerry keygen` "
      "prints it";
  if (text.substr(0, private_key.prefix.size()) == private_key.prefix) {
    return core::fail(ErrorCode::refused, "a private key stands where a public one belongs" + Bytes(accepted_form));
  }
  const bool prefixed = text.substr(0, public_key_prefix.size()) == public_key_prefix;
  const std::optional<Wiped<32>> bytes = prefixed ? from_base64(text.substr(public_key_prefix.size())) : std::nullopt;
  if (!bytes) return core::fail(ErrorCode::malformed, "this is no public key" + Bytes(accepted_form));
  const PublicKey key = PublicKey::of(bytes->view());
  if (is_small_order(key)) {
    return core::fail(ErrorCode::refused, "this public key has a small order, as nobody's real key has");
  }
  return key;
}

Result<PublicKey> create_private_key_file(const path& where) {
  const KeyPair pair = generate_key_pair();
  if (const Result<void> written = write_secret_file(where, private_key, pair.private_key); !written) {
    return tl::make_unexpected(written.error());
  }
  return pair.public_key;
}

Result<void> create_cluster_secret_file(const path& where) {
  return write_secret_file(where, cluster_secret, generate_private_key());
}

Result<KeyPair> read_private_key_file(const path& where) {
  Result<SecretKey> secret = read_secret_file(where, private_key);
  if (!secret) return tl::make_unexpected(secret.error());
  return key_pair_of(std::move(*secret));
}

Result<SecretKey> read_cluster_secret_file(const path& where) {
  return read_secret_file(where, cluster_secret);
}

}  // namespace skerry::edge
