/* SPDX-License-Identifier: MIT
 *
 * Log lines of the long-lived programs, on standard error: JSON or text, one write a line.
 * Library layers return errors; only daemons and thread entry points log. Any thread.
 */
#ifndef HLP_BASE_LOG_H
#define HLP_BASE_LOG_H

#include <stddef.h>
#include <sys/types.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_TEXT, LOG_JSON };

/* Set once at start, before other threads exist. `program` is borrowed. */
void log_setup(const char *program, enum log_level level, enum log_format format);
/* Reads LOG_LEVEL and LOG_FORMAT of the environment; unknown words give the defaults. */
void log_setup_from_environment(const char *program);

void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The message of the last error of `program` in a log of either format, from byte `from` on (only
 * its last few KB are looked at); "" when there is none. */
void log_last_error(const char *path, off_t from, const char *program, char *out, size_t size);

#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)
#define log_info(...)  log_write(LOG_INFO, __VA_ARGS__)
#define log_warn(...)  log_write(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)

#endif
