/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "session.h"

G_BEGIN_DECLS

/**
 * SmithStickCard:
 *
 * One stick that is plugged in: what it is, what a person should know about it
 * and can do about that, and on request all else that is known.
 */
#define SMITH_TYPE_STICK_CARD (smith_stick_card_get_type ())
G_DECLARE_FINAL_TYPE (SmithStickCard, smith_stick_card, SMITH, STICK_CARD, GtkWidget)

SmithStickCard *smith_stick_card_new (const char *usb_path, SmithStickCard *other);
const char *smith_stick_card_get_usb_path (SmithStickCard *card);
void smith_stick_card_show (SmithStickCard *card,
                            SmithSession *session,
                            SmithStick *stick,
                            gboolean several,
                            gboolean cd_stays);

G_END_DECLS
