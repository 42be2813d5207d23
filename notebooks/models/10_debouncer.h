/* From the scores of single windows to alarms: the contract of lesson 10, sections 7 and 8. */
#ifndef DEBOUNCER_H
#define DEBOUNCER_H

#include <stdbool.h>
#include <stdint.h>

#define MOST_HISTORY 16

typedef struct {
    uint8_t n_history;    /* codes in an average, 1 to MOST_HISTORY */
    int8_t threshold;     /* smallest average that is an alarm */
    uint8_t n_refractory; /* codes after an alarm that cannot give another */

    int8_t ring[MOST_HISTORY]; /* all 0 at the start, as is what follows */
    uint8_t at;                /* where the next code goes */
    uint8_t n_codes;           /* codes in the ring so far */
    uint8_t n_quiet;           /* codes until an alarm is possible again */
    int32_t sum;               /* of the ring */
} debouncer;

/* Takes in one code; returns whether there is an alarm after it. */
bool debounce_push(debouncer *d, int8_t code);

#endif
