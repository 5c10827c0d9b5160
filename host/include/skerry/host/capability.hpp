// Capabilities: what a manifest allows a plugin to do. Nothing is allowed by default. File system,
// environment and network each need a switch (such as `allow_network`) and a list (such as `allowed_hosts`).
// Both are needed: a switch without its list grants nothing, and a list without its switch grants nothing.
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

/// An environment variable that the guest sees. Without a `value`, the guest sees the value that the variable
/// has in the host process's environment. If the host process does not have the variable, the guest does not
/// see it either.
struct EnvGrant {
  std::string name;
  std::optional<std::string> value;
  bool operator==(const EnvGrant&) const = default;
};

/// One entry of the network allow-list: a host, or all subdomains of a domain, with an optional port.
class HostRule {
public:
  /// Parses one entry, such as "api.example.com", "*.example.org:443", "10.0.0.7:8080" or
  /// "[2001:db8::1]:443". International names are written as A-labels (xn--…). The error is a text that says
  /// what is wrong.
  [[nodiscard]] static skerry::Expected<HostRule, std::string> parse(std::string_view text);
  /// Makes a rule from a host and a separate port. A port inside `host` is an error. The error is a text, as
  /// for `parse`.
  [[nodiscard]] static skerry::Expected<HostRule, std::string> make(std::string_view host,
                                                                    std::optional<uint16_t> port);

  /// True if the rule covers this host and port. Letter case, a trailing dot and the spelling of an address
  /// (::1 or 0:0::1) do not matter. `*.example.org` covers names that end in ".example.org", but neither
  /// example.org itself nor addresses. A rule without a port covers every port. Thread-safe.
  bool matches(std::string_view host, uint16_t port) const;

  /// The host name in lower case and without "*.", or the address in its canonical spelling.
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

/// The object "capabilities" of a manifest. max_memory_mb, max_table_elements and max_stack_kb limit each
/// instance; max_total_mb limits all instances of the plugin together.
struct Capabilities {
  // The defaults of memory and tables take 98 % of ordinary modules (tests/host/default_limits.md).
  uint32_t max_memory_mb = 128; ///< linear memory; 1 to 4096
  uint32_t max_table_elements = 100'000;
  uint32_t max_stack_kb = 1024;  ///< wasm call stack
  uint32_t max_output_kb = 1024; ///< of a call's result, and separately of what a call prints
  uint32_t max_total_mb =
      1024; ///< memories, tables, code, buffers and stored values of all instances together
  uint32_t max_log_lines = 1000;       ///< lines that one call may log
  uint32_t max_log_kb = 64;            ///< total text that one call may log
  uint32_t max_host_calls = 1'000'000; ///< calls of host functions during one call
  uint32_t max_open_files = 64;        ///< files open at once, besides standard streams and granted folders

  bool allow_file_system = false;
  std::vector<PathGrant> allowed_paths;
  bool allow_env = false;
  std::vector<EnvGrant> env;
  bool allow_network = false;
  std::vector<HostRule> allowed_hosts;
  bool allow_private_addresses = false;
  uint32_t max_http_response_kb = 1024; ///< headers and bodies of a response and of the redirects before it
  bool allow_key_value = false;         ///< grants a key-value store that outlives calls and instances
  uint32_t max_key_value_kb = 1024;     ///< total size of keys and values, plus 64 bytes for each key
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

/// Whether an access is granted, and if not, the manifest key that would have to change.
struct Decision {
  bool granted = false;
  std::string missing; ///< e.g. "capabilities.allowNetwork"; empty when granted
  /// True if granted.
  explicit operator bool() const noexcept { return granted; }
};

/// Returns `guest_path` relative to the granted folder, without `.` and empty names: "a/../b", or "." for the
/// folder itself. Returns nothing if the path does not begin with the folder's names, or if `..` leads out of
/// the folder, even for a moment, because the WASI sandbox refuses both. Thread-safe.
std::optional<std::string> path_in_grant(const PathGrant& grant, std::string_view guest_path);
/// Decides whether `guest_path` lies in a granted folder, according to path_in_grant. Whole path components
/// are compared, so /data does not grant /database. Symbolic links are not followed here: the WASI sandbox
/// follows them, and never leaves a granted folder. Thread-safe.
Decision check_path(const Capabilities& capabilities, std::string_view guest_path);
/// Decides whether the guest may connect to `host` at `port`. Compares the text of `host` with the
/// allow-list, and does not resolve the name. The addresses of a name are checked later, when the guest
/// connects. Thread-safe.
Decision check_host(const Capabilities& capabilities, std::string_view host, uint16_t port);

/// Returns a guest path without `.`, `..`, and doubled or trailing slashes. An absolute path stays absolute;
/// a relative path that leads back to its start, such as "a/..", becomes ".". Returns nothing if the path is
/// empty or contains a NUL, or if `..` would lead above the start of the path. Thread-safe.
std::optional<std::string> normalize_guest_path(std::string_view path);

} // namespace skerry::host
