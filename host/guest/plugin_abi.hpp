// The plugin ABI: the functions that a guest exports, how they return bytes, and how the host calls them.
// docs/plugins.md is the specification. Internal.
#pragma once

#include "skerry/host/manifest.hpp"
#include "skerry/host/plugin_error.hpp"
#include "skerry/instance.hpp"
#include "skerry/module.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace skerry::host {

/// The ABI version of this host. A guest that declares another version is refused.
inline constexpr int32_t abi_version = 1;

/// How a guest function returns bytes or a status.
enum class ResultForm : uint8_t {
  nothing, ///< no result; for init, destroy and restore_state
  status,  ///< i32, 0 is success; for init, destroy and restore_state
  packed,  ///< i64: pointer << 32 | length
  pair,    ///< two results: i32 pointer, i32 length
  pointer, ///< i32 pointer to bytes that end at a NUL or with the first complete JSON value
};

/// Which exports of the plugin ABI a module has, and the form of their results. Determined once for each
/// module.
struct AbiShape {
  std::string allocate, deallocate; // names: "allocate", "deallocate", or "malloc", "free"
  bool deallocate_takes_size = true;
  ResultForm execute = ResultForm::packed;
  std::optional<ResultForm> meta, init, destroy;
  bool has_initialize = false, has_start = false;
  std::optional<ExternKind> version; // skerry_abi_version, a global or a function
  /// The optional functions that hand over state to another version of the plugin.
  std::optional<ResultForm> save_state, restore_state;
  std::optional<ExternKind> state_version; // skerry_state_version, a global or a function
};

/// The state that one version of a plugin hands over to the next.
struct SavedState {
  int32_t version = 0; ///< skerry_state_version of the guest that saved it
  std::string bytes;
};

/// If `answer` is a JSON object in which "success" or "ok" is false, returns the text of the failure: the
/// object's "error" if that is a string, otherwise the whole answer. Returns nothing for other answers.
std::optional<std::string> refusal_in(std::string_view answer);

/// Finds which functions of the plugin ABI the module exports. Errors: phase link, codes "abi.missing_export"
/// and "abi.type"; the message names the export and its type, and suggests similar names.
[[nodiscard]] Expected<AbiShape> find_abi(const Module& module, const Manifest& manifest);

/// Calls the guest functions of one instance. A failed call leaves the guest in an unknown state, so the
/// instance must then be reset or discarded.
class GuestAbi {
public:
  /// `shape`, `manifest` and the store of `instance` must outlive this object.
  GuestAbi(const AbiShape& shape, const Manifest& manifest, Instance instance);

  /// Compares the guest's ABI version with the host's. Errors: phase link, code "abi.version"; the message
  /// has both versions.
  [[nodiscard]] Expected<void> check_version() const;
  /// Calls `_initialize` if the guest exports it, otherwise `_start`. Exiting with status 0 counts as success
  /// of `_start`.
  [[nodiscard]] Expected<void> start() const;
  /// Returns the result of the guest's `meta`, or nothing if the guest does not export `meta`.
  [[nodiscard]] Expected<std::optional<std::string>> meta() const;
  /// Calls `init`, if the guest exports it, with the JSON in Manifest::init. Errors: code "init" if the guest
  /// reports a failure.
  [[nodiscard]] Expected<void> init() const;
  [[nodiscard]] Expected<std::string> execute(std::span<const std::byte> input) const;
  [[nodiscard]] Expected<void> destroy() const;
  /// Call the guest's functions of the same names, which the guest must export. Errors: phase reload, codes
  /// "limit.state" and "state" among others.
  [[nodiscard]] Expected<SavedState> save_state() const;
  [[nodiscard]] Expected<void> restore_state(const SavedState& state) const;

