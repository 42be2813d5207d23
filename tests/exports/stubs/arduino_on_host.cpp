/* An Arduino whose serial monitor is standard output; it calls loop() once. */
#include <stdio.h>

#include "Arduino.h"

SerialPort Serial;

unsigned long millis(void) { return 0; }
unsigned long micros(void) { return 0; }
void delay(unsigned long) {}

void SerialPort::begin(unsigned long) {}
SerialPort::operator bool() { return true; }
size_t SerialPort::print(const char *text) { return (size_t)printf("%s", text); }
size_t SerialPort::print(int number) { return (size_t)printf("%d", number); }
size_t SerialPort::print(unsigned int number) { return (size_t)printf("%u", number); }
size_t SerialPort::print(long number) { return (size_t)printf("%ld", number); }
size_t SerialPort::print(unsigned long number) { return (size_t)printf("%lu", number); }
size_t SerialPort::print(double number, int digits) { return (size_t)printf("%.*f", digits, number); }
size_t SerialPort::println(const char *text) { return (size_t)printf("%s\n", text); }
size_t SerialPort::println(int number) { return (size_t)printf("%d\n", number); }
size_t SerialPort::println(double number, int digits)
{
    return (size_t)printf("%.*f\n", digits, number);
}

int main()
{
    setup();
    loop();
    return 0;
}
