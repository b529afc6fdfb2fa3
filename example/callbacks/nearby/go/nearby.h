#include <stdint.h>
#include <stdlib.h>

typedef struct {
    double x, y;
} point;

typedef struct {
    int64_t index;
    point at;
    double distance;
} match;

/* Called for each match, from any thread. Another result than 0 ends the search. */
typedef int (*visitor)(const match *found, void *data);

/* Go cannot call a C function pointer itself. */
static inline int visit(visitor function, const match *found, void *data) {
    return function(found, data);
}
