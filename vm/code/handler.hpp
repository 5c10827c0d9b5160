// Defines the type of a handler, the function that runs one instruction of threaded code. The type depends on
// how the build passes control from one handler to the next (docs/rationale.md explains the choice):
//
//   tail calls     clang with musttail and preserve_none: all state is in machine registers, among them
//                  three integer and two vector VM registers for temporaries and hot locals
//   musttail       other clang compilers, and RISC-V: guaranteed tail calls with the platform's calling
//                  convention, six arguments, no VM registers
//   sibling calls  GCC at -O2, if the build has checked that GCC emits jumps: the same arguments
//   trampoline     all other builds, such as sanitizers and -O0: a loop calls one handler after another
#pragma once

#include <cstddef>
#include <cstdint>

#if !defined(SKERRY_DISPATCH_TAILCALL) && !defined(SKERRY_DISPATCH_MUSTTAIL) &&                              \
    !defined(SKERRY_DISPATCH_SIBLING) && !defined(SKERRY_DISPATCH_TRAMPOLINE)
#define SKERRY_DISPATCH_TRAMPOLINE 1
#endif

namespace skerry::vm {

struct ModuleInstance;
struct State;

/// The content of a vector VM register: a v128, or an f32 or f64 in the low bytes.
using Vector = float __attribute__((vector_size(16)));

#if defined(SKERRY_DISPATCH_TAILCALL)
#if defined(SKERRY_COMPACT)
// Each VM register multiplies the number of handlers. With one register of each class, a compact build has a
// fifth of the handlers of other builds.
inline constexpr int int_registers = 1;
inline constexpr int vector_registers = 1;
#else
inline constexpr int int_registers = 3;
inline constexpr int vector_registers = 2;
#endif
// This order of parameters puts `pc` in rdi and `frame` in rsi, which have shorter encodings than other
// registers. The parameter `unused` occupies rcx, because variable shifts need rcx, and a value in rcx would
// have to be moved away first (x86-64, clang 19). HandlerFunction is a typedef because an alias declaration
// cannot carry the calling convention.
// NOLINTNEXTLINE(modernize-use-using)
typedef __attribute__((preserve_none)) void HandlerFunction(int64_t fuel, ModuleInstance* instance,
                                                            std::byte* memory, uint64_t memory_size,
                                                            const std::byte* pc, uint64_t* frame, uint64_t r0,
                                                            uint64_t unused, uint64_t r1, uint64_t r2,
                                                            Vector v0, Vector v1);
using Handler = HandlerFunction*;
#elif defined(SKERRY_DISPATCH_MUSTTAIL) || defined(SKERRY_DISPATCH_SIBLING)
inline constexpr int int_registers = 0;
inline constexpr int vector_registers = 0;
using Handler = void (*)(int64_t fuel, ModuleInstance* instance, std::byte* memory, uint64_t memory_size,
                         const std::byte* pc, uint64_t* frame);
#else
inline constexpr int int_registers = 0;
inline constexpr int vector_registers = 0;
/// A handler returns whether execution continues.
using Handler = bool (*)(State& state);
#endif

/// The places of operands: 0 is a frame slot, 1…n are VM registers, and the highest number is a constant in
/// the code. Each handler is made for one combination of places.
namespace place {
inline constexpr int slot = 0;
inline constexpr int first_register = 1;
inline constexpr int constant = int_registers + 1;           // for integer operands
inline constexpr int vector_constant = vector_registers + 1; // for float operands
// The number of places that an operand can have. `writable` is for operands that cannot be constants, such as
// results. `readable` is for operands that can be constants.
inline constexpr int writable = int_registers + 1;
inline constexpr int readable = int_registers + 2;
inline constexpr int vector_writable = vector_registers + 1;
inline constexpr int vector_readable = vector_registers + 2;
} // namespace place

} // namespace skerry::vm
