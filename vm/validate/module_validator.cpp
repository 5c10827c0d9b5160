#include "vm/validate/module_validator.hpp"

#include "vm/isa/features.hpp"
#include "vm/module/binary_decoder.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/module/module_info.hpp"
#include "vm/module/type_registry.hpp"
#include "vm/validate/function_validator.hpp"

#include <algorithm>

namespace skerry::vm {

namespace {

/// A check function that finds an error stores the error in `error_` and returns false. Its callers then also
/// return false, so the first error ends the validation.
class ModuleValidator {
public:
  ModuleValidator(const Module& module, LoadWatch& watch)
      : module_(module), watch_(watch), features_(module.engine->config.features),
        limits_(module.engine->config.module_limits), matcher_(module), declared_(module.functions.size()) {}

  Result<void> validate();

private:
  bool check_types();
  bool check_matches_supertype(uint32_t index);
  bool check_func_indices();
  bool check_tables();
  bool check_table(const Table& table, uint32_t index);
  bool check_memories();
  bool check_tags();
  bool check_globals();
  bool check_exports();
  bool check_start();
  bool check_elems();
  bool check_elem_items(const ElemSegment& segment);
  bool check_data();
  bool check_bodies();

  bool check_limits(const Limits& limits, uint64_t range, ExternKind kind, size_t item);
  bool check_const_expr(const ConstExpr& expr, ValType type);
  bool check_func_type(uint32_t type, ExternKind kind, size_t item);
  size_t space_size(ExternKind kind) const;

  uint64_t at(SectionId section) const { return module_.offset_of(section); }
  uint64_t place_of(ExternKind kind, size_t item) const;
  bool fail(uint64_t offset, std::string message, ErrorKind kind = ErrorKind::invalid);
  bool fail(uint64_t offset, Feature needed, std::string_view what);
  bool unknown(uint64_t offset, const char* what, uint64_t index, uint64_t count);
  bool take(Result<void> result);

