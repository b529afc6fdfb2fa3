#include "frequent.h"

#include <cstring>
#include <exception>
#include <map>
#include <sstream>
#include <string>

/* No exception may leave C++: neither Go nor C knows them. */
char *most_frequent(const char *text) try {
    std::istringstream words(text);
    std::map<std::string, int> counts;
    std::string word, best;
    while (words >> word) {
        if (++counts[word] > counts[best]) best = word;
    }
    return best.empty() ? nullptr : strdup(best.c_str());
} catch (const std::exception &) {
    return nullptr;
}
