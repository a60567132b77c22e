/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "format/at-answer.h"

G_BEGIN_DECLS

/* Gets one line, in which what tells a stick or a person apart is masked. */
typedef void (*SmithTraceFunc) (const char *line, gpointer user_data);

void smith_trace_set (SmithTraceFunc func, gpointer user_data);

void smith_trace_note (const char *format, ...) G_GNUC_PRINTF (1, 2);
void smith_trace_command (const char *command);
void smith_trace_answer (const SmithAtAnswer *answer);
void smith_trace_frame_sent (const guint8 *body, gsize size);
void smith_trace_frame_received (const guint8 *body, gsize size);
void smith_trace_piece (const char *what, guint number, gsize size);

G_END_DECLS
