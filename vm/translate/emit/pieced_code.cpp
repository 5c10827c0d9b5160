#include "vm/translate/emit/pieced_code.hpp"

#include <algorithm>

namespace skerry::vm {

/// Each piece is twice as large as the one before, up to largest_piece. The code of a small function thus
/// takes little memory, and the code of a large function has few pieces.
void PiecedCode::add_piece(size_t count) {
  finish_piece();
  left_ = std::max(count, piece_bytes_);
  const size_t words = (left_ + sizeof(Word) - 1) / sizeof(Word);
  first_ = next_ = reinterpret_cast<std::byte*>(arena_.make_room<Word>(words));
  piece_bytes_ = std::min(piece_bytes_ * 2, largest_piece);
}

void PiecedCode::finish_piece() {
  if (next_ == first_) return;
  const auto size = static_cast<uint32_t>(next_ - first_);
  pieces_.push_back({first_, size});
  done_ += size;
  first_ = next_;
}

void PiecedCode::put_together(std::byte* bytes, const SequenceTable* sequences) {
  finish_piece();
  copy_pieces(bytes);
  resolve_labels(bytes);
  if (sequences == nullptr) return;
  Fusion fusion(bytes, *sequences);
  for (uint32_t i = starts_.chunk_count(); i-- > 0;) {
    arena_.spend(starts_.chunk(i).size());
    fusion.fuse(starts_.chunk(i));
  }
}

void PiecedCode::copy_pieces(std::byte* bytes) {
  for (uint32_t i = 0; i < pieces_.size(); ++i) {
    arena_.spend(pieces_[i].size / 64);
    std::memcpy(bytes, pieces_[i].bytes, pieces_[i].size);
    bytes += pieces_[i].size;
  }
}

void PiecedCode::resolve_labels(std::byte* bytes) {
  for (uint32_t i = 0; i < fixups_.chunk_count(); ++i) {
    arena_.spend(fixups_.chunk(i).size());
    for (const Fixup& fixup : fixups_.chunk(i)) {
      layout::Target target{};
      target.distance = static_cast<int32_t>(label_offsets_[fixup.label] - fixup.from);
      std::memcpy(bytes + fixup.at, &target, sizeof target);
    }
  }
}

} // namespace skerry::vm
