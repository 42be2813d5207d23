/* The loops of tk_dot_pairs.h for Arm processors with the DSP extension.
 *
 * They are written in assembly language because compilers do not find the order that
 * keeps eight sums, two addresses and four words in the fourteen registers there are. A group
 * of four terms takes 24 instructions for its 32 products and 3 more for the loop, and each word of
 * weights is read once for four inputs. All fourteen are needed: compile with -fomit-frame-pointer,
 * which gcc and clang do by themselves when they optimise.
 */
#ifndef TK_DOT_PAIRS_ARM_H
#define TK_DOT_PAIRS_ARM_H

/* terms: [2 * n_groups][4], weights: [2 * n_groups]. */
static inline tk_dots_four tk_dot_pairs_four(const uint32_t *terms, const uint32_t *weights,
                                             int32_t n_groups)
{
    const uint32_t *const end = weights + 2 * n_groups;
    int32_t lo0 = 0, lo1 = 0, lo2 = 0, lo3 = 0;
    int32_t both0 = 0, both1 = 0, both2 = 0, both3 = 0;

    do {
        uint32_t w, lo, x, y;

        __asm__ volatile("ldr    %[w], [%[weights]], #4\n\t"
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
                         "smlad  %[both3], %[w], %[y], %[both3]"
                         : [weights] "+r"(weights), [terms] "+r"(terms), [lo0] "+r"(lo0),
                           [lo1] "+r"(lo1), [lo2] "+r"(lo2), [lo3] "+r"(lo3), [both0] "+r"(both0),
                           [both1] "+r"(both1), [both2] "+r"(both2), [both3] "+r"(both3),
                           [w] "=&r"(w), [lo] "=&r"(lo), [x] "=&r"(x), [y] "=&r"(y)
                         :
                         : "memory");
    } while (weights != end);
    return (tk_dots_four){{lo0, lo1, lo2, lo3},
                          {tk_hi_of(both0, lo0), tk_hi_of(both1, lo1), tk_hi_of(both2, lo2),
                           tk_hi_of(both3, lo3)}};
}

/* terms, weights: [2 * n_groups]. */
static inline tk_dots_one tk_dot_pairs_one(const uint32_t *terms, const uint32_t *weights,
                                           int32_t n_groups)
{
    const uint32_t *const end = weights + 2 * n_groups;
    int32_t lo_sum = 0, both_sum = 0;

    do {
        uint32_t w, v, x, y, lo;

        __asm__ volatile("ldrd   %[w], %[v], [%[weights]], #8\n\t"
                         "ldrd   %[x], %[y], [%[terms]], #8\n\t"
                         "smlad  %[both_sum], %[w], %[x], %[both_sum]\n\t"
                         "sxtb16 %[lo], %[w]\n\t"
                         "smlad  %[both_sum], %[v], %[y], %[both_sum]\n\t"
                         "smlad  %[lo_sum], %[lo], %[x], %[lo_sum]\n\t"
                         "sxtb16 %[lo], %[v]\n\t"
                         "smlad  %[lo_sum], %[lo], %[y], %[lo_sum]"
                         : [weights] "+r"(weights), [terms] "+r"(terms), [lo_sum] "+r"(lo_sum),
                           [both_sum] "+r"(both_sum), [w] "=&r"(w), [v] "=&r"(v), [x] "=&r"(x),
                           [y] "=&r"(y), [lo] "=&r"(lo)
                         :
                         : "memory");
    } while (weights != end);
    return (tk_dots_one){lo_sum, tk_hi_of(both_sum, lo_sum)};
}

#endif
