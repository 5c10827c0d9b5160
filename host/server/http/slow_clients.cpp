#include "host/server/http/slow_clients.hpp"

#include "host/server/http/connection.hpp"

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
  for (const Connection* connection : waiting_) {
    bytes[connection->address()] += connection->waiting_bytes();
    all_bytes += connection->waiting_bytes();
  }
  const auto may_be_given_up = [&](const Connection* connection) {
    return connection->waits_since() <= now - patience && connection->waiting_bytes() > 0 &&
           bytes[connection->address()] >= all_bytes / bytes.size();
  };
  std::vector<Connection*> slow;
  std::ranges::copy_if(waiting_, std::back_inserter(slow), may_be_given_up);
  std::ranges::sort(slow, std::ranges::greater(), [&](const Connection* connection) {
    return std::pair(bytes[connection->address()], now - connection->waits_since());
  });
  uint32_t given_up = 0;
  for (; given_up < slow.size() && budget.used() > budget.allowed() / 4; ++given_up)
    slow[given_up]->give_up();
  return given_up;
}

} // namespace skerry::host::server
