// Compiles only where [[clang::musttail]] works with the arguments of handlers that have the platform's
// calling convention (vm/code/handler.hpp).
#if !defined(__clang__) || !__has_cpp_attribute(clang::musttail)
#error "no guaranteed tail calls"
#endif
#if !defined(__x86_64__) && !defined(__aarch64__) && !(defined(__riscv) && __riscv_xlen == 64)
#error "the six arguments of a handler are not all in registers"
#endif

struct Code {
  void (*handler)(long, void*, char*, unsigned long, const Code*, char*);
};

void next(long fuel, void* instance, char* memory, unsigned long memory_size, const Code* pc, char* frame) {
  [[clang::musttail]] return pc[1].handler(fuel, instance, memory, memory_size, pc + 1, frame);
}
