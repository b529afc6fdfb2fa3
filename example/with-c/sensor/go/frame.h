#include <stdbool.h>
#include <stdint.h>

#define SAMPLES 4

enum unit { CELSIUS, KELVIN };

/* A number in the byte order of the machine, or its bytes. */
typedef union {
    uint32_t number;
    uint8_t bytes[4];
} serial;

typedef struct {
    unsigned int battery : 7;
    unsigned int charging : 1;
} power;

typedef struct {
    serial id;
    power power;
    enum unit unit;
    bool valid;
    double samples[SAMPLES];
} frame;

/* Go cannot read bit-fields. */
bool is_low(const frame *read);
double in_celsius(double value, enum unit unit);
