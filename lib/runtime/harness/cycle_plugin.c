/* A plugin of QEMU (interface version 1, QEMU 4.2 to 8.x) that counts what a guest executes between the marker hints 0xbf80
 * and 0xbf90, neither included: instructions, by class, and the cycles that they take on Cortex-M0+, M3 and M4 without wait
 * states. The hint 0xbfa0 divides a region into laps. Argument out=PATH: a line of column names, then one line per lap:
 * the region, the lap, the counts.
 *
 * Cycles are those of the technical reference manuals: Cortex-M4 (ARM 100166) table 3-1, Cortex-M3 (ARM 100165) table 3-1,
 * Cortex-M0+ (ARM DDI 0484) table 3-1, with a pipeline refill of two cycles. On M3 and M4 a single load or store takes two
 * cycles, or one directly after another; an access that is not aligned takes a cycle more for each boundary within it.
 * An instruction of an IT block counts whether or not its condition holds. For vector code (MVE) only instructions mean
 * anything. Not modelled: wait states, bus contention, alignment of instructions. */
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
enum { QEMU_PLUGIN_CB_NO_REGS = 0, QEMU_PLUGIN_MEM_RW = 3 };
typedef void (*vcpu_udata_cb_t)(unsigned vcpu, void *data);
typedef void (*vcpu_mem_cb_t)(unsigned vcpu, uint32_t info, uint64_t address, void *data);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, void (*cb)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, vcpu_udata_cb_t cb, int flags, void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, vcpu_udata_cb_t cb, int flags, void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn, vcpu_mem_cb_t cb, int flags, int rw, void *data);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, void (*cb)(qemu_plugin_id_t, void *), void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
unsigned qemu_plugin_mem_size_shift(uint32_t info);

#define EXPORT __attribute__((visibility("default")))
EXPORT int qemu_plugin_version = 1;

enum { MARK_BEGIN = 0xbf80, MARK_END = 0xbf90, MARK_LAP = 0xbfa0, REFILL = 2 };

typedef enum {
  ALU, EXTEND, MUL, MAC, SIMD_MAC, SIMD, DIV, LOAD, STORE, LOAD_MULTIPLE, STORE_MULTIPLE, BRANCH, BRANCH_IF, CALL, FLOAT,
  FLOAT_MEMORY, VECTOR, VECTOR_MEMORY, HINT, SYSTEM, CLASSES
} insn_class;
static const char *const class_names[CLASSES] = {
    "alu", "extend", "mul", "mac", "simd_mac", "simd", "div", "load", "store", "load_multiple", "store_multiple", "branch",
    "branch_if", "call", "float", "float_memory", "vector", "vector_memory", "hint", "system"};
enum { M0P, M3, M4, CORES };
static const char *const core_names[CORES] = {"m0plus", "m3", "m4"};

/* --- what one instruction costs ---------------------------------------------------------------------- */

typedef struct {
  insn_class kind;
  unsigned cycles[CORES];
  int single; /* a load or store of one register: cheaper after another, dearer when not aligned */
} cost;

static cost costs(insn_class kind, unsigned m0plus, unsigned m3, unsigned m4) {
  cost c = {kind, {0, 0, 0}, 0};
  c.cycles[M0P] = m0plus;
  c.cycles[M3] = m3;
  c.cycles[M4] = m4;
  return c;
}
static cost same(insn_class kind, unsigned cycles) { return costs(kind, cycles, cycles, cycles); }
static cost single(insn_class kind) {
  cost c = same(kind, 2);
  c.single = 1;
  return c;
}
static cost registers(insn_class kind, unsigned list, int to_pc) {
  const unsigned n = 1 + (unsigned)__builtin_popcount(list), refill = to_pc ? REFILL : 0;
  return costs(kind, n + refill, n + refill, n + refill);
}
static cost branch(void) { return costs(BRANCH, 2, 1 + REFILL, 1 + REFILL); }

