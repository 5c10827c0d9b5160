#include "host/server/token.hpp"

#include "host/support/ascii.hpp"

namespace skerry::host::server {

namespace {

bool is_same_secret(std::string_view given, std::string_view secret) {
  unsigned char difference = given.size() == secret.size() ? 0 : 1;
  for (size_t i = 0; i < given.size(); ++i)
    difference |= static_cast<unsigned char>(given[i] ^ secret[i % secret.size()]);
  return difference == 0;
}

} // namespace

bool Token::permits(std::string_view authorization) const {
  constexpr std::string_view scheme = "bearer ";
  if (!equal_ignoring_case(authorization.substr(0, scheme.size()), scheme)) return false;
  authorization.remove_prefix(scheme.size());
  authorization.remove_prefix(std::min(authorization.find_first_not_of(' '), authorization.size()));
  const Lock lock(mutex_);
  return !secret_.empty() && is_same_secret(authorization, secret_);
}

} // namespace skerry::host::server
