// A WASI program without an engine: memory, a context, and calls of the ABI functions with a guest's
// arguments.
#pragma once

#include "skerry/wasi/wasi.hpp"
#include "wasi/functions.hpp"

#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skerry::wasi {
/// For failed assertions.
inline std::ostream& operator<<(std::ostream& out, Errno error) {
  return out << "errno " << static_cast<int>(error);
}
} // namespace skerry::wasi

namespace skerry::test {

namespace fs = std::filesystem;
namespace abi = wasi::abi;
using wasi::Errno;
using wasi::PreopenMode;
namespace rights = wasi::rights;

/// A new directory, removed with all its contents at the end.
class TempDir {
public:
  TempDir() {
    std::string pattern = (fs::temp_directory_path() / "skerry-wasi-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  fs::path operator/(const std::string& name) const { return path_ / name; }
  const fs::path& path() const { return path_; }
  std::string host() const { return path_.string(); }

private:
  fs::path path_;
};

inline void write_file(const fs::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}
inline std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Opened {
  Errno error = Errno::success;
  uint32_t fd = ~uint32_t{0};
};

struct OpenOptions {
  uint32_t lookup = wasi::lookupflags::symlink_follow;
  uint32_t oflags = 0;
  uint64_t base = rights::all;
  uint64_t inheriting = rights::all;
  uint32_t fdflags = 0;
};
inline constexpr uint64_t read_rights =
    rights::fd_read | rights::fd_seek | rights::fd_filestat_get | rights::fd_readdir | rights::path_open;
inline constexpr uint64_t write_rights = rights::fd_write | rights::fd_seek | rights::fd_filestat_get;

/// Addresses are allocated upwards and never freed. The memory is small enough to be made quickly and large
/// enough for any one test.
class Program {
public:
  static constexpr uint32_t memory_bytes = 1 << 20;
  static constexpr uint32_t first_preopen = 3;

  explicit Program(wasi::Config config, wasi::Snapshot snapshot = wasi::Snapshot::preview1)
      : context_(make(std::move(config))), memory_(memory_bytes), snapshot_(snapshot) {}

  wasi::Context& context() { return context_; }
  std::span<std::byte> memory() { return memory_; }
  wasi::Watch watch;
  std::optional<Error> stop; // of the last call

  template <class... Params, class... Args>
  Errno call(Errno (*function)(wasi::Call&, Params...), Args... args) {
    wasi::Call one{context_.state(), wasi::GuestMemory(memory_), snapshot_, HostMeter(watch)};
    const Errno error = function(one, static_cast<Params>(args)...);
    stop = std::move(one.meter.stop);
    return error;
  }

  uint32_t space(uint32_t bytes) {
    const uint32_t at = next_;
    next_ += (bytes + 7) & ~7u;
    if (next_ > memory_bytes) next_ = bytes + 8;
    return next_ == bytes + 8 ? 8 : at;
  }
  uint32_t text(std::string_view text) {
    const uint32_t at = space(static_cast<uint32_t>(text.size()));
    std::memcpy(memory_.data() + at, text.data(), text.size());
    return at;
  }
  template <class T> T load(uint32_t address) const { return wasi::take<T>(memory_, address); }
  template <class T> void store(uint32_t address, T value) {
    wasi::put(std::span<std::byte>(memory_), address, value);
  }
  std::string string_at(uint32_t address, uint32_t length) const {
    return {reinterpret_cast<const char*>(memory_.data()) + address, length};
  }
  uint32_t iovecs(std::initializer_list<std::pair<uint32_t, uint32_t>> vectors) {
    const uint32_t at = space(static_cast<uint32_t>(vectors.size() * 8));
    uint32_t to = at;
    for (const auto& [address, length] : vectors) {
      store(to, address);
      store(to + 4, length);
      to += 8;
    }
    return at;
  }

  Opened open(std::string_view path, OpenOptions options = {}, uint32_t directory = first_preopen) {
    const uint32_t result = space(4);
    const Errno error = call(abi::path_open, directory, options.lookup, text(path), path.size(),
                             options.oflags, options.base, options.inheriting, options.fdflags, result);
    return {error, error == Errno::success ? load<uint32_t>(result) : ~uint32_t{0}};
  }
  /// The bytes read, or "errno N".
  std::string read(uint32_t fd, uint32_t length = 4096) {
    const uint32_t buffer = space(length), count = space(4);
    const Errno error = call(abi::fd_read, fd, iovecs({{buffer, length}}), 1, count);
    return error == Errno::success ? string_at(buffer, load<uint32_t>(count)) : failure(error);
  }
  Errno write(uint32_t fd, std::string_view bytes) {
    written = 0;
    const uint32_t count = space(4);
    const Errno error =
        call(abi::fd_write, fd, iovecs({{text(bytes), static_cast<uint32_t>(bytes.size())}}), 1, count);
    if (error == Errno::success) written = load<uint32_t>(count);
    return error;
  }
  /// A path function with (fd, path, length).
  Errno on_path(Errno (*function)(wasi::Call&, uint32_t, uint32_t, uint32_t), std::string_view path,
                uint32_t fd = first_preopen) {
    return call(function, fd, text(path), path.size());
  }
  Errno filestat(std::string_view path, uint32_t lookup, uint32_t fd = first_preopen) {
    filestat_at = space(64);
    return call(abi::path_filestat_get, fd, lookup, text(path), path.size(), filestat_at);
  }
  Errno set_mtime(std::string_view path, uint32_t lookup, uint64_t mtime, uint32_t fd = first_preopen) {
    return call(abi::path_filestat_set_times, fd, lookup, text(path), path.size(), 0, mtime,
                wasi::fstflags::mtim);
  }
  Errno rename(std::string_view from, std::string_view to, uint32_t fd = first_preopen,
               uint32_t to_fd = first_preopen) {
    return call(abi::path_rename, fd, text(from), from.size(), to_fd, text(to), to.size());
  }
  Errno link(std::string_view from, std::string_view to, uint32_t lookup = 0, uint32_t fd = first_preopen,
             uint32_t to_fd = first_preopen) {
    return call(abi::path_link, fd, lookup, text(from), from.size(), to_fd, text(to), to.size());
  }
  Errno symlink(std::string_view target, std::string_view path, uint32_t fd = first_preopen) {
    return call(abi::path_symlink, text(target), target.size(), fd, text(path), path.size());
  }
  /// The link's target, or "errno N".
  std::string readlink(std::string_view path, uint32_t fd = first_preopen) {
    const uint32_t buffer = space(4096), used = space(4);
    const Errno error = call(abi::path_readlink, fd, text(path), path.size(), buffer, 4096, used);
    return error == Errno::success ? string_at(buffer, load<uint32_t>(used)) : failure(error);
  }
  static std::string failure(Errno error) { return "errno " + std::to_string(static_cast<int>(error)); }

  uint32_t written = 0;     // by the last write
  uint32_t filestat_at = 0; // of the last filestat

private:
  static wasi::Context make(wasi::Config config) {
    auto made = wasi::Context::create(std::move(config));
    if (!made) throw std::runtime_error(made.error().message());
    return std::move(*made);
  }
  wasi::Context context_;
  std::vector<std::byte> memory_;
  wasi::Snapshot snapshot_;
  uint32_t next_ = 8;
};

/// One directory as "/".
inline wasi::Config with_root(const fs::path& host, PreopenMode mode = PreopenMode::read_write,
                              wasi::PathResolverKind resolver = wasi::PathResolverKind::automatic) {
  wasi::Config config;
  config.preopens.push_back({host.string(), "/", mode});
  config.resolver = resolver;
  return config;
}

/// The kernel's way of resolving paths, if it has one, and the walk.
inline const std::vector<wasi::PathResolverKind> resolvers = {wasi::PathResolverKind::automatic,
                                                              wasi::PathResolverKind::component_wise};

} // namespace skerry::test
