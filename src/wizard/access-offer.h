/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SmithAccessOffer:
 *
 * Offers access to the sticks' ports: by the desktop's own password dialog,
 * or by a rule to save and a command to copy.
 */
#define SMITH_TYPE_ACCESS_OFFER (smith_access_offer_get_type ())
G_DECLARE_FINAL_TYPE (SmithAccessOffer, smith_access_offer, SMITH, ACCESS_OFFER, GtkWidget)

GtkWidget *smith_access_offer_new (void);
void smith_access_offer_save (SmithAccessOffer *offer, GFile *file);

G_END_DECLS
