// Every limit of the engine, its default and its reason.
#pragma once

#include <cstddef>
#include <cstdint>

namespace skerry {

/// What a module may contain. Defaults are those of the WebAssembly JS API ("Implementation-defined limits"),
/// so that what runs in a browser loads here; each also bounds the work that a hostile module can ask for.
struct ModuleLimits {
  uint64_t module_bytes = uint64_t{1} << 30;
  uint32_t types = 1'000'000;
  uint32_t type_items = 16'000'000; // parameters, results and fields of all types: the engine keeps each
  uint32_t functions = 1'000'000;
  uint32_t imports = 1'000'000;
  uint32_t exports = 1'000'000;
  uint32_t globals = 1'000'000;
  uint32_t tags = 1'000'000;
  uint32_t data_segments = 100'000;
  uint32_t elem_segments = 1'000'000; // each costs 36 bytes at load, as little as 3 in the file
  uint32_t tables = 100'000;
  uint32_t memories = 100;
  uint64_t table_elements = 10'000'000; // of one element segment; tables count against StoreLimits
  uint32_t locals = 50'000;             // per function, parameters included; keeps frame slots in 16 bits
  uint32_t body_bytes = 7'654'321;
  uint32_t params = 1'000;
  uint32_t results = 1'000;
  uint32_t extern_type_items = 4'000'000; // parameters and results of all imports and exports: who lists them
                                          // has each of them before him
  uint32_t custom_sections = 1'000'000;   // each costs 16 bytes at load, as little as 3 in the file
  uint32_t struct_fields = 10'000;
  uint32_t subtype_depth = 63;
  uint32_t nesting = 100'000; // control frames open at once; they cost 40 bytes each while a body is checked
  uint32_t br_table_targets = 65'520;
  uint32_t operand_slots = 60'000; // operands of one function at once, so that a frame slot fits 16 bits
  /// Comparisons of single operand types, beyond one for each byte of the module, where lists of different
  /// types meet (a label's and another block's results): lists that are equal are compared as a whole.
  uint32_t type_comparisons = 10'000'000;
};

/// What the instances of one store may use, all together. Exceeding one is an Error of kind limit, whose
/// message begins with the field's name ("memory_bytes limit exceeded: …"), never a crash; memory.grow and
/// table.grow return -1 instead.
struct StoreLimits {
  /// All linear memories; also the largest a single one can get. Address space is reserved for at most twice
  /// what is in use, and less where a process has little of it (docs/embedding.md, "Address space").
  uint64_t memory_bytes = uint64_t{4} << 30;
  uint64_t table_elements = 10'000'000; ///< all tables; 8 bytes each
  uint32_t instances = 10'000;
  uint32_t memories = 10'000;
  uint32_t tables = 10'000;
  uint64_t stack_bytes = uint64_t{1} << 20; ///< value stack, made at the first call; it bounds the call depth
  uint32_t host_depth = 200;                ///< host function → wasm → host function …: native stack
  uint64_t heap_bytes = uint64_t{256} << 20; ///< GC objects and host references
};

} // namespace skerry
