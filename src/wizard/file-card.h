/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "session.h"

G_BEGIN_DECLS

/**
 * SmithFileCard:
 *
 * One file: what it is for, what is in it, whether it is good and whether it
 * fits the stick. Without a file it says what is wanted. Alt with Up or Down
 * moves a file of the queue, Delete takes it out, while the focus is in it.
 */
#define SMITH_TYPE_FILE_CARD (smith_file_card_get_type ())
G_DECLARE_FINAL_TYPE (SmithFileCard, smith_file_card, SMITH, FILE_CARD, GtkWidget)

SmithFileCard *smith_file_card_new (void);
void smith_file_card_setup (SmithFileCard *card, SmithSlot slot);
void smith_file_card_show (SmithFileCard *card, SmithSession *session, SmithFileCheck *check);
SmithFileCheck *smith_file_card_get_check (SmithFileCard *card);
SmithVerdict *smith_file_card_judge (SmithSession *session, SmithFileCheck *check);

G_END_DECLS
