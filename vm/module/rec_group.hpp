// A recursion group in the form of the binary format (spec §5.3). Canonical types, and the types in the text
// format, are made from this form. While a module is loaded, only a few groups exist in this form at a time;
// while a module is printed, all its groups do.
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

/// The types of a group in order. The parameters of all types are in one list, in the order of the types. The
/// same holds for the results and the fields. A RecGroup can be reused for another group.
struct RecGroup {
  static constexpr uint32_t no_type = ~uint32_t{0};
  static constexpr uint8_t code = 0x4e; // the byte before a group in the binary format; a single type can
                                        // stand without it

  /// A composite type, whether it is final, and its supertype (spec §2.3.10).
  struct Type {
    CompositeKind kind = CompositeKind::func;
    bool is_final = true;
    uint16_t params = 0, results = 0;         // for kind func
    uint16_t param_refs = 0, result_refs = 0; // how many of the params and results are concrete references
    uint16_t fields = 0;                      // for kind struct; 1 for kind array
    uint32_t supertype = no_type;
  };
  std::vector<Type> types;
  std::vector<uint8_t> codes; // of the parameters and results of all types (vm/module/type_list.hpp)
  std::vector<ValType> refs;  // the concrete references among the parameters and results
  std::vector<PackedField> fields;

  void clear() { types.clear(), codes.clear(), refs.clear(), fields.clear(); }
  uint32_t size() const { return static_cast<uint32_t>(types.size()); }
  /// The bytes of memory that the lists take.
  size_t bytes() const {
    return types.capacity() * sizeof(Type) + codes.capacity() + refs.capacity() * sizeof(ValType) +
           fields.capacity() * sizeof(PackedField);
  }
  /// Appends a parameter or result to the last type.
  void add(ValType type, bool is_result);
};

/// Visits the types of a group. After each next() that returns true, the members describe one type.
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

/// Decodes an entry of the type section into `group`. The entry's type indices are not checked. After an
/// error, `reader` holds the error: malformed or limit. If the watch expires, the reader's error is
/// arbitrary.
void decode_rec_group(ByteReader& reader, const Config& config, LoadWatch& watch, RecGroup& group);

/// Decodes a value type, and checks that the type's feature is enabled.
ValType decode_value_type(ByteReader& reader, const Features& features);

/// Decodes the length of a vec. A length that exceeds `limit` or the bytes left is an error. Returns 0 after
/// an error.
uint32_t decode_count(ByteReader& reader, uint64_t limit, const char* what);
void check_limit(ByteReader& reader, uint64_t value, uint64_t limit, const char* what, uint64_t offset);

} // namespace skerry::vm
