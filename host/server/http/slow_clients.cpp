#include "host/server/http/slow_clients.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace skerry::host::server {

uint32_t SlowClients::make_room(const ByteBudget& budget) {
  if (budget.used() <= budget.allowed() / 2) return 0;
  const auto now = Clock::now();
  if (now < next_look_) return 0;
  next_look_ = now + time_between_looks;
  std::unordered_map<std::string_view, uint64_t> bytes; // of each address
  uint64_t all_bytes = 0;
  for (const SlowClient* client : waiting_) {
    bytes[client->address()] += client->waiting_bytes();
    all_bytes += client->waiting_bytes();
  }
  const auto may_be_given_up = [&](const SlowClient* client) {
    return client->waits_since() <= now - patience && client->waiting_bytes() > 0 &&
           bytes[client->address()] >= all_bytes / bytes.size();
  };
  std::vector<SlowClient*> slow;
  std::ranges::copy_if(waiting_, std::back_inserter(slow), may_be_given_up);
  std::ranges::sort(slow, std::ranges::greater(), [&](const SlowClient* client) {
    return std::pair(bytes[client->address()], now - client->waits_since());
  });
  uint32_t given_up = 0;
  for (; given_up < slow.size() && budget.used() > budget.allowed() / 4; ++given_up)
    slow[given_up]->give_up();
  return given_up;
}

} // namespace skerry::host::server