static cost of_narrow(unsigned h) {
  switch (h >> 12) {
    case 0x4:
      if ((h & 0xffc0) == 0x4340) return same(MUL, 1);
      if ((h & 0xff80) == 0x4700) return branch();
      if ((h & 0xff80) == 0x4780) return costs(CALL, 2, 1 + REFILL, 1 + REFILL);
      if ((h & 0xfd87) == 0x4487) return branch(); /* ADD or MOV to the program counter */
      return h >= 0x4800 ? single(LOAD) : same(ALU, 1);
    case 0x5: return single((h >> 9 & 7) < 3 ? STORE : LOAD);
    case 0x6: case 0x7: case 0x8: case 0x9: return single(h & 0x800 ? LOAD : STORE);
    case 0xb:
      if ((h & 0xf500) == 0xb100) return same(BRANCH_IF, 1);
      if ((h & 0xff00) == 0xb200) return same(EXTEND, 1);
      if ((h & 0xfe00) == 0xb400) return registers(STORE_MULTIPLE, h & 0x1ff, 0);
      if ((h & 0xfe00) == 0xbc00) return registers(LOAD_MULTIPLE, h & 0x1ff, (h & 0x100) != 0);
      if ((h & 0xff00) == 0xbf00) return same(HINT, 1);
      return same((h & 0xff00) == 0xbe00 || (h & 0xffe0) == 0xb660 ? SYSTEM : ALU, 1);
    case 0xc: return registers(h & 0x800 ? LOAD_MULTIPLE : STORE_MULTIPLE, h & 0xff, 0);
    case 0xd: return same(h < 0xde00 ? BRANCH_IF : SYSTEM, 1);
    case 0xe: return branch();
    default: return same(ALU, 1);
  }
}

/* Loads and stores of several registers, exclusive ones, table branches. */
static cost of_multiple(unsigned a, unsigned b) {
  const int load = (a & 0x10) != 0;
  if ((a & 0x40) == 0) return registers(load ? LOAD_MULTIPLE : STORE_MULTIPLE, b, load && (b & 0x8000) != 0);
  if ((a & 0xfff0) == 0xe8d0 && (b & 0xffe0) == 0xf000) return same(BRANCH, 2 + REFILL);
  if ((a & 0xffe0) == 0xe840 || (a & 0xffe0) == 0xe8c0) return same(load ? LOAD : STORE, 2);
  return registers(load ? LOAD_MULTIPLE : STORE_MULTIPLE, 3, 0);
}

static cost of_coprocessor(unsigned a, unsigned b) {
  const int scalar = (b & 0x0e00) == 0x0a00;
  if (!scalar || (a & 0x1000) != 0)
    return same(scalar && (a & 0xff00) == 0xfe00 ? FLOAT : (a & 0xee00) == 0xec00 ? VECTOR_MEMORY : VECTOR, 1);
  if ((a & 0xffe0) == 0xec40) return same(FLOAT, 2);
  if ((a & 0xff20) == 0xed00) return (b & 0x100) != 0 ? same(FLOAT_MEMORY, 3) : single(FLOAT_MEMORY);
  if ((a & 0xfe00) == 0xec00) return same(FLOAT_MEMORY, 1 + (b & 0xff));
  if ((b & 0x10) != 0) return same(FLOAT, 1);
  switch (a & 0xb0) {
    case 0x00: case 0x10: case 0x90: case 0xa0: return same(FLOAT, 3); /* multiply-accumulate */
    case 0x80: return same(FLOAT, 14);                                 /* VDIV */
    case 0xb0: return same(FLOAT, (a & 0xf) == 1 && (b & 0xc0) == 0xc0 ? 14 : 1); /* VSQRT */
    default: return same(FLOAT, 1);
  }
}

static cost of_control(unsigned a, unsigned b) {
  if ((b & 0xd001) == 0xc001) return same(BRANCH_IF, 1); /* low-overhead loops of Armv8.1-M */
  if ((b & 0xd000) == 0xd000) return costs(CALL, 3, 1 + REFILL, 1 + REFILL);
  if ((b & 0xd000) == 0x9000) return branch();
  if ((a >> 6 & 0xe) != 0xe) return same(BRANCH_IF, 1);
  if ((a & 0xfff0) == 0xf3a0) return same(HINT, 1);
  if ((a & 0xfff0) == 0xf3b0) return same(SYSTEM, 3); /* barriers */
  return costs(SYSTEM, 3, 2, 2);
}

