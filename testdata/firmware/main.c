/* Runs the self-test of every model in one shared arena, then one inference on an input of its own. */
#include <stdint.h>

#include "board.h"
#include "models.h" /* made by CMakeLists.txt: includes, and MODELS(M) = M(kws, KWS) ... */

/* Nothing in an arena survives a call, so that models may share one. */
static union {
  uint64_t alignment;
#define ARENA(prefix, macro) uint8_t prefix[macro##_ARENA_BYTES];
  MODELS(ARENA)
} arena;

#define TEST(prefix, macro)                                       \
  static int test_##prefix(void) {                                \
    static float input[macro##_INPUT_ELEMENTS];                   \
    static float output[macro##_OUTPUT_ELEMENTS];                 \
    static int8_t stored[macro##_OUTPUT_BYTES];                   \
    const int result = prefix##_selftest(&arena);                 \
    board_say(#prefix ": self-test ");                            \
    board_say(result == 0 ? "ok" : prefix##_selftest_layer(result)); \
    if (result != 0) return 1;                                    \
    prefix##_quantize_input(input, prefix##_input(&arena));       \
    if (prefix##_run(&arena, prefix##_input(&arena), stored) != macro##_OK) return 1; \
    prefix##_dequantize_output(stored, output);                   \
    board_say(output[0] == output[0] ? ", inference ok\n" : ", inference failed\n"); \
    return 0;                                                     \
  }
MODELS(TEST)

int main(void) {
  int failures = 0;
#define RUN(prefix, macro) failures += test_##prefix();
  MODELS(RUN)
  board_say(failures == 0 ? "all ok\n" : "failed\n");
  return failures;
}