  class Invocation;
  /// Returns the guest calls of `execute` without making them. The caller makes them itself, so that it can
  /// suspend them.
  Invocation execution(std::span<const std::byte> input) const;
  const Manifest& manifest() const noexcept { return manifest_; }

private:
  struct Buffer {
    uint32_t address = 0;
    uint32_t size = 0;
  };
  /// A copy of a result, and the guest's buffer that held the result. The buffer's address is 0 if the host
  /// must not free it.
  struct Taken {
    std::string text;
    Buffer buffer;
  };
  [[nodiscard]] Expected<std::vector<Value>> call(Phase phase, std::string_view name,
                                                  std::span<const Value> arguments) const;
  [[nodiscard]] Expected<std::vector<Value>> call(Phase phase, const Func& function,
                                                  std::span<const Value> arguments) const;
  [[nodiscard]] Expected<std::span<std::byte>> bytes_at(Phase phase, std::string_view what,
                                                        Buffer buffer) const;
  [[nodiscard]] Expected<void> give_back(Phase phase, Buffer buffer) const;
  Unexpected<PluginError> output_limit(Phase phase, std::string_view name,
                                       std::optional<uint64_t> asked) const;
  [[nodiscard]] Expected<Buffer> give_state(const std::string& bytes) const;
  static Buffer sized_buffer(ResultForm form, std::span<const Value> results);
  [[nodiscard]] Expected<Taken> take_result(Phase phase, std::string_view name, ResultForm form,
                                            std::span<const Value> results) const;
  [[nodiscard]] Expected<std::string> read_sized(Phase phase, std::string_view name, Buffer buffer) const;
  [[nodiscard]] Expected<std::string> read_terminated(Phase phase, std::string_view name,
                                                      uint32_t address) const;
  [[nodiscard]] Expected<std::string> run(Invocation invocation) const;
  [[nodiscard]] Expected<int32_t> version_number(Phase phase, std::string_view name, ExternKind kind) const;
  [[nodiscard]] Expected<void> check_status(Phase phase, PluginErrorCode code, std::string_view name,
                                            ResultForm form, std::span<const Value> results) const;

  const AbiShape& shape_;
  const Manifest& manifest_;
  Instance instance_;
  Memory memory_; // the memory and three functions are looked up once, because every call needs them
  Func allocate_, deallocate_, execute_;
};

/// The guest calls that pass bytes to a guest function and take its answer, in order: allocate a buffer for
/// the input, call the function, deallocate the answer, deallocate the input. This class only says which call
/// is next. Its user makes the call and passes the results to `next`, and can therefore suspend any of the
/// calls. The GuestAbi and the input must outlive this object.
class GuestAbi::Invocation {
public:
  /// The guest call to make next.
  struct Step {
    Func function;
    std::array<Value, 2> values;
    size_t count = 0;
    std::span<const Value> arguments() const { return std::span(values).first(count); }
  };

  Invocation(const GuestAbi& abi, Phase phase, std::string_view name, Func function, ResultForm form,
             std::span<const std::byte> input)
      : abi_(&abi), phase_(phase), name_(name), function_(function), form_(form), input_(input) {}

  Phase phase() const noexcept { return phase_; }
  /// Returns the first step, which allocates a buffer for the input. Errors: code "limit.input".
  [[nodiscard]] Expected<std::optional<Step>> first();
  /// Takes the results of the previous step and returns the next one, or nothing when the answer is complete.
  [[nodiscard]] Expected<std::optional<Step>> next(std::span<const Value> results);
  /// Returns the answer; empty if the function returns no bytes.
  std::string take_answer() noexcept { return std::move(taken_.text); }

private:
  enum class At : uint8_t { allocating, calling, giving_back_answer, giving_back_input };
  [[nodiscard]] Expected<std::optional<Step>> after_allocation(std::span<const Value> results);
  [[nodiscard]] Expected<std::optional<Step>> after_call(std::span<const Value> results);
  std::optional<Step> give_back(Buffer buffer) const;
  std::optional<Step> give_back_input();

  const GuestAbi* abi_;
  Phase phase_;
  std::string_view name_;
  Func function_;
  ResultForm form_;
  std::span<const std::byte> input_;
  At at_ = At::allocating;
  Buffer buffer_;
  Taken taken_;
};

} // namespace skerry::host
