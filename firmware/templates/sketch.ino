// {{ model_name }} on a board with an Arduino core, answering on its serial port.
//
// Written by tinymledu {{ version }}. protocol.h has the commands; send them from a computer with
// deploy(load_model("..."), board("...", port="...")), or type them into a serial monitor.
#include <Arduino.h>

#include "protocol.h"

void tml_port_write(const char *text, size_t n_bytes)
{
    Serial.write(reinterpret_cast<const uint8_t *>(text), n_bytes);
}

uint32_t tml_port_micros(void)
{
    return micros();
}

void setup()
{
    Serial.begin(115200);
    tml_protocol_begin();
}

void loop()
{
    while (Serial.available() > 0) {
        tml_protocol_receive(static_cast<uint8_t>(Serial.read()));
    }
}
