#ifndef TINYC_RUNTIME_DEPTHWISE_CONV2D_3X3_MVE_S8_H
#define TINYC_RUNTIME_DEPTHWISE_CONV2D_3X3_MVE_S8_H
/* Depthwise 3x3 convolution of stride 1 or 2 for cores with MVE.
 *
 * A ring keeps four rows of eight channels, padding included, in the order [channel][column][row & 3]: sixteen consecutive
 * bytes are four rows of four columns of one channel. One instruction multiplies them with a window's weights, zeros around
 * them, and adds up. With stride 1 the sixteen bytes hold the windows of two by two outputs. "Columns" run along the
 * longer side of the output. A row is in the ring before an output in its place is written: the layer may work in place. */

#include "lib/runtime/mve.h"
#include "lib/runtime/requantize.h"

typedef struct {
  int32_t rows, columns, in_rows, in_columns, channels, stride;
  int32_t pad_rows, pad_columns;
  int32_t in_row, in_column, out_row, out_column; /* bytes from one to the next */
  int32_t in_zero_point;
  const int32_t *weights; /* per channel: bytes [column][row of 4, the last 0] in three words, bias, multiplier */
  int32_t zero_point, clamp_low, clamp_high;
} tinyc_depthwise_conv2d_3x3_mve_s8_params;

#if TINYC_MVE

typedef struct {
  const int32_t *weights;
  const int8_t *ring;
  int8_t *to, *end; /* the first channel's output, and behind the last one's */
  int32_t pitch, zero_point;
  int32_t step;                    /* bytes of a block of columns */
  int32_t blocks;                  /* behind the first */
  int32_t ring_ahead, ahead;       /* from the end of the first block in the ring, and of outputs, to the second */
  int32_t turned, second;          /* the window begins in slot 2; two rows of outputs */
  int32_t some;                    /* the first block's lanes that are outputs */
  uint32_t places[4];              /* offsets of a block's outputs */
} tinyc_depthwise_mve_lines;

/* For every channel: `weights` makes q0-q3 of what lies at r11, the first block is stored under a predicate, the others follow.
 * r1 ring, r3 outputs, r5 bias, r7 zero point, r8 the struct, r9 step, r11 weights, q6 multiplier, q7 places. */
#define TINYC_DEPTHWISE_MVE_RUN(weights, block, some, all) \
  __asm__ volatile(                                        \
      ".syntax unified\n"                                  \
      "push {r4-r11, lr}\n"                                \
      "vpush {d8-d15}\n"                                   \
      "mov r8, r0\n"                                       \
      "ldr r11, [r8]\n"                                    \
      "ldrd r7, r9, [r8, #20]\n"                           \
      "ldr r1, [r8, #48]\n"                                \
      "vmsr p0, r1\n"                                      \
      "add r1, r8, #52\n"                                  \
      "vldrw.32 q7, [r1]\n"                                \
      "1:\n"                                               \
      "vldrw.32 q0, [r11]\n"                               \
      "movs r0, #0\n"                                      \
      "vmov.32 q0[3], r0\n"                                \
      "ldrd r1, r2, [r8, #40]\n"                           \
      "cbz r1, 2f\n"                                       \
      "vrev32.16 q0, q0\n"                                 \
      "2:\n" weights                                       \
      "ldrd r5, r2, [r11, #12]\n"                          \
      "vdup.32 q6, r2\n"                                   \
      "add r11, r11, #20\n"                                \
      "ldrd r1, r3, [r8, #4]\n" block                      \
      "vpst\n" some                                        \
      "ldrd r0, r2, [r8, #32]\n"                           \
      "ldr r4, [r8, #28]\n"                                \
      "add r1, r1, r0\n"                                   \
      "add r3, r3, r2\n"                                   \
      "wls lr, r4, 5f\n"                                   \
      "4:\n" block all                                     \
      "add r3, r3, r9\n"                                   \
      "le lr, 4b\n"                                        \
      "5:\n"                                               \
      "ldrd r0, r2, [r8, #4]\n"                            \
      "ldrd r1, r4, [r8, #12]\n"                           \
      "add r0, r0, r4\n"                                   \
      "adds r2, #1\n"                                      \
      "strd r0, r2, [r8, #4]\n"                            \
      "cmp r2, r1\n"                                       \
      "bne 1b\n"                                           \
      "vpop {d8-d15}\n"                                    \
      "pop {r4-r11, pc}\n")

/* Two rows of four columns: columns 0 and 1 in the even lanes, 2 and 3 in the odd ones. q0 are the weights of the first output, q1
 * of the one beside it, q2 and q3 of those below: bytes turned by one, so that the zero comes first. */
