#include "skerry/engine.hpp"

#include "vm/module/engine_data.hpp"

// Until interpreter and translator have landed.
#if __has_include("vm/exec/invoke.hpp") && __has_include("vm/translate/translator.hpp")
#define SKERRY_HAS_EXEC
#include "vm/exec/handlers.hpp"
#include "vm/exec/invoke.hpp"
#include "vm/translate/translator.hpp"
#endif

namespace skerry {

Engine::Engine(const Config& config) : data_(std::make_shared<vm::EngineData>()) {
  data_->config = config;
#ifdef SKERRY_HAS_EXEC
  data_->handlers = vm::make_handler_table();
  data_->translate = vm::translate;
  data_->locate = vm::locate;
  data_->invoke = vm::invoke;
#else
  data_->handlers = std::make_shared<vm::HandlerTable>();
#endif
}

const Config& Engine::config() const noexcept { return data_->config; }

} // namespace skerry
