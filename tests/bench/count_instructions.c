// A plugin for qemu-user (QEMU 4.2 and newer) that counts the instructions of a program with one thread. It
// writes the line "instructions: N" to QEMU's plugin log when the program ends. Debian has QEMU's plugin
// functions, but no package of their header, so this file declares those that it uses.
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#define EXPORTED __attribute__((visibility("default")))

struct qemu_plugin_tb; // a translated block
typedef uint64_t plugin_id;

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, void (*call)(plugin_id, struct qemu_plugin_tb*));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb* block,
                                          void (*call)(unsigned processor, void* data), int registers,
                                          void* data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb* block);
void qemu_plugin_register_atexit_cb(plugin_id id, void (*call)(plugin_id, void* data), void* data);
void qemu_plugin_outs(const char* text);

EXPORTED int qemu_plugin_version = 1;

static uint64_t instructions;

static void count(unsigned processor, void* data) {
  (void)processor;
  instructions += (uintptr_t)data;
}

static void count_when_executed(plugin_id id, struct qemu_plugin_tb* block) {
  (void)id;
  qemu_plugin_register_vcpu_tb_exec_cb(block, count, 0, (void*)qemu_plugin_tb_n_insns(block));
}

static void print(plugin_id id, void* data) {
  (void)id, (void)data;
  char line[64];
  snprintf(line, sizeof line, "instructions: %" PRIu64 "\n", instructions);
  qemu_plugin_outs(line);
}

EXPORTED int qemu_plugin_install(plugin_id id, const void* qemu, int count_of_arguments, char** arguments) {
  (void)qemu, (void)count_of_arguments, (void)arguments;
  qemu_plugin_register_vcpu_tb_trans_cb(id, count_when_executed);
  qemu_plugin_register_atexit_cb(id, print, NULL);
  return 0;
}
