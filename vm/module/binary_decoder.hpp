// Decodes the binary format into a Module (spec §5).
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

/// The bytes to decode. Either the module owns the bytes, or the caller keeps them alive as long as the
/// module.
struct ModuleBytes {
  ModuleBytes(std::vector<std::byte>&& taken) : owned(std::move(taken)) {}
  explicit ModuleBytes(std::span<const std::byte> kept) : borrowed(kept) {}
  std::span<const std::byte> all() const {
    return owned.empty() ? borrowed : std::span<const std::byte>(owned);
  }
  std::vector<std::byte> owned;
  std::span<const std::byte> borrowed;
};

/// Decodes everything except function bodies, which validate_module reads. Work and memory are linear in the
/// module's size. The result is well-formed but not yet valid: its indices are not checked, and its types
/// have no canonical ids until resolve_module is called. Errors: malformed, limit; deadline_exceeded if the
/// watch expires.
Result<std::shared_ptr<Module>> decode_module(const std::shared_ptr<EngineData>& engine, ModuleBytes bytes,
                                              LoadWatch& watch);

inline Result<std::shared_ptr<Module>> decode_module(const std::shared_ptr<EngineData>& engine,
                                                     ModuleBytes bytes) {
  LoadWatch never;
  return decode_module(engine, std::move(bytes), never);
}

/// Returns the offset of an entry of a section of a module that has been decoded, for messages. Decodes the
/// section again. Returns the offset of the section if it has very many entries.
uint64_t entry_offset(const Module& module, SectionId section, uint32_t entry);

/// A reader that starts at the function's locals and instructions. It does not stop at the end of the body,
/// so the caller must check that the instruction `end` is at the end of the body.
inline ByteReader body_reader(const Module& module, const FuncBody& body) {
  return ByteReader(std::span(module.bytes).subspan(body.offset), body.offset,
                    "unexpected end of section or function");
}

} // namespace skerry::vm
