// What a handler is, for each method of dispatch (design: direct-threaded code; docs/rationale.md has the
// figures).
//
//   tail calls     clang with musttail and preserve_none: all state is in machine registers, among them
//                  three integer and two vector VM registers for temporaries and hot locals
//   sibling calls  GCC at -O2, if the build has proved that GCC emits them: six arguments, no VM registers
//   trampoline     everything else, such as sanitizers and -O0: a loop calls one handler after another
#pragma once

#include <cstddef>
#include <cstdint>

#if !defined(SKERRY_DISPATCH_TAILCALL) && !defined(SKERRY_DISPATCH_SIBLING) &&                               \
    !defined(SKERRY_DISPATCH_TRAMPOLINE)
#define SKERRY_DISPATCH_TRAMPOLINE 1
#endif

namespace skerry::vm {

struct ModuleInstance;
struct State;

/// A vector register. It holds a v128, or an f32 or f64 in its low lanes.
using Vector = float __attribute__((vector_size(16)));

#if defined(SKERRY_DISPATCH_TAILCALL)
#if defined(SKERRY_COMPACT)
// Each register multiplies the number of handlers: with one of each class, a fifth of them remain.
inline constexpr int int_registers = 1;
inline constexpr int vector_registers = 1;
#else
inline constexpr int int_registers = 3;
inline constexpr int vector_registers = 2;
#endif
// This order puts the code pointer in rdi and the frame in rsi, which have shorter encodings. It keeps rcx
// unused, so that variable shifts need no moves (x86-64, clang 19).
// An alias declaration cannot carry the calling convention.
// NOLINTNEXTLINE(modernize-use-using)
typedef __attribute__((preserve_none)) void HandlerFunction(int64_t fuel, ModuleInstance* instance,
                                                            std::byte* memory, uint64_t memory_size,
                                                            const std::byte* pc, uint64_t* frame, uint64_t r0,
                                                            uint64_t unused, uint64_t r1, uint64_t r2,
                                                            Vector v0, Vector v1);
using Handler = HandlerFunction*;
#elif defined(SKERRY_DISPATCH_SIBLING)
inline constexpr int int_registers = 0;
inline constexpr int vector_registers = 0;
using Handler = void (*)(int64_t fuel, ModuleInstance* instance, std::byte* memory, uint64_t memory_size,
                         const std::byte* pc, uint64_t* frame);
#else
inline constexpr int int_registers = 0;
inline constexpr int vector_registers = 0;
/// Returns whether execution continues.
using Handler = bool (*)(State& state);
#endif

/// Where a handler finds an operand: in a frame slot, in VM register 1…n, or in the code itself.
namespace place {
inline constexpr int slot = 0;
inline constexpr int first_register = 1;
inline constexpr int constant = int_registers + 1;           // of integers
inline constexpr int vector_constant = vector_registers + 1; // of f32 and f64
// The number of places: `writable` for operands that are written or never constant, `readable` for operands
// that may be constant
inline constexpr int writable = int_registers + 1;
inline constexpr int readable = int_registers + 2;
inline constexpr int vector_writable = vector_registers + 1;
inline constexpr int vector_readable = vector_registers + 2;
} // namespace place

} // namespace skerry::vm
