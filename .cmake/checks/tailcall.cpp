// Compiles only where [[clang::musttail]] works together with the preserve_none calling convention.
#if !defined(__clang__) || !__has_cpp_attribute(clang::musttail) || !__has_attribute(preserve_none)
#error "no guaranteed tail calls with preserve_none"
#endif

#define CONVENTION __attribute__((preserve_none))
using Vector = float __attribute__((vector_size(16)));
struct Code {
  void(CONVENTION* handler)(long, void*, char*, unsigned long, const Code*, char*, unsigned long,
                            unsigned long, unsigned long, unsigned long, Vector, Vector);
};

CONVENTION void next(long fuel, void* instance, char* memory, unsigned long memory_size, const Code* pc,
                     char* frame, unsigned long r0, unsigned long unused, unsigned long r1, unsigned long r2,
                     Vector f0, Vector f1) {
  [[clang::musttail]] return pc[1].handler(fuel, instance, memory, memory_size, pc + 1, frame, r0 + r1,
                                           unused, r1, r2, f0, f1);
}
