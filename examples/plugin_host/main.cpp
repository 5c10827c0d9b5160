// A program with plugins: loads one, asks for its metadata, sends it a request, calls plugins that misbehave
// without being affected, and replaces a plugin under load.
//
// usage: plugin_host FOLDER (with the example plugins and their manifests)
#include "hot_reload.hpp"
#include "skerry/host/manager.hpp"

#include <filesystem>
#include <iostream>
#include <string>

namespace {

using namespace skerry::host;

/// Ends the program with 1 if something differs from what this example shows.
void expect(bool as_it_should, const std::string& what) {
  if (as_it_should) return;
  std::cerr << "unexpected: " << what << "\n";
  std::exit(1);
}

PluginHandle load(Manager& manager, const std::filesystem::path& manifest) {
  auto plugin = manager.load(manifest);
  if (!plugin) expect(false, describe(plugin.error()));
  return *plugin;
}

/// Parameters may be any JSON; the plugin returns them in capitals.
void transform(Manager& manager, const std::filesystem::path& manifest) {
  PluginHandle plugin = load(manager, manifest);
  std::cout << "loaded   " << plugin->name() << " " << plugin->manifest().meta.version << "\n";
  std::cout << "meta     " << plugin->meta() << "\n";
  PluginContext context;
  context.request_id = "request-1";
  context.headers["accept"] = "application/json";
  context.parameters["greeting"] = "\"hello, plugin\"";
  context.parameters["list"] = "[1, \"two\", {\"three\": null}]";
  auto result = plugin->execute(context);
  if (!result) expect(false, describe(result.error()));
  std::cout << "execute  " << (result->success ? result->data : result->error) << "\n";
  expect(result->success && result->data == R"({"greeting":"HELLO, PLUGIN","list":[1,"TWO",{"three":null}]})",
         "another result");
}

/// The manifest grants no network, so the plugin's request is denied. A grant would list its hosts.
void denied_capability(Plugin& plugin) {
  auto answer = plugin.call("dial");
  expect(answer && *answer == "0", "the plugin could dial");
  Decision decision = check_host(plugin.manifest().capabilities, "example.com", 443);
  std::cout << "denied   a connection to example.com: " << decision.missing << " is not granted\n";
}

void endless_loop(Plugin& plugin) {
  auto answer = plugin.call("loop");
  expect(!answer && answer.error().code == PluginErrorCode::timeout, "the loop was not stopped");
  std::cout << "stopped  " << to_json(answer.error()) << "\n";
}

/// Growth past the budget fails in the guest, as on a machine without free memory; the call continues.
void memory_budget(Plugin& plugin) {
  auto answer = plugin.call("grow");
  expect(answer && *answer == "2", "another memory limit");
  std::cout << "limited  to " << plugin.manifest().capabilities.max_memory_mb << " MiB: it got 16 MiB more "
            << *answer << " times\n";
}

void too_large_from_the_start(Manager& manager, const std::filesystem::path& manifest) {
  auto plugin = manager.load(manifest);
  expect(!plugin && plugin.error().code == PluginErrorCode::limit_memory, "the plugin was loaded");
  std::cout << "refused  " << to_json(plugin.error()) << "\n";
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: plugin_host FOLDER\n";
    return 2;
  }
  std::filesystem::path folder = argv[1];
  Manager manager;

  // One plugin, written in C (if its compiler was installed) and in WebAssembly's text format.
  if (exists(folder / "json-transformer.json")) transform(manager, folder / "json-transformer.json");
  transform(manager, folder / "json-transformer-wat.json");

  PluginHandle unruly = load(manager, folder / "unruly.json");
  denied_capability(*unruly);
  endless_loop(*unruly);
  memory_budget(*unruly);
  too_large_from_the_start(manager, folder / "greedy.json");

  const std::string problem = show_hot_reload(folder);
  expect(problem.empty(), problem);

  // A handle stays valid: after an unload its calls fail with an error that says so.
  auto unloaded = manager.unload("unruly");
  expect(unloaded.has_value(), "it could not be unloaded");
  auto late = unruly->call("dial");
  expect(!late && late.error().code == PluginErrorCode::unloaded, "a call after the unload");
  std::cout << "unloaded " << unruly->name() << "; still loaded:";
  for (const std::string& name : manager.names()) std::cout << " " << name;
  std::cout << "\n";
  manager.close();
  return 0;
}
