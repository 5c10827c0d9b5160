// Engine: configuration, handler tables and the table of canonical types; shared by any number of threads.
#pragma once

#include "skerry/config.hpp"

#include <memory>
#include <utility>

namespace skerry {

namespace vm {
struct EngineData;
}

/// Cheap to copy: copies share one engine. Thread-safe. Modules and stores keep it alive.
class Engine {
public:
  explicit Engine(const Config& config = {});
  const Config& config() const noexcept;

  explicit Engine(std::shared_ptr<vm::EngineData> data) noexcept : data_(std::move(data)) {}
  const std::shared_ptr<vm::EngineData>& data() const noexcept { return data_; }

private:
  std::shared_ptr<vm::EngineData> data_;
};

} // namespace skerry
