/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * Box:
 *
 * What is behind a network card: a HiLink stick, or a router that is none, with
 * a web server on port 80 in a network of its own. The card is a real one of
 * the kernel's, in a network that belongs to the test alone; it comes without
 * an address. The server tells what the box is, says yes to every request, and
 * keeps them all. Whatever goes wrong in here ends the test.
 */
typedef struct _Box Box;

/* Called on the server's thread when the box is asked to go to download mode. */
typedef void (*BoxFunc) (gpointer user_data);

gboolean box_enter_world (void);
Box *box_plug (const char *card, const char *address, const char *hardware);
void box_on_switch (Box *box, BoxFunc func, gpointer user_data);
void box_unplug (Box *box);
guint box_count (Box *box, const char *text);

void box_card_up (const char *card, const char *address, const char *gateway);
void box_card_rename (const char *card, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Box, box_unplug)

G_END_DECLS
