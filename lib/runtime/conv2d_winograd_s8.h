#ifndef TINYC_RUNTIME_CONV2D_WINOGRAD_S8_H
#define TINYC_RUNTIME_CONV2D_WINOGRAD_S8_H
/* Convolution 3x3, stride 1, by Winograd's F(2x2, 3x3): a tile of 2x2 outputs takes 16 products for each input channel, not
 * 36. With 2G in place of G all is integer, and four times each sum comes out exactly:
 *   4 Y = A' [(2G) g (2G)' * (B' d B)] A,  B' = (1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1),  A' = (1 1 1 0; 0 1 -1 -1),
 * 2G = (2 0 0; 1 1 1; 1 -1 1; 0 0 2). Channels are multiples of four, no requantizer shifts left.
 *
 * Two tiles side by side are transformed at a time, to halfwords of two channels (c, c+2) or (c+1, c+3). The weights of four
 * output channels: for each of 16 places, for each such pair, a word per channel. */

#include "lib/runtime/requantize.h"

typedef struct {
  int32_t in_height, in_width, in_channels;
  int32_t out_height, out_width, out_channels;
  int32_t pad_top, pad_left;
  int32_t in_zero_point;
  const int32_t *weights;
  const int32_t *bias;       /* less the input's zero point times the channel's weights */
  const int32_t *multiplier;
  int32_t zero_point, clamp_low, clamp_high;
} tinyc_conv2d_winograd_s8_params;

#if TINYC_DSP && defined(__GNUC__) && defined(__arm__)

/* B' d B of two tiles: pixel[x][y] are six columns of four, `pairs` pairs of channels go to inputs[16][pairs][2]. Naked: r0 pixels,
 * then columns, r1 inputs, r2 offset of the channels. The stack: 48 words of four rows of the even channels, then the odd ones, by
 * column; 192 pixels, 196 bytes of a place, 200 inputs, 204 end of the channels. */
__attribute__((naked, noinline, unused)) static void
tinyc_winograd_inputs(const int8_t *pixel[6][4] __attribute__((unused)), int32_t pairs __attribute__((unused)),
                      uint32_t *inputs __attribute__((unused))) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "sub sp, #212\n"
      "lsl r3, r1, #3\n"
      "lsl r4, r1, #1\n"
      "str r0, [sp, #192]\n"
      "str r3, [sp, #196]\n"
      "str r2, [sp, #200]\n"
      "str r4, [sp, #204]\n"
      "movs r2, #0\n"
      "1:\n" /* four channels */
      "ldr r0, [sp, #192]\n"
      "mov r12, sp\n"
      "add lr, sp, #192\n"
      "2:\n" /* a column */
      "ldr r4, [r0], #4\n"
      "ldr r5, [r0], #4\n"
      "ldr r6, [r0], #4\n"
      "ldr r7, [r0], #4\n"
      "ldr r4, [r4, r2]\n"
      "ldr r5, [r5, r2]\n"
      "ldr r6, [r6, r2]\n"
      "ldr r7, [r7, r2]\n"
      "sxtb16 r8, r4\n"
      "sxtb16 r9, r5\n"
      "sxtb16 r10, r6\n"
      "sxtb16 r11, r7\n"
      "sxtb16 r4, r4, ror #8\n"
      "sxtb16 r5, r5, ror #8\n"
      "sxtb16 r6, r6, ror #8\n"
      "sxtb16 r7, r7, ror #8\n"
      "ssub16 r8, r8, r10\n"
      "ssub16 r11, r9, r11\n"
      "ssub16 r3, r10, r9\n"
      "sadd16 r9, r9, r10\n"
      "ssub16 r4, r4, r6\n"
      "ssub16 r7, r5, r7\n"
      "ssub16 r10, r6, r5\n"
      "sadd16 r5, r5, r6\n"
      "str r8, [r12], #32\n"
      "str r9, [r12, #-28]\n"
      "str r3, [r12, #-24]\n"
      "str r11, [r12, #-20]\n"
      "str r4, [r12, #-16]\n"
      "str r5, [r12, #-12]\n"
      "str r10, [r12, #-8]\n"
      "str r7, [r12, #-4]\n"
      "cmp r12, lr\n"
      "bne 2b\n"
      "ldr r3, [sp, #196]\n"
      "ldr r1, [sp, #200]\n"
      "mov r0, sp\n"
      "3:\n" /* a row of the even channels, then of the odd ones: four places */
      "ldr r5, [r0, #32]\n"
      "ldr r6, [r0, #64]\n"
      "ldr r7, [r0, #96]\n"
      "ldr r8, [r0, #128]\n"
      "ldr r9, [r0, #160]\n"
      "ldr r4, [r0], #4\n"
      "ssub16 r4, r4, r6\n"
      "ssub16 r10, r6, r8\n"
      "ssub16 r9, r7, r9\n"
      "sadd16 r11, r5, r6\n"
      "ssub16 r6, r6, r5\n"
      "ssub16 r5, r5, r7\n"
      "sadd16 r12, r7, r8\n"
      "ssub16 r8, r8, r7\n"
      "add r7, r1, #4\n"
      "str r11, [r1, r3]\n"
      "str r6, [r1, r3, lsl #1]\n"
      "str r12, [r7, r3]\n"
      "str r8, [r7, r3, lsl #1]\n"
      "str r10, [r7], #-4\n"
      "str r4, [r7]\n"
      "add r7, r3, r3, lsl #1\n"
      "add r1, r1, r7\n"
      "str r5, [r1]\n"
      "str r9, [r1, #4]\n"
      "add r1, r1, r3\n"
      "mov r12, sp\n"
      "sub r12, r0, r12\n"
      "cmp r12, #16\n"
      "bne 4f\n"
      "ldr r1, [sp, #200]\n"
      "add r1, r1, #8\n"
      "b 3b\n"
      "4:\n"
      "cmp r12, #32\n"
      "bne 3b\n"
      "ldr r4, [sp, #200]\n"
      "ldr r5, [sp, #204]\n"
      "add r4, r4, #16\n"
      "str r4, [sp, #200]\n"
      "add r2, r2, #4\n"
      "cmp r2, r5\n"
      "bne 1b\n"
      "add sp, #212\n"
      "pop {r4-r11, pc}\n");
}

