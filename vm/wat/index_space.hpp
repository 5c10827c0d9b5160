// IndexSpace: the names of one kind of item, and the indices that they stand for (spec §6.1.3).
#pragma once

#include "vm/module/name_index.hpp"
#include "vm/wat/cursor.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::vm::wat {

/// Reads the names of identifiers from the text each time they are needed. An identifier is stored as its
/// offset, which takes only 4 bytes.
class Names {
public:
  explicit Names(std::string_view text) : text_(text) {}
  /// Returns the name as a view of the text, or of `storage` if the name must be decoded.
  std::string_view get(IdOffset id, std::string& storage) const {
    return decode_id(id_at(text_, id), storage);
  }
  std::string get(IdOffset id) const { return decode_id(id_at(text_, id)); }
  uint64_t hash(std::string_view name) const { return hash_(name); }
  uint64_t hash(IdOffset id) const {
    std::string storage;
    return hash_(get(id, storage));
  }
  bool is(IdOffset id, std::string_view name) const {
    std::string storage;
    return get(id, storage) == name;
  }

private:
  std::string_view text_;
  KeyedHash hash_;
};

class IndexSpace {
public:
  struct Named {
    uint32_t index;
    IdOffset id;
    uint32_t hash; // of the name
  };
  static constexpr uint32_t unlimited = ~uint32_t{0};

  /// `short_kind` and `kind` name the kind of item in messages: `short_kind` as in "duplicate func", `kind`
  /// as in "unknown function". `limit` is the most items that a module may have.
  IndexSpace(const char* short_kind, const char* kind, uint32_t limit = unlimited)
      : short_kind_(short_kind), kind_(kind), limit_(limit) {}

  const char* short_kind() const { return short_kind_; }
  const char* kind() const { return kind_; }
  uint32_t size() const { return size_; }
  uint32_t limit() const { return limit_; }
  bool is_full() const { return size_ >= limit_; }

  /// Adds an item with the next index. Its name is `id`, or none if `id` is no_id. Returns false if another
  /// item has the same name.
  bool add(IdOffset id, const Names& names) {
    const uint32_t index = size_++;
    if (id == no_id) return true;
    const auto position = static_cast<uint32_t>(named_.size());
    if (named_.size() == named_.capacity()) named_.reserve(position + std::max(position / 4, 16u));
    std::string storage;
    const std::string_view name = names.get(id, storage);
    const auto hash = static_cast<uint32_t>(names.hash(name));
    named_.push_back({index, id, hash});
    const auto is_same = [&](uint32_t other) {
      return named_[other].hash == hash && names.is(named_[other].id, name);
    };
    const auto hash_of = [&](uint32_t other) { return named_[other].hash; };
    return by_name_.insert(hash, position, is_same, hash_of) == position;
  }
  std::optional<uint32_t> find(std::string_view name, const Names& names) const {
    const auto hash = static_cast<uint32_t>(names.hash(name));
    const uint32_t found = by_name_.find(
        hash, [&](uint32_t other) { return named_[other].hash == hash && names.is(named_[other].id, name); });
    return found == NameIndex::none ? std::nullopt : std::optional(named_[found].index);
  }
  /// Gives the item that was added last another name for the name section.
  void rename_last(IdOffset name) { renamed_.push_back({size_ - 1, name, 0}); }
  /// Returns all items that have identifiers, in the order of their indices.
  const std::vector<Named>& named() const { return named_; }
  /// Returns the names for the name section, in the order of their indices.
  std::vector<Named> shown() const {
    std::vector<Named> all;
    all.reserve(named_.size() + renamed_.size());
    // The union prefers the first range.
    std::ranges::set_union(renamed_, named_, std::back_inserter(all), {}, &Named::index, &Named::index);
    return all;
  }
  /// Removes all items, but keeps the memory for reuse.
  void clear() {
    size_ = 0;
    renamed_.clear();
    if (named_.empty()) return;
    named_.clear();
    by_name_.clear();
  }

private:
  const char* short_kind_;
  const char* kind_;
  uint32_t limit_;
  uint32_t size_ = 0;
  NameIndex by_name_; // positions in named_
  std::vector<Named> named_;
  std::vector<Named> renamed_; // the items for which the name section has another name
};

} // namespace skerry::vm::wat
