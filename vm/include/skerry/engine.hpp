// Engine: the configuration, the interpreter's handler tables and the table of canonical types. Any number of
// threads can share an engine.
#pragma once

#include "skerry/config.hpp"

#include <memory>
#include <utility>

namespace skerry {

namespace vm {
struct EngineData;
}

/// A shared handle: copying is cheap, and copies refer to the same engine. Modules and stores keep the engine
/// alive. Thread-safe.
class Engine {
public:
  /// Makes an engine. Throws std::bad_alloc if memory runs out.
  explicit Engine(const Config& config = {});
  /// The configuration that the engine was made with.
  const Config& config() const noexcept;

  /// For internal use.
  explicit Engine(std::shared_ptr<vm::EngineData> data) noexcept : data_(std::move(data)) {}
  const std::shared_ptr<vm::EngineData>& data() const noexcept { return data_; }

private:
  std::shared_ptr<vm::EngineData> data_;
};

} // namespace skerry