/* products[16][2][4]: for each place, tile and output channel the sum over `pairs` pairs of channels, at least 2. Naked: all
 * fourteen registers are in use. r0-r3 operands, r4-r11 sums, r12 weights, lr inputs. Stack: 0 end of the place's inputs, 4 bytes of
 * them, 8 products, 12 end of all inputs, 16 entry into the unrolled loop. */
__attribute__((naked, noinline, unused)) static void
tinyc_winograd_products(const uint32_t *weights __attribute__((unused)), const uint32_t *inputs __attribute__((unused)),
                        int32_t *products __attribute__((unused)), int32_t pairs __attribute__((unused))) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "sub sp, #20\n"
      "lsl r4, r3, #3\n"
      "add r5, r1, r4\n"
      "add r6, r1, r4, lsl #4\n"
      "rsb r3, r3, #9\n"
      "and r3, r3, #7\n"
      "mov r7, #56\n"
      "mul r3, r3, r7\n"
      "adr r7, 2f\n"
      "add r3, r3, r7\n"
      "add r3, r3, #1\n"
      "str r5, [sp, #0]\n"
      "str r4, [sp, #4]\n"
      "str r2, [sp, #8]\n"
      "str r6, [sp, #12]\n"
      "str r3, [sp, #16]\n"
      "mov r12, r0\n"
      "mov lr, r1\n"
      "1:\n" /* a place: the first pair begins the sums */
      "ldr r0, [lr], #4\n"
      "ldr r1, [lr], #4\n"
      "ldr r2, [r12], #4\n"
      "ldr r3, [r12], #4\n"
      "smuad r4, r2, r0\n"
      "smuad r5, r3, r0\n"
      "smuad r8, r2, r1\n"
      "smuad r9, r3, r1\n"
      "ldr r2, [r12], #4\n"
      "ldr r3, [r12], #4\n"
      "smuad r6, r2, r0\n"
      "smuad r7, r3, r0\n"
      "smuad r10, r2, r1\n"
      "smuad r11, r3, r1\n"
      "ldr pc, [sp, #16]\n"
      ".p2align 2\n"
      "2:\n"
      ".rept 8\n" /* 56 bytes each */
      "ldr r0, [lr], #4\n"
      "ldr r1, [lr], #4\n"
      "ldr r2, [r12], #4\n"
      "ldr r3, [r12], #4\n"
      "smlad r4, r2, r0, r4\n"
      "smlad r5, r3, r0, r5\n"
      "smlad r8, r2, r1, r8\n"
      "smlad r9, r3, r1, r9\n"
      "ldr r2, [r12], #4\n"
      "ldr r3, [r12], #4\n"
      "smlad r6, r2, r0, r6\n"
      "smlad r7, r3, r0, r7\n"
      "smlad r10, r2, r1, r10\n"
      "smlad r11, r3, r1, r11\n"
      ".endr\n"
      "ldr r0, [sp, #0]\n"
      "cmp lr, r0\n"
      "bne 2b\n"
      "ldr r1, [sp, #4]\n"
      "ldr r2, [sp, #8]\n"
      "ldr r3, [sp, #12]\n"
      "stmia r2!, {r4-r11}\n"
      "add r0, r0, r1\n"
      "str r0, [sp, #0]\n"
      "str r2, [sp, #8]\n"
      "cmp lr, r3\n"
      "bne 1b\n"
      "add sp, #20\n"
      "pop {r4-r11, pc}\n");
}

