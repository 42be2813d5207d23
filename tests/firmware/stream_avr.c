/* The stream and the smoother where int has 16 bits: writes how many windows or events are wrong.
 *
 * simavr prints what arrives at the serial port, and ends when the processor sleeps. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>

#include "tk_smoother.h"
#include "tk_stream.h"

enum { WINDOW = 1000, HOP = 700, CAPACITY = 1100, N_SAMPLES = 70000 }; /* N_SAMPLES > 2^16 */

static int16_t memory[CAPACITY];
static int16_t window[WINDOW];
static int16_t history[300];

/* Samples are 0, 1, 2, ... modulo 2^16, so window k begins with k * HOP. */
static uint16_t wrong_windows(void)
{
    const tk_stream_shape shape = {1, 2, WINDOW, HOP};
    tk_stream stream;
    uint16_t n_wrong = 0;
    uint16_t n_taken = 0;

    n_wrong += !tk_stream_init(&stream, &shape, memory, sizeof memory);
    for (uint32_t sample = 0; sample < N_SAMPLES; sample++) {
        const int16_t value = (int16_t)(uint16_t)sample;

        tk_stream_push(&stream, &value, 1);
        if (tk_stream_take(&stream, window, sizeof window)) {
            for (uint16_t i = 0; i < WINDOW; i++) {
                n_wrong += (uint16_t)window[i] != (uint16_t)((uint32_t)n_taken * HOP + i);
            }
            n_taken++;
        }
    }
    /* Windows that end within 70000 samples: those that begin at 0, 700, ..., 68600. */
    return (uint16_t)(n_wrong + (n_taken != 99) + (stream.dropped_windows != 0));
}

/* 300 scores just below the threshold, then 300 at it, after which the average is there too. */
static uint16_t wrong_events(void)
{
    tk_smoother smoother;
    uint16_t n_wrong = 0;

    tk_smoother_init(&smoother, history, 300, 30000, 9);
    for (uint16_t n = 1; n <= 900; n++) {
        const bool event = tk_smoother_push(&smoother, (n <= 300) ? 29999 : 30000);

        n_wrong += event != (n >= 600 && (n - 600) % 10 == 0);
    }
    return n_wrong;
}

static void write_character(char character)
{
    while ((UCSR0A & (1 << UDRE0)) == 0) {
    }
    UDR0 = (uint8_t)character;
}

int main(void)
{
    const uint16_t n_wrong = (uint16_t)(wrong_windows() + wrong_events());

    UCSR0B = 1 << TXEN0;
    for (const char *text = "wrong: "; *text != '\0'; text++) {
        write_character(*text);
    }
    write_character((n_wrong > 9) ? '+' : (char)('0' + n_wrong));
    write_character('\n');
    while ((UCSR0A & (1 << TXC0)) == 0) {
    }
    cli();
    sleep_enable();
    sleep_cpu();
    return 0;
}
