/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * Line:
 *
 * A pseudo-terminal as a bare serial line: the code under test opens @device,
 * the test has the other end. @slave is held open, so that the line stands
 * whether anybody else has it open or not.
 */
typedef struct
{
  int master;
  int slave;
  char *device;
} Line;

void line_open (Line *line);
void line_hang_up (Line *line);
void line_clear (Line *line);
void line_send (Line *line, const void *data, gsize size);
gsize line_receive (Line *line, void *data, gsize size, int timeout_ms);

/* Measures what must neither hang nor be cut short. */
gint64 elapsed_ms (gint64 since);
GThread *cancel_soon (GCancellable *cancellable);

/* Only against hangs: the machine may be slow. */
#define HARD_BOUND_MS 20000

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Line, line_clear)

G_END_DECLS
