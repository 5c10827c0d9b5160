// Implements GuestAbi::Invocation, which passes bytes to a guest function and takes its answer, one guest
// call at a time.
#include "host/guest/plugin_abi.hpp"
#include "host/support/fail.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace skerry::host {

using Step = GuestAbi::Invocation::Step;

/// Returns the call that allocates the input's buffer. Never asks for 0 bytes, because some guests cannot
/// allocate 0 bytes.
Expected<std::optional<Step>> GuestAbi::Invocation::first() {
  if (input_.size() > std::numeric_limits<int32_t>::max())
    return fail(abi_->manifest_, phase_, PluginErrorCode::limit_input,
                "an input of " + std::to_string(input_.size()) + " bytes is too large");
  buffer_.size = std::max<uint32_t>(static_cast<uint32_t>(input_.size()), 1);
  return Step{abi_->allocate_, {static_cast<int32_t>(buffer_.size)}, 1};
}

Expected<std::optional<Step>> GuestAbi::Invocation::next(std::span<const Value> results) {
  switch (at_) {
  case At::allocating: return after_allocation(results);
  case At::calling: return after_call(results);
  case At::giving_back_answer: return give_back_input();
  case At::giving_back_input: break;
  }
  return std::nullopt;
}

Expected<std::optional<Step>> GuestAbi::Invocation::after_allocation(std::span<const Value> results) {
  buffer_.address = static_cast<uint32_t>(results.front().as_i32());
  const std::string& allocate = abi_->shape_.allocate;
  if (buffer_.address == 0)
    return fail(abi_->manifest_, phase_, PluginErrorCode::abi_allocate,
                "\"" + allocate + "\" returned no memory for " + std::to_string(buffer_.size) + " bytes");
  auto place = abi_->bytes_at(phase_, "the buffer that \"" + allocate + "\" returned", buffer_);
  if (!place) return fail(std::move(place.error()));
  if (!input_.empty()) std::memcpy(place->data(), input_.data(), input_.size());
  at_ = At::calling;
  return Step{function_, {static_cast<int32_t>(buffer_.address), static_cast<int32_t>(input_.size())}, 2};
}

Expected<std::optional<Step>> GuestAbi::Invocation::after_call(std::span<const Value> results) {
  if (auto ok = abi_->check_status(phase_, PluginErrorCode::init, name_, form_, results); !ok)
    return fail(std::move(ok.error()));
  auto taken = abi_->take_result(phase_, name_, form_, results);
  if (!taken) return fail(std::move(taken.error()));
  taken_ = std::move(*taken);
  at_ = At::giving_back_answer;
  auto step = give_back(taken_.buffer);
  return step ? step : give_back_input();
}

/// Returns the call that frees the input's buffer. Returns nothing if the guest returned its answer in that
/// buffer, because the call that freed the answer has also freed this buffer.
std::optional<Step> GuestAbi::Invocation::give_back_input() {
  at_ = At::giving_back_input;
  return taken_.buffer.address == buffer_.address ? std::nullopt : give_back(buffer_);
}

std::optional<Step> GuestAbi::Invocation::give_back(Buffer buffer) const {
  if (buffer.address == 0) return std::nullopt;
  return Step{abi_->deallocate_,
              {static_cast<int32_t>(buffer.address), static_cast<int32_t>(buffer.size)},
              abi_->shape_.deallocate_takes_size ? size_t{2} : size_t{1}};
}

} // namespace skerry::host
