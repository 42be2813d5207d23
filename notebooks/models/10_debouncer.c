#include "debouncer.h"

/* alarm  if  sum of the last n_history codes >= threshold * n_history
 *
 * which is average >= threshold without a division. The sum stays within 16 * 128 = 2048. */
bool debounce_push(debouncer *d, int8_t code)
{
    d->sum += code - d->ring[d->at]; /* a place that is not used yet holds 0 */
    d->ring[d->at] = code;
    d->at = (uint8_t)((d->at + 1) % d->n_history);
    if (d->n_codes < d->n_history) {
        d->n_codes++;
    }
    if (d->n_quiet > 0) {
        d->n_quiet--;
        return false;
    }
    if (d->n_codes < d->n_history || d->sum < d->threshold * d->n_history) {
        return false;
    }
    d->n_quiet = d->n_refractory;
    return true;
}
