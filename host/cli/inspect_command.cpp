// skerry inspect: what a module imports, exports and contains, as text or JSON.
#include "host/cli/commands.hpp"
#include "host/cli/load.hpp"
#include "host/cli/output.hpp"
#include "host/cli/units.hpp"
#include "host/guest/import_need.hpp"
#include "host/support/json.hpp"
#include "skerry/printable.hpp"

#include <memory>
#include <string>
#include <vector>

namespace skerry::host::cli {

namespace {

constexpr uint64_t page_bytes = 65'536;

// ---- JSON

OrderedJson types_json(const std::vector<ValType>& types) {
  OrderedJson list = OrderedJson::array();
  for (ValType type : types) list.push_back(to_string(type));
  return list;
}

OrderedJson limits_json(const Limits& limits) {
  OrderedJson json{{"min", limits.min}, {"max", nullptr}};
  if (limits.has_max) json["max"] = limits.max;
  if (limits.is_64) json["address"] = "i64";
  if (limits.shared) json["shared"] = true;
  return json;
}

void add_func(OrderedJson& json, const FuncType& type) {
  json["params"] = types_json(type.params);
  json["results"] = types_json(type.results);
}

/// The members that say what type an import or export has.
struct AddType {
  OrderedJson& json;
  void operator()(const FuncType& type) const { add_func(json, type); }
  void operator()(const TableType& type) const {
    json["element"] = to_string(type.element);
    json["limits"] = limits_json(type.limits);
  }
  void operator()(const MemoryType& type) const { json["limits"] = limits_json(type.limits); }
  void operator()(const GlobalType& type) const {
    json["type"] = to_string(type.value);
    json["mutable"] = type.is_mutable;
  }
  void operator()(const TagType& type) const { add_func(json, type.func); }
};

std::string_view provider_name(Provider provider) {
  switch (provider) {
  case Provider::wasi: return "wasi";
  case Provider::host: return "host";
  case Provider::nobody: return "nobody";
  }
  return "";
}

OrderedJson import_json(const ImportInfo& import) {
  OrderedJson json{
      {"module", import.module}, {"name", import.name}, {"kind", extern_kind_name(import.kind())}};
  std::visit(AddType{json}, import.type);
  ImportNeed need = import_need(import.module, import.name);
  json["provider"] = provider_name(need.provider);
  json["capabilities"] = need.capabilities;
  return json;
}

OrderedJson export_json(const ExportInfo& item) {
  OrderedJson json{{"name", item.name}, {"kind", extern_kind_name(item.kind())}, {"index", item.index}};
  std::visit(AddType{json}, item.type);
  return json;
}

std::vector<MemoryType> memories(const Module& module) {
  std::vector<MemoryType> types;
  while (auto type = module.memory(static_cast<uint32_t>(types.size()))) types.push_back(*type);
  return types;
}

OrderedJson module_json(const std::string& file, const Module& module) {
  OrderedJson json{{"file", file},
                   {"bytes", module.bytes().size()},
                   {"name", module.name()},
                   {"imports", OrderedJson::array()},
                   {"exports", OrderedJson::array()},
                   {"memories", OrderedJson::array()},
                   {"custom_sections", OrderedJson::array()}};
  for (const ImportInfo& import : module.imports()) json["imports"].push_back(import_json(import));
  for (const ExportInfo& item : module.exports()) json["exports"].push_back(export_json(item));
  for (const MemoryType& memory : memories(module)) json["memories"].push_back(limits_json(memory.limits));
  for (const CustomSection& section : module.custom_sections()) {
    json["custom_sections"].push_back({{"name", section.name}, {"bytes", section.bytes.size()}});
  }
  return json;
}

// ---- text

std::string need_text(const ImportNeed& need) {
  if (need.provider == Provider::nobody) return "  (nobody provides it)";
  std::string keys;
  for (const std::string& key : need.capabilities) keys += (keys.empty() ? "" : " and ") + key;
  return keys.empty() ? "" : "  (needs " + keys + ")";
}

std::string typed(std::string_view kind, const ExternType& type) {
  std::string text = to_string(type);
  return text.starts_with(kind) ? text : std::string(kind) + " " + text;
}

std::string memory_text(const MemoryType& memory) {
  const Limits& limits = memory.limits;
  std::string text = std::to_string(limits.min) + (limits.min == 1 ? " page (" : " pages (") +
                     format_size(limits.min * page_bytes) + ")";
  if (!limits.has_max) return text + ", no maximum";
  return text + ", at most " + std::to_string(limits.max) + " pages";
}

std::string heading(std::string_view what, size_t count) {
  return std::string(what) + " (" + std::to_string(count) + ")\n";
}

std::string module_text(const std::string& file, const Module& module) {
  std::string text = printable(file) + ": " + std::to_string(module.bytes().size()) + " bytes";
  if (!module.name().empty()) text += ", module " + printable(module.name());
  text += "\n" + heading("imports", module.imports().size());
  for (const ImportInfo& import : module.imports()) {
    text += "  " + printable(import.module) + "." + printable(import.name) + "  " +
            typed(extern_kind_name(import.kind()), import.type) +
            need_text(import_need(import.module, import.name)) + "\n";
  }
  text += heading("exports", module.exports().size());
  for (const ExportInfo& item : module.exports()) {
    text += "  " + printable(item.name) + "  " + typed(extern_kind_name(item.kind()), item.type) + "\n";
  }
  auto all_memories = memories(module);
  text += heading("memories", all_memories.size());
  for (const MemoryType& memory : all_memories) text += "  " + memory_text(memory) + "\n";
  text += heading("custom sections", module.custom_sections().size());
  for (const CustomSection& section : module.custom_sections()) {
    text += "  " + printable(section.name) + "  " + std::to_string(section.bytes.size()) + " bytes\n";
  }
  return text;
}

int inspect(const std::string& file, bool json) {
  Engine engine;
  auto module = load_module(engine, file);
  if (!module) {
    complain_about(file, module.error());
    return failure;
  }
  bool written =
      write_stdout(json ? dump_json(module_json(file, *module)) + "\n" : module_text(file, *module));
  return written ? 0 : failure;
}

} // namespace

void add_inspect_command(CLI::App& app, int& status) {
  struct Options {
    std::string file;
    bool json = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("inspect", "List imports, exports, memories and sections of a module");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->add_option("FILE", options->file, "A module, binary or text")->required()->type_name("");
  command->footer("For each import: who provides it to plugins, and which manifest keys must grant it.\n\n"
                  "Examples:\n"
                  "  skerry inspect plugin.wasm\n"
                  "  skerry inspect --json plugin.wasm");
  command->callback([options, &status] { status = inspect(options->file, options->json); });
}

} // namespace skerry::host::cli
