// Reference instructions and aggregate instructions (spec §3.4.6 to §3.4.9).
#include "vm/validate/function_validator.hpp"

#include "vm/isa/features.hpp"

namespace skerry::vm {

namespace {

constexpr ValType eqref = ValType::ref(HeapType::eq, true);
constexpr ValType i31ref = ValType::ref(HeapType::i31, true);
constexpr ValType arrayref = ValType::ref(HeapType::array, true);

bool is_packed(ValType storage) { return storage.kind() == ValType::i8 || storage.kind() == ValType::i16; }

/// The type that a field's value has on the operand stack.
ValType unpacked(ValType storage) { return is_packed(storage) ? i32 : storage; }

const char* kind_name(CompositeKind kind) {
  switch (kind) {
  case CompositeKind::func: return "a function";
  case CompositeKind::struct_: return "a structure";
  case CompositeKind::array: return "an array";
  }
  return "";
}

} // namespace

// ---- Types

bool FunctionValidator::resolve(ValType& type) {
  const Feature feature = required_feature(type);
  if (is_concrete(type)) {
    const auto index = static_cast<uint32_t>(type.heap());
    if (index >= module_.types.size()) return unknown("type", index, module_.types.size());
    if (features_.has(feature)) {
      type = ref_to(index, type.is_nullable());
      return true;
    }
  }
  return features_.has(feature) || needs_feature(feature, "the type " + to_string(type));
}

ValType FunctionValidator::ref_to(uint32_t type, bool is_nullable) const {
  return ValType::ref(static_cast<HeapType>(module_.type(type).id()), is_nullable);
}

bool FunctionValidator::find_type(uint32_t index, CompositeKind kind) {
  if (index >= module_.types.size()) return unknown("type", index, module_.types.size());
  return module_.type(index).kind() == kind ||
         fail("unknown type: type " + std::to_string(index) + " is not " + kind_name(kind) + " type");
}

bool FunctionValidator::pop_ref(ValType& type) {
  if (!stack_.pop_any(type)) return mismatch({bottom_type});
  if (type == bottom_type) type = bottom_ref;
  return type.is_ref() || fail("type mismatch: a reference is required, stack has " + name_of(type));
}

/// The top type of the hierarchy that `heap` belongs to. A concrete heap type is a type index of the module.
static HeapType top_of(const Module& module, HeapType heap) {
  switch (heap) {
  case HeapType::func:
  case HeapType::nofunc: return HeapType::func;
  case HeapType::extern_:
  case HeapType::noextern: return HeapType::extern_;
  case HeapType::exn:
  case HeapType::noexn: return HeapType::exn;
  default: break;
  }
  const auto index = static_cast<int32_t>(heap);
  const bool is_func = index >= 0 && module.type(static_cast<uint32_t>(index)).kind() == CompositeKind::func;
  return is_func ? HeapType::func : HeapType::any;
}

// ---- References

bool FunctionValidator::ref_func(uint32_t index) {
  if (!find_func(index)) return false;
  if (declared_ && !named_ && !(*declared_)[index])
    return fail("undeclared function reference: " + std::to_string(index));
  return push(ref_to(module_.functions[index], false));
}

bool FunctionValidator::ref_is_null() {
  ValType type;
  return pop_ref(type) && push(i32);
}

bool FunctionValidator::ref_as_non_null() {
  ValType type;
  return pop_ref(type) && push(type == bottom_ref ? type : ValType::ref(type.heap(), false));
}

bool FunctionValidator::reference_instruction(const Instruction& instr) {
  switch (instr.op) {
  case Opcode::ref_null: {
    ValType type = ValType::ref(instr.heap[0], true);
    return resolve(type) && push(type);
  }
  case Opcode::ref_is_null: return ref_is_null();
  case Opcode::ref_func: return ref_func(instr.index[0]);
  case Opcode::ref_eq: return pop({eqref, eqref}) && push(i32);
  case Opcode::ref_as_non_null: return ref_as_non_null();
  case Opcode::ref_test: return cast(instr, false, true);
  case Opcode::ref_test_null: return cast(instr, true, true);
  case Opcode::ref_cast: return cast(instr, false, false);
  case Opcode::ref_cast_null: return cast(instr, true, false);
  case Opcode::any_convert_extern: return convert_reference(HeapType::extern_, HeapType::any);
  case Opcode::extern_convert_any: return convert_reference(HeapType::any, HeapType::extern_);
  case Opcode::ref_i31: return pop(i32) && push(ValType::ref(HeapType::i31, false));
  case Opcode::i31_get_s:
  case Opcode::i31_get_u: return pop(i31ref) && push(i32);
  case Opcode::struct_new:
  case Opcode::struct_new_default:
  case Opcode::struct_get:
  case Opcode::struct_get_s:
  case Opcode::struct_get_u:
  case Opcode::struct_set: return struct_instruction(instr);
  default: return array_instruction(instr);
  }
}

bool FunctionValidator::cast(const Instruction& instr, bool is_nullable, bool is_test) {
  ValType target = ValType::ref(instr.heap[0], is_nullable);
  if (!resolve(target)) return false;
  if (!pop(ValType::ref(top_of(module_, instr.heap[0]), true))) return false;
  return push(is_test ? i32 : target);
}

/// Checks br_on_cast and br_on_cast_fail. The operand has type `from` before the cast. After a successful
/// cast it has type `to`; after a failed cast it has type `rest`, which is `from`, but without null if `to`
/// includes null. br_on_cast branches if the cast succeeds, br_on_cast_fail (`on_fail`) if it fails.
bool FunctionValidator::br_on_cast(const Instruction& instr, bool on_fail) {
  ValType from = ValType::ref(instr.heap[0], instr.cast_flags & 1);
  ValType to = ValType::ref(instr.heap[1], instr.cast_flags & 2);
  if (!resolve(from) || !resolve(to) || !find_label(instr.index[0])) return false;
  if (!matcher_.matches(to, from))
    return fail("type mismatch: " + name_of(to) + " is not a subtype of " + name_of(from));
  const ValType rest = to.is_nullable() ? ValType::ref(from.heap(), false) : from;
  const ValType taken = on_fail ? rest : to;
  const auto types = label_types(frame_of_label(instr.index[0]));
  if (types.empty() || !matcher_.matches(taken, types.back()))
    return fail("type mismatch: the label does not take " + name_of(taken));
  const TypeList others = types.without_last();
  return pop(from) && pop(others) && push(others) && push(on_fail ? to : rest);
}

bool FunctionValidator::convert_reference(HeapType from, HeapType to) {
  ValType type;
  if (!pop_ref(type)) return false;
  const ValType wanted = ValType::ref(from, true);
  if (!matcher_.matches(type, wanted))
    return fail("type mismatch: instruction requires [" + to_string(wanted) + "] but stack has [" +
                name_of(type) + "]");
  return push(ValType::ref(to, type.is_nullable()));
}

// ---- Structures

bool FunctionValidator::struct_instruction(const Instruction& instr) {
  if (!find_type(instr.index[0], CompositeKind::struct_)) return false;
  const bool is_default = instr.op == Opcode::struct_new_default;
  if (is_default || instr.op == Opcode::struct_new) return struct_new(instr.index[0], is_default);
  return struct_access(instr);
}

bool FunctionValidator::struct_new(uint32_t type, bool is_default) {
  const CanonicalType& structure = module_.type(type);
  const std::span<const PackedField> fields = structure.fields();
  if (is_default) {
    if (structure.is_defaultable()) return push(ref_to(type, false));
    const auto without = std::ranges::find_if(fields, [](auto f) { return !f.storage().is_defaultable(); });
    return fail("type mismatch: field " + std::to_string(without - fields.begin()) + " has no default value");
  }
  for (size_t i = fields.size(); i-- > 0;) {
    if (stack_.is_polymorphic() && stack_.is_empty()) break; // the missing operands are of bottom type
    if (!matcher_.charge(1)) return too_many_comparisons();
    if (!pop(unpacked(fields[i].storage()))) return false;
  }
  return push(ref_to(type, false));
}

bool FunctionValidator::check_packing(ValType storage, bool extends) {
  if (is_packed(storage) == extends) return true;
  return fail(extends ? "type mismatch: the field is not packed" : "type mismatch: the field is packed");
}

bool FunctionValidator::struct_access(const Instruction& instr) {
  const auto [type, index] = instr.index;
  const std::span<const PackedField> fields = module_.type(type).fields();
  if (index >= fields.size()) return unknown("field", index, fields.size());
  const FieldType field = fields[index].get();
  if (instr.op == Opcode::struct_set) {
    if (!field.is_mutable) return fail("immutable field " + std::to_string(index));
    return pop({ref_to(type, true), unpacked(field.storage)});
  }
  return check_packing(field.storage, instr.op != Opcode::struct_get) && pop(ref_to(type, true)) &&
         push(unpacked(field.storage));
}

// ---- Arrays

bool FunctionValidator::array_instruction(const Instruction& instr) {
  if (instr.op == Opcode::array_len) return pop(arrayref) && push(i32);
  const uint32_t type = instr.index[0];
  if (!find_type(type, CompositeKind::array)) return false;
  const FieldType field = module_.type(type).fields()[0].get();
  const ValType value = unpacked(field.storage);
  const ValType array = ref_to(type, true);
  switch (instr.op) {
  case Opcode::array_new: return pop({value, i32}) && push(ref_to(type, false));
  case Opcode::array_new_default:
    if (!value.is_defaultable()) return fail("type mismatch: the elements have no default value");
    return pop(i32) && push(ref_to(type, false));
  case Opcode::array_new_fixed: return array_new_fixed(type, instr.index[1]);
  case Opcode::array_new_data: return array_segment(instr, true, true);
  case Opcode::array_new_elem: return array_segment(instr, true, false);
  case Opcode::array_init_data: return array_segment(instr, false, true);
  case Opcode::array_init_elem: return array_segment(instr, false, false);
  case Opcode::array_get: return check_packing(field.storage, false) && pop({array, i32}) && push(value);
  case Opcode::array_get_s:
  case Opcode::array_get_u: return check_packing(field.storage, true) && pop({array, i32}) && push(value);
  case Opcode::array_set: return check_mutable_array(type) && pop({array, i32, value});
  case Opcode::array_fill: return check_mutable_array(type) && pop({array, i32, value, i32});
  case Opcode::array_copy: return array_copy(type, instr.index[1]);
  default: return fail("illegal opcode", ErrorKind::malformed);
  }
}

bool FunctionValidator::check_mutable_array(uint32_t type) {
  return module_.type(type).fields()[0].is_mutable() || fail("immutable array: type " + std::to_string(type));
}

bool FunctionValidator::array_new_fixed(uint32_t type, uint32_t count) {
  const ValType value = unpacked(module_.type(type).fields()[0].storage());
  // In unreachable code the stack may have fewer operands. The missing ones are of bottom type and need no
  // check.
  for (uint32_t i = 0; i < count; ++i) {
    if (stack_.is_polymorphic() && stack_.is_empty()) break;
    if (!matcher_.charge(1)) return too_many_comparisons();
    if (!pop(value)) return false;
  }
  return push(ref_to(type, false));
}

bool FunctionValidator::array_copy(uint32_t destination, uint32_t source) {
  if (!find_type(source, CompositeKind::array) || !check_mutable_array(destination)) return false;
  const ValType to = module_.type(destination).fields()[0].storage();
  const ValType from = module_.type(source).fields()[0].storage();
  if (!matcher_.matches(from, to))
    return fail("array types do not match: " + name_of(from) + " and " + name_of(to));
  return pop({ref_to(destination, true), i32, ref_to(source, true), i32, i32});
}

/// Checks array.new_data, array.new_elem, array.init_data and array.init_elem.
bool FunctionValidator::array_segment(const Instruction& instr, bool is_new, bool is_data) {
  const auto [type, segment] = instr.index;
  const ValType storage = module_.type(type).fields()[0].storage();
  if (!is_new && !check_mutable_array(type)) return false;
  if (is_data && storage.is_ref()) return fail("array type is not numeric or vector: " + name_of(storage));
  if (is_data ? !find_data(segment) : !find_elem(segment)) return false;
  if (!is_data && !matcher_.matches(module_.elem_segments[segment].type, storage))
    return fail("type mismatch: element segment " + std::to_string(segment) + " and array elements");
  if (is_new) return pop({i32, i32}) && push(ref_to(type, false));
  return pop({ref_to(type, true), i32, i32, i32});
}

} // namespace skerry::vm