#else

TINYC_INLINE uint32_t tinyc_halves(int32_t low, int32_t high) { return ((uint32_t)low & 0xffffu) | (uint32_t)high << 16; }
TINYC_INLINE int32_t tinyc_low_half(uint32_t word) { return (int16_t)(uint16_t)(word & 0xffffu); }
TINYC_INLINE int32_t tinyc_high_half(uint32_t word) { return (int16_t)(uint16_t)(word >> 16); }
TINYC_INLINE uint32_t tinyc_add_halves(uint32_t a, uint32_t b) {
  return tinyc_halves(tinyc_low_half(a) + tinyc_low_half(b), tinyc_high_half(a) + tinyc_high_half(b));
}
TINYC_INLINE uint32_t tinyc_subtract_halves(uint32_t a, uint32_t b) {
  return tinyc_halves(tinyc_low_half(a) - tinyc_low_half(b), tinyc_high_half(a) - tinyc_high_half(b));
}
TINYC_INLINE uint32_t tinyc_even_halves(uint32_t word) {
  return tinyc_halves((int8_t)(uint8_t)(word & 0xffu), (int8_t)(uint8_t)((word >> 16) & 0xffu));
}
TINYC_INLINE uint32_t tinyc_odd_halves(uint32_t word) { return tinyc_even_halves(word >> 8); }

TINYC_KERNEL void tinyc_winograd_products(const uint32_t *weights, const uint32_t *inputs, int32_t *products, int32_t pairs) {
  int32_t place, pair, tile, c;
  for (place = 0; place < 16; ++place, products += 8) {
    memset(products, 0, 8 * sizeof *products);
    for (pair = 0; pair < pairs; ++pair, weights += 4, inputs += 2)
      for (tile = 0; tile < 2; ++tile)
        for (c = 0; c < 4; ++c)
          products[4 * tile + c] += tinyc_low_half(weights[c]) * tinyc_low_half(inputs[tile]) +
                                    tinyc_high_half(weights[c]) * tinyc_high_half(inputs[tile]);
  }
}

