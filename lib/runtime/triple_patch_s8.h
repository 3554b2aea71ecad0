#ifndef TINYC_RUNTIME_TRIPLE_PATCH_S8_H
#define TINYC_RUNTIME_TRIPLE_PATCH_S8_H
/* The inputs of three pixels as the words of a patch (triple_tile_s8.h). */

#include "lib/runtime/common.h"

typedef struct {
  uint32_t *to, *head;  /* the next word; what stands before the run */
  uint32_t sum1, sum2;  /* of the run's inputs that come with an offset of 128 */
  int32_t room, length; /* inputs that the run still takes; of a run, a multiple of 4 */
} tinyc_triple_patch;

TINYC_INLINE void tinyc_triple_begin(tinyc_triple_patch *s, uint32_t *patch, int32_t length) {
  s->head = patch;
  s->to = patch + 2;
  s->sum1 = s->sum2 = 0;
  s->room = s->length = length;
}

TINYC_INLINE uint32_t tinyc_triple_ab(const int8_t *a, const int8_t *b) { return (uint32_t)*a + ((uint32_t)*b << 21); }
TINYC_INLINE uint32_t tinyc_triple_cb(const int8_t *c, const int8_t *b) { return (uint32_t)*c + ((uint32_t)*b << 10); }

/* What stands before a run, of the inputs with an offset of 128. */
TINYC_INLINE void tinyc_triple_close(uint32_t *head, uint32_t sum1, uint32_t sum2) {
  head[0] = 0u - (sum1 << 7);
  head[1] = 0u - (sum2 << 7);
}

/* Where groups of four inputs come from and go; the sums are those of the patch. */
typedef struct {
  const int8_t *a, *b, *c;
  uint32_t *to;
  uint32_t sum1, sum2;
} tinyc_triple_fours;

#if defined(__GNUC__) && defined(__thumb__) && !defined(TINYC_PORTABLE) && !TINYC_MUL_LONG
/* The words of one input, r1 and r3; `index` yields r0. */
#define TINYC_FOURS_WORDS(index) \
  index                          \
  "mov r1, r8\n"                 \
  "mov r2, r9\n"                 \
  "mov r3, r10\n"                \
  "ldrsb r1, [r1, r0]\n"         \
  "ldrsb r2, [r2, r0]\n"         \
  "ldrsb r3, [r3, r0]\n"         \
  "lsls r0, r2, #21\n"           \
  "adds r1, r1, r0\n"            \
  "lsls r2, r2, #10\n"           \
  "adds r3, r3, r2\n"
#define TINYC_FOURS_SUM \
  "add r11, r1\n"       \
  "add lr, r3\n"
#define TINYC_FOURS_STORE(at1, at2) \
  "subs r0, r1, r6\n"               \
  "subs r2, r3, r7\n"               \
  "str r0, [r4, #" at1 "]\n"        \
  "str r2, [r4, #" at2 "]\n"
#define TINYC_FOURS_SHIFT \
  "lsls r6, r1, #8\n"     \
  "lsls r7, r3, #8\n"
