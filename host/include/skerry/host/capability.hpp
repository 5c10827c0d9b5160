// What a plugin may do: nothing unless it is granted. File system, environment and network each need a switch
// and a list; either alone grants nothing.
#pragma once

#include "skerry/expected.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::host {

/// Whether the guest may only read a granted folder, or change it too.
enum class PathMode : uint8_t { read_only, read_write };

/// A folder of the host that the guest sees under its own name.
struct PathGrant {
  std::string host;  ///< absolute once a manifest has been read
  std::string guest; ///< normalized, e.g. "/data"
  PathMode mode = PathMode::read_only;
  bool operator==(const PathGrant&) const = default;
};

/// An environment variable. `value` is what the guest sees; without one, the guest sees the host's value if
/// the host has the variable.
struct EnvGrant {
  std::string name;
  std::optional<std::string> value;
  bool operator==(const EnvGrant&) const = default;
};

/// One entry of the network allow-list.
class HostRule {
public:
  /// Parses one entry, such as "api.example.com", "*.example.org:443", "10.0.0.7:8080" or
  /// "[2001:db8::1]:443". International names are written as A-labels (xn--…). Errors: a text that says what
  /// is wrong.
  [[nodiscard]] static skerry::Expected<HostRule, std::string> parse(std::string_view text);
  /// The same with a separate port; a port inside `host` is an error.
  [[nodiscard]] static skerry::Expected<HostRule, std::string> make(std::string_view host,
                                                                    std::optional<uint16_t> port);

  /// True if the rule covers this host and port. Case, a trailing dot and the spelling of an address do not
  /// matter. `*.example.org` covers names that end in ".example.org", but neither example.org itself nor
  /// addresses. A rule without a port covers every port. Thread-safe.
  bool matches(std::string_view host, uint16_t port) const;

  /// The normalized name or address, without "*.".
  const std::string& host() const noexcept { return host_; }
  /// True for a rule that begins with "*.".
  bool subdomains() const noexcept { return subdomains_; }
  /// The port, if the rule names one.
  std::optional<uint16_t> port() const noexcept { return port_; }
  bool operator==(const HostRule&) const = default;

private:
  std::string host_; // the value that host() returns
  bool subdomains_ = false;
  std::optional<uint16_t> port_;
};

/// The manifest's "capabilities". Memory sizes limit one instance; max_total_mb limits all instances of the
/// plugin together.
struct Capabilities {
  uint32_t max_memory_mb = 16; ///< linear memory; 1 to 4096
  uint32_t max_table_elements = 10'000;
  uint32_t max_stack_kb = 1024;  ///< wasm call stack
  uint32_t max_output_kb = 1024; ///< a result, and separately what one call prints
  uint32_t max_total_mb =
      1024; ///< memories, tables, code, buffers and stored values of all instances together
  uint32_t max_log_lines = 1000;       ///< lines that one call may log
  uint32_t max_log_kb = 64;            ///< total text that one call may log
  uint32_t max_host_calls = 1'000'000; ///< calls of host functions during one call
  uint32_t max_open_files = 64;        ///< in addition to the standard streams and granted folders

  bool allow_file_system = false;
  std::vector<PathGrant> allowed_paths;
  bool allow_env = false;
  std::vector<EnvGrant> env;
  bool allow_network = false;
  std::vector<HostRule> allowed_hosts;
  bool allow_private_addresses = false;
  uint32_t max_http_response_kb = 1024; ///< body and headers of one response
  bool allow_key_value = false;         ///< a store for this plugin, which outlives calls and instances
  uint32_t max_key_value_kb = 1024;     ///< total size of keys and values
  uint32_t max_key_value_keys = 1000;

  /// The limits in bytes. They are 64-bit because 4096 MiB does not fit in 32 bits.
  uint64_t max_memory_bytes() const noexcept { return uint64_t{max_memory_mb} << 20; }
  uint64_t max_stack_bytes() const noexcept { return uint64_t{max_stack_kb} << 10; }
  uint64_t max_total_bytes() const noexcept { return uint64_t{max_total_mb} << 20; }
  uint64_t max_log_bytes() const noexcept { return uint64_t{max_log_kb} << 10; }
  uint64_t max_http_response_bytes() const noexcept { return uint64_t{max_http_response_kb} << 10; }
  uint64_t max_key_value_bytes() const noexcept { return uint64_t{max_key_value_kb} << 10; }
  uint64_t max_output_bytes() const noexcept { return uint64_t{max_output_kb} << 10; }
  bool operator==(const Capabilities&) const = default;
};

/// A decision: granted, or the manifest key that would have to change.
struct Decision {
  bool granted = false;
  std::string missing; ///< e.g. "capabilities.allowNetwork"; empty when granted
  /// True if granted.
  explicit operator bool() const noexcept { return granted; }
};

/// Decides whether the guest may access `guest_path`. Resolves `.` and `..` in the text alone and compares
/// whole path components: /data does not grant /database. Symbolic links are left to the WASI sandbox, which
/// never leaves a granted folder. Thread-safe.
Decision check_path(const Capabilities& capabilities, std::string_view guest_path);
/// Decides whether the guest may connect to `host` at `port`. Compares names only; the addresses of a name
/// are checked after it is resolved. Thread-safe.
Decision check_host(const Capabilities& capabilities, std::string_view host, uint16_t port);

/// Returns the absolute or relative guest path without `.`, `..`, and doubled or trailing slashes. Returns
/// nothing if `..` would leave the start of the path. Thread-safe.
std::optional<std::string> normalize_guest_path(std::string_view path);

} // namespace skerry::host
