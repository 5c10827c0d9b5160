// A recursion group as the binary format writes it (spec §5.3), from which canonical types or text are made.
// Loading a module keeps only a few groups in this form at a time; printing keeps all.
#pragma once

#include "skerry/config.hpp"
#include "vm/base/byte_reader.hpp"
#include "vm/module/load_watch.hpp"
#include "vm/module/type_list.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace skerry::vm {

enum class CompositeKind : uint8_t { func, struct_, array };

/// Types in order. Their parts are in common lists, in the same order. Reusable.
struct RecGroup {
  static constexpr uint32_t no_type = ~uint32_t{0};
  static constexpr uint8_t code = 0x4e; // begins a group in the binary format; a lone type needs none

  /// A composite type with its place in the subtype hierarchy (spec §2.3.8).
  struct Type {
    CompositeKind kind = CompositeKind::func;
    bool is_final = true;
    uint16_t params = 0, results = 0;         // for kind func
    uint16_t param_refs = 0, result_refs = 0; // how many of them are concrete references
    uint16_t fields = 0;                      // for kind struct; kind array has one
    uint32_t supertype = no_type;
  };
  std::vector<Type> types;
  std::vector<uint8_t> codes; // of parameters and results (vm/module/type_list.hpp)
  std::vector<ValType> refs;  // the concrete references among them
  std::vector<PackedField> fields;

  void clear() { types.clear(), codes.clear(), refs.clear(), fields.clear(); }
  uint32_t size() const { return static_cast<uint32_t>(types.size()); }
  /// The memory that the lists take.
  size_t bytes() const {
    return types.capacity() * sizeof(Type) + codes.capacity() + refs.capacity() * sizeof(ValType) +
           fields.capacity() * sizeof(PackedField);
  }
  /// Appends to the last type's parameters or results.
  void add(ValType type, bool is_result);
};

/// Visits the types of a group, each with its parts.
class RecGroupParts {
public:
  explicit RecGroupParts(const RecGroup& group)
      : group_(group), codes_(group.codes.data()), refs_(group.refs.data()), fields_(group.fields.data()) {}
  bool next() {
    if (index_ == group_.size()) return false;
    type = &group_.types[index_++];
    params = TypeList(codes_, refs_, type->params, type->param_refs);
    codes_ += type->params, refs_ += type->param_refs;
    results = TypeList(codes_, refs_, type->results, type->result_refs);
    codes_ += type->results, refs_ += type->result_refs;
    fields = {fields_, type->fields};
    fields_ += type->fields;
    return true;
  }
  const RecGroup::Type* type = nullptr;
  TypeList params, results;
  std::span<const PackedField> fields;

private:
  const RecGroup& group_;
  uint32_t index_ = 0;
  const uint8_t* codes_;
  const ValType* refs_;
  const PackedField* fields_;
};

/// Decodes an entry of the type section. Its indices are not checked. The reader holds any error: malformed
/// or limit; when the watch expires, an arbitrary one.
void decode_rec_group(ByteReader& reader, const Config& config, LoadWatch& watch, RecGroup& group);

/// Decodes a value type and checks that its feature is enabled.
ValType decode_value_type(ByteReader& reader, const Features& features);

/// Fails with "MESSAGE: WHAT without the feature NAME" if the feature is not enabled.
void need_feature(ByteReader& reader, const Features& features, Feature feature, uint64_t offset,
                  const char* message, const char* what);
/// Decodes the length of a vec, which cannot exceed the bytes left. Returns 0 after an error.
uint32_t decode_count(ByteReader& reader, uint64_t limit, const char* what);
void check_limit(ByteReader& reader, uint64_t value, uint64_t limit, const char* what, uint64_t offset);

} // namespace skerry::vm
