/* Vectors, reset, and the three semihosting calls that main.c needs. */
#include <stdint.h>

#include "board.h"

extern uint32_t data_load[], data_begin[], data_end[], bss_begin[], bss_end[], stack_top[];
int main(void);

static int semihost(int operation, const void *argument) {
  register int r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

void board_say(const char *text) { (void)semihost(0x04, text); } /* SYS_WRITE0 */

void board_exit(int code) { /* SYS_EXIT_EXTENDED, ADP_Stopped_ApplicationExit */
  const uint32_t block[2] = {0x20026u, (uint32_t)code};
  (void)semihost(0x20, block);
  for (;;) {
  }
}

void reset(void) {
  uint32_t *to;
  const uint32_t *from = data_load;
#if defined(__ARM_FP)
  *(volatile uint32_t *)0xe000ed88u |= 0xfu << 20; /* CPACR: the floating-point unit */
#endif
  for (to = data_begin; to < data_end;) *to++ = *from++;
  for (to = bss_begin; to < bss_end;) *to++ = 0u;
  board_exit(main());
}

static void fault(void) {
  board_say("fault\n");
  board_exit(1);
}

typedef union {
  const void *stack;
  void (*handler)(void);
} vector;
__attribute__((section(".vectors"), used)) static const vector vectors[16] = {
    {stack_top}, {.handler = reset}, {.handler = fault}, {.handler = fault},
    {.handler = fault}, {.handler = fault}, {.handler = fault},
};
