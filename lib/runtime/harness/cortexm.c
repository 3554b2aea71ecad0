/* The harness on a bare Cortex-M: vectors, reset, faults, files by semihosting (Arm: "Semihosting for AArch32 and
 * AArch64"), stack painting. HARNESS_TRAP_UNALIGNED makes unaligned accesses fault, as an Armv6-M core does. */
#include "harness.h"

extern uint32_t harness_data_load[], harness_data_begin[], harness_data_end[], harness_bss_begin[], harness_bss_end[];
extern uint32_t harness_stack_limit[], harness_stack_top[];
int main(void);

enum { SYS_OPEN = 0x01, SYS_WRITE0 = 0x04, SYS_WRITE = 0x05, SYS_READ = 0x06, SYS_EXIT_EXTENDED = 0x20 };
enum { APPLICATION_EXIT = 0x20026 };
#define CPACR (*(volatile uint32_t *)0xe000ed88u)
#define CCR (*(volatile uint32_t *)0xe000ed14u)
#define CFSR (*(volatile uint32_t *)0xe000ed28u)
#define BFAR (*(volatile uint32_t *)0xe000ed38u)
#define PAINT 0x7e57c0deu

static int semihost(int operation, const void *argument) {
  register int r0 __asm("r0") = operation;
  register const void *r1 __asm("r1") = argument;
  __asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

int harness_open(const char *path, int write) {
  uint32_t block[3], length = 0;
  while (path[length] != '\0') ++length;
  block[0] = (uint32_t)path;
  block[1] = write ? 5u : 1u; /* "wb", "rb" */
  block[2] = length;
  return semihost(SYS_OPEN, block);
}
/* Both operations return the number of bytes that were not transferred. */
size_t harness_read(int file, void *to, size_t bytes) {
  const uint32_t block[3] = {(uint32_t)file, (uint32_t)to, (uint32_t)bytes};
  const uint32_t left = (uint32_t)semihost(SYS_READ, block);
  return left > bytes ? 0 : bytes - left;
}
size_t harness_write(int file, const void *from, size_t bytes) {
  const uint32_t block[3] = {(uint32_t)file, (uint32_t)from, (uint32_t)bytes};
  const uint32_t left = (uint32_t)semihost(SYS_WRITE, block);
  return left > bytes ? 0 : bytes - left;
}
void harness_say(const char *text) { (void)semihost(SYS_WRITE0, text); }
void harness_exit(int code) {
  const uint32_t block[2] = {APPLICATION_EXIT, (uint32_t)code};
  (void)semihost(SYS_EXIT_EXTENDED, block);
  for (;;) {
  }
}

static uint32_t stack_from, stack_deepest;

/* From the end of the stack up to the caller's frame, without touching the stack itself. */
__attribute__((noinline)) void harness_paint_stack(void) {
  uint32_t sp;
  volatile uint32_t *at = harness_stack_limit;
  __asm volatile("mov %0, sp" : "=r"(sp));
  stack_from = sp;
  for (; (uint32_t)at < sp; ++at) *at = PAINT;
}
__attribute__((noinline)) void harness_measure_stack(void) {
  const volatile uint32_t *at = harness_stack_limit;
  while ((uint32_t)at < stack_from && *at == PAINT) ++at;
  if (stack_from - (uint32_t)at > stack_deepest) stack_deepest = stack_from - (uint32_t)at;
}
size_t harness_stack_bytes(void) { return stack_deepest; }

static void say_hex(const char *name, uint32_t value) {
  char text[10];
  int i;
  for (i = 0; i < 8; ++i) text[i] = "0123456789abcdef"[(value >> (28 - 4 * i)) & 15u];
  text[8] = '\n';
  text[9] = '\0';
  harness_say(name);
  harness_say(text);
}

__attribute__((used)) void harness_fault(const uint32_t *frame) {
  harness_say("fault\n");
  say_hex("pc ", frame[6]);
  say_hex("lr ", frame[5]);
  say_hex("cfsr ", CFSR);
  say_hex("bfar ", BFAR);
  harness_exit(1);
}
__attribute__((naked)) static void fault(void) { __asm volatile("mov r0, sp\n bl harness_fault\n"); }

__attribute__((used)) void harness_reset(void) {
  uint32_t *to, *from = harness_data_load;
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
  CPACR |= 0xfu << 20;
  __asm volatile("dsb\n isb" ::: "memory");
#endif
#if defined(HARNESS_TRAP_UNALIGNED)
  CCR |= 1u << 3;
#endif
  for (to = harness_data_begin; to < harness_data_end;) *to++ = *from++;
  for (to = harness_bss_begin; to < harness_bss_end;) *to++ = 0u;
  harness_exit(main());
}
__attribute__((naked, used)) void harness_entry(void) { __asm volatile("bl harness_reset\n"); }

__attribute__((section(".vectors"), used)) void (*const harness_vectors[16])(void) = {
    (void (*)(void))harness_stack_top, harness_entry, fault, fault, fault, fault, fault, fault,
    0, 0, 0, fault, fault, 0, fault, fault,
};
