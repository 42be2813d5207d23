/* The sums of tk_filter_3x3.h for Arm processors with the DSP extension, in assembly language so
 * that the weights are read again for each step, two with one instruction, and not kept in
 * registers that are needed for the rest. */
#ifndef TK_FILTER_3X3_ARM_H
#define TK_FILTER_3X3_ARM_H

static inline tk_two_sums tk_filter_stride_1(tk_three_rows *rows, const uint32_t *weights,
                                             int32_t bias)
{
    tk_two_sums sums = {bias, bias};
    uint32_t a, b, w01, w12;

    __asm__ volatile("ldrd   %[a], %[b], [%[top]], #4\n\t"
                     "ldrd   %[w01], %[w12], [%[weights], #0]\n\t"
                     "smlad  %[left], %[a], %[w01], %[left]\n\t"
                     "smlatb %[right], %[a], %[w01], %[right]\n\t"
                     "smlabt %[left], %[b], %[w12], %[left]\n\t"
                     "smlad  %[right], %[b], %[w12], %[right]\n\t"
                     "ldrd   %[a], %[b], [%[middle]], #4\n\t"
                     "ldrd   %[w01], %[w12], [%[weights], #8]\n\t"
                     "smlad  %[left], %[a], %[w01], %[left]\n\t"
                     "smlatb %[right], %[a], %[w01], %[right]\n\t"
                     "smlabt %[left], %[b], %[w12], %[left]\n\t"
                     "smlad  %[right], %[b], %[w12], %[right]\n\t"
                     "ldrd   %[a], %[b], [%[bottom]], #4\n\t"
                     "ldrd   %[w01], %[w12], [%[weights], #16]\n\t"
                     "smlad  %[left], %[a], %[w01], %[left]\n\t"
                     "smlatb %[right], %[a], %[w01], %[right]\n\t"
                     "smlabt %[left], %[b], %[w12], %[left]\n\t"
                     "smlad  %[right], %[b], %[w12], %[right]"
                     : [top] "+r"(rows->top), [middle] "+r"(rows->middle),
                       [bottom] "+r"(rows->bottom), [left] "+r"(sums.left),
                       [right] "+r"(sums.right),
                       [a] "=&r"(a), [b] "=&r"(b), [w01] "=&r"(w01), [w12] "=&r"(w12)
                     : [weights] "r"(weights)
                     : "memory");
    return sums;
}

static inline tk_two_sums tk_filter_stride_2(tk_three_rows *rows, const uint32_t *weights,
                                             int32_t bias)
{
    tk_two_sums sums = {bias, bias};
    uint32_t a, b, c, w01, w12;

    __asm__ volatile("ldrd   %[a], %[b], [%[top]], #8\n\t"
                     "ldr    %[c], [%[top]]\n\t"
                     "ldrd   %[w01], %[w12], [%[weights], #0]\n\t"
                     "smlad  %[left], %[a], %[w01], %[left]\n\t"
                     "smlad  %[right], %[b], %[w01], %[right]\n\t"
                     "smlabt %[left], %[b], %[w12], %[left]\n\t"
                     "smlabt %[right], %[c], %[w12], %[right]\n\t"
                     "ldrd   %[a], %[b], [%[middle]], #8\n\t"
                     "ldr    %[c], [%[middle]]\n\t"
                     "ldrd   %[w01], %[w12], [%[weights], #8]\n\t"
                     "smlad  %[left], %[a], %[w01], %[left]\n\t"
                     "smlad  %[right], %[b], %[w01], %[right]\n\t"
                     "smlabt %[left], %[b], %[w12], %[left]\n\t"
                     "smlabt %[right], %[c], %[w12], %[right]\n\t"
                     "ldrd   %[a], %[b], [%[bottom]], #8\n\t"
                     "ldr    %[c], [%[bottom]]\n\t"
                     "ldrd   %[w01], %[w12], [%[weights], #16]\n\t"
                     "smlad  %[left], %[a], %[w01], %[left]\n\t"
                     "smlad  %[right], %[b], %[w01], %[right]\n\t"
                     "smlabt %[left], %[b], %[w12], %[left]\n\t"
                     "smlabt %[right], %[c], %[w12], %[right]"
                     : [top] "+r"(rows->top), [middle] "+r"(rows->middle),
                       [bottom] "+r"(rows->bottom), [left] "+r"(sums.left),
                       [right] "+r"(sums.right),
                       [a] "=&r"(a), [b] "=&r"(b), [c] "=&r"(c), [w01] "=&r"(w01), [w12] "=&r"(w12)
                     : [weights] "r"(weights)
                     : "memory");
    return sums;
}

#endif
