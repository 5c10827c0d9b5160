// Interpreters: a register machine, a stack machine with computed operands, Brainfuck, a regular expression
// matcher.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  uint8_t op, a, b, c;
  int32_t imm;
} Instr;
enum { op_li, op_mov, op_sub, op_xor, op_shl, op_ld, op_st, op_jnz, op_jlt, op_jmp, op_rem, op_end };

static int64_t memory[64];
static long steps;

static int64_t registers(const Instr* program) {
  int64_t r[16] = {0};
  const Instr* pc = program;
  for (;;) {
    const Instr i = *pc++;
    ++steps;
    switch (i.op) {
    case op_li: r[i.a] = i.imm; break;
    case op_mov: r[i.a] = r[i.b] + i.imm; break;
    case op_sub: r[i.a] = r[i.b] - r[i.c]; break;
    case op_xor: r[i.a] = r[i.b] ^ r[i.c]; break;
    case op_shl: r[i.a] = r[i.b] << (i.imm & 63); break;
    case op_ld: r[i.a] = memory[(r[i.b] + i.imm) & 63]; break;
    case op_st: memory[(r[i.b] + i.imm) & 63] = r[i.a]; break;
    case op_jnz:
      if (r[i.a] != 0) pc = program + i.imm;
      break;
    case op_jlt:
      if (r[i.a] < r[i.b]) pc = program + i.imm;
      break;
    case op_jmp: pc = program + i.imm; break;
    case op_rem: r[i.a] = r[i.c] ? r[i.b] % r[i.c] : 0; break;
    case op_end: return r[i.a];
    default: return -1;
    }
  }
}

static int stack_machine(const signed char* code, int argument) {
  int stack[32], *top = stack;
  int local[4] = {argument, 0, 0, 0};
  for (;;) {
    switch (*code++) {
    case 0: *top++ = *code++; break;
    case 1: *top++ = local[(int)*code++]; break;
    case 2: local[(int)*code++] = *--top; break;
    case 3: --top, top[-1] += *top; break;
    case 4: --top, top[-1] *= *top; break;
    case 5: --top, top[-1] = top[-1] > *top; break;
    case 6: code += *--top ? code[0] : 1; break;
    case 7: --top, top[-1] %= *top; break;
    case 8: return *--top;
    case 9: top[0] = top[-1], ++top; break;
    default: return -1;
    }
  }
}

static unsigned brainfuck(const char* program) {
  static uint8_t tape[256];
  memset(tape, 0, sizeof tape);
  unsigned at = 0, out = 0;
  for (const char* p = program; *p; ++p) {
    ++steps;
    switch (*p) {
    case '>': at = (at + 1) & 255; break;
    case '<': at = (at - 1) & 255; break;
    case '+': ++tape[at]; break;
    case '-': --tape[at]; break;
    case '.': out = out * 33 + tape[at]; break;
    case '[':
      if (!tape[at])
        for (int depth = 1; depth > 0;) ++p, depth += (*p == '[') - (*p == ']');
      break;
    case ']':
      if (tape[at])
        for (int depth = 1; depth > 0;) --p, depth += (*p == ']') - (*p == '[');
      break;
    default: break;
    }
  }
  return out;
}

static int match_here(const char* re, const char* text) {
  for (;;) {
    if (re[0] == 0) return 1;
    if (re[1] == '*') {
      const char c = re[0];
      do
        if (match_here(re + 2, text)) return 1;
      while (*text && (*text++ == c || c == '.'));
      return 0;
    }
    if (re[0] == '$' && re[1] == 0) return *text == 0;
    if (!*text || (re[0] != '.' && re[0] != *text)) return 0;
    ++re, ++text;
  }
}
static int match(const char* re, const char* text) {
  do
    if (match_here(re, text)) return 1;
  while (*text++);
  return 0;
}

int main(void) {
  static const Instr program[] = {{op_li, 1, 0, 0, 2000}, {op_li, 2, 0, 0, 1},   {op_mov, 3, 2, 0, 7},
                                  {op_xor, 2, 3, 1, 0},   {op_st, 2, 1, 0, 3},   {op_ld, 4, 1, 0, 5},
                                  {op_rem, 5, 2, 1, 0},   {op_jlt, 5, 4, 0, 9},  {op_shl, 2, 2, 0, 1},
                                  {op_sub, 6, 1, 2, 0},   {op_mov, 1, 1, 0, -1}, {op_jnz, 1, 0, 0, 2},
                                  {op_jmp, 0, 0, 0, 13},  {op_end, 2, 0, 0, 0}};
  // s = 0; do s = (s + i * i) % 97; while (--i > 0)
  static const signed char loop[] = {1,  1, 1, 0, 9, 4, 3, 0, 97, 7, 2,   1, 1, 0, 0,
                                     -1, 3, 2, 0, 1, 0, 0, 0, 5,  6, -25, 1, 1, 8};
  uint64_t sum = 0;
  for (int i = 0; i < 20; ++i) {
    sum += (uint64_t)registers(program) + (uint64_t)stack_machine(loop, 1500);
    sum += brainfuck("++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.-----"
                     "-.--------.>>+.>++.");
    for (int k = 0; k < 30; ++k)
      sum += (uint64_t)match("a.*b.*c$", "xxaxyzzybabbacddabcabbaccbaaabcabcccbcbaac");
  }
  printf("%llx %ld\n", (unsigned long long)sum, steps);
}
