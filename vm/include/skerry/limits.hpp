// Every limit of the engine, with its default value and the reason for it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace skerry {

/// The most that a module may contain. The defaults are those of the WebAssembly JS API
/// ("Implementation-defined limits"), so that modules that run in browsers also load in this engine. Each
/// limit also bounds the work that a hostile module can cause. A module that exceeds a limit is refused with
/// an Error of kind limit.
struct ModuleLimits {
  uint64_t module_bytes = uint64_t{1} << 30;
  uint32_t types = 1'000'000;
  uint32_t type_items = 16'000'000; // parameters, results and fields of all types; the engine keeps them
  uint32_t functions = 1'000'000;
  uint32_t imports = 1'000'000;
  uint32_t exports = 1'000'000;
  uint32_t globals = 1'000'000;
  uint32_t tags = 1'000'000;
  uint32_t data_segments = 100'000;
  uint32_t elem_segments = 1'000'000; // each takes 36 bytes when loaded, but as little as 3 in the file
  uint32_t tables = 100'000;
  uint32_t memories = 100;
  uint64_t table_elements = 10'000'000; // of one element segment; StoreLimits limits the sizes of tables
  uint32_t locals = 50'000; // per function, including parameters; an index of a frame slot has 16 bits
  uint32_t body_bytes = 7'654'321;
  uint32_t params = 1'000;
  uint32_t results = 1'000;
  uint32_t extern_type_items = 4'000'000; // parameters and results of all imports and exports together
  uint32_t custom_sections = 1'000'000;   // each takes 16 bytes when loaded, but as little as 3 in the file
  uint32_t struct_fields = 10'000;
  uint32_t subtype_depth = 63;
  uint32_t nesting = 100'000; // control frames open at once; validation keeps 28 to 56 bytes for each
  uint32_t br_table_targets = 65'520;
  uint32_t operand_slots = 60'000; // operands of one function at once; an index of a frame slot has 16 bits
  /// Comparisons of single operand types that validation may do, in addition to one for each byte of the
  /// module. Validation compares types one by one only if two lists of types are not identical, such as the
  /// types of a label and the results of another block. Identical lists are compared in one step.
  uint32_t type_comparisons = 10'000'000;
};

/// The most that the instances of one store may use together. Exceeding a limit never crashes. The
/// instructions memory.grow and table.grow return -1. All other operations fail with an Error of kind limit,
/// whose message begins with the field's name ("memory_bytes limit exceeded: …").
struct StoreLimits {
  /// Bytes of all linear memories together. The engine reserves address space for about twice the bytes in
  /// use, or for fewer if the process has little address space (docs/embedding.md, "Address space").
  uint64_t memory_bytes = uint64_t{4} << 30;
  uint64_t table_elements = 10'000'000; ///< in all tables together; each takes 8 bytes
  uint32_t instances = 10'000;
  uint32_t memories = 10'000;
  uint32_t tables = 10'000;
  uint64_t stack_bytes = uint64_t{1} << 20;  ///< size of the value stack, which bounds the call depth
  uint32_t host_depth = 200;                 ///< nested calls from the host into wasm; each uses native stack
  uint64_t heap_bytes = uint64_t{256} << 20; ///< garbage-collected objects, host values of externrefs, and
                                             ///< the references that the embedder holds (Ref)
};

} // namespace skerry
