/* Reads samples (all inputs of one after the other) from in.bin until its end, runs the model on each and appends
 * its outputs to out.bin. With HARNESS_TRACED, trace.bin gets what every traced layer wrote: its number and a size,
 * 32 bits each, then the bytes, as often as the layer reports some.
 * result.txt says "ok", or what went wrong, then at which sample, the stack and the arena used.
 *
 * Even samples lie in the arena (when it has a place for them), odd ones in buffers of the caller, at addresses that are
 * multiples of nothing more than their element's size.
 * Around every run: the arena holds rubbish before it, the bytes behind the arena and the outputs stay as they are,
 * and the caller's inputs too. */
#include "harness.h"

#ifndef HARNESS_FIRST_SAMPLE
#define HARNESS_FIRST_SAMPLE 0
#endif
#define MOST_TENSORS 64

static int traces = -1;

static uint32_t hash(const void *data, size_t bytes) {
  const uint8_t *at = (const uint8_t *)data;
  uint32_t h = 0x811c9dc5u;
  size_t i;
  for (i = 0; i < bytes; ++i) h = (h ^ at[i]) * 0x01000193u;
  return h;
}

void harness_trace(int layer, const void *data, size_t bytes) {
  uint32_t head[2];
  head[0] = (uint32_t)layer;
  head[1] = (uint32_t)bytes;
  if (traces < 0) return;
  (void)harness_write(traces, head, sizeof head);
  (void)harness_write(traces, data, bytes);
}

static void fill(uint8_t *at, size_t bytes, unsigned seed) {
  size_t i;
  for (i = 0; i < bytes; ++i) at[i] = (uint8_t)(seed + 31u * i);
}

static int filled(const uint8_t *at, size_t bytes, unsigned seed) {
  size_t i;
  for (i = 0; i < bytes; ++i)
    if (at[i] != (uint8_t)(seed + 31u * i)) return 0;
  return 1;
}

static size_t text_length(const char *text) {
  size_t n = 0;
  while (text[n] != '\0') ++n;
  return n;
}

static void append_number(char *text, const char *key, uint32_t value) {
  char digits[12];
  size_t n = text_length(text), count = 0;
  while (*key != '\0') text[n++] = *key++;
  do {
    digits[count++] = (char)('0' + value % 10u);
    value /= 10u;
  } while (value != 0u);
  while (count > 0) text[n++] = digits[--count];
  text[n] = '\0';
}

static void finish(const char *verdict, int sample, int status) {
  char text[160] = "";
  const int file = harness_open("result.txt", 1);
  size_t n = 0;
  while (verdict[n] != '\0') text[n] = verdict[n], ++n;
  append_number(text, "\nsamples=", (uint32_t)sample);
  append_number(text, "\nstatus=", (uint32_t)(status < 0 ? -status : status));
  append_number(text, "\nstack=", (uint32_t)harness_stack_bytes());
  append_number(text, "\narena=", (uint32_t)harness_arena_bytes);
  if (file < 0 || harness_write(file, text, text_length(text)) != text_length(text)) harness_say("result.txt cannot be written\n");
  harness_exit(verdict[0] == 'o' && verdict[1] == 'k' ? 0 : 1);
}

static uint8_t *inputs[MOST_TENSORS], *outputs[MOST_TENSORS];
static uint32_t input_hash[MOST_TENSORS];

/* False at the end of in.bin. */
static int read_sample(int file, int sample, int in_arena) {
  int i;
  for (i = 0; i < harness_input_count; ++i) {
    const harness_tensor *tensor = &harness_inputs[i];
    size_t got;
    inputs[i] = in_arena ? harness_input_place(i) : tensor->buffer + (size_t)(sample % 2) * tensor->element;
    got = harness_read(file, inputs[i], tensor->bytes);
    if (got == 0 && i == 0 && tensor->bytes > 0) return 0;
    if (got != tensor->bytes) finish("in.bin ends inside a sample", sample, 0);
    input_hash[i] = hash(inputs[i], tensor->bytes);
  }
  return 1;
}

static void run_sample(int sample, int in_arena) {
  int i, status;
  for (i = 0; i < harness_output_count; ++i) {
    outputs[i] = harness_outputs[i].buffer + (size_t)(sample % 2) * harness_outputs[i].element;
    fill(outputs[i], harness_outputs[i].bytes + HARNESS_GUARD, (unsigned)sample);
  }
  harness_paint_stack();
  status = harness_run((const uint8_t *const *)inputs, outputs);
  harness_measure_stack();
  if (status != 0) finish("the model returned an error", sample, status);
  if (!filled(harness_arena + harness_arena_bytes, HARNESS_GUARD, 1u)) finish("the model wrote behind its arena", sample, 0);
  for (i = 0; i < harness_output_count; ++i) {
    const size_t bytes = harness_outputs[i].bytes;
    const uint8_t *guard = outputs[i] + bytes;
    size_t k;
    for (k = 0; k < HARNESS_GUARD; ++k)
      if (guard[k] != (uint8_t)((unsigned)sample + 31u * (bytes + k))) finish("the model wrote behind an output", sample, 0);
  }
  for (i = 0; i < harness_input_count && !in_arena; ++i)
    if (hash(inputs[i], harness_inputs[i].bytes) != input_hash[i]) finish("the model changed its caller's input", sample, 0);
}

int main(void) {
  const int in = harness_open("in.bin", 0), out = harness_open("out.bin", 1);
  int sample, i;
  if (in < 0 || out < 0) {
    harness_say("in.bin or out.bin cannot be opened\n");
    harness_exit(1);
  }
  if (harness_input_count > MOST_TENSORS || harness_output_count > MOST_TENSORS) finish("too many tensors", 0, 0);
#ifdef HARNESS_TRACED
  traces = harness_open("trace.bin", 1);
#endif
  for (sample = HARNESS_FIRST_SAMPLE;; ++sample) {
    const int in_arena = harness_inputs_in_arena && sample % 2 == 0;
    fill(harness_arena, harness_arena_bytes, (unsigned)sample * 7u);
    fill(harness_arena + harness_arena_bytes, HARNESS_GUARD, 1u);
    if (!read_sample(in, sample, in_arena)) break;
    run_sample(sample, in_arena);
    for (i = 0; i < harness_output_count; ++i)
      if (harness_write(out, outputs[i], harness_outputs[i].bytes) != harness_outputs[i].bytes)
        finish("out.bin cannot be written", sample, 0);
  }
  finish("ok", sample - HARNESS_FIRST_SAMPLE, 0);
  return 0;
}
