/* The loops of tk_dot_pairs.h for Arm processors with the DSP extension.
 *
 * They are written in assembly language because compilers do not find the order that
 * keeps eight sums, two addresses and four words in the fourteen registers there are. A group
 * of four terms takes 24 instructions for its 32 products, and each word of weights is read once
 * for four inputs. All fourteen are needed: compile with -fomit-frame-pointer,
 * which gcc and clang do by themselves when they optimise.
 */
#ifndef TK_DOT_PAIRS_ARM_H
#define TK_DOT_PAIRS_ARM_H

/* terms: [2 * n_groups][4], weights: [2 * n_groups].
 *
 * Two groups a turn; an odd number of groups begins with the second half of the first turn. The end
 * waits on the stack, for want of a register. */
static inline tk_dots_four tk_dot_pairs_four(const uint32_t *terms, const uint32_t *weights,
                                             int32_t n_groups, int32_t start)
{
    int32_t lo0 = start, lo1 = start, lo2 = start, lo3 = start;
    int32_t both0 = start, both1 = start, both2 = start, both3 = start;
    uint32_t w = (uint32_t)(uintptr_t)(weights + 2 * n_groups); /* before the loop: its end */
    uint32_t y = (uint32_t)n_groups;
    uint32_t lo, x;

    __asm__ volatile("str    %[w], [sp, #-8]!\n\t"
                     "lsls   %[y], %[y], #31\n\t"
                     "bne    2f\n\t"
                     "1:\n\t"
                     "ldr    %[w], [%[weights]], #4\n\t"
                     "ldrd   %[x], %[y], [%[terms]], #8\n\t"
                     "sxtb16 %[lo], %[w]\n\t"
                     "smlad  %[lo0], %[lo], %[x], %[lo0]\n\t"
                     "smlad  %[both0], %[w], %[x], %[both0]\n\t"
                     "smlad  %[lo1], %[lo], %[y], %[lo1]\n\t"
                     "smlad  %[both1], %[w], %[y], %[both1]\n\t"
                     "ldrd   %[x], %[y], [%[terms]], #8\n\t"
                     "smlad  %[lo2], %[lo], %[x], %[lo2]\n\t"
                     "smlad  %[both2], %[w], %[x], %[both2]\n\t"
                     "smlad  %[lo3], %[lo], %[y], %[lo3]\n\t"
                     "smlad  %[both3], %[w], %[y], %[both3]\n\t"
                     "ldr    %[w], [%[weights]], #4\n\t"
                     "ldrd   %[x], %[y], [%[terms]], #8\n\t"
                     "sxtb16 %[lo], %[w]\n\t"
                     "smlad  %[lo0], %[lo], %[x], %[lo0]\n\t"
                     "smlad  %[both0], %[w], %[x], %[both0]\n\t"
                     "smlad  %[lo1], %[lo], %[y], %[lo1]\n\t"
                     "smlad  %[both1], %[w], %[y], %[both1]\n\t"
                     "ldrd   %[x], %[y], [%[terms]], #8\n\t"
                     "smlad  %[lo2], %[lo], %[x], %[lo2]\n\t"
                     "smlad  %[both2], %[w], %[x], %[both2]\n\t"
                     "smlad  %[lo3], %[lo], %[y], %[lo3]\n\t"
                     "smlad  %[both3], %[w], %[y], %[both3]\n\t"
                     "2:\n\t"
                     "ldr    %[w], [%[weights]], #4\n\t"
                     "ldrd   %[x], %[y], [%[terms]], #8\n\t"
                     "sxtb16 %[lo], %[w]\n\t"
                     "smlad  %[lo0], %[lo], %[x], %[lo0]\n\t"
                     "smlad  %[both0], %[w], %[x], %[both0]\n\t"
                     "smlad  %[lo1], %[lo], %[y], %[lo1]\n\t"
                     "smlad  %[both1], %[w], %[y], %[both1]\n\t"
                     "ldrd   %[x], %[y], [%[terms]], #8\n\t"
                     "smlad  %[lo2], %[lo], %[x], %[lo2]\n\t"
                     "smlad  %[both2], %[w], %[x], %[both2]\n\t"
                     "smlad  %[lo3], %[lo], %[y], %[lo3]\n\t"
                     "smlad  %[both3], %[w], %[y], %[both3]\n\t"
                     "ldr    %[w], [%[weights]], #4\n\t"
                     "ldrd   %[x], %[y], [%[terms]], #8\n\t"
                     "sxtb16 %[lo], %[w]\n\t"
                     "smlad  %[lo0], %[lo], %[x], %[lo0]\n\t"
                     "smlad  %[both0], %[w], %[x], %[both0]\n\t"
                     "smlad  %[lo1], %[lo], %[y], %[lo1]\n\t"
                     "smlad  %[both1], %[w], %[y], %[both1]\n\t"
                     "ldrd   %[x], %[y], [%[terms]], #8\n\t"
                     "smlad  %[lo2], %[lo], %[x], %[lo2]\n\t"
                     "smlad  %[both2], %[w], %[x], %[both2]\n\t"
                     "smlad  %[lo3], %[lo], %[y], %[lo3]\n\t"
                     "smlad  %[both3], %[w], %[y], %[both3]\n\t"
                     "ldr    %[lo], [sp]\n\t"
                     "cmp    %[weights], %[lo]\n\t"
                     "bne    1b\n\t"
                     "add    sp, #8"
                     : [weights] "+r"(weights), [terms] "+r"(terms), [lo0] "+r"(lo0),
                       [lo1] "+r"(lo1), [lo2] "+r"(lo2), [lo3] "+r"(lo3), [both0] "+r"(both0),
                       [both1] "+r"(both1), [both2] "+r"(both2), [both3] "+r"(both3),
                       [w] "+r"(w), [lo] "=&r"(lo), [x] "=&r"(x), [y] "+r"(y)
                     :
                     : "memory", "cc");
    return (tk_dots_four){{lo0, lo1, lo2, lo3},
                          {tk_twice_hi(both0, lo0), tk_twice_hi(both1, lo1),
                           tk_twice_hi(both2, lo2), tk_twice_hi(both3, lo3)}};
}

/* One group for a single input: eight products in eight instructions. */
static inline void tk_add_group_one(const uint32_t **terms, const uint32_t **weights,
                                    tk_dots_one *sums)
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
                       [both] "+r"(sums->twice_hi), [w] "=&r"(w), [v] "=&r"(v), [x] "=&r"(x),
                       [y] "=&r"(y), [lo] "=&r"(lo)
                     :
                     : "memory");
}

/* terms, weights: [2 * n_groups]. Four groups a turn. */
static inline tk_dots_one tk_dot_pairs_one(const uint32_t *terms, const uint32_t *weights,
                                           int32_t n_groups, int32_t start)
{
    tk_dots_one sums = {start, start};

    for (; n_groups % 4 != 0; n_groups--) {
        tk_add_group_one(&terms, &weights, &sums);
    }
    for (; n_groups > 0; n_groups -= 4) {
        tk_add_group_one(&terms, &weights, &sums);
        tk_add_group_one(&terms, &weights, &sums);
        tk_add_group_one(&terms, &weights, &sums);
        tk_add_group_one(&terms, &weights, &sums);
    }
    sums.twice_hi = tk_twice_hi(sums.twice_hi, sums.lo);
    return sums;
}

#endif