static cost of_product(unsigned a, unsigned b) {
  const unsigned op = a >> 4 & 7;
  const int adds = (b & 0xf000) != 0xf000;
  if ((a & 0x80) == 0) {
    if (op == 0) return adds ? costs(MAC, 1, 2, 1) : same(MUL, 1);
    return same(op == 2 || op == 4 ? SIMD_MAC : adds ? MAC : MUL, 1);
  }
  if (op == 1 || op == 3) return same(DIV, 7);
  if (op == 0 || op == 2) return costs(MUL, 1, 4, 1);
  if ((op == 4 || op == 5) && (b & 0xe0) == 0xc0) return same(SIMD_MAC, 1);
  return costs(MAC, 1, 6, 1);
}

static cost of_wide(unsigned a, unsigned b) {
  if ((a & 0xec00) == 0xec00) return of_coprocessor(a, b);
  if ((a & 0xfe00) == 0xe800) return of_multiple(a, b);
  if ((a & 0xfe00) == 0xea00) return same((a & 0xfff0) == 0xeac0 ? EXTEND : ALU, 1);
  if ((a & 0xf800) == 0xf000)
    return (b & 0x8000) != 0 ? of_control(a, b) : same((a & 0xfb50) == 0xf300 ? SIMD : ALU, 1); /* SSAT, USAT */
  if ((a & 0xfe00) == 0xf800) {
    if ((a & 0x10) == 0) return single(STORE);
    if (b >> 12 != 15) return single(LOAD);
    return (a & 0x60) == 0x40 ? same(BRANCH, 2 + REFILL) : same(LOAD, 1); /* LDR to the program counter; PLD */
  }
  if ((a & 0xff00) == 0xfa00) {
    if ((a & 0x80) == 0) return same((b & 0x80) != 0 ? EXTEND : ALU, 1);
    return same((b & 0xc0) != 0x80 || (a & 0xfff0) == 0xfa80 ? SIMD : ALU, 1);
  }
  return (a & 0xff00) == 0xfb00 ? of_product(a, b) : same(ALU, 1);
}

/* --- counting ---------------------------------------------------------------------------------------- */

typedef struct {
  uint64_t instructions, cycles[CORES], of_class[CLASSES];
} totals;

/* A translation block, or what is left of it behind a marker. */
typedef struct {
  totals sums;
  uint64_t begin, end; /* addresses; the end is where execution falls through */
  int may_branch;      /* ends in a conditional branch */
} block;

static totals now; /* of everything, up to the end of the block that runs */
static totals at_lap;
static const block *running; /* whose branch is not settled yet */
static unsigned region, lap;
static int inside;
static FILE *out;

static void add(totals *sum, const totals *more, int sign) {
  size_t i;
  const uint64_t s = (uint64_t)(int64_t)sign;
  sum->instructions += s * more->instructions;
  for (i = 0; i < CORES; ++i) sum->cycles[i] += s * more->cycles[i];
  for (i = 0; i < CLASSES; ++i) sum->of_class[i] += s * more->of_class[i];
}

static void settle(uint64_t next) {
  if (running != NULL && running->may_branch && next != running->end) {
    now.cycles[M0P] += 1;
    now.cycles[M3] += REFILL;
    now.cycles[M4] += REFILL;
  }
  running = NULL;
}

static void on_block(unsigned vcpu, void *data) {
  const block *b = (const block *)data;
  (void)vcpu;
  settle(b->begin);
  add(&now, &b->sums, 1);
  running = b;
}

static void end_lap(const block *rest) {
  size_t i;
  totals t = now;
  add(&t, &rest->sums, -1);
  t.instructions -= 1; /* the marker itself */
  t.of_class[HINT] -= 1;
  for (i = 0; i < CORES; ++i) t.cycles[i] -= 1;
  add(&t, &at_lap, -1);
  fprintf(out, "%u,%u,%" PRIu64, region, lap++, t.instructions);
  for (i = 0; i < CORES; ++i) fprintf(out, ",%" PRIu64, t.cycles[i]);
  for (i = 0; i < CLASSES; ++i) fprintf(out, ",%" PRIu64, t.of_class[i]);
  fputc('\n', out);
}