TINYC_KERNEL void tinyc_winograd_inputs(const int8_t *pixel[6][4], int32_t pairs, uint32_t *inputs) {
  int32_t c, x, i;
  for (c = 0; c < pairs; c += 2, inputs += 4) {
    uint32_t column[6][8]; /* four rows of the even channels, then of the odd ones */
    for (x = 0; x < 6; ++x) {
      const uint32_t d0 = tinyc_load_u32(pixel[x][0] + 2 * c), d1 = tinyc_load_u32(pixel[x][1] + 2 * c);
      const uint32_t d2 = tinyc_load_u32(pixel[x][2] + 2 * c), d3 = tinyc_load_u32(pixel[x][3] + 2 * c);
      const uint32_t e1 = tinyc_even_halves(d1), e2 = tinyc_even_halves(d2);
      const uint32_t o1 = tinyc_odd_halves(d1), o2 = tinyc_odd_halves(d2);
      column[x][0] = tinyc_subtract_halves(tinyc_even_halves(d0), e2);
      column[x][1] = tinyc_add_halves(e1, e2);
      column[x][2] = tinyc_subtract_halves(e2, e1);
      column[x][3] = tinyc_subtract_halves(e1, tinyc_even_halves(d3));
      column[x][4] = tinyc_subtract_halves(tinyc_odd_halves(d0), o2);
      column[x][5] = tinyc_add_halves(o1, o2);
      column[x][6] = tinyc_subtract_halves(o2, o1);
      column[x][7] = tinyc_subtract_halves(o1, tinyc_odd_halves(d3));
    }
    for (i = 0; i < 8; ++i) {
      uint32_t *to = inputs + 8 * (i & 3) * pairs + 2 * (i >> 2);
      const uint32_t x0 = column[0][i], x1 = column[1][i], x2 = column[2][i];
      const uint32_t x3 = column[3][i], x4 = column[4][i], x5 = column[5][i];
      to[0] = tinyc_subtract_halves(x0, x2);
      to[1] = tinyc_subtract_halves(x2, x4);
      to += 2 * pairs;
      to[0] = tinyc_add_halves(x1, x2);
      to[1] = tinyc_add_halves(x3, x4);
      to += 2 * pairs;
      to[0] = tinyc_subtract_halves(x2, x1);
      to[1] = tinyc_subtract_halves(x4, x3);
      to += 2 * pairs;
      to[0] = tinyc_subtract_halves(x1, x3);
      to[1] = tinyc_subtract_halves(x3, x5);
    }
  }
}

#endif

/* Four channels of a tile; products[16][8]. A result that does not exist has the place of one that does, which is written
 * later. */
#if TINYC_DSP && defined(__GNUC__) && defined(__arm__)

/* r0-r2 products, biases, multipliers, r3 to, r4-r7 sums of 00, 01, 10, 11, r12 row, lr column; the stack: end, zero point. */
__attribute__((naked, noinline, unused)) static void
tinyc_winograd_results(const int32_t *products __attribute__((unused)), const int32_t *bias __attribute__((unused)),
                       const int32_t *multiplier __attribute__((unused)), int8_t *to __attribute__((unused)),
                       int32_t zero_point __attribute__((unused)), int32_t row __attribute__((unused)),
                       int32_t column __attribute__((unused))) {
  __asm__ volatile(
      ".syntax unified\n"
      ".macro tinyc_column at, upper, lower\n"
      "ldr r8, [r0, #\\at]\n"
      "ldr r9, [r0, #\\at + 128]\n"
      "ldr r10, [r0, #\\at + 256]\n"
      "ldr r11, [r0, #\\at + 384]\n"
      "add \\upper, r8, r9\n"
      "add \\upper, \\upper, r10\n"
      "sub \\lower, r9, r10\n"
      "sub \\lower, \\lower, r11\n"
      ".endm\n"
      "push {r4-r11, lr}\n"
      "ldrd r12, lr, [sp, #40]\n"
      "ldr r5, [sp, #36]\n"
      "add r4, r0, #16\n"
      "push {r4, r5}\n"
      "1:\n"
      "tinyc_column 0, r4, r6\n"
      "tinyc_column 32, r5, r7\n"
      "add r4, r4, r5\n"
      "add r6, r6, r7\n"
      "tinyc_column 64, r8, r9\n"
      "add r4, r4, r8\n"
      "sub r5, r5, r8\n"
      "add r6, r6, r9\n"
      "sub r7, r7, r9\n"
      "tinyc_column 96, r8, r9\n"
      "sub r5, r5, r8\n"
      "sub r7, r7, r9\n"
      "ldr r8, [r1], #4\n"
      "ldr r9, [r2], #4\n"
      "ldr r10, [sp, #4]\n"
      "add r4, r8, r4, asr #2\n"
      "add r5, r8, r5, asr #2\n"
      "add r6, r8, r6, asr #2\n"
      "add r7, r8, r7, asr #2\n"
      "smmlar r4, r4, r9, r10\n"
      "smmlar r5, r5, r9, r10\n"
      "smmlar r6, r6, r9, r10\n"
      "smmlar r7, r7, r9, r10\n"
      "ssat r4, #8, r4\n"
      "ssat r5, #8, r5\n"
      "ssat r6, #8, r6\n"
      "ssat r7, #8, r7\n"
      "add r11, r3, r12\n"
      "add r0, r0, #4\n"
      "ldr r8, [sp, #0]\n"
      "strb r7, [r11, lr]\n"
      "strb r6, [r11]\n"
      "strb r5, [r3, lr]\n"
      "strb r4, [r3], #1\n"
      "cmp r0, r8\n"
      "bne 1b\n"
      "add sp, #8\n"
      "pop {r4-r11, pc}\n"
      ".purgem tinyc_column\n");
}

