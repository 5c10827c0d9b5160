// PiecedCode: threaded code while it is made.
#pragma once

#include "vm/code/layout.hpp"
#include "vm/translate/chunk_list.hpp"
#include "vm/translate/fusion.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace skerry::vm {

/// Threaded code in pieces: it is copied once, when its size is known, and its operations are needed no more.
class PiecedCode {
public:
  explicit PiecedCode(Arena& arena)
      : arena_(arena), pieces_(arena), starts_(arena), fixups_(arena), label_offsets_(arena) {}

  uint32_t size() const { return done_ + static_cast<uint32_t>(next_ - first_); }
  /// Adds an instruction: `count` zeros. It stays where it is.
  std::byte* begin(uint32_t count, HandlerNumber number) {
    starts_.push_back({size(), number});
    return add(count);
  }
  /// The same for what is no instruction.
  std::byte* add(size_t count) {
    if (left_ < count + whole) [[unlikely]]
      add_piece(count + whole);
    std::byte* at = next_;
    std::memset(at, 0, whole); // more than asked for, but without a loop
    if (count > whole) std::memset(at + whole, 0, count - whole);
    next_ += count;
    left_ -= count;
    return at;
  }

  void expect_labels(uint32_t count) { label_offsets_.grow(count); }
  void bind(uint32_t label) { label_offsets_[label] = size(); }
  /// The layout::Target at `at` becomes the label's distance from `from`, both offsets into the code.
  void refer(uint32_t at, uint32_t from, uint32_t label) { fixups_.push_back({at, from, label}); }

  /// Copies the code to `bytes`, which has room for size(), and finishes it there.
  void put_together(std::byte* bytes, const SequenceTable* sequences);

private:
  struct Piece {
    std::byte* bytes;
    uint32_t size;
  };
  /// Instructions are aligned like their handlers.
  struct alignas(Handler) Word {
    std::byte bytes[sizeof(Handler)];
  };
  struct Fixup {
    uint32_t at, from, label;
  };
  static constexpr size_t whole = 32; // most instructions are no longer
  static constexpr size_t smallest_piece = size_t{4} << 10, largest_piece = size_t{64} << 10;

  void add_piece(size_t count);
  void finish_piece();
  void copy_pieces(std::byte* bytes);
  void resolve_labels(std::byte* bytes);

  Arena& arena_;
  ChunkList<Piece, 64> pieces_;                  // that are full
  std::byte *first_ = nullptr, *next_ = nullptr; // of the piece that is being filled
  size_t left_ = 0, piece_bytes_ = smallest_piece;
  uint32_t done_ = 0; // bytes in full pieces
  ChunkList<InstructionStart, 256> starts_;
  ChunkList<Fixup, 64> fixups_;
  ChunkList<uint32_t, 256> label_offsets_;
};

} // namespace skerry::vm
