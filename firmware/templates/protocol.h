/* How a computer talks to a board that runs {{ model_name }}.
 *
 * Written by tinymledu {{ version }} from a .tflite file with SHA-256
 * {{ model_sha256 }}.
 *
 * Lines of text at 115200 baud, as the benchmark MLPerf Tiny defines them: a command ends in '%', a
 * line of the answer in CR LF, the answer in "m-ready". Bytes come in through tml_protocol_receive
 * and leave through tml_port_write; there is no other way in or out.
 *
 *   name            who answers
 *   profile         which model, with its SHA-256
 *   timestamp       microseconds since the board started, modulo 2^32
 *   db load N       an input of N bytes follows
 *   db HH..         its next bytes in hexadecimal, at most 31 in a command
 *   infer N W       W inferences to warm up, then N between two timestamps
 *   results         the output: real values, then the bytes of the tensor
 *
 * Source: mlcommons/tiny, benchmark/api and benchmark/runner. The lines m-sha256 and m-codes are
 * additions; the benchmark's runner passes over lines that it does not know.
 */
#ifndef TML_PROTOCOL_H
#define TML_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Greets the computer; call it once, when the port is open. */
void tml_protocol_begin(void);

/* Takes one byte from the computer, and answers when it completes a command. */
void tml_protocol_receive(uint8_t byte);

/* To be defined beside this file: send some bytes; tell the time in microseconds, modulo 2^32. */
void tml_port_write(const char *text, size_t n_bytes);
uint32_t tml_port_micros(void);

#ifdef __cplusplus
}
#endif

#endif