#else

TINYC_INLINE int8_t tinyc_winograd_result(int32_t four_times, int32_t bias, int32_t multiplier, int32_t zero_point) {
  return tinyc_clamp_s8(tinyc_requantize((four_times >> 2) + bias, multiplier, 0, zero_point), -128, 127);
}

TINYC_KERNEL void tinyc_winograd_results(const int32_t *products, const int32_t *bias, const int32_t *multiplier, int8_t *to,
                                         int32_t zero_point, int32_t row, int32_t column) {
  const int32_t *const end = products + 4;
  for (; products != end; ++products, ++bias, ++multiplier, ++to) {
    int32_t upper[4], lower[4], k;
    for (k = 0; k < 4; ++k) {
      const int32_t m1 = products[8 * (4 + k)], m2 = products[8 * (8 + k)];
      upper[k] = products[8 * k] + m1 + m2;
      lower[k] = m1 - m2 - products[8 * (12 + k)];
    }
    to[row + column] = tinyc_winograd_result(lower[1] - lower[2] - lower[3], *bias, *multiplier, zero_point);
    to[row] = tinyc_winograd_result(lower[0] + lower[1] + lower[2], *bias, *multiplier, zero_point);
    to[column] = tinyc_winograd_result(upper[1] - upper[2] - upper[3], *bias, *multiplier, zero_point);
    to[0] = tinyc_winograd_result(upper[0] + upper[1] + upper[2], *bias, *multiplier, zero_point);
  }
}

#endif

/* scratch: 65 bytes per input channel, then 512. */
TINYC_NOINLINE void tinyc_conv2d_winograd_s8(const tinyc_conv2d_winograd_s8_params *p, const int8_t *input, int8_t *output,
                                             void *scratch) {
  const int32_t pairs = p->in_channels / 2, channels = p->out_channels;
  uint32_t *const inputs = (uint32_t *)scratch;
  int32_t *const products = (int32_t *)(inputs + 32 * pairs);
  int8_t *const padding = (int8_t *)(products + 128);
  int32_t oy, ox, x, y, c, tile, i;
  memset(padding, p->in_zero_point, (size_t)p->in_channels);
  for (oy = 0; oy < p->out_height; oy += 2) {
    const int32_t row = oy + 1 < p->out_height ? p->out_width * channels : 0;
    for (ox = 0; ox < p->out_width; ox += 4) {
      const int8_t *pixel[6][4];
      const uint32_t *weights = (const uint32_t *)p->weights;
      for (x = 0; x < 6; ++x) {
        const int32_t at = ox - p->pad_left + x;
        for (y = 0; y < 4; ++y) {
          const int32_t line = oy - p->pad_top + y;
          const int32_t inside = at >= 0 && at < p->in_width && line >= 0 && line < p->in_height;
          pixel[x][y] = inside ? input + (line * p->in_width + at) * p->in_channels : padding;
        }
      }
      tinyc_winograd_inputs(pixel, pairs, inputs);
      for (c = 0; c < channels; c += 4, weights += 64 * pairs) {
        tinyc_winograd_products(weights, inputs, products, pairs);
        for (tile = 0; tile < 2 && ox + 2 * tile < p->out_width; ++tile) {
          const int32_t column = ox + 2 * tile + 1 < p->out_width ? channels : 0;
          int8_t *const to = output + (oy * p->out_width + ox + 2 * tile) * channels + c;
          tinyc_winograd_results(products + 4 * tile, p->bias + c, p->multiplier + c, to, p->zero_point, row, column);
        }
      }
    }
  }
  if (p->clamp_low > -128 || p->clamp_high < 127)
    for (i = 0; i < p->out_height * p->out_width * channels; ++i)
      output[i] = tinyc_clamp_s8(output[i], p->clamp_low, p->clamp_high);
}

#endif
