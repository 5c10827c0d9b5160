// skerry inspect: shows what a module imports, exports and contains, as text or JSON.
#include "host/cli/commands.hpp"
#include "host/cli/load.hpp"
#include "host/cli/options.hpp"
#include "host/cli/output.hpp"
#include "host/cli/units.hpp"
#include "host/guest/import_need.hpp"
#include "host/support/json.hpp"
#include "skerry/printable.hpp"
#include "vm/base/piece_writer.hpp"

#include <memory>
#include <string>
#include <utility>
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

/// Adds the members that describe the type of an import or export.
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
  case Provider::none: return "none";
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

/// Prints each import, export or section as soon as its JSON is made, instead of the whole object at the end,
/// because a module may have a million imports.
bool print_json(const std::string& file, const Module& module) {
  vm::PieceWriter out([](std::string_view piece) { return print(piece); });
  out += R"({"file":)" + json_string(file) + R"(,"bytes":)" + std::to_string(module.bytes().size()) +
         R"(,"name":)" + json_string(module.name());
  const auto add_list = [&](std::string_view key, const auto& items, const auto& json_of) {
    out += "," + json_string(key) + ":[";
    bool is_first = true;
    for (const auto& item : items) {
      if (!out.is_open()) return;
      if (!std::exchange(is_first, false)) out += ",";
      out += dump_json(json_of(item));
    }
    out += "]";
  };
  add_list("imports", module.imports(), import_json);
  add_list("exports", module.exports(), export_json);
  add_list("memories", memories(module), [](const MemoryType& memory) { return limits_json(memory.limits); });
  add_list("custom_sections", module.custom_sections(), [](const CustomSection& section) {
    return OrderedJson{{"name", section.name}, {"bytes", section.bytes.size()}};
  });
  out += "}\n";
  return out.finish();
}

// ---- text

std::string need_text(const ImportNeed& need) {
  if (need.provider == Provider::none) return "  (provided by neither WASI nor the host)";
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

bool print_text(const std::string& file, const Module& module) {
  vm::PieceWriter out([](std::string_view piece) { return print(piece); });
  out += shown_name(file) + ": " + std::to_string(module.bytes().size()) + " bytes";
  if (!module.name().empty()) out += ", module " + printable(module.name());
  out += "\n";
  const auto add_list = [&](std::string_view what, const auto& items, const auto& line_of) {
    out += std::string(what) + " (" + std::to_string(items.size()) + ")\n";
    for (const auto& item : items) {
      if (!out.is_open()) return;
      out += "  " + line_of(item) + "\n";
    }
  };
  add_list("imports", module.imports(), [](const ImportInfo& import) {
    return printable(import.module) + "." + printable(import.name) + "  " +
           typed(extern_kind_name(import.kind()), import.type) +
           need_text(import_need(import.module, import.name));
  });
  add_list("exports", module.exports(), [](const ExportInfo& item) {
    return printable(item.name) + "  " + typed(extern_kind_name(item.kind()), item.type);
  });
  add_list("memories", memories(module), memory_text);
  add_list("custom sections", module.custom_sections(), [](const CustomSection& section) {
    return printable(section.name) + "  " + std::to_string(section.bytes.size()) + " bytes";
  });
  return out.finish();
}

int inspect(const std::string& file, bool json) {
  Engine engine;
  auto module = load_module(engine, file);
  if (!module) {
    complain_about(file, module.error());
    return failure;
  }
  const bool written = json ? print_json(file, *module) : print_text(file, *module);
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
  add_text(*command, "FILE", options->file, {"A module, binary or text; - is standard input", ""})
      ->required();
  command->footer("Names what provides each import to plugins, and which manifest keys must grant it.\n\n"
                  "Examples:\n"
                  "  skerry inspect plugin.wasm\n"
                  "  skerry inspect --json plugin.wasm");
  command->callback([options, &status] { status = inspect(options->file, options->json); });
}

} // namespace skerry::host::cli