  const Module& module_;
  LoadWatch& watch_;
  const Features& features_;
  const ModuleLimits& limits_;
  TypeMatcher matcher_;
  std::vector<bool> declared_; // the functions that ref.func may refer to in bodies, because something
                               // outside bodies refers to them
  std::optional<FunctionValidator> functions_;
  uint32_t visible_globals_ = 0;
  std::optional<Error> error_;
};

Result<void> ModuleValidator::validate() {
  const bool is_valid = check_types() && check_func_indices() && check_memories() && check_tags() &&
                        check_globals() && check_tables() && check_exports() && check_start() &&
                        check_elems() && check_data() && check_bodies();
  if (watch_.error()) return skerry::fail(*watch_.error());
  if (!is_valid) return skerry::fail(std::move(*error_));
  return check_extern_types(module_);
}

// ---- Types (spec §3.2)

bool ModuleValidator::check_types() {
  for (uint32_t i = 0; i < module_.types.size(); ++i)
    if (!watch_.spend(1) || !check_matches_supertype(i)) return false;
  return true;
}

/// Checks that a type matches its supertype (spec §3.2.11 and §3.3.8, "Composite Types").
bool ModuleValidator::check_matches_supertype(uint32_t index) {
  const CanonicalType& sub = module_.type(index);
  if (sub.depth() == 0) return true;
  const CanonicalType& super = module_.engine->types[sub.supertype()];
  const auto field_matches = [&](const PackedField& a, const PackedField& b) {
    if (a.is_mutable() != b.is_mutable() || !matcher_.matches(a.storage(), b.storage())) return false;
    return !a.is_mutable() || matcher_.matches(b.storage(), a.storage());
  };
  bool matches = !super.is_final() && sub.kind() == super.kind();
  if (matches && sub.kind() == CompositeKind::func)
    matches =
        matcher_.matches(super.params(), sub.params()) && matcher_.matches(sub.results(), super.results());
  else if (matches)
    matches = sub.fields().size() >= super.fields().size() &&
              std::equal(super.fields().begin(), super.fields().end(), sub.fields().begin(),
                         [&](const PackedField& b, const PackedField& a) { return field_matches(a, b); });
  return matches ||
         fail(at(SectionId::type), "sub type " + std::to_string(index) + " does not match its super type");
}

/// Checks the type of a function or tag.
bool ModuleValidator::check_func_type(uint32_t type, ExternKind kind, size_t item) {
  if (type >= module_.types.size()) return unknown(place_of(kind, item), "type", type, module_.types.size());
  return module_.type(type).kind() == CompositeKind::func ||
         fail(place_of(kind, item), "unknown type: type " + std::to_string(type) + " is not a function type");
}

// ---- Index spaces (spec §3.5)

bool ModuleValidator::check_func_indices() {
  for (size_t i = 0; i < module_.functions.size(); ++i)
    if (!check_func_type(module_.functions[i], ExternKind::func, i)) return false;
  return true;
}

bool ModuleValidator::check_limits(const Limits& limits, uint64_t range, ExternKind kind, size_t item) {
  if (limits.min > range || (limits.has_max && limits.max > range))
    return fail(place_of(kind, item),
                std::string(extern_kind_name(kind)) + " size must be at most " + std::to_string(range));
  if (limits.has_max && limits.min > limits.max)
    return fail(place_of(kind, item), "size minimum must not be greater than maximum: " +
                                          std::to_string(limits.min) + ", " + std::to_string(limits.max));
  return true;
}

bool ModuleValidator::check_tables() {
  if (module_.tables.size() > limits_.tables)
    return fail(at(SectionId::table), "too many tables", ErrorKind::limit);
  if (module_.tables.size() > 1 && !features_.has(Feature::reference_types))
    return fail(at(SectionId::table), Feature::reference_types, "a second table");
  visible_globals_ = module_.imported_globals;
  for (uint32_t i = 0; i < module_.tables.size(); ++i)
    if (!check_table(module_.tables[i], i)) return false;
  return true;
}

bool ModuleValidator::check_table(const Table& table, uint32_t index) {
  const TableType& type = table.type;
  const uint64_t range = type.limits.is_64 ? ~uint64_t{0} : 0xffff'ffff;
  if (!check_limits(type.limits, range, ExternKind::table, index)) return false;

  if (table.init.size > 0) return check_const_expr(table.init, type.element);
  return index < module_.imported_tables || type.element.is_defaultable() ||
         fail(place_of(ExternKind::table, index),
              "type mismatch: a table of " + to_string(type.element) + " needs an initial value");
}

bool ModuleValidator::check_memories() {
  constexpr uint64_t range_32 = uint64_t{1} << 16, range_64 = uint64_t{1} << 48; // in pages
  if (module_.memories.size() > limits_.memories)
    return fail(at(SectionId::memory), "too many memories: the limit is " + std::to_string(limits_.memories),
                ErrorKind::limit);
  if (module_.memories.size() > 1 && !features_.has(Feature::multi_memory))
    return fail(at(SectionId::memory), Feature::multi_memory, "a second memory");
  for (size_t i = 0; i < module_.memories.size(); ++i) {
    const Limits& limits = module_.memories[i].limits;
    if (!check_limits(limits, limits.is_64 ? range_64 : range_32, ExternKind::memory, i)) return false;
  }
  return true;
}

bool ModuleValidator::check_tags() {
  for (size_t i = 0; i < module_.tags.size(); ++i) {
    if (!check_func_type(module_.tags[i], ExternKind::tag, i)) return false;
    if (!module_.type(module_.tags[i]).results().empty())
      return fail(place_of(ExternKind::tag, i), "non-empty tag result type: tag " + std::to_string(i));
  }
  return true;
}

bool ModuleValidator::check_const_expr(const ConstExpr& expr, ValType type) {
  ByteReader reader(module_.range(expr.offset, expr.size), expr.offset);
  return take(functions_->validate_const_expr(reader, type, visible_globals_, declared_));
}

/// The initializer of a global may refer to the globals before it.
bool ModuleValidator::check_globals() {
  functions_.emplace(module_, &declared_, &watch_);
  for (uint32_t i = 0; i < module_.globals.size(); ++i) {
    const Global& global = module_.globals[i];
    const bool is_import = i < module_.imported_globals;
    if (is_import && global.type.is_mutable && !features_.has(Feature::mutable_globals))
      return fail(at(SectionId::import), Feature::mutable_globals, "an imported mutable global");
    visible_globals_ = i;
    if (!is_import && !check_const_expr(global.init, global.type.value)) return false;
  }
  return true;
}

size_t ModuleValidator::space_size(ExternKind kind) const {
  switch (kind) {
  case ExternKind::func: return module_.functions.size();
  case ExternKind::table: return module_.tables.size();
  case ExternKind::memory: return module_.memories.size();
  case ExternKind::global: return module_.globals.size();
  case ExternKind::tag: return module_.tags.size();
  }
  return 0;
}

bool ModuleValidator::check_exports() {
  for (uint32_t i = 0; i < module_.exports.size(); ++i) {
    const Export& entry = module_.exports[i];
    if (entry.index >= space_size(entry.kind))
      return unknown(entry_offset(module_, SectionId::export_, i),
                     std::string(extern_kind_name(entry.kind)).c_str(), entry.index, space_size(entry.kind));
    if (entry.kind == ExternKind::func) declared_[entry.index] = true;
    if (entry.kind == ExternKind::global && module_.globals[entry.index].type.is_mutable &&
        !features_.has(Feature::mutable_globals))
      return fail(entry_offset(module_, SectionId::export_, i), Feature::mutable_globals,
                  "an exported mutable global");
  }
  return true;
}

bool ModuleValidator::check_start() {
  if (!module_.has_start) return true;
  if (module_.start >= module_.functions.size())
    return unknown(at(SectionId::start), "function", module_.start, module_.functions.size());
  const CanonicalType& type = module_.func_type(module_.start);
  return (type.params().empty() && type.results().empty()) ||
         fail(at(SectionId::start), "start function must have no parameters and results: it has " +
                                        std::to_string(type.params().size()) + " and " +
                                        std::to_string(type.results().size()));
}

// ---- Segments

bool ModuleValidator::check_elems() {
  visible_globals_ = static_cast<uint32_t>(module_.globals.size());
  for (const ElemSegment& segment : module_.elem_segments) {
    if (!check_elem_items(segment)) return false;
    if (segment.mode != SegmentMode::active) continue;
    if (segment.table >= module_.tables.size())
      return unknown(segment.offset.offset, "table", segment.table, module_.tables.size());
    const TableType& table = module_.tables[segment.table].type;
    if (!matcher_.matches(segment.type, table.element))
      return fail(segment.offset.offset, "type mismatch: a segment of " + to_string(segment.type) +
                                             " for a table of " + to_string(table.element));
    if (!check_const_expr(segment.offset, table.limits.is_64 ? i64 : i32)) return false;
  }
  return true;
}

bool ModuleValidator::check_elem_items(const ElemSegment& segment) {
  ByteReader reader(module_.range(segment.items.offset, segment.items.size), segment.items.offset);
  for (uint32_t i = 0; i < segment.count; ++i) {
    if (!watch_.spend(2)) return false;
    if (segment.is_expressions) {
      if (!take(functions_->validate_const_expr(reader, segment.type, visible_globals_, declared_)))
        return false;
      continue;
    }
    const uint64_t offset = reader.offset();
    const uint32_t func = reader.leb_u32();
    if (func >= module_.functions.size()) return unknown(offset, "function", func, module_.functions.size());
    declared_[func] = true;
  }
  return true;
}

bool ModuleValidator::check_data() {
  for (const DataSegment& segment : module_.data_segments) {
    if (segment.mode != SegmentMode::active) continue;
    if (segment.memory >= module_.memories.size())
      return unknown(segment.offset.offset, "memory", segment.memory, module_.memories.size());
    const bool is_64 = module_.memories[segment.memory].limits.is_64;
    if (!check_const_expr(segment.offset, is_64 ? i64 : i32)) return false;
  }
  return true;
}

bool ModuleValidator::check_bodies() {
  for (uint32_t i = 0; i < module_.bodies.size(); ++i)
    if (!take(functions_->validate(i))) return false;
  return true;
}

// ---- Errors

/// Returns the offset of the import or section entry that declares an item.
uint64_t ModuleValidator::place_of(ExternKind kind, size_t item) const {
  const auto import = std::ranges::find_if(
      module_.imports, [&](const Import& i) { return i.kind == kind && i.index == item; });
  if (import != module_.imports.end())
    return entry_offset(module_, SectionId::import, static_cast<uint32_t>(import - module_.imports.begin()));
  constexpr SectionId sections[] = {SectionId::function, SectionId::table, SectionId::memory,
                                    SectionId::global, SectionId::tag};
  const auto imported =
      std::ranges::count_if(module_.imports, [&](const Import& i) { return i.kind == kind; });
  return entry_offset(module_, sections[static_cast<size_t>(kind)], static_cast<uint32_t>(item - imported));
}

bool ModuleValidator::fail(uint64_t offset, std::string message, ErrorKind kind) {
  error_ = Error::at(kind, offset, std::move(message));
  return false;
}

bool ModuleValidator::fail(uint64_t offset, Feature needed, std::string_view what) {
  error_ = unsupported(needed, what);
  error_->with_offset(offset);
  return false;
}

bool ModuleValidator::unknown(uint64_t offset, const char* what, uint64_t index, uint64_t count) {
  return fail(offset, "unknown " + std::string(what) + " " + std::to_string(index) + ": there are " +
                          std::to_string(count));
}

bool ModuleValidator::take(Result<void> result) {
  if (!result) error_ = std::move(result.error());
  return result.has_value();
}

} // namespace

Result<void> validate_module(const Module& module, LoadWatch& watch) {
  return ModuleValidator(module, watch).validate();
}

} // namespace skerry::vm
