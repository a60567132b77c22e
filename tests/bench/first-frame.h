/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Where a program tells of its first frame: the number of a file descriptor. */
#define FIRST_FRAME_FD "SMITH_FIRST_FRAME_FD"

void first_frame_watch (GtkApplication *application);
