/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "session.h"

G_BEGIN_DECLS

/**
 * SmithFileCard:
 *
 * One file to choose: what it is for, what is in it, and whether it is good.
 */
#define SMITH_TYPE_FILE_CARD (smith_file_card_get_type ())
G_DECLARE_FINAL_TYPE (SmithFileCard, smith_file_card, SMITH, FILE_CARD, GtkWidget)

void smith_file_card_setup (SmithFileCard *card, SmithSlot slot);
void smith_file_card_show (SmithFileCard *card, SmithSession *session);

G_END_DECLS
