#include "edge/delay_line.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "core/random.h"

namespace skerry::edge {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using Time = asio::steady_timer::time_point;

// What a direction may hold: an ocean's worth of bandwidth × delay, and during a cut what a sender's socket would.
constexpr std::size_t held_bytes_max = 8 << 20;

struct Weather {
  DelayLineOptions options;
  core::Random random;
  bool cut = false;

  std::chrono::microseconds crossing() {
    const auto jitter = static_cast<std::uint64_t>(options.jitter_max.count());
    return options.one_way + std::chrono::microseconds(jitter == 0 ? 0 : random.below(jitter + 1));
  }
};

struct Parcel {
  Time due;
  std::string bytes;  // empty: the sender has finished
};

// One direction of one connection.  It owns neither socket; the connection that owns both keeps it alive.
class Direction {
 public:
  Direction(asio::io_context& io, tcp::socket& from, tcp::socket& to, Weather& weather)
      : from_(from), to_(to), weather_(weather), timer_(io) {}

  void start(std::shared_ptr<void> connection) {
    connection_ = std::move(connection);
    read();
  }

  // The cut is over: what has not arrived sets out now.
  void set_out_again() {
    const Time due = asio::steady_timer::clock_type::now() + weather_.crossing();
    for (Parcel& parcel : parcels_) parcel.due = std::max(parcel.due, due);
    last_due_ = std::max(last_due_, due);
    pass_on();
  }

  // Everything has passed and nothing more will come.
  bool done() const { return finished_ && parcels_.empty() && !writing_; }

 private:
  void read() {
    if (reading_ || finished_ || held_bytes_ >= held_bytes_max) return;
    reading_ = true;
    from_.async_read_some(asio::buffer(buffer_),
                          [this, alive = connection_.lock()](const error_code& error, std::size_t size) {
                            reading_ = false;
                            take(error ? std::string() : std::string(buffer_.data(), size));
                          });
  }

  void take(std::string bytes) {
    finished_ = bytes.empty();
    last_due_ = std::max(last_due_, asio::steady_timer::clock_type::now() + weather_.crossing());
    held_bytes_ += bytes.size();
    parcels_.push_back({last_due_, std::move(bytes)});
    pass_on();
    read();
  }

  void pass_on() {
    if (weather_.cut || writing_ || parcels_.empty()) return;
    if (parcels_.front().due > asio::steady_timer::clock_type::now()) return wait();
    Parcel parcel = std::move(parcels_.front());
    parcels_.pop_front();
    if (parcel.bytes.empty()) {
      error_code ignored;
      to_.shutdown(tcp::socket::shutdown_send, ignored);
      return;
    }
    write(std::move(parcel.bytes));
  }

  void wait() {
    if (waiting_) return;
    waiting_ = true;
    timer_.expires_at(parcels_.front().due);
    timer_.async_wait([this, alive = connection_.lock()](const error_code&) {
      waiting_ = false;
      pass_on();
    });
  }

  void write(std::string bytes) {
    writing_ = true;
    outgoing_ = std::move(bytes);
    asio::async_write(to_, asio::buffer(outgoing_),
                      [this, alive = connection_.lock()](const error_code& error, std::size_t) {
                        writing_ = false;
                        held_bytes_ -= outgoing_.size();
                        if (error) return give_up();
                        pass_on();
                        read();
                      });
  }

  void give_up() {
    error_code ignored;
    from_.close(ignored);
    to_.close(ignored);
    parcels_.clear();
    finished_ = true;
  }

  tcp::socket& from_;
  tcp::socket& to_;
  Weather& weather_;
  asio::steady_timer timer_;
  std::weak_ptr<void> connection_;
  std::array<char, 64 * 1024> buffer_;
  std::deque<Parcel> parcels_;
  std::string outgoing_;
  Time last_due_{};
  std::size_t held_bytes_ = 0;
  bool reading_ = false, waiting_ = false, writing_ = false, finished_ = false;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::io_context& io, tcp::socket near, std::shared_ptr<Weather> weather)
      : weather_(std::move(weather)),
        near_(std::move(near)),
        far_(io),
        dialled_(io),
        outward_(io, near_, far_, *weather_),
        homeward_(io, far_, near_, *weather_) {}

