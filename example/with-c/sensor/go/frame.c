#include "frame.h"

bool is_low(const frame *read) {
    return read->power.battery < 20 && !read->power.charging;
}

double in_celsius(double value, enum unit unit) {
    return unit == KELVIN ? value - 273.15 : value;
}
