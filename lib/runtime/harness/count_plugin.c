/* A plugin of QEMU (interface version 1, QEMU 4.2 to 8.x) that counts the instructions that a guest executes between
 * the marker hints 0xbf80 and 0xbf90, neither included. Argument out=PATH: one line with a count per region.
 *
 * Each translation block adds its length when it begins; a marker in it subtracts what is still to come. This is
 * exact as long as blocks run to their end, which faults and single steps alone prevent. An instruction in an IT block
 * or under MVE predication counts whether or not its condition holds. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The part of the interface that is used here, from QEMU's documentation of TCG plugins. */
typedef uint64_t qemu_plugin_id_t;
typedef struct {
  const char *target_name;
  struct {
    int min, cur;
  } version;
  int system_emulation;
  int vcpus[2];
} qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum { QEMU_PLUGIN_INLINE_ADD_U64 = 0, QEMU_PLUGIN_CB_NO_REGS = 0 };
typedef void (*vcpu_udata_cb_t)(unsigned vcpu, void *data);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, void (*cb)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, int op, void *address, uint64_t value);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, vcpu_udata_cb_t cb, int flags, void *data);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, void (*cb)(qemu_plugin_id_t, void *), void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);

#define EXPORT __attribute__((visibility("default")))
EXPORT int qemu_plugin_version = 1;

enum { MARK_BEGIN = 0xbf80, MARK_END = 0xbf90 };

static uint64_t executed; /* up to the end of the present block */
static uint64_t begun_at;
static int inside;
static FILE *out;

static void on_begin(unsigned vcpu, void *still_to_come) {
  (void)vcpu;
  begun_at = executed - (uint64_t)(uintptr_t)still_to_come;
  inside = 1;
}

static void on_end(unsigned vcpu, void *still_to_come) {
  (void)vcpu;
  if (inside) fprintf(out, "%" PRIu64 "\n", executed - (uint64_t)(uintptr_t)still_to_come - 1 - begun_at);
  inside = 0;
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
  const size_t count = qemu_plugin_tb_n_insns(tb);
  size_t i;
  (void)id;
  qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &executed, count);
  for (i = 0; i < count; ++i) {
    struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
    const uint8_t *data = (const uint8_t *)qemu_plugin_insn_data(insn);
    const unsigned halfword = (unsigned)data[0] | (unsigned)data[1] << 8;
    void *still_to_come = (void *)(uintptr_t)(count - i - 1);
    if (halfword == MARK_BEGIN) qemu_plugin_register_vcpu_insn_exec_cb(insn, on_begin, QEMU_PLUGIN_CB_NO_REGS, still_to_come);
    if (halfword == MARK_END) qemu_plugin_register_vcpu_insn_exec_cb(insn, on_end, QEMU_PLUGIN_CB_NO_REGS, still_to_come);
  }
}

static void on_exit_of_qemu(qemu_plugin_id_t id, void *data) {
  (void)id, (void)data;
  fclose(out);
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
  if (strcmp(info->target_name, "arm") != 0 || argc != 1 || strncmp(argv[0], "out=", 4) != 0) return -1;
  out = fopen(argv[0] + 4, "w");
  if (out == NULL) return -1;
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
  qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
  return 0;
}