static void begin_lap(const block *rest) {
  at_lap = now;
  add(&at_lap, &rest->sums, -1);
}

static void on_begin(unsigned vcpu, void *rest) {
  (void)vcpu;
  begin_lap((const block *)rest);
  lap = 0;
  inside = 1;
}

static void on_lap(unsigned vcpu, void *rest) {
  (void)vcpu;
  if (!inside) return;
  end_lap((const block *)rest);
  begin_lap((const block *)rest);
}

static void on_end(unsigned vcpu, void *rest) {
  (void)vcpu;
  if (!inside) return;
  end_lap((const block *)rest);
  ++region;
  inside = 0;
}

static void on_access(unsigned vcpu, uint32_t info, uint64_t address, void *data) {
  const unsigned size = 1u << qemu_plugin_mem_size_shift(info);
  unsigned extra = 0;
  (void)vcpu, (void)data;
  if (size == 2) extra = address & 1;
  if (size == 4) extra = (address & 1) != 0 ? 2 : (address & 2) != 0;
  now.cycles[M3] += extra;
  now.cycles[M4] += extra;
}

static unsigned halfword(const struct qemu_plugin_insn *insn, size_t index) {
  const uint8_t *data = (const uint8_t *)qemu_plugin_insn_data(insn);
  return (unsigned)data[2 * index] | (unsigned)data[2 * index + 1] << 8;
}

/* QEMU's own size may include a halfword of the next instruction at the end of a page. */
static int is_wide(const struct qemu_plugin_insn *insn) { return halfword(insn, 0) >= 0xe800; }

static cost cost_of(const struct qemu_plugin_insn *insn) {
  return is_wide(insn) ? of_wide(halfword(insn, 0), halfword(insn, 1)) : of_narrow(halfword(insn, 0));
}

/* From the last instruction to the first, so that a marker knows what follows it. Blocks stay until QEMU ends: their
 * number is bounded by the code. */
static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
  const size_t count = qemu_plugin_tb_n_insns(tb);
  block *b = (block *)calloc(1, sizeof *b);
  size_t i;
  (void)id;
  if (b == NULL) abort();
  b->begin = b->end = qemu_plugin_tb_vaddr(tb);
  for (i = count; i-- > 0;) {
    struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
    cost c = cost_of(insn);
    const unsigned mark = halfword(insn, 0);
    size_t core;
    if (mark == MARK_BEGIN || mark == MARK_END || mark == MARK_LAP) {
      block *rest = (block *)malloc(sizeof *rest);
      if (rest == NULL) abort();
      *rest = *b;
      qemu_plugin_register_vcpu_insn_exec_cb(insn, mark == MARK_BEGIN ? on_begin : mark == MARK_END ? on_end : on_lap,
                                             QEMU_PLUGIN_CB_NO_REGS, rest);
    }
    if (c.single) {
      if (i > 0 && cost_of(qemu_plugin_tb_get_insn(tb, i - 1)).single) c.cycles[M3] = c.cycles[M4] = 1;
      qemu_plugin_register_vcpu_mem_cb(insn, on_access, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, NULL);
    }
    b->sums.instructions += 1;
    b->sums.of_class[c.kind] += 1;
    for (core = 0; core < CORES; ++core) b->sums.cycles[core] += c.cycles[core];
    b->end += is_wide(insn) ? 4 : 2;
    if (i + 1 == count) b->may_branch = c.kind == BRANCH_IF;
  }
  qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_CB_NO_REGS, b);
}

static void on_exit_of_qemu(qemu_plugin_id_t id, void *data) {
  (void)id, (void)data;
  fclose(out);
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
  size_t i;
  if (strcmp(info->target_name, "arm") != 0 || argc != 1 || strncmp(argv[0], "out=", 4) != 0) return -1;
  out = fopen(argv[0] + 4, "w");
  if (out == NULL) return -1;
  fputs("region,lap,instructions", out);
  for (i = 0; i < CORES; ++i) fprintf(out, ",cycles_%s", core_names[i]);
  for (i = 0; i < CLASSES; ++i) fprintf(out, ",%s", class_names[i]);
  fputc('\n', out);
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
  qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
  return 0;
}
