#include "skerry/engine.hpp"

#include "vm/exec/handlers.hpp"
#include "vm/exec/invoke.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/translate/translator.hpp"

namespace skerry {

Engine::Engine(const Config& config) : data_(std::make_shared<vm::EngineData>(config)) {
  data_->handlers = config.trace ? vm::make_tracing_table(config.simd_target)
                                 : vm::make_handler_table(config.simd_target, config.fusion);
  data_->translate = vm::translate;
  data_->side_table = vm::side_table;
  data_->explain = vm::explain;
  data_->invoke = vm::invoke;
}

const Config& Engine::config() const noexcept { return data_->config; }

} // namespace skerry
