/* The loops of tk_dot_pairs.h for Arm processors with the DSP extension.
 *
 * They are written in assembly language because compilers do not find the order that keeps eight
 * sums, two addresses and four words in the fourteen registers there are. A group of four terms
 * takes 24 instructions for its 32 products, and each word of weights is read once for four inputs.
 * All fourteen are needed: compile with -fomit-frame-pointer, which gcc and clang do by themselves
 * when they optimise.
 */
#ifndef TK_DOT_PAIRS_ARM_H
#define TK_DOT_PAIRS_ARM_H

/* One word of weights times those of four inputs. */
#define TK_WORD_TIMES_FOUR                      \
    "ldr    %[w], [%[weights]], #4\n\t"         \
    "ldrd   %[x], %[y], [%[terms]], #8\n\t"     \
    "sxtb16 %[lo], %[w]\n\t"                    \
    "smlad  %[lo0], %[lo], %[x], %[lo0]\n\t"    \
    "smlad  %[both0], %[w], %[x], %[both0]\n\t" \
    "smlad  %[lo1], %[lo], %[y], %[lo1]\n\t"    \
    "smlad  %[both1], %[w], %[y], %[both1]\n\t" \
    "ldrd   %[x], %[y], [%[terms]], #8\n\t"     \
    "smlad  %[lo2], %[lo], %[x], %[lo2]\n\t"    \
    "smlad  %[both2], %[w], %[x], %[both2]\n\t" \
    "smlad  %[lo3], %[lo], %[y], %[lo3]\n\t"    \
    "smlad  %[both3], %[w], %[y], %[both3]\n\t"

/* Two groups a turn; an odd number of groups begins with the second half of the first turn. The end
 * of the row, and what the caller needs afterwards, wait on the stack, for want of registers. The
 * last instructions are tk_twice_hi and tk_twice. */
static inline tk_dots_four tk_dot_pairs_four(const uint32_t *terms, const uint32_t *weights,
                                             int32_t n_groups, int32_t start, tk_kept *kept)
{
    const uint32_t *end = weights + 2 * n_groups;
    int32_t lo0 = start, lo1, lo2, lo3, both0, both1, both2, both3;

    __asm__ volatile("strd   %[w], %[lo], [sp, #-16]!\n\t"
                     "strd   %[x], %[y], [sp, #8]\n\t"
                     "mov    %[lo1], %[lo0]\n\t"
                     "mov    %[lo2], %[lo0]\n\t"
                     "mov    %[lo3], %[lo0]\n\t"
                     "mov    %[both0], %[lo0]\n\t"
                     "mov    %[both1], %[lo0]\n\t"
                     "mov    %[both2], %[lo0]\n\t"
                     "mov    %[both3], %[lo0]\n\t"
                     "sub    %[y], %[w], %[weights]\n\t"
                     "lsls   %[y], %[y], #28\n\t"
                     "bne    2f\n\t"
                     "1:\n\t"
                     TK_WORD_TIMES_FOUR TK_WORD_TIMES_FOUR "2:\n\t"
                     TK_WORD_TIMES_FOUR TK_WORD_TIMES_FOUR
                     "ldr    %[lo], [sp]\n\t"
                     "cmp    %[weights], %[lo]\n\t"
                     "bne    1b\n\t"
                     "sub    %[both0], %[both0], %[lo0]\n\t"
                     "sub    %[both1], %[both1], %[lo1]\n\t"
                     "sub    %[both2], %[both2], %[lo2]\n\t"
                     "sub    %[both3], %[both3], %[lo3]\n\t"
                     "asr    %[both0], %[both0], #7\n\t"
                     "asr    %[both1], %[both1], #7\n\t"
                     "asr    %[both2], %[both2], #7\n\t"
                     "asr    %[both3], %[both3], #7\n\t"
                     "lsl    %[lo0], %[lo0], #1\n\t"
                     "lsl    %[lo1], %[lo1], #1\n\t"
                     "lsl    %[lo2], %[lo2], #1\n\t"
                     "lsl    %[lo3], %[lo3], #1\n\t"
                     "ldr    %[lo], [sp, #4]\n\t"
                     "ldrd   %[x], %[y], [sp, #8]\n\t"
                     "add    sp, #16"
                     : [weights] "+r"(weights), [terms] "+r"(terms), [lo0] "+r"(lo0),
                       [lo1] "=&r"(lo1), [lo2] "=&r"(lo2), [lo3] "=&r"(lo3),
                       [both0] "=&r"(both0), [both1] "=&r"(both1), [both2] "=&r"(both2),
                       [both3] "=&r"(both3), [w] "+r"(end), [lo] "+r"(kept->step),
                       [x] "+r"(kept->channels), [y] "+r"(kept->output)
                     :
                     : "memory", "cc");
    return (tk_dots_four){{lo0, lo1, lo2, lo3}, {both0, both1, both2, both3}};
}

typedef struct {
    int32_t lo;
    int32_t both;
} tk_sums_one;

/* One group for a single input: eight products in eight instructions. */
static inline void tk_add_group_one(const uint32_t **terms, const uint32_t **weights,
                                    tk_sums_one *sums)
{
    uint32_t w, v, x, y, lo;

    __asm__ volatile("ldrd   %[w], %[v], [%[weights]], #8\n\t"
                     "ldrd   %[x], %[y], [%[terms]], #8\n\t"
                     "smlad  %[both], %[w], %[x], %[both]\n\t"
                     "sxtb16 %[lo], %[w]\n\t"
                     "smlad  %[both], %[v], %[y], %[both]\n\t"
                     "smlad  %[sum], %[lo], %[x], %[sum]\n\t"
                     "sxtb16 %[lo], %[v]\n\t"
                     "smlad  %[sum], %[lo], %[y], %[sum]"
                     : [weights] "+r"(*weights), [terms] "+r"(*terms), [sum] "+r"(sums->lo),
                       [both] "+r"(sums->both), [w] "=&r"(w), [v] "=&r"(v), [x] "=&r"(x),
                       [y] "=&r"(y), [lo] "=&r"(lo)
                     :
                     : "memory");
}

/* terms, weights: [2 * n_groups]. Four groups a turn. */
static inline tk_dots_one tk_dot_pairs_one(const uint32_t *terms, const uint32_t *weights,
                                           int32_t n_groups, int32_t start)
{
    tk_sums_one sums = {start, start};

    for (; n_groups % 4 != 0; n_groups--) {
        tk_add_group_one(&terms, &weights, &sums);
    }
    for (; n_groups > 0; n_groups -= 4) {
        tk_add_group_one(&terms, &weights, &sums);
        tk_add_group_one(&terms, &weights, &sums);
        tk_add_group_one(&terms, &weights, &sums);
        tk_add_group_one(&terms, &weights, &sums);
    }
    return (tk_dots_one){tk_twice(sums.lo), tk_twice_hi(sums.both, sums.lo)};
}

#endif
