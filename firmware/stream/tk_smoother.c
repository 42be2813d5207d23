#include "tk_smoother.h"

/* Moving average, threshold and refractory time.
 *
 *   event  if  sum of the last n_history scores >= threshold * n_history
 *
 * which is average >= threshold without a division, so nothing is rounded. Both sides stay inside
 * int32: 65535 * 32768 < 2^31.
 */

void tk_smoother_init(tk_smoother *smoother, int16_t *history, uint16_t n_history,
                      int16_t threshold, uint16_t n_refractory)
{
    const tk_smoother empty = {0};

    *smoother = empty;
    smoother->history = history;
    smoother->n_history = n_history;
    smoother->threshold = threshold;
    smoother->n_refractory = n_refractory;
}

bool tk_smoother_push(tk_smoother *smoother, int16_t score)
{
    if (smoother->n_history == 0) {
        return false;
    }
    if (smoother->n_scores < smoother->n_history) {
        smoother->n_scores++;
    } else {
        smoother->sum -= smoother->history[smoother->at];
    }
    smoother->sum += score;
    smoother->history[smoother->at] = score;
    smoother->at = (uint16_t)((smoother->at + 1u) % smoother->n_history);
    if (smoother->n_quiet > 0) {
        smoother->n_quiet--;
        return false;
    }
    const bool event = (smoother->n_scores == smoother->n_history)
                       && (smoother->sum >= (int32_t)smoother->threshold * smoother->n_history);

    if (event) {
        smoother->n_quiet = smoother->n_refractory;
    }
    return event;
}
