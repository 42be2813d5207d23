/* From the scores of single windows to events: "the word was said", once for each time it is said.
 *
 * One smoother follows one class; several classes have one each. */
#ifndef TK_SMOOTHER_H
#define TK_SMOOTHER_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int16_t *history;        /* [n_history], kept by the caller: the latest scores */
    uint16_t n_history;      /* scores in an average, at least 1 */
    int16_t threshold;       /* smallest average that is an event, in codes of the output */
    uint16_t n_refractory;   /* scores after an event that cannot be another */
    uint16_t at;             /* where the next score goes */
    uint16_t n_scores;       /* scores in the history so far */
    uint16_t n_quiet;        /* scores until an event is possible again */
    int32_t sum;             /* of the history */
} tk_smoother;

/* Prepares a smoother without scores; with n_history 0, it never sees an event. */
void tk_smoother_init(tk_smoother *smoother, int16_t *history, uint16_t n_history,
                      int16_t threshold, uint16_t n_refractory);

/* Takes in the score of the next window, an int8 or int16 code. Returns whether it is an event:
 * the history is full, its average is at least the threshold, and no event was just before. */
bool tk_smoother_push(tk_smoother *smoother, int16_t score);

#ifdef __cplusplus
}
#endif

#endif
