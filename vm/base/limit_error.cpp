#include "vm/base/limit_error.hpp"

#include <string>

namespace skerry::vm {

Error limit_error(std::string_view name, uint64_t asked, uint64_t allowed) {
  return {ErrorKind::limit, ErrorCode::limit_exceeded,
          std::string(name) + " limit exceeded: " + std::to_string(asked) + " asked, " +
              std::to_string(allowed) + " allowed"};
}

Error limit_error(std::string_view name, const ByteBudget& budget, uint64_t bytes) {
  const uint64_t used = budget.used(), asked = used + bytes;
  return limit_error(name, asked < used ? ~uint64_t{0} : asked, budget.allowed());
}

} // namespace skerry::vm
