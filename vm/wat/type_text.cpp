#include "vm/wat/type_text.hpp"

namespace skerry::vm::wat {

ModuleTypes::ModuleTypes(const Module& module, const Config& config) {
  const uint32_t offset = module.offset_of(SectionId::type);
  ByteReader reader(module.bytes.subspan(offset), offset);
  RecGroup group;
  LoadWatch never; // never expires, because the printer needs all types
  all_.types.reserve(module.type_count);
  starts_.reserve(module.type_count);
  for (uint32_t groups = module.type_count == 0 ? 0 : reader.leb_u32(); groups > 0 && reader.ok(); --groups) {
    decode_rec_group(reader, config, never, group);
    Start start{static_cast<uint32_t>(all_.codes.size()), static_cast<uint32_t>(all_.refs.size()),
                static_cast<uint32_t>(all_.fields.size()), all_.size()};
    for (const RecGroup::Type& type : group.types) {
      all_.types.push_back(type);
      starts_.push_back(start);
      start.code += type.params + type.results;
      start.ref += type.param_refs + type.result_refs;
      start.field += type.fields;
    }
    const auto append = [](auto& all, const auto& more) { all.insert(all.end(), more.begin(), more.end()); };
    append(all_.codes, group.codes);
    append(all_.refs, group.refs);
    append(all_.fields, group.fields);
  }
}

ModuleTypes::Type ModuleTypes::operator[](uint32_t index) const {
  const RecGroup::Type& type = all_.types[index];
  const Start& start = starts_[index];
  const uint8_t* codes = all_.codes.data() + start.code;
  const ValType* refs = all_.refs.data() + start.ref;
  return {type,
          {codes, refs, type.params, type.param_refs},
          {codes + type.params, refs + type.param_refs, type.results, type.result_refs},
          {all_.fields.data() + start.field, type.fields},
          start.group};
}

std::string TypeText::index(NameKind kind, uint32_t index) const {
  return names_.id(kind, index).value_or(std::to_string(index));
}

std::string TypeText::heap_type(HeapType heap) const {
  switch (heap) {
  case HeapType::noexn: return "noexn";
  case HeapType::nofunc: return "nofunc";
  case HeapType::noextern: return "noextern";
  case HeapType::none: return "none";
  case HeapType::func: return "func";
  case HeapType::extern_: return "extern";
  case HeapType::any: return "any";
  case HeapType::eq: return "eq";
  case HeapType::i31: return "i31";
  case HeapType::struct_: return "struct";
  case HeapType::array: return "array";
  case HeapType::exn: return "exn";
  }
  return index(NameKind::type, static_cast<uint32_t>(heap));
}

std::string TypeText::val_type(ValType type) const {
  switch (type.kind()) {
  case ValType::i32_: return "i32";
  case ValType::i64_: return "i64";
  case ValType::f32_: return "f32";
  case ValType::f64_: return "f64";
  case ValType::v128_: return "v128";
  case ValType::i8: return "i8";
  case ValType::i16: return "i16";
  default: break;
  }
  if (type == funcref) return "funcref";
  if (type == externref) return "externref";
  return std::string(type.is_nullable() ? "(ref null " : "(ref ") + heap_type(type.heap()) + ")";
}

void TypeText::list(std::string_view keyword, const TypeList& types, TextSink& out) const {
  if (types.empty()) return;
  out += keyword;
  for (const ValType type : types) {
    if (!out.is_open()) return;
    out += " ";
    out += val_type(type);
  }
  out += ")";
}

std::string TypeText::type_use(uint32_t type) const { return " (type " + index(NameKind::type, type) + ")"; }

std::string TypeText::limits(const Limits& limits) {
  std::string text = limits.is_64 ? "i64 " : "";
  text += std::to_string(limits.min);
  if (limits.has_max) text += " " + std::to_string(limits.max);
  return limits.shared ? text + " shared" : text;
}

std::string TypeText::table_type(const TableType& type) const {
  return limits(type.limits) + " " + val_type(type.element);
}

std::string TypeText::global_type(const GlobalType& type) const {
  return type.is_mutable ? "(mut " + val_type(type.value) + ")" : val_type(type.value);
}

std::string TypeText::field_type(const FieldType& field) const {
  return field.is_mutable ? "(mut " + val_type(field.storage) + ")" : val_type(field.storage);
}

void TypeText::composite_type(uint32_t index, const ModuleTypes::Type& type, TextSink& out) const {
  switch (type.form.kind) {
  case CompositeKind::func:
    out += "(func";
    list(" (param", type.params, out);
    results(type.results, out);
    break;
  case CompositeKind::array: out += "(array " + field_type(type.fields[0].get()); break;
  case CompositeKind::struct_:
    out += "(struct";
    for (uint32_t i = 0; i < type.fields.size() && out.is_open(); ++i) {
      const auto name = names_.definition(PartKind::field, index, i);
      out += " (field " + (name ? *name + " " : "") + field_type(type.fields[i].get()) + ")";
    }
    break;
  }
  out += ")";
}

void TypeText::definition(uint32_t index, TextSink& out) const {
  const ModuleTypes::Type type = types_[index];
  out += "(type " + names_.definition(NameKind::type, index) + " ";
  const bool has_supertype = type.form.supertype != RecGroup::no_type;
  const bool is_plain = type.form.is_final && !has_supertype;
  if (!is_plain) {
    out += type.form.is_final ? "(sub final" : "(sub";
    if (has_supertype) out += " " + this->index(NameKind::type, type.form.supertype);
    out += " ";
  }
  composite_type(index, type, out);
  out += is_plain ? ")" : "))";
}

} // namespace skerry::vm::wat