/* r4 to, r5 index, r6 and r7 2^8 times the words of the next input, r8-r10 pixels, r11 and lr sums, r12 end. */
#define TINYC_FOURS_RUN(index0, index1, index2, index3, step)                         \
  __asm__ volatile(".syntax unified\n"                                                \
                   "push {r0, r4-r7, lr}\n"                                           \
                   "mov r4, r8\n"                                                     \
                   "mov r5, r9\n"                                                     \
                   "mov r6, r10\n"                                                    \
                   "mov r7, r11\n"                                                    \
                   "push {r4-r7}\n"                                                   \
                   "mov r12, r2\n"                                                    \
                   "mov r5, r1\n"                                                     \
                   "ldmia r0!, {r1-r4}\n"                                             \
                   "mov r8, r1\n"                                                     \
                   "mov r9, r2\n"                                                     \
                   "mov r10, r3\n"                                                    \
                   "ldmia r0!, {r1, r2}\n"                                            \
                   "mov r11, r1\n"                                                    \
                   "mov lr, r2\n"                                                     \
                   "1:\n"                                                             \
                   TINYC_FOURS_WORDS(index3)                                          \
                   "str r1, [r4, #24]\n"                                              \
                   "str r3, [r4, #28]\n"                                              \
                   TINYC_FOURS_SUM TINYC_FOURS_SHIFT                                  \
                   TINYC_FOURS_WORDS(index2)                                          \
                   TINYC_FOURS_SUM TINYC_FOURS_STORE("16", "20") TINYC_FOURS_SHIFT    \
                   TINYC_FOURS_WORDS(index1)                                          \
                   TINYC_FOURS_SUM TINYC_FOURS_STORE("8", "12") TINYC_FOURS_SHIFT     \
                   TINYC_FOURS_WORDS(index0)                                          \
                   TINYC_FOURS_STORE("0", "4")                                        \
                   "adds r4, #32\n"                                                   \
                   "adds r5, #" step "\n"                                             \
                   "cmp r5, r12\n"                                                    \
                   "bne 1b\n"                                                         \
                   "mov r1, r11\n"                                                    \
                   "mov r2, lr\n"                                                     \
                   "pop {r4-r7}\n"                                                    \
                   "mov r8, r4\n"                                                     \
                   "mov r9, r5\n"                                                     \
                   "mov r10, r6\n"                                                    \
                   "mov r11, r7\n"                                                    \
                   "pop {r0, r4-r7}\n"                                                \
                   "str r1, [r0, #16]\n"                                              \
                   "str r2, [r0, #20]\n"                                              \
                   "pop {pc}\n")
/* Inputs [at, end), at least four; and those at the offsets. */
__attribute__((naked, noinline, unused)) static void
tinyc_triple_rows(tinyc_triple_fours *f __attribute__((unused)), int32_t at __attribute__((unused)),
                  int32_t end __attribute__((unused))) {
  TINYC_FOURS_RUN("mov r0, r5\n", "adds r0, r5, #1\n", "adds r0, r5, #2\n", "adds r0, r5, #3\n", "4");
}
__attribute__((naked, noinline, unused)) static void
tinyc_triple_table(tinyc_triple_fours *f __attribute__((unused)), const int32_t *offset __attribute__((unused)),
                   const int32_t *end __attribute__((unused))) {
  TINYC_FOURS_RUN("ldr r0, [r5]\n", "ldr r0, [r5, #4]\n", "ldr r0, [r5, #8]\n", "ldr r0, [r5, #12]\n", "16");
}
#else
TINYC_INLINE void tinyc_triple_four(tinyc_triple_fours *f, uint32_t *to, int32_t at0, int32_t at1, int32_t at2, int32_t at3) {
  const int8_t *const a = f->a, *const b = f->b, *const c = f->c;
  const uint32_t p1 = tinyc_triple_ab(a + at3, b + at3), p2 = tinyc_triple_cb(c + at3, b + at3);
  const uint32_t q1 = tinyc_triple_ab(a + at2, b + at2), q2 = tinyc_triple_cb(c + at2, b + at2);
  const uint32_t r1 = tinyc_triple_ab(a + at1, b + at1), r2 = tinyc_triple_cb(c + at1, b + at1);
  to[0] = tinyc_triple_ab(a + at0, b + at0) - (r1 << 8);
  to[1] = tinyc_triple_cb(c + at0, b + at0) - (r2 << 8);
  to[2] = r1 - (q1 << 8);
  to[3] = r2 - (q2 << 8);
  to[4] = q1 - (p1 << 8);
  to[5] = q2 - (p2 << 8);
  to[6] = p1;
  to[7] = p2;
  f->sum1 += p1 + q1 + r1;
  f->sum2 += p2 + q2 + r2;
}
TINYC_INLINE void tinyc_triple_rows(tinyc_triple_fours *fours, int32_t at, int32_t end) {
  tinyc_triple_fours f = *fours;
  uint32_t *to = f.to;
  for (; at != end; at += 4, to += 8) tinyc_triple_four(&f, to, at, at + 1, at + 2, at + 3);
  *fours = f;
}
TINYC_INLINE void tinyc_triple_table(tinyc_triple_fours *fours, const int32_t *offset, const int32_t *end) {
  tinyc_triple_fours f = *fours;
  uint32_t *to = f.to;
  for (; offset != end; offset += 4, to += 8) tinyc_triple_four(&f, to, offset[0], offset[1], offset[2], offset[3]);
  *fours = f;
}
#endif

