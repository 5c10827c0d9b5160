// One recursion group as the binary says it (spec §5.3): read, then given canonical ids, or printed. Of a
// module's types no more than one group is held in this form at a time.
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

/// Types one behind the other; what they consist of is in common lists, in the same order. Reusable.
struct RecGroup {
  static constexpr uint32_t no_type = ~uint32_t{0};

  /// Spec §2.3.8: a composite type with its place in the subtype hierarchy.
  struct Type {
    CompositeKind kind = CompositeKind::func;
    bool is_final = true;
    uint16_t params = 0, results = 0;         // kind func
    uint16_t param_refs = 0, result_refs = 0; // how many of these are concrete references
    uint16_t fields = 0;                      // kind struct; kind array has one
    uint32_t supertype = no_type;
  };
  std::vector<Type> types;
  std::vector<uint8_t> codes; // of parameters and results (vm/module/type_list.hpp)
  std::vector<ValType> refs;  // the concrete references among them
  std::vector<PackedField> fields;

  void clear() { types.clear(), codes.clear(), refs.clear(), fields.clear(); }
  uint32_t size() const { return static_cast<uint32_t>(types.size()); }
  /// Appends to the last type's parameters or results.
  void add(ValType type, bool is_result);
};

/// Goes over the types of a group with their parts.
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

/// Reads an entry of the type section. Indices in it are not checked. Errors, which the reader has:
/// malformed, limit; and any when the watch expires.
void decode_rec_group(ByteReader& reader, const Config& config, LoadWatch& watch, RecGroup& group);

/// Reads a value type, and looks whether its feature is on.
ValType decode_value_type(ByteReader& reader, const Features& features);

/// A failure of the reader when the feature is off: "MESSAGE: WHAT without the feature NAME".
void need_feature(ByteReader& reader, const Features& features, Feature feature, uint64_t offset,
                  const char* message, const char* what);
/// The length of a vec, which is no more than the bytes left. 0 after a failure.
uint32_t decode_count(ByteReader& reader, uint64_t limit, const char* what);
void check_limit(ByteReader& reader, uint64_t value, uint64_t limit, const char* what, uint64_t offset);

} // namespace skerry::vm
