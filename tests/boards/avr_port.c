/* An Arduino Mega 2560 in simavr: runs the ELF file given, UART0 on standard input and output.
 *
 * Bytes go in no faster than 115200 baud sends them, and wait while the UART says it is full.
 */
#define _POSIX_C_SOURCE 200809L

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>

enum {
    CLOCK_HZ = 16000000,
    CYCLES_PER_BYTE = CLOCK_HZ / 11520, /* a byte is ten bits */
    CYCLES_BETWEEN_LOOKS = 2000
};

static int may_send = 1;

static void from_board(struct avr_irq_t *irq, uint32_t value, void *unused)
{
    const uint8_t byte = (uint8_t)value;

    (void)irq;
    (void)unused;
    if (write(STDOUT_FILENO, &byte, 1) != 1) {
        _exit(1);
    }
}

static void set_may_send(struct avr_irq_t *irq, uint32_t value, void *is_on)
{
    (void)irq;
    (void)value;
    may_send = is_on != NULL;
}

/* Returns 1 with a byte from standard input, or 0 if none has come. */
static int next_byte(uint8_t *byte)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

    if (poll(&input, 1, 0) <= 0 || (input.revents & POLLIN) == 0) {
        return 0;
    }
    return read(STDIN_FILENO, byte, 1) == 1;
}

static avr_t *powered_board(const char *path)
{
    elf_firmware_t firmware = {{0}};
    avr_t *avr = avr_make_mcu_by_name("atmega2560");
    uint32_t flags = 0;
    static int yes;

    if (avr == NULL || elf_read_firmware(path, &firmware) != 0) {
        return NULL;
    }
    firmware.frequency = CLOCK_HZ;
    avr_init(avr);
    avr_load_firmware(avr, &firmware);
    avr_ioctl(avr, AVR_IOCTL_UART_GET_FLAGS('0'), &flags);
    flags &= ~(uint32_t)(AVR_UART_FLAG_STDIO | AVR_UART_FLAG_POLL_SLEEP);
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
    const uint32_t uart = AVR_IOCTL_UART_GETIRQ('0');

    avr_irq_register_notify(avr_io_getirq(avr, uart, UART_IRQ_OUTPUT), from_board, NULL);
    avr_irq_register_notify(avr_io_getirq(avr, uart, UART_IRQ_OUT_XON), set_may_send, &yes);
    avr_irq_register_notify(avr_io_getirq(avr, uart, UART_IRQ_OUT_XOFF), set_may_send, NULL);
    return avr;
}

int main(int n_arguments, char **arguments)
{
    avr_t *avr = (n_arguments == 2) ? powered_board(arguments[1]) : NULL;
    avr_cycle_count_t look_at = 0;

    if (avr == NULL) {
        fputs("usage: avr_port FIRMWARE.elf\n", stderr);
        return 2;
    }
    avr_irq_t *to_board = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);

    for (;;) {
        const int state = avr_run(avr);
        uint8_t byte;

        if (state == cpu_Done || state == cpu_Crashed) {
            fprintf(stderr, "the processor stopped, state %d\n", state);
            return 1;
        }
        if (avr->cycle >= look_at && may_send) {
            look_at = avr->cycle + CYCLES_BETWEEN_LOOKS;
            if (next_byte(&byte)) {
                avr_raise_irq(to_board, byte);
                look_at = avr->cycle + CYCLES_PER_BYTE;
            }
        }
    }
}
