// PiecedCode: threaded code under construction.
#pragma once

#include "vm/code/layout.hpp"
#include "vm/translate/chunk_list.hpp"
#include "vm/translate/emit/fusion.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace skerry::vm {

/// Threaded code in pieces. It is copied once, when its size is known and the operations are no longer
/// needed.
class PiecedCode {
public:
  explicit PiecedCode(Arena& arena)
      : arena_(arena), pieces_(arena), starts_(arena), fixups_(arena), label_offsets_(arena) {}

  uint32_t size() const { return done_ + static_cast<uint32_t>(next_ - first_); }
  /// Adds an instruction of `count` zeros. Its address stays valid.
  std::byte* begin(uint32_t count, HandlerNumber number) {
    starts_.push_back({size(), number});
    return add(count);
  }
  /// Adds `count` zeros that are never part of a sequence: a branch table or a profiling counter.
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
  /// Makes the layout::Target at `at` the distance of the label from `from`. Both are offsets in the code.
  void refer(uint32_t at, uint32_t from, uint32_t label) { fixups_.push_back({at, from, label}); }

  /// Copies the code to `bytes`, which has room for size() bytes. Then resolves its labels and, unless
  /// `sequences` is null, inserts superinstructions.
  void put_together(std::byte* bytes, const SequenceTable* sequences);

private:
  struct Piece {
    std::byte* bytes;
    uint32_t size;
  };
  /// Instructions have the alignment of their handlers.
  struct alignas(Handler) Word {
    std::byte bytes[sizeof(Handler)];
  };
  struct Fixup {
    uint32_t at, from, label;
  };
  static constexpr size_t whole = 32; // most instructions fit
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