  // The kernel accepted at once; over an ocean that takes a round trip, and during a cut it does not happen.
  void start() { cross(); }

  void set_out_again() {
    if (crossed_ && !dialling_ && !closed_) cross();
    outward_.set_out_again();
    homeward_.set_out_again();
  }

  bool done() const { return closed_ || (outward_.done() && homeward_.done()); }

  void close() {
    error_code ignored;
    closed_ = true;
    dialled_.cancel();
    near_.close(ignored);
    far_.close(ignored);
  }

 private:
  void cross() {
    crossed_ = false;
    dialled_.expires_after(weather_->crossing() + weather_->crossing());
    dialled_.async_wait([self = shared_from_this()](const error_code& error) {
      self->crossed_ = true;
      if (!error) self->dial();
    });
  }

  void dial() {
    if (weather_->cut || dialling_ || closed_) return;
    dialling_ = true;
    far_.async_connect({asio::ip::address_v4::loopback(), weather_->options.target_port},
                       [self = shared_from_this()](const error_code& error) {
                         if (error) return self->close();
                         error_code ignored;
                         self->near_.set_option(tcp::no_delay(true), ignored);
                         self->far_.set_option(tcp::no_delay(true), ignored);
                         self->outward_.start(self);
                         self->homeward_.start(self);
                       });
  }

  std::shared_ptr<Weather> weather_;
  tcp::socket near_, far_;
  asio::steady_timer dialled_;
  Direction outward_, homeward_;
  bool crossed_ = false, dialling_ = false, closed_ = false;
};

}  // namespace

struct DelayLine::Line : std::enable_shared_from_this<DelayLine::Line> {
  Line(asio::io_context& context, const DelayLineOptions& options)
      : io(context), acceptor(context), weather(new Weather{options, core::Random(options.seed)}) {}

  void accept() {
    acceptor.async_accept([self = shared_from_this()](const error_code& error, tcp::socket socket) {
      if (!self->acceptor.is_open()) return;
      if (!error) self->add(std::move(socket));
      self->accept();
    });
  }

  void add(tcp::socket socket) {
    std::erase_if(connections, [](const auto& connection) { return connection->done(); });
    auto connection = std::make_shared<Connection>(io, std::move(socket), weather);
    connections.push_back(connection);
    connection->start();
  }

  void each(void (Connection::*act)()) {
    for (const auto& connection : connections) ((*connection).*act)();
  }

  asio::io_context& io;
  tcp::acceptor acceptor;
  std::shared_ptr<Weather> weather;
  std::vector<std::shared_ptr<Connection>> connections;  // held here: during a cut nothing else may hold one
};

core::Result<std::unique_ptr<DelayLine>> DelayLine::open(asio::io_context& io, const DelayLineOptions& options) {
  auto line = std::make_shared<Line>(io, options);
  error_code error;
  const tcp::endpoint any_port(asio::ip::address_v4::loopback(), 0);
  line->acceptor.open(any_port.protocol(), error);
  if (!error) line->acceptor.bind(any_port, error);
  if (!error) line->acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return core::fail(core::ErrorCode::io, "no port for a delay line: " + error.message());
  line->accept();
  return std::unique_ptr<DelayLine>(new DelayLine(std::move(line)));
}

DelayLine::DelayLine(std::shared_ptr<Line> line) : line_(std::move(line)) {}

DelayLine::~DelayLine() {
  error_code ignored;
  line_->acceptor.close(ignored);
  line_->each(&Connection::close);
}

std::uint16_t DelayLine::port() const {
  return line_->acceptor.local_endpoint().port();
}

void DelayLine::cut() {
  line_->weather->cut = true;
}

void DelayLine::heal() {
  line_->weather->cut = false;
  line_->each(&Connection::set_out_again);
}

}  // namespace skerry::edge
