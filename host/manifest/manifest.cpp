// Parses a manifest from JSON. Every error names its JSON path.
#include "skerry/host/manifest.hpp"

#include "host/net/network.hpp"
#include "host/support/as_text.hpp"
#include "host/support/fail.hpp"
#include "host/support/file_bytes.hpp"
#include "host/support/object_reader.hpp"
#include "skerry/printable.hpp"

#include <algorithm>

namespace skerry::host {

namespace {

using std::chrono::milliseconds;

constexpr uint64_t largest_manifest = uint64_t{1} << 20;
constexpr uint64_t longest_ms = 24 * 60 * 60 * 1000; // one day; a longer time is probably in the wrong unit
constexpr size_t longest_plugin_name = 128;
constexpr uint64_t most_kept_versions = 100;

milliseconds read_ms(ObjectReader& reader, std::string_view key, milliseconds fallback) {
  return milliseconds(reader.integer(key, static_cast<uint64_t>(fallback.count()), 1, longest_ms));
}

uint32_t read_u32(ObjectReader& reader, std::string_view key, uint32_t fallback, uint32_t max) {
  return static_cast<uint32_t>(reader.integer(key, fallback, 1, max));
}

/// Returns a reader for the object at `key`. If the key is absent, the reader reads an empty object.
ObjectReader member(ObjectReader& reader, std::string_view key) {
  static const Json empty = Json::object();
  const Json* value = reader.find(key);
  return ObjectReader(value ? *value : empty, reader.path(key), reader.problems());
}

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == '-';
}

PluginMeta read_meta(ObjectReader reader) {
  reader.require("name");
  PluginMeta meta{reader.text("name"), reader.text("version"), reader.text("description"),
                  reader.text("author")};
  const std::string& name = meta.name;
  if (name.empty() || name.size() > longest_plugin_name ||
      !std::all_of(name.begin(), name.end(), is_name_char)) {
    reader.complain("name", "must be 1 to 128 letters, digits, dots, hyphens or underscores");
  }
  if (name == "." || name == "..")
    reader.complain(
        "name", "must not be \".\" or \"..\", which clients and proxies drop from the server's addresses");
  reader.finish();
  return meta;
}

std::string read_hash(ObjectReader& reader) {
  constexpr std::string_view prefix = "xxh3-128:";
  if (!reader.has("hash")) return {};
  std::string text = reader.text("hash"), digits;
  if (text.starts_with(prefix)) digits = text.substr(prefix.size());
  for (char& c : digits) c = c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
  if (digits.size() != 32 || digits.find_first_not_of("0123456789abcdef") != digits.npos) {
    reader.complain("hash", "must be \"xxh3-128:\" and 32 hex digits");
  }
  return digits;
}

std::string read_json_text(ObjectReader& reader, std::string_view key, const char* fallback) {
  const Json* value = reader.find(key);
  return value ? dump_json(*value) : fallback;
}

// A manifest may write a granted folder in two ways: "/srv/data", or {"host": …, "guest": …, "mode": …}.

PathGrant path_grant(const std::string& host, const std::string& guest, PathMode mode,
                     const std::string& path, const std::filesystem::path& folder, ReadProblems& problems) {
  if (host.empty()) report(problems, path, "the host folder must not be empty");
  auto normal = normalize_guest_path(guest);
  if (!normal) report(problems, path, "the guest path must not be empty or leave its start by \"..\"");
  return {(folder / host).lexically_normal().string(), normal.value_or(""), mode};
}

PathMode read_mode(ObjectReader& reader) {
  std::string mode = reader.text("mode", "ro");
  if (mode != "ro" && mode != "rw") reader.complain("mode", "must be \"ro\" or \"rw\"");
  return mode == "rw" ? PathMode::read_write : PathMode::read_only;
}

PathGrant read_path(const Json& item, const std::string& path, const std::filesystem::path& folder,
                    ReadProblems& problems) {
  if (item.is_string()) {
    auto host = item.get<std::string>();
    return path_grant(host, host, PathMode::read_only, path, folder, problems);
  }
  ObjectReader reader(item, path, problems);
  reader.require("host");
  std::string host = reader.text("host"), guest = reader.text("guest", host);
  PathMode mode = read_mode(reader);
  reader.finish();
  return path_grant(host, guest, mode, path, folder, problems);
}

// A manifest may write a variable in two ways: "LANG", which has the host's value, or {"TOKEN": "value", …}.

void check_env_name(const std::string& name, const std::string& path, ReadProblems& problems) {
  if (name.empty() || name.find('=') != name.npos || name.find('\0') != name.npos) {
    report(problems, path, "a variable's name must not be empty and must not contain = or NUL");
  }
  if (name == "PLUGIN_VERSION") report(problems, path, "PLUGIN_VERSION is always set by the host");
}

void read_env_item(const Json& item, const std::string& path, std::vector<EnvGrant>& env,
                   ReadProblems& problems) {
  if (item.is_string()) {
    env.push_back({item.get<std::string>(), std::nullopt});
    return check_env_name(env.back().name, path, problems);
  }
  if (!item.is_object()) {
    return report(problems, path,
                  "must be a name or an object of names and values, not " + json_type_name(item));
  }
  ObjectReader reader(item, path, problems);
  for (const auto& [name, _] : item.items()) {
    check_env_name(name, path, problems);
    env.push_back({name, reader.text(name)});
  }
}

// A manifest may write a host in two ways: "api.example.com:443", or {"host": "10.0.0.7", "port": 8080}.

skerry::Expected<HostRule, std::string> read_host(const Json& item, const std::string& path,
                                                  ReadProblems& problems) {
  if (item.is_string()) return HostRule::parse(item.get<std::string>());
  ObjectReader reader(item, path, problems);
  reader.require("host");
  std::optional<uint16_t> port;
  if (reader.has("port")) port = static_cast<uint16_t>(reader.integer("port", 1, 1, 65535));
  std::string host = reader.text("host");
  reader.finish();
  return HostRule::make(host, port);
}

void read_hosts(ObjectReader& reader, std::vector<HostRule>& hosts) {
  for_each_item(reader, "allowedHosts", [&](const Json& item, const std::string& path) {
    auto rule = read_host(item, path, reader.problems());
    if (!rule) return report(reader.problems(), path, rule.error());
    hosts.push_back(std::move(*rule));
  });
}

/// Refuses two folders or variables of the same name, because one would hide the other.
template <class Grant>
void check_distinct(ObjectReader& reader, std::string_view key, const std::vector<Grant>& grants,
                    std::string Grant::* name) {
  for (size_t i = 0; i < grants.size(); ++i) {
    auto same = [&](const Grant& other) { return other.*name == grants[i].*name; };
    if (std::any_of(grants.begin(), grants.begin() + static_cast<ptrdiff_t>(i), same)) {
      reader.complain(key, in_quotes(grants[i].*name) + " is granted twice");
    }
  }
}

bool read_allow_network(ObjectReader& reader) {
  const bool allowed = reader.boolean("allowNetwork", false);
  if (allowed && !why_no_network().empty()) reader.complain("allowNetwork", why_no_network());
  return allowed;
}

Capabilities read_capabilities(ObjectReader reader, const std::filesystem::path& folder) {
  Capabilities c;
  c.max_memory_mb = read_u32(reader, "maxMemoryMB", c.max_memory_mb, 4096);
  c.max_table_elements = read_u32(reader, "maxTableElements", c.max_table_elements, 10'000'000);
  c.max_stack_kb = static_cast<uint32_t>(reader.integer("maxStackKB", c.max_stack_kb, 64, 1 << 20));
  c.max_output_kb = read_u32(reader, "maxOutputKB", c.max_output_kb, 4 << 20);
  c.max_total_mb = read_u32(reader, "maxTotalMB", c.max_total_mb, 1 << 20);
  c.max_log_lines = read_u32(reader, "maxLogLines", c.max_log_lines, 1'000'000);
  c.max_log_kb = read_u32(reader, "maxLogKB", c.max_log_kb, 4 << 20);
  c.max_host_calls = read_u32(reader, "maxHostCalls", c.max_host_calls, 4'000'000'000);
  c.max_open_files = read_u32(reader, "maxOpenFiles", c.max_open_files, 65'536);
  c.max_http_response_kb = read_u32(reader, "maxHttpResponseKB", c.max_http_response_kb, 1 << 20);
  c.allow_key_value = reader.boolean("allowKeyValue", false);
  c.max_key_value_kb = read_u32(reader, "maxKeyValueKB", c.max_key_value_kb, 1 << 20);
  c.max_key_value_keys = read_u32(reader, "maxKeyValueKeys", c.max_key_value_keys, 1'000'000);
  c.allow_file_system = reader.boolean("allowFileSystem", false);
  for_each_item(reader, "allowedPaths", [&](const Json& item, const std::string& path) {
    c.allowed_paths.push_back(read_path(item, path, folder, reader.problems()));
  });
  check_distinct(reader, "allowedPaths", c.allowed_paths, &PathGrant::guest);
  c.allow_env = reader.boolean("allowEnv", false);
  for_each_item(reader, "env", [&](const Json& item, const std::string& path) {
    read_env_item(item, path, c.env, reader.problems());
  });
  check_distinct(reader, "env", c.env, &EnvGrant::name);
  c.allow_network = read_allow_network(reader);
  read_hosts(reader, c.allowed_hosts);
  c.allow_private_addresses = reader.boolean("allowPrivateAddresses", false);
  reader.finish();
  return c;
}

PoolConfig read_pool(ObjectReader reader) {
  PoolConfig pool;
  pool.size = read_u32(reader, "size", pool.size, 4096);
  pool.max_wait = read_ms(reader, "maxWait", pool.max_wait);
  pool.max_waiting = read_u32(reader, "maxWaiting", pool.max_waiting, 1'000'000);
  std::string state = reader.text("state", "fresh");
  if (state != "fresh" && state != "keep") reader.complain("state", "must be \"fresh\" or \"keep\"");
  pool.state = state == "keep" ? StateMode::keep : StateMode::fresh;
  reader.finish();
  return pool;
}

std::optional<BreakerConfig> read_breaker(ObjectReader& manifest) {
  if (!manifest.has("breaker")) return std::nullopt;
  ObjectReader reader = member(manifest, "breaker");
  BreakerConfig breaker;
  breaker.threshold = read_u32(reader, "threshold", breaker.threshold, 1'000'000);
  breaker.reset_timeout = read_ms(reader, "resetTimeout", breaker.reset_timeout);
  reader.finish();
  return breaker;
}

std::optional<std::map<std::string, std::string>> read_config(ObjectReader& manifest) {
  const Json* config = manifest.find("config");
  if (config == nullptr) return std::nullopt;
  ObjectReader reader(*config, manifest.path("config"), manifest.problems());
  std::map<std::string, std::string> values;
  if (!config->is_object()) return values;
  for (const auto& [name, _] : config->items()) values.emplace(name, reader.text(name));
  return values;
}

std::optional<double> read_error_rate(ObjectReader& reader) {
  const Json* rate = reader.find("rollbackOnErrorRate");
  if (rate == nullptr) return std::nullopt;
  double value = rate->is_number() ? rate->get<double>() : 0;
  if (!(value > 0 && value <= 1)) {
    reader.complain("rollbackOnErrorRate", "must be a number above 0 and at most 1");
  }
  return value;
}

ReloadConfig read_reload(ObjectReader reader) {
  ReloadConfig reload;
  reload.watch = reader.boolean("watch", false);
  reload.settle = read_ms(reader, "settle", reload.settle);
  reload.canary = read_json_text(reader, "canary", "");
  reload.keep = static_cast<uint32_t>(reader.integer("keep", reload.keep, 0, most_kept_versions));
  reload.rollback_on_error_rate = read_error_rate(reader);
  reload.rollback_window = read_ms(reader, "rollbackWindow", reload.rollback_window);
  reload.rollback_min_calls = read_u32(reader, "rollbackMinCalls", reload.rollback_min_calls, 1'000'000);
  reload.max_state_kb = read_u32(reader, "maxStateKB", reload.max_state_kb, 1 << 20);
  reload.state_timeout = read_ms(reader, "stateTimeout", reload.state_timeout);
  reader.finish();
  return reload;
}

Manifest read_all(ObjectReader reader, const std::filesystem::path& folder) {
  Manifest m;
  reader.require("meta");
  m.meta = read_meta(member(reader, "meta"));
  reader.require("wasmPath");
  std::string wasm_path = reader.text("wasmPath");
  if (wasm_path.empty()) reader.complain("wasmPath", "must not be empty");
  m.wasm_path = (folder / wasm_path).lexically_normal();
  m.hash = read_hash(reader);
  m.timeout = read_ms(reader, "timeout", m.timeout);
  if (reader.has("fuel")) m.fuel = reader.integer("fuel", 1, 1, INT64_MAX);
  m.capabilities = read_capabilities(member(reader, "capabilities"), folder);
  m.init = read_json_text(reader, "init", "{}");
  m.config = read_config(reader);
  m.pool = read_pool(member(reader, "pool"));
  m.breaker = read_breaker(reader);
  m.reload = read_reload(member(reader, "reload"));
  reader.finish();
  return m;
}

Unexpected<PluginError> manifest_error(PluginErrorCode code, std::string path, std::string_view message) {
  PluginError error = make_error("", Phase::read, code, message);
  error.manifest_path = std::move(path);
  return fail(std::move(error));
}

} // namespace

Expected<Manifest> parse_manifest(std::string_view text, const std::filesystem::path& folder) {
  auto json = parse_json(text);
  if (!json.duplicate().empty())
    return manifest_error(PluginErrorCode::manifest, json.duplicate(), json.error());
  if (!json)
    return manifest_error(PluginErrorCode::manifest, "$", "the manifest is not JSON: " + json.error());
  ReadProblems problems;
  Manifest manifest = read_all(ObjectReader(*json, "$", problems), folder);
  if (problems.empty()) return manifest;
  return manifest_error(PluginErrorCode::manifest, problems.front().path, to_text(problems));
}

Expected<Manifest> read_manifest(const std::filesystem::path& file) {
  auto bytes = read_file(file, largest_manifest);
  if (!bytes) {
    return manifest_error(bytes.error().too_large ? PluginErrorCode::limit_manifest : PluginErrorCode::io, "",
                          bytes.error().message);
  }
  if (bytes->empty()) return manifest_error(PluginErrorCode::io, "", empty_file(file));
  auto folder = std::filesystem::absolute(file).parent_path();
  auto manifest = parse_manifest(as_text(*bytes), folder);
  if (!manifest) manifest.error().message = printable(file.string()) + ": " + manifest.error().message;
  return manifest;
}

} // namespace skerry::host
