/* A .eim program: a model that the clients of Edge Impulse for Linux start and talk to.
 *
 *   MODEL.eim SOCKET
 *
 * It binds a socket and listens, and only then gives the socket the name that the client waits for.
 * It serves one client after the other until SIGINT, SIGTERM or SIGHUP.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "eim_answer.h"

static char request[EIM_REQUEST_BYTES];
static char reply[EIM_REPLY_BYTES];
static float features[EIM_N_FEATURES];
static eim_server server = {.request = request, .reply = reply, .features = features};
static volatile sig_atomic_t stopped = 0;

static void stop(int signal_number)
{
    (void)signal_number;
    stopped = 1;
}

/* Signals are let through only while the program waits, so that none is missed. */
static sigset_t watch_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = stop};
    sigset_t blocked, while_waiting;

    sigemptyset(&blocked);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        sigaction(signals[i], &action, NULL);
        sigaddset(&blocked, signals[i]);
    }
    sigprocmask(SIG_BLOCK, &blocked, &while_waiting);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        sigdelset(&while_waiting, signals[i]); /* whoever started us may have blocked them */
    }
    signal(SIGPIPE, SIG_IGN);
    return while_waiting;
}

/* Whether the file can be read from; false once a signal says to stop. */
static bool wait_for(int file, const sigset_t *while_waiting)
{
    fd_set waiting;

    while (!stopped) {
        FD_ZERO(&waiting);
        FD_SET(file, &waiting);
        const int n = pselect(file + 1, &waiting, NULL, NULL, NULL, while_waiting);

        if (n > 0) {
            return true;
        }
        if (n < 0 && errno != EINTR) {
            return false;
        }
    }
    return false;
}

/* Memory for features that the client writes; without it, features come as JSON. */
static void share_memory(char *name, size_t capacity)
{
    const size_t n_bytes = (size_t)EIM_N_FEATURES * sizeof(float);

    snprintf(name, capacity, "/tinymledu-%ld", (long)getpid());
    const int file = shm_open(name, O_CREAT | O_EXCL | O_RDWR, S_IRUSR | S_IWUSR);

    if (file < 0) {
        return;
    }
    void *memory = MAP_FAILED;
    if (ftruncate(file, (off_t)n_bytes) == 0) {
        memory = mmap(NULL, n_bytes, PROT_READ, MAP_SHARED, file, 0);
    }
    close(file);
    if (memory == MAP_FAILED) {
        shm_unlink(name);
        return;
    }
    server.shm_name = name;
    server.shm_features = memory;
}

/* A socket that listens under `path`, or -1. */
static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int n = snprintf(address.sun_path, sizeof address.sun_path, "%s.new", path);
    const int listener = socket(AF_UNIX, SOCK_STREAM, 0);

    if (n < 0 || (size_t)n >= sizeof address.sun_path || listener < 0
        || bind(listener, (const struct sockaddr *)&address, sizeof address) != 0
        || listen(listener, 4) != 0 || rename(address.sun_path, path) != 0) {
        return -1;
    }
    return listener;
}

static void send_all(const char *bytes, size_t n_bytes, void *context)
{
    const int client = *(const int *)context;

    while (n_bytes > 0) {
        const ssize_t n = send(client, bytes, n_bytes, 0);

        if (n < 0 && errno != EINTR) {
            return; /* the client is gone: the next recv says so too */
        }
        if (n > 0) {
            bytes += n;
            n_bytes -= (size_t)n;
        }
    }
}

static void serve(int client, const sigset_t *while_waiting)
{
    static char bytes[65536];

    eim_begin(&server);
    while (wait_for(client, while_waiting)) {
        const ssize_t n = recv(client, bytes, sizeof bytes, 0);

        if (n <= 0) {
            break;
        }
        eim_take(&server, bytes, (size_t)n, send_all, &client);
    }
    close(client);
}

int main(int n_arguments, char **arguments)
{
    static char shm_name[32];

    if (n_arguments != 2) {
        fprintf(stderr,
                "This is the model %s for clients of Edge Impulse for Linux.\nUsage: %s SOCKET\n",
                eim_title, arguments[0]);
        return 2;
    }
    const sigset_t while_waiting = watch_signals();

    share_memory(shm_name, sizeof shm_name);
    const int listener = listen_at(arguments[1]);

    if (listener < 0) {
        fprintf(stderr, "No socket could be made at %s: %s.\n", arguments[1], strerror(errno));
    } else {
        while (wait_for(listener, &while_waiting)) {
            const int client = accept(listener, NULL, NULL);

            if (client >= 0) {
                serve(client, &while_waiting);
            }
        }
        unlink(arguments[1]);
    }
    if (server.shm_name != NULL) {
        shm_unlink(server.shm_name);
    }
    return (listener < 0) ? 1 : 0;
}