/* All runs, from the inputs at the offsets from a, b and c. */
TINYC_NOINLINE void tinyc_triple_gather_at(uint32_t *to, const int8_t *a, const int8_t *b, const int8_t *c, const int32_t *offset,
                                           int32_t runs, int32_t run) {
  tinyc_triple_fours f;
  f.a = a;
  f.b = b;
  f.c = c;
  for (; runs > 0; --runs, to += 2 * run + 2, offset += run) {
    f.to = to + 2;
    f.sum1 = f.sum2 = 0;
    tinyc_triple_table(&f, offset, offset + run);
    tinyc_triple_close(to, f.sum1, f.sum2);
  }
}

/* Appends `count` inputs of each pixel. */
TINYC_NOINLINE void tinyc_triple_append(tinyc_triple_patch *s, const int8_t *a, const int8_t *b, const int8_t *c,
                                        int32_t count) {
  while (count > 0) {
    uint32_t *to = s->to, sum1 = s->sum1, sum2 = s->sum2;
    int32_t room = s->room, n = tinyc_min_i32(count, room);
    count -= n;
    while (n > 0) {
      uint32_t x1, x2;
      if ((room & 3) == 0 && n >= 4) {
        const int32_t whole = n & ~3;
        tinyc_triple_fours f;
        f.a = a;
        f.b = b;
        f.c = c;
        f.to = to;
        f.sum1 = sum1;
        f.sum2 = sum2;
        tinyc_triple_rows(&f, 0, whole);
        sum1 = f.sum1;
        sum2 = f.sum2;
        n -= whole, room -= whole, a += whole, b += whole, c += whole, to += 2 * whole;
        continue;
      }
      x1 = tinyc_triple_ab(a, b);
      x2 = tinyc_triple_cb(c, b);
      to[0] = x1;
      to[1] = x2;
      if ((room & 3) != 0) {
        sum1 += x1;
        sum2 += x2;
        to[-2] -= x1 << 8;
        to[-1] -= x2 << 8;
      }
      --n, --room, ++a, ++b, ++c, to += 2;
    }
    if (room == 0) {
      tinyc_triple_close(s->head, sum1, sum2);
      s->head = to;
      to += 2;
      sum1 = sum2 = 0;
      room = s->length;
    }
    s->room = room;
    s->to = to;
    s->sum1 = sum1;
    s->sum2 = sum2;
  }
}

/* Fills the last run up with zeros. */
TINYC_INLINE void tinyc_triple_end(tinyc_triple_patch *s) {
  int32_t n;
  if (s->room == s->length) return;
  for (n = 2 * s->room; n > 0; --n) *s->to++ = 0;
  tinyc_triple_close(s->head, s->sum1, s->sum2);
}

/* The inputs of three windows that lie inside the input: `rows` of `bytes` each, `step` apart. */
TINYC_NOINLINE void tinyc_triple_gather_rows(uint32_t *patch, int32_t runs, int32_t run, const int8_t *a, const int8_t *b,
                                             const int8_t *c, int32_t rows, int32_t bytes, int32_t step) {
  if (runs == 1 && (bytes & 3) == 0) {
    tinyc_triple_fours f;
    f.a = a;
    f.b = b;
    f.c = c;
    f.to = patch + 2;
    f.sum1 = f.sum2 = 0;
    for (; rows > 0; --rows, f.a += step, f.b += step, f.c += step, f.to += 2 * bytes) tinyc_triple_rows(&f, 0, bytes);
    tinyc_triple_close(patch, f.sum1, f.sum2);
  } else {
    tinyc_triple_patch s;
    tinyc_triple_begin(&s, patch, run);
    for (; rows > 0; --rows, a += step, b += step, c += step) tinyc_triple_append(&s, a, b, c, bytes);
    tinyc_triple_end(&s);
  }
}

#endif
