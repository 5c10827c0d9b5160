// Binary format → Module (spec §5).
#pragma once

#include "skerry/error.hpp"
#include "vm/base/byte_reader.hpp"
#include "vm/module/load_watch.hpp"
#include "vm/module/module.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace skerry::vm {

/// What is decoded: bytes that the module takes over, or that somebody keeps for as long as it lives.
struct ModuleBytes {
  ModuleBytes(std::vector<std::byte>&& taken) : owned(std::move(taken)) {}
  explicit ModuleBytes(std::span<const std::byte> kept) : borrowed(kept) {}
  std::span<const std::byte> all() const {
    return owned.empty() ? borrowed : std::span<const std::byte>(owned);
  }
  std::vector<std::byte> owned;
  std::span<const std::byte> borrowed;
};

/// Decodes everything but function bodies, which validate_module looks into. Work and memory are linear in
/// the module's size. The module is well-formed, not valid: indices in it have not been checked and types
/// have only been looked at: validation gives them canonical ids. Errors: malformed, limit; deadline_exceeded
/// when the watch says so.
Result<std::shared_ptr<Module>> decode_module(const std::shared_ptr<EngineData>& engine, ModuleBytes bytes,
                                              LoadWatch& watch);

inline Result<std::shared_ptr<Module>> decode_module(const std::shared_ptr<EngineData>& engine,
                                                     ModuleBytes bytes) {
  LoadWatch never;
  return decode_module(engine, std::move(bytes), never);
}

/// Reads a function's locals and instructions. Does not stop where the body should: that `end` comes there is
/// for the reader to check.
inline ByteReader body_reader(const Module& module, const FuncBody& body) {
  return ByteReader(std::span(module.bytes).subspan(body.offset), body.offset,
                    "unexpected end of section or function");
}

} // namespace skerry::vm
