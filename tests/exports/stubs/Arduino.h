/* What the exported sketches use of Arduino's API, to compile them without an Arduino core. */
#ifndef ARDUINO_H
#define ARDUINO_H

#include <stddef.h>
#include <stdint.h>

unsigned long millis(void);
unsigned long micros(void);
void delay(unsigned long ms);
void setup(void);
void loop(void);

class SerialPort {
public:
    void begin(unsigned long baud);
    explicit operator bool();
    size_t print(const char *text);
    size_t print(int number);
    size_t print(unsigned int number);
    size_t print(long number);
    size_t print(unsigned long number);
    size_t print(double number, int digits = 2);
    size_t println(const char *text);
    size_t println(int number);
    size_t println(double number, int digits = 2);
};

extern SerialPort Serial;

#endif
