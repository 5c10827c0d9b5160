// Compiled to assembly when the build is configured: do handlers that end in a plain call of the next handler
// jump to it? Six register arguments, a conditional dispatch and a slow path out of line, as vm/exec has
// them.
#include <cstdint>

struct Instance;
using Handler = void (*)(int64_t fuel, Instance* instance, char* memory, uint64_t memory_size, const char* pc,
                         char* frame);

#define NEXT(size)                                                                                           \
  return (*reinterpret_cast<const Handler*>(pc + (size)))(fuel, instance, memory, memory_size, pc + (size),  \
                                                          frame)

static uint16_t operand(const char* pc, int at) { return *reinterpret_cast<const uint16_t*>(pc + at); }
static uint64_t& slot(char* frame, uint16_t index) { return *reinterpret_cast<uint64_t*>(frame + index * 8); }

void add(int64_t fuel, Instance* instance, char* memory, uint64_t memory_size, const char* pc, char* frame) {
  slot(frame, operand(pc, 8)) = slot(frame, operand(pc, 10)) + slot(frame, operand(pc, 12));
  NEXT(16);
}

void load(int64_t fuel, Instance* instance, char* memory, uint64_t memory_size, const char* pc, char* frame) {
  const uint64_t end =
      (slot(frame, operand(pc, 10)) & 0xffffffff) + *reinterpret_cast<const uint32_t*>(pc + 12);
  if (end > memory_size) [[unlikely]] {
    return (*reinterpret_cast<const Handler*>(instance))(fuel, instance, memory, memory_size, pc, frame);
  }
  slot(frame, operand(pc, 8)) = *reinterpret_cast<const uint32_t*>(memory + end - 4);
  NEXT(16);
}

void branch_if(int64_t fuel, Instance* instance, char* memory, uint64_t memory_size, const char* pc,
               char* frame) {
  if (slot(frame, operand(pc, 8)) != 0) {
    fuel -= *reinterpret_cast<const int32_t*>(pc + 20);
    pc += *reinterpret_cast<const int32_t*>(pc + 16);
    NEXT(0);
  }
  NEXT(24);
}

void divide(int64_t fuel, Instance* instance, char* memory, uint64_t memory_size, const char* pc,
            char* frame) {
  slot(frame, operand(pc, 8)) = slot(frame, operand(pc, 10)) / slot(frame, operand(pc, 12));
  NEXT(16);
}
