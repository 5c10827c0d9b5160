// One decoded instruction with its immediates. The validator, the translator, the disassembler and the
// fuzzers' generator use it.
#pragma once

#include "skerry/types.hpp"
#include "vm/base/byte_reader.hpp"
#include "vm/isa/opcode.hpp"

#include <array>
#include <cstdint>

namespace skerry::vm {

struct BlockType {
  enum class Kind : uint8_t { empty, value, type } kind;
  ValType value; // Kind::value
  uint32_t type; // Kind::type: a type index
};

struct MemArg {
  uint32_t align_log2;
  uint32_t memory;
  uint64_t offset;
};

/// The labels of a br_table, the default label last. The iterator decodes the labels from the binary. It
/// checks nothing, because decode_instruction has already checked the labels.
class BrTableTargets {
public:
  BrTableTargets() = default;
  BrTableTargets(const std::byte* first, uint32_t count) : first_(first), count_(count) {}
  /// Returns the number of labels without the default label.
  uint32_t count() const { return count_; }

  class Iterator {
  public:
    using value_type = uint32_t;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const std::byte* at, uint64_t left) : at_(at), left_(left) { decode(); }
    uint32_t operator*() const { return label_; }
    Iterator& operator++() {
      --left_;
      decode();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(const Iterator& other) const { return left_ == other.left_; }

  private:
    void decode() {
      if (left_ == 0) return;
      label_ = 0;
      uint8_t byte = 0x80;
      for (unsigned shift = 0; byte & 0x80; shift += 7)
        byte = static_cast<uint8_t>(*at_++), label_ |= static_cast<uint32_t>(byte & 0x7f) << shift;
    }
    const std::byte* at_ = nullptr;
    uint64_t left_ = 0;
    uint32_t label_ = 0;
  };
  Iterator begin() const { return {first_, uint64_t{count_} + 1}; }
  Iterator end() const { return {nullptr, 0}; }

private:
  const std::byte* first_ = nullptr;
  uint32_t count_ = 0;
};

enum class CatchKind : uint8_t { catch_, catch_ref, catch_all, catch_all_ref };
struct CatchClause {
  CatchKind kind;
  uint32_t tag; // catch_ and catch_ref
  uint32_t label;
};
/// The catch clauses of a try_table. To read the clauses, copy the struct and call next() on the copy `count`
/// times.
struct Catches {
  const std::byte* at;
  const std::byte* end; // of the function body
  uint32_t count;
  CatchClause next();
};

/// A decoded instruction. Only `op`, `offset` and the fields that immediates.def lists for the opcode's kind
/// of immediate have meaningful values.
struct Instruction {
  Opcode op;
  uint8_t lane;
  uint8_t cast_flags; // bit 0: the first heap type is nullable, bit 1: the second
  uint32_t offset;    // of the opcode within the module
  uint32_t index[2];  // in the order of the binary format
  uint64_t value;
  MemArg memarg;
  BlockType block;
  ValType type;
  HeapType heap[2];
  std::array<uint8_t, 16> bytes;
  BrTableTargets br_table;
  Catches catches;
};

/// Decodes one instruction (spec §5.4). Returns false if the bytes are malformed; the reader then holds the
/// error. Checks that the labels of a br_table and the clauses of a try_table are well-formed. Does not check
/// features or limits.
[[nodiscard]] bool decode_instruction(ByteReader& reader, Instruction& instr);

/// Decodes the immediate of a load or store (spec §5.4.5). Errors are in `reader`.
MemArg decode_memarg(ByteReader& reader);
/// The block type of a block without parameters and results (spec §5.4.2).
inline constexpr uint8_t empty_block_type = 0x40;
/// Decodes a block type (spec §5.4.2). Errors are in `reader`.
BlockType decode_block_type(ByteReader& reader);
/// Decodes a heap type: the code of an abstract heap type, or a type index (spec §5.3.3). Errors are in
/// `reader`.
HeapType decode_heap_type(ByteReader& reader);
/// Decodes a value type (spec §5.3.5). Errors are in `reader`.
ValType decode_value_type(ByteReader& reader);

} // namespace skerry::vm
