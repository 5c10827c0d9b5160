// Parses and matches the entries of the network allow-list.
#include "host/platform/addresses.hpp"
#include "host/support/ascii.hpp"
#include "host/support/fail.hpp"
#include "skerry/host/capability.hpp"
#include "skerry/printable.hpp"

#include <algorithm>
#include <charconv>

namespace skerry::host {

namespace {

constexpr size_t longest_name = 253; // RFC 1035, in text form
constexpr size_t longest_label = 63;

/// Returns the canonical spelling of an IPv4 or IPv6 address, or nothing if `text` is not an address.
/// "::ffff:10.0.0.7" becomes 10.0.0.7.
std::optional<std::string> normalize_address(std::string text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  auto address = platform::canonical_address(text);
  if (address && address->starts_with("::ffff:") && address->find('.') != address->npos)
    return address->substr(7);
  return address;
}

/// Returns the name in lower case, without the trailing dot of the root.
std::string normalize_name(std::string_view name) {
  std::string text(name);
  std::transform(text.begin(), text.end(), text.begin(), lower_case);
  if (text.size() > 1 && text.ends_with('.')) text.pop_back();
  return text;
}

bool is_label_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= longest_label && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), is_label_char);
}

bool is_dns_name(std::string_view name) {
  if (name.empty() || name.size() > longest_name) return false;
  while (true) {
    size_t dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return false;
    if (dot == name.npos) break;
    name.remove_prefix(dot + 1);
  }
  return true;
}

/// True for names whose last label is a number, such as 0x7f.1, 2130706433 or 1.2.3. Some resolvers accept
/// such names as IPv4 addresses, and the last label of a real host name is never a number.
bool looks_like_number(std::string_view name) {
  std::string_view last = name.substr(name.rfind('.') + 1);
  return last.starts_with("0x") ||
         std::all_of(last.begin(), last.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<uint16_t> parse_port(std::string_view text) {
  uint16_t port = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

/// Returns the position of the colon before the port, or npos if there is no port. The colon before a port
/// follows an IPv6 address in brackets, or is the text's only colon. Several colons without brackets belong
/// to an IPv6 address without a port.
size_t port_colon(std::string_view text) {
  if (text.starts_with('[')) {
    size_t bracket = text.find(']');
    return bracket == text.npos ? text.npos : text.find(':', bracket);
  }
  return std::count(text.begin(), text.end(), ':') == 1 ? text.find(':') : text.npos;
}

} // namespace

skerry::Expected<HostRule, std::string> HostRule::parse(std::string_view text) {
  size_t colon = port_colon(text);
  if (colon == text.npos) return make(text, std::nullopt);
  auto port = parse_port(text.substr(colon + 1));
  if (!port) return fail(in_quotes(text) + ": the port must be a number from 1 to 65535");
  return make(text.substr(0, colon), port);
}

skerry::Expected<HostRule, std::string> HostRule::make(std::string_view host, std::optional<uint16_t> port) {
  HostRule rule;
  rule.port_ = port;
  if (port && *port == 0) return fail("the port must be a number from 1 to 65535");
  if (auto address = normalize_address(std::string(host))) {
    rule.host_ = *address;
    return rule;
  }
  rule.subdomains_ = host.starts_with("*.");
  rule.host_ = normalize_name(rule.subdomains_ ? host.substr(2) : host);
  if (!is_dns_name(rule.host_) || looks_like_number(rule.host_)) {
    return fail(in_quotes(host) +
                " is neither a host name (letters, digits, hyphens; *. only in front; international "
                "names as xn--…) nor an IP address");
  }
  return rule;
}

bool HostRule::matches(std::string_view host, uint16_t port) const {
  if (port_ && *port_ != port) return false;
  if (host.find('\0') != host.npos) return false;
  if (auto address = normalize_address(std::string(host))) return !subdomains_ && *address == host_;
  std::string name = normalize_name(host);
  if (!subdomains_) return name == host_;
  return name.size() > host_.size() + 1 && name.ends_with(host_) &&
         name[name.size() - host_.size() - 1] == '.' && is_dns_name(name);
}

} // namespace skerry::host
