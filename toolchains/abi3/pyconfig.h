/* What the C that cffi generates asks of a Python's configuration.
 *
 * Without HAVE_WCHAR_H that C takes wchar_t for 16 bits, and cuts characters
 * above U+FFFF on their way to a function: a wrong answer and no message.
 */
#ifndef PYGO_PYCONFIG_H
#define PYGO_PYCONFIG_H

#define HAVE_WCHAR_H 1

#endif
