#include "vm/base/limit_error.hpp"

#include <string>
#include <utility>

namespace skerry::vm {

Error limit_error(LimitName name, uint64_t asked, uint64_t allowed) {
  Error error(ErrorKind::limit, ErrorCode::limit_exceeded,
              std::string(name.text()) + " limit exceeded: " + std::to_string(asked) + " asked, " +
                  std::to_string(allowed) + " allowed");
  error.with_limit({name.id(), asked, allowed});
  return error;
}

Error limit_error(LimitName name, const ByteBudget& budget, uint64_t bytes) {
  const uint64_t used = budget.used(), asked = used + bytes;
  return limit_error(name, asked < used ? ~uint64_t{0} : asked, budget.allowed());
}

Error max_bytes_error(std::string message, uint64_t asked, uint64_t allowed) {
  Error error(ErrorKind::limit, ErrorCode::limit_exceeded, std::move(message));
  error.with_limit({LimitId::max_bytes, asked, allowed});
  return error;
}

Error system_refused(std::string message) {
  Error error(ErrorKind::limit, ErrorCode::limit_exceeded, std::move(message));
  error.with_limit({LimitId::process_memory});
  return error;
}

} // namespace skerry::vm
