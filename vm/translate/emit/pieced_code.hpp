// PiecedCode: threaded code under construction.
#pragma once

#include "vm/code/layout.hpp"
#include "vm/translate/chunk_list.hpp"
#include "vm/translate/emit/fusion.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace skerry::vm {

/// Threaded code in several pieces of memory, which never move. put_together() copies the pieces into one
/// block, when the size of the code is known and the memory of the operations has been freed.
class PiecedCode {
public:
  explicit PiecedCode(Arena& arena)
      : arena_(arena), pieces_(arena), starts_(arena), fixups_(arena), label_offsets_(arena) {}

  uint32_t size() const { return done_ + static_cast<uint32_t>(next_ - first_); }
  /// Appends an instruction of `count` bytes, which are 0. The returned address stays valid.
  std::byte* begin(uint32_t count, HandlerNumber number) {
    starts_.push_back({size(), number});
    return add(count);
  }
  /// Appends `count` bytes, which are 0 and which fusion ignores: a branch table or a layout::Count.
  std::byte* add(size_t count) {
    if (left_ < count + whole) [[unlikely]]
      add_piece(count + whole);
    std::byte* at = next_;
    std::memset(at, 0, whole); // may clear more than `count` bytes, but needs no loop
    if (count > whole) std::memset(at + whole, 0, count - whole);
    next_ += count;
    left_ -= count;
    return at;
  }

  void expect_labels(uint32_t count) { label_offsets_.grow(count); }
  void bind(uint32_t label) { label_offsets_[label] = size(); }
  /// Requests that put_together() sets the layout::Target at offset `at` to the distance of the label from
  /// offset `from`.
  void refer(uint32_t at, uint32_t from, uint32_t label) { fixups_.push_back({at, from, label}); }

  /// Copies the code to `bytes`, which has room for size() bytes. Then resolves the targets of its jumps and,
  /// unless `sequences` is null, inserts superinstructions.
  void put_together(std::byte* bytes, const SequenceTable* sequences);

private:
  struct Piece {
    std::byte* bytes;
    uint32_t size;
  };
  /// A unit of the pieces' memory, with the alignment of instructions.
  struct alignas(layout::HandlerWord) Word {
    std::byte bytes[sizeof(layout::HandlerWord)];
  };
  struct Fixup {
    uint32_t at, from, label;
  };
  static constexpr size_t whole = 32; // most instructions have at most this many bytes
  static constexpr size_t smallest_piece = size_t{4} << 10, largest_piece = size_t{64} << 10;

  void add_piece(size_t count);
  void finish_piece();
  void copy_pieces(std::byte* bytes);
  void resolve_labels(std::byte* bytes);

  Arena& arena_;
  ChunkList<Piece, 64> pieces_;                  // complete pieces
  std::byte *first_ = nullptr, *next_ = nullptr; // used part of the piece that is being filled
  size_t left_ = 0, piece_bytes_ = smallest_piece;
  uint32_t done_ = 0; // bytes in complete pieces
  ChunkList<InstructionStart, 256> starts_;
  ChunkList<Fixup, 64> fixups_;
  ChunkList<uint32_t, 256> label_offsets_;
};

} // namespace skerry::vm
