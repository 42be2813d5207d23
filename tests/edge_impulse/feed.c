/* A .eim program without its sockets: clients come on standard input, one after the other.
 *
 * Each is four bytes of length, lowest first, then what it sends. Its replies go to standard output
 * with the 0 bytes that end them, and a newline after the last. argv[1]: bytes taken at a time.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "eim_answer.h"

static void print_reply(const char *reply, size_t n_bytes, void *context)
{
    (void)context;
    fwrite(reply, 1, n_bytes, stdout);
}

int main(int n_arguments, char **arguments)
{
    static eim_server server;
    static float shared[EIM_N_FEATURES];
    const size_t chunk_bytes = (n_arguments == 2) ? (size_t)atol(arguments[1]) : 0;
    uint8_t length[4];

    /* From malloc, so that a byte too far is seen. */
    server.request = malloc(EIM_REQUEST_BYTES);
    server.reply = malloc(EIM_REPLY_BYTES);
    server.features = malloc(EIM_N_FEATURES * sizeof(float));
    server.shm_name = "/feed";
    server.shm_features = shared;
    if (server.request == NULL || server.reply == NULL || server.features == NULL) {
        return 1;
    }
    while (chunk_bytes > 0 && fread(length, 1, sizeof length, stdin) == sizeof length) {
        size_t n_left = length[0] | ((size_t)length[1] << 8) | ((size_t)length[2] << 16);
        char *chunk = malloc(chunk_bytes);

        eim_begin(&server);
        while (n_left > 0 && chunk != NULL) {
            const size_t n = (n_left < chunk_bytes) ? n_left : chunk_bytes;

            if (fread(chunk, 1, n, stdin) != n) {
                return 1;
            }
            eim_take(&server, chunk, n, print_reply, NULL);
            n_left -= n;
        }
        free(chunk);
        putchar('\n');
    }
    free(server.request);
    free(server.reply);
    free(server.features);
    return 0;
}
