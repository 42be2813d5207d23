/* The self-test on an ATmega2560: writes the number of wrong answers to the serial port, and stops.
 *
 * simavr prints what arrives there, and ends when the processor sleeps with interrupts off.
 */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>

#include "tests.h"

static void write_character(char character)
{
    while ((UCSR0A & (1 << UDRE0)) == 0) {
    }
    UDR0 = (uint8_t)character;
}

int main(void)
{
    static const struct {
        int32_t (*self_test)(uint8_t *arena);
        uint8_t *arena;
    } tests[1] = {
#include "tests.inc"
    };

    UCSR0B = 1 << TXEN0;
    for (const char *text = "wrong answers: "; *text != '\0'; text++) {
        write_character(*text);
    }
    write_character((char)('0' + tests[0].self_test(tests[0].arena)));
    write_character('\n');
    while ((UCSR0A & (1 << TXC0)) == 0) {
    }
    cli();
    sleep_enable();
    sleep_cpu();
    return 0;
}
