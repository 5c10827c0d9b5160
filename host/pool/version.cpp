#include "host/pool/version.hpp"

#include "host/support/engine_error.hpp"
#include "host/support/fail.hpp"
#include "host/support/json.hpp"
#include "host/support/out_of_memory.hpp"

namespace skerry::host {

Expected<void> Version::ask_meta(PluginInstance& first) {
  auto answer = first.meta();
  if (!answer) return fail(std::move(answer.error()));
  return check_meta(*answer);
}

/// Checks that the name in the guest's meta equals the manifest's. Other members are not compared.
Expected<void> Version::check_meta(const std::optional<std::string>& answer) {
  const Manifest& m = manifest();
  meta_ = answer.value_or(to_json(m.meta));
  if (!answer) return {};
  auto json = parse_json(*answer);
  std::string problem;
  if (!json) {
    problem = "the plugin's meta is not JSON: " + json.error();
  } else if (!json->is_object() || !json->contains("name")) {
    problem = "the plugin's meta has no \"name\"";
  } else if ((*json)["name"] != m.meta.name) {
    problem = "the plugin calls itself " + dump_json((*json)["name"]) + ", the manifest calls it \"" +
              m.meta.name + "\"";
  }
  if (problem.empty()) return {};
  return fail(m, Phase::init, PluginErrorCode::meta, std::move(problem));
}

Expected<void> Version::prepare(PluginInstance& first) {
  if (auto ready = first.init(); !ready) return ready;
  auto image = first.freeze();
  if (image) image_ = std::move(*image);
  if (!image && image.error().code == PluginErrorCode::limit_process) return fail(std::move(image.error()));
  return {};
}

Expected<void> Version::try_canary(InstancePtr& first) const {
  const std::string& request = manifest().reload.canary;
  if (request.empty()) return {};
  auto answer = first->execute(request, Store::Clock::now() + manifest().timeout);
  if (!answer) return fail(std::move(answer.error()));
  if (auto why = refusal_in(*answer)) {
    return fail(make_error(manifest(), Phase::call, PluginErrorCode::canary,
                           "the plugin's answer to the canary request: " + *why));
  }
  first = cleaned(std::move(first));
  if (first) return {};
  auto another = make_instance();
  if (!another) return fail(std::move(another.error()));
  first = std::move(*another);
  return {};
}

Expected<Version::InstancePtr> Version::make_instance() const {
  if (image_) return PluginInstance::from_image(*code_, *image_);
  auto instance = PluginInstance::start(*code_);
  if (!instance) return instance;
  if (auto ready = (*instance)->init(); !ready) return fail(std::move(ready.error()));
  return instance;
}

Version::InstancePtr Version::cleaned(InstancePtr instance) const noexcept {
  if (image_ && instance->restore(*image_)) return instance;
  return nullptr;
}

} // namespace skerry::host
