// Bytes that the server holds for clients, charged to one budget. Internal.
#pragma once

#include "skerry/budget.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

namespace skerry::host::server {

/// A part of the server's byte budget that can grow. Gives all of it back on destruction. A small part costs
/// nothing, because the limit on connections bounds how many there are; so small requests are served even
/// when the budget is used up.
class HeldBytes {
public:
  HeldBytes() = default;
  explicit HeldBytes(std::shared_ptr<ByteBudget> budget) noexcept : budget_(std::move(budget)) {}
  HeldBytes(HeldBytes&& other) noexcept
      : budget_(std::move(other.budget_)), bytes_(std::exchange(other.bytes_, 0)) {}
  HeldBytes& operator=(HeldBytes&& other) noexcept {
    release();
    budget_ = std::move(other.budget_);
    bytes_ = std::exchange(other.bytes_, 0);
    return *this;
  }
  ~HeldBytes() { release(); }

  static constexpr uint64_t free_bytes = uint64_t{4} << 10;

  /// Takes bytes until the part has at least `bytes`. Returns false, and takes nothing, if the budget does
  /// not have them.
  bool grow_to(uint64_t bytes) noexcept {
    if (bytes <= std::max(bytes_, free_bytes)) return true;
    if (!budget_->take(bytes - bytes_)) return false;
    bytes_ = bytes;
    return true;
  }
  /// The bytes that are charged.
  uint64_t bytes() const noexcept { return bytes_; }
  /// Gives everything back. The part can then grow again.
  void release() noexcept {
    if (bytes_ > 0) budget_->give_back(bytes_);
    bytes_ = 0;
  }

private:
  std::shared_ptr<ByteBudget> budget_;
  uint64_t bytes_ = 0;
};

} // namespace skerry::host::server
