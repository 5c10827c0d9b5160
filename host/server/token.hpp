// The operator's token. Internal.
#pragma once

#include "host/support/mutex.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace skerry::host::server {

/// The secret with which operators may change plugins. Thread-safe.
class Token {
public:
  explicit Token(std::string secret) : secret_(std::move(secret)) {}

  void set(std::string secret) {
    const Lock lock(mutex_);
    secret_ = std::move(secret);
  }
  bool is_empty() const {
    const Lock lock(mutex_);
    return secret_.empty();
  }
  /// True if `authorization`, the value of an Authorization field, is "Bearer" and the token. The case of
  /// "Bearer" does not matter (RFC 9110, section 11.1). False if the token is empty. The time that this takes
  /// does not depend on how many characters are right, because an attacker could guess them one by one.
  bool permits(std::string_view authorization) const;

private:
  mutable Mutex mutex_;
  std::string secret_ SKERRY_GUARDED_BY(mutex_);
};

} // namespace skerry::host::server
