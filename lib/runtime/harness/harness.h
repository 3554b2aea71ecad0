#ifndef TINYC_HARNESS_H
#define TINYC_HARNESS_H
/* Runs an emitted model on a file of inputs: main.c on top of host.c or cortexm.c, and a model.c made for the
 * emitted model. For verification only; nothing of it is part of what tinyc emits. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HARNESS_GUARD 16 /* bytes behind every buffer that must stay as they are */

typedef struct {
  size_t bytes, element; /* of the tensor, of one element */
  uint8_t *buffer; /* HARNESS_SLACK larger than the tensor; unused for an input inside the arena */
} harness_tensor;
#define HARNESS_SLACK (HARNESS_GUARD + 8)

/* model.c */
extern uint8_t *const harness_arena; /* HARNESS_GUARD larger than harness_arena_bytes */
extern const size_t harness_arena_bytes;
extern const int harness_input_count, harness_output_count;
extern const harness_tensor harness_inputs[], harness_outputs[];
extern const int harness_inputs_in_arena; /* 0: the model reads the caller's buffers only */
uint8_t *harness_input_place(int index);  /* inside the arena */
int harness_run(const uint8_t *const inputs[], uint8_t *const outputs[]);

/* main.c; what a traced model calls after each layer */
void harness_trace(int layer, const void *data, size_t bytes);

/* host.c, cortexm.c */
int harness_open(const char *path, int write); /* negative: failed */
size_t harness_read(int file, void *to, size_t bytes);   /* bytes read */
size_t harness_write(int file, const void *from, size_t bytes);
void harness_say(const char *text); /* to the console */
void harness_exit(int code);
void harness_paint_stack(void);    /* everything below the caller's frame, before a run */
void harness_measure_stack(void);  /* how much of it the run overwrote */
size_t harness_stack_bytes(void);  /* the deepest of all runs; 0: not measured */

#ifdef __cplusplus
}
#endif

/* Around the measured call: hints that no Cortex-M defines, so they do nothing; cycle_plugin.c sees them. */
#if defined(__arm__)
#define HARNESS_BEGIN() __asm volatile(".inst.n 0xbf80" ::: "memory")
#define HARNESS_END() __asm volatile(".inst.n 0xbf90" ::: "memory")
#define HARNESS_LAP() __asm volatile(".inst.n 0xbfa0" ::: "memory")
#else
#define HARNESS_BEGIN() ((void)0)
#define HARNESS_END() ((void)0)
#define HARNESS_LAP() ((void)0)
#endif

#endif