__attribute__((naked, noinline, unused)) static void
tinyc_depthwise_mve_run_1(tinyc_depthwise_mve_lines *lines __attribute__((unused))) {
  TINYC_DEPTHWISE_MVE_RUN(
      "vmov q1, q0\n"
      "vmov q2, q0\n"
      "cbz r2, 3f\n"
      "vshl.i32 q2, q0, #8\n"
      "vsri.32 q2, q0, #24\n"
      "3:\n"
      "vshlc q1, r0, #32\n"
      "vmov q3, q2\n"
      "vshlc q3, r0, #32\n",
      "vldrb.8 q4, [r1], #8\n"
      "vmladav.s8 r0, q4, q0\n"
      "vldrb.8 q5, [r1], #8\n"
      "vmladav.s8 r2, q4, q1\n"
      "vmladav.s8 r4, q4, q2\n"
      "vmladav.s8 r6, q4, q3\n"
      "vmladav.s8 r10, q5, q0\n"
      "vmladav.s8 r12, q5, q1\n"
      "vmov q4[2], q4[0], r0, r4\n"
      "vmov q4[3], q4[1], r2, r6\n"
      "vmladav.s8 r0, q5, q2\n"
      "vmladav.s8 r2, q5, q3\n"
      "vadd.i32 q4, q4, r5\n"
      "vmov q5[2], q5[0], r10, r0\n"
      "vrmulh.s32 q4, q4, q6\n"
      "vmov q5[3], q5[1], r12, r2\n"
      "vadd.i32 q5, q5, r5\n"
      "vqmovnb.s32 q4, q4\n"
      "vrmulh.s32 q5, q5, q6\n"
      "vqmovnt.s32 q4, q5\n"
      "vqadd.s16 q4, q4, r7\n"
      "vqmovnb.s16 q4, q4\n",
      "vstrbt.16 q4, [r3, q7]\n", "vstrb.16 q4, [r3, q7]\n");
}

/* One row of four columns with stride 2. */
__attribute__((naked, noinline, unused)) static void
tinyc_depthwise_mve_run_2(tinyc_depthwise_mve_lines *lines __attribute__((unused))) {
  TINYC_DEPTHWISE_MVE_RUN("",
                          "vldrb.8 q4, [r1], #8\n"
                          "vldrb.8 q5, [r1], #8\n"
                          "vmladav.s8 r0, q4, q0\n"
                          "vldrb.8 q4, [r1], #8\n"
                          "vmladav.s8 r2, q5, q0\n"
                          "vldrb.8 q5, [r1], #8\n"
                          "vmladav.s8 r4, q4, q0\n"
                          "vmladav.s8 r6, q5, q0\n"
                          "vmov q4[2], q4[0], r0, r4\n"
                          "vmov q4[3], q4[1], r2, r6\n"
                          "vadd.i32 q4, q4, r5\n"
                          "vrmulh.s32 q4, q4, q6\n"
                          "vadd.i32 q4, q4, r7\n"
                          "vqmovnb.s32 q4, q4\n"
                          "vqmovnb.s16 q4, q4\n",
                          "vstrbt.32 q4, [r3, q7]\n", "vstrb.32 q4, [r3, q7]\n");
}
#undef TINYC_DEPTHWISE_MVE_RUN

#endif

/* The outputs of some channels in row `row` and, if `second`, the next one; `pitch` bytes of the ring per channel. */
TINYC_INLINE void tinyc_depthwise_mve_rows(const tinyc_depthwise_conv2d_3x3_mve_s8_params *p, const int32_t *w, const int8_t *ring,
                                           int32_t pitch, int32_t channels, int32_t row, int32_t second, int8_t *to) {
  const int32_t step = p->out_column, below = second ? p->out_row : 0, columns = p->columns, stride = p->stride;
#if TINYC_MVE
  /* The first block overlaps the second, or has fewer columns than four. */
  const int32_t ahead = ((columns - 1) & 3) + 1, few = tinyc_min_i32(columns, 4);
  tinyc_depthwise_mve_lines lines;
  int32_t i;
  lines.weights = w;
  lines.ring = ring;
  lines.to = to;
  lines.end = to + channels;
  lines.pitch = pitch;
  lines.zero_point = p->zero_point;
  lines.step = 4 * step;
  lines.blocks = (columns - 1) >> 2;
  lines.ring_ahead = 4 * stride * (ahead - 4);
  lines.ahead = step * ahead;
  lines.turned = stride * row & 2;
  lines.second = second;
  if (stride == 1) {
    for (i = 0; i < 4; ++i) lines.places[i] = (uint32_t)(((i & 1) * step + (i >> 1) * below) * 0x10001) + ((uint32_t)step << 17);
    lines.some = few == 1 ? 0x0303 : few == 2 ? 0x3333 : few == 3 ? 0x3f3f : 0xffff;
    tinyc_depthwise_mve_run_1(&lines);
  } else {
    for (i = 0; i < 4; ++i) lines.places[i] = (uint32_t)(i * step);
    lines.some = (1 << 4 * few) - 1;
    tinyc_depthwise_mve_run_2(&lines);
  }
#else
  for (; channels > 0; --channels, w += 5, ring += pitch, ++to) {
    int32_t i, y, column, tap;
    for (i = 0; i < columns; ++i)
      for (y = 0; y <= second; ++y) {
        const int8_t *x = ring + 4 * stride * i;
        int32_t acc = w[3];
        for (column = 0; column < 3; ++column)
          for (tap = 0; tap < 3; ++tap)
            acc += x[4 * column + ((stride * row + y + tap) & 3)] * tinyc_mve_byte(w, 4 * column + tap);
        to[i * step + y * below] = tinyc_clamp_s8(tinyc_requantize(acc, w[4], 0, p->zero_point), -128, 127);
      }
  }
#endif
}

