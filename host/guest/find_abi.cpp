// Finds, among a module's exports, the functions that the host calls and the form of their results.
#include "host/guest/plugin_abi.hpp"
#include "host/support/engine_error.hpp"
#include "host/support/fail.hpp"
#include "vm/base/near_names.hpp"

#include <initializer_list>

namespace skerry::host {

namespace {

using Types = std::vector<ValType>;

bool is_type(const std::optional<ExportInfo>& item, const Types& params, const Types& results) {
  const FuncType* type = item ? std::get_if<FuncType>(&item->type) : nullptr;
  return type && type->params == params && type->results == results;
}

/// Finds the exports of the plugin ABI, and remembers the first problem.
class Finder {
public:
  Finder(const Module& module, const Manifest& manifest) : module_(module), manifest_(manifest) {}

  Expected<AbiShape> find() {
    find_memory();
    find_allocator();
    shape_.execute = form("execute", {i32, i32}, false).value_or(ResultForm::packed);
    if (!module_.find_export("execute")) missing("execute", "(i32, i32) -> (i64)");
    shape_.meta = form("meta", {}, false);
    shape_.init = form("init", {i32, i32}, true);
    shape_.destroy = destroy_form();
    shape_.has_initialize = takes_nothing("_initialize");
    shape_.has_start = takes_nothing("_start");
    shape_.version = version_kind("skerry_abi_version");
    find_state();
    if (problem_) return fail(std::move(*problem_));
    return shape_;
  }

private:
  void complain(PluginErrorCode code, std::string_view message) {
    if (!problem_) problem_ = make_error(manifest_, Phase::link, code, message);
  }

  std::string similar_exports(std::string_view name) const {
    vm::NearNames near(name);
    for (const ExportInfo& item : module_.exports())
      if (!near.offer(item.name)) break;
    return near.text();
  }

  void missing(std::string_view name, std::string_view type) {
    complain(PluginErrorCode::abi_missing_export,
             "the module exports no " + std::string(type.empty() ? "memory" : "function") + " \"" +
                 std::string(name) + "\"" + (type.empty() ? "" : " of type " + std::string(type)) +
                 similar_exports(name));
  }

  void wrong_type(std::string_view name, std::string_view expected, const ExportInfo& item) {
    complain(PluginErrorCode::abi_type,
             "export \"" + std::string(name) + "\" must be a function of type " + std::string(expected) +
                 ", but is " + std::string(extern_kind_name(item.kind())) + " " + to_string(item.type));
  }

  void find_memory() {
    const auto memory = module_.find_export("memory");
    if (!memory || memory->kind() != ExternKind::memory) return missing("memory", "");
    if (std::get<MemoryType>(memory->type).limits.is_64)
      complain(PluginErrorCode::abi_type, "export \"memory\" must be a 32-bit memory, because the ABI has "
                                          "32-bit addresses, but is a 64-bit one");
  }

  /// Finds the exports `allocate` and `deallocate`. If `allocate` does not exist, but `malloc` and `free` do,
  /// uses these two instead. Never combines exports of the two pairs, such as `allocate` and `free`.
  void find_allocator() {
    bool standard =
        !module_.find_export("allocate") && module_.find_export("malloc") && module_.find_export("free");
    shape_.allocate = standard ? "malloc" : "allocate";
    shape_.deallocate = standard ? "free" : "deallocate";
    const auto allocate = module_.find_export(shape_.allocate);
    const auto deallocate = module_.find_export(shape_.deallocate);
    if (!allocate) return missing("allocate", "(i32) -> (i32)");
    if (!deallocate) return missing("deallocate", "(i32, i32) -> ()");
    if (!is_type(allocate, {i32}, {i32})) wrong_type(shape_.allocate, "(i32) -> (i32)", *allocate);
    shape_.deallocate_takes_size = is_type(deallocate, {i32, i32}, {});
    if (!shape_.deallocate_takes_size && !is_type(deallocate, {i32}, {})) {
      wrong_type(shape_.deallocate, standard ? "(i32) -> ()" : "(i32, i32) -> ()", *deallocate);
    }
  }

  /// Returns how the export `name` returns its result, or nothing if there is no such export. A single i32
  /// result is a status if `may_be_status` is set, otherwise a pointer. If the parameters are not `params`,
  /// or the results have another form, reports the wrong type and returns nothing.
  std::optional<ResultForm> form(std::string_view name, const Types& params, bool may_be_status) {
    const auto item = module_.find_export(name);
    if (!item) return std::nullopt;
    if (is_type(item, params, {i64})) return ResultForm::packed;
    if (is_type(item, params, {i32, i32})) return ResultForm::pair;
    if (is_type(item, params, {i32})) return may_be_status ? ResultForm::status : ResultForm::pointer;
    if (may_be_status && is_type(item, params, {})) return ResultForm::nothing;
    std::string expected = to_string(FuncType{params, {i64}});
    wrong_type(name, expected + ", or with results (i32, i32) or (i32)", *item);
    return std::nullopt;
  }

  std::optional<ResultForm> destroy_form() {
    const auto item = module_.find_export("destroy");
    if (!item) return std::nullopt;
    if (is_type(item, {}, {})) return ResultForm::nothing;
    if (!is_type(item, {}, {i32})) wrong_type("destroy", "() -> () or () -> (i32)", *item);
    return ResultForm::status;
  }

  bool takes_nothing(std::string_view name) {
    const auto item = module_.find_export(name);
    if (item && !is_type(item, {}, {})) wrong_type(name, "() -> ()", *item);
    return item.has_value();
  }

  /// Finds the optional exports that hand over state. save_state returns a pointer and a length, packed or as
  /// two results. restore_state takes a version, a pointer and a length, and returns a status or nothing.
  void find_state() {
    shape_.state_version = version_kind("skerry_state_version");
    if (const auto item = module_.find_export("save_state")) {
      shape_.save_state = is_type(item, {}, {i32, i32}) ? ResultForm::pair : ResultForm::packed;
      if (shape_.save_state == ResultForm::packed && !is_type(item, {}, {i64}))
        wrong_type("save_state", "() -> (i64) or () -> (i32, i32)", *item);
    }
    if (const auto item = module_.find_export("restore_state")) {
      const Types params{i32, i32, i32};
      shape_.restore_state = is_type(item, params, {}) ? ResultForm::nothing : ResultForm::status;
      if (shape_.restore_state == ResultForm::status && !is_type(item, params, {i32}))
        wrong_type("restore_state", "(i32, i32, i32) -> () or (i32, i32, i32) -> (i32)", *item);
    }
  }

  std::optional<ExternKind> version_kind(std::string_view name) {
    const auto item = module_.find_export(name);
    if (!item) return std::nullopt;
    const GlobalType* global = std::get_if<GlobalType>(&item->type);
    if (global && global->value == i32) return ExternKind::global;
    if (!is_type(item, {}, {i32})) wrong_type(item->name, "() -> (i32) or an i32 global", *item);
    return ExternKind::func;
  }

  const Module& module_;
  const Manifest& manifest_;
  AbiShape shape_;
  std::optional<PluginError> problem_;
};

} // namespace

Expected<AbiShape> find_abi(const Module& module, const Manifest& manifest) {
  return Finder(module, manifest).find();
}

} // namespace skerry::host
