// Binary format → Module (spec §5).
#pragma once

#include "skerry/error.hpp"
#include "vm/base/byte_reader.hpp"
#include "vm/module/module.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace skerry::vm {

/// Decodes everything but function bodies, which validate_module looks into. Work and memory are linear in
/// the module's size. The module is well-formed, not valid: indices in it have not been checked and types
/// have no canonical ids yet. Errors: malformed, limit.
Result<std::shared_ptr<Module>> decode_module(const std::shared_ptr<EngineData>& engine,
                                              std::vector<std::byte> bytes);

/// Reads a function's locals and instructions. Does not stop where the body should: that `end` comes there is
/// for the reader to check.
inline ByteReader body_reader(const Module& module, const FuncBody& body) {
  return ByteReader(std::span(module.bytes).subspan(body.offset), body.offset,
                    "unexpected end of section or function");
}

} // namespace skerry::vm