/* One row of up to eight channels into its place in the ring; `pitch` bytes of the ring per channel. */
TINYC_INLINE void tinyc_depthwise_mve_fetch(const int8_t *row, int32_t step, int32_t columns, int32_t channels, int32_t pitch,
                                            int8_t *to) {
  int32_t i;
#if TINYC_MVE
  const uint16x8_t at = vmulq_n_u16(vidupq_n_u16(0, 1), (uint16_t)pitch), next = vaddq_n_u16(at, 4);
  const mve_pred16_t some = vctp16q((uint32_t)channels);
  if (channels == 8) {
    for (i = columns >> 1; i > 0; --i, to += 8) {
      vstrbq_scatter_offset_s16(to, at, vldrbq_s16(row));
      row += step;
      vstrbq_scatter_offset_s16(to, next, vldrbq_s16(row));
      row += step;
    }
    columns &= 1;
  }
  for (i = columns; i > 0; --i, row += step, to += 4) vstrbq_scatter_offset_p_s16(to, at, vldrbq_z_s16(row, some), some);
#else
  for (i = 0; i < columns; ++i) {
    int32_t c;
    for (c = 0; c < channels; ++c) to[c * pitch + 4 * i] = row[i * step + c];
  }
#endif
}

/* scratch: 32 bytes for each column of a row of the ring: stride * columns + 2, the columns rounded up to a multiple of 4. */
TINYC_KERNEL void tinyc_depthwise_conv2d_3x3_mve_s8(const tinyc_depthwise_conv2d_3x3_mve_s8_params *p, const int8_t *input,
                                                    int8_t *output, void *scratch) {
  const int32_t stride = p->stride, pitch = 4 * (stride * ((p->columns + 3) & ~3) + 2);
  const int32_t inside = tinyc_min_i32(p->in_columns, pitch / 4 - p->pad_columns), rows_at_once = 3 - stride;
  int8_t *const ring = (int8_t *)scratch;
  int8_t padding[8];
  int32_t first;
  memset(padding, p->in_zero_point, sizeof padding);
  for (first = 0; first < p->channels; first += 8) {
    const int32_t channels = tinyc_min_i32(8, p->channels - first);
    const int32_t *const weights = p->weights + 5 * first;
    int32_t row, next = 0;
    tinyc_mve_fill(ring, p->in_zero_point, 8 * pitch);
    for (row = 0; row < p->rows; row += rows_at_once) {
      int8_t *const to = output + row * p->out_row + first;
      const int32_t second = stride == 1 && row + 1 < p->rows, last = stride * (row + second) + 3;
      for (; next < last; ++next) {
        const int32_t y = next - p->pad_rows;
        int8_t *const place = ring + 4 * p->pad_columns + (next & 3);
        if (y >= 0 && y < p->in_rows)
          tinyc_depthwise_mve_fetch(input + y * p->in_row + first, p->in_column, inside, channels, pitch, place);
        else if (y > 0) /* rows above are there */
          tinyc_depthwise_mve_fetch(padding, 0, inside, 8, pitch, place);
      }
      tinyc_depthwise_mve_rows(p, weights, ring, pitch, channels, row, second, to);
    }
  }
  if (p->clamp_low > -128 || p->clamp_high < 127)
    tinyc_mve_clamp(output, p->rows * p->columns * p->channels, p->clamp_low, p->clamp_high);
}

#endif
