// What a plugin may do. Nothing unless it is granted, and every switch needs its list as well.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::host {

enum class PathMode : uint8_t { read_only, read_write };

/// A folder of the host that the guest sees under a name of its own.
struct PathGrant {
  std::string host;  ///< absolute once a manifest has been read
  std::string guest; ///< normalised, e.g. "/data"
  PathMode mode = PathMode::read_only;
  bool operator==(const PathGrant&) const = default;
};

/// An environment variable: with a value of its own, or passed on from the host's environment if it is set
/// there.
struct EnvGrant {
  std::string name;
  std::optional<std::string> value;
  bool operator==(const EnvGrant&) const = default;
};

/// One entry of the network allow-list.
class HostRule {
public:
  /// "api.example.com", "*.example.org:443", "10.0.0.7:8080", "[2001:db8::1]:443". Errors: what is wrong, in
  /// words. International names are written in their A-label form (xn--…).
  [[nodiscard]] static std::expected<HostRule, std::string> parse(std::string_view text);
  /// The same with the port apart; a port within `host` is an error.
  [[nodiscard]] static std::expected<HostRule, std::string> make(std::string_view host,
                                                                 std::optional<uint16_t> port);

  /// Case, a trailing dot and the spelling of an address don't matter. `*.example.org` means names below
  /// example.org, at a dot, and neither example.org itself nor addresses. No port in the rule: every port.
  bool matches(std::string_view host, uint16_t port) const;

  const std::string& host() const noexcept { return host_; }
  bool subdomains() const noexcept { return subdomains_; }
  std::optional<uint16_t> port() const noexcept { return port_; }
  bool operator==(const HostRule&) const = default;

private:
  std::string host_; // normalised, without "*."
  bool subdomains_ = false;
  std::optional<uint16_t> port_;
};

/// The manifest's "capabilities". Sizes are the whole budget of one instance.
struct Capabilities {
  uint32_t max_memory_mb = 16; ///< linear memory; 1 to 4096
  uint32_t max_table_elements = 10'000;
  uint32_t max_stack_kb = 1024;  ///< wasm call stack
  uint32_t max_output_kb = 1024; ///< a result; and what one call prints
  uint32_t max_total_mb =
      1024; ///< memories, tables, code, buffers and stored values of all instances together
  uint32_t max_log_lines = 1000;       ///< of one call
  uint32_t max_log_kb = 64;            ///< of one call
  uint32_t max_host_calls = 1'000'000; ///< calls of host functions in one call
  uint32_t max_open_files = 64;        ///< besides the standard streams and granted folders

  bool allow_file_system = false;
  std::vector<PathGrant> allowed_paths;
  bool allow_env = false;
  std::vector<EnvGrant> env;
  bool allow_network = false;
  std::vector<HostRule> allowed_hosts;
  bool allow_private_addresses = false;
  uint32_t max_http_response_kb = 1024; ///< body and headers of one response
  bool allow_key_value = false;         ///< a store of its own, which outlives calls and instances
  uint32_t max_key_value_kb = 1024;     ///< keys and values
  uint32_t max_key_value_keys = 1000;

  /// 64-bit: 4096 MiB do not fit 32 bits.
  uint64_t max_memory_bytes() const noexcept { return uint64_t{max_memory_mb} << 20; }
  uint64_t max_stack_bytes() const noexcept { return uint64_t{max_stack_kb} << 10; }
  uint64_t max_total_bytes() const noexcept { return uint64_t{max_total_mb} << 20; }
  uint64_t max_log_bytes() const noexcept { return uint64_t{max_log_kb} << 10; }
  uint64_t max_http_response_bytes() const noexcept { return uint64_t{max_http_response_kb} << 10; }
  uint64_t max_key_value_bytes() const noexcept { return uint64_t{max_key_value_kb} << 10; }
  uint64_t max_output_bytes() const noexcept { return uint64_t{max_output_kb} << 10; }
  bool operator==(const Capabilities&) const = default;
};

/// Granted, or the manifest key that would have to change.
struct Decision {
  bool granted = false;
  std::string missing; ///< e.g. "capabilities.allowNetwork"; empty when granted
  explicit operator bool() const noexcept { return granted; }
};

/// Decides whether the guest may see `guest_path`: by whole path components, after `.` and `..` are resolved
/// in the text alone: /data does not grant /database. Symbolic links are the sandbox's business, which never
/// leaves a granted folder.
Decision check_path(const Capabilities& capabilities, std::string_view guest_path);
/// Decides whether the guest may connect to `host`. Compares names only; the addresses behind a name are
/// checked when it is resolved.
Decision check_host(const Capabilities& capabilities, std::string_view host, uint16_t port);

/// An absolute or relative guest path without `.`, `..`, doubled or trailing slashes; nothing if `..` would
/// leave its start.
std::optional<std::string> normalize_guest_path(std::string_view path);

} // namespace skerry::host
