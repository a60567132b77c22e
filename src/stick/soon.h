/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * SmithSoon:
 *
 * Emits a signal without arguments once for however many things happened: in
 * the main context that was the thread default when this was made, a little
 * after the first of them. An object holds one for itself and frees it when it
 * is finalized; nothing is emitted for an object that is on its way out.
 */
typedef struct _SmithSoon SmithSoon;

SmithSoon *smith_soon_new (gpointer object, guint signal_id, guint delay_ms);
SmithSoon *smith_soon_ref (SmithSoon *soon);
void smith_soon_unref (SmithSoon *soon);
void smith_soon_free (SmithSoon *soon);
void smith_soon_request (SmithSoon *soon);
void smith_soon_forget (SmithSoon *soon);

G_END_DECLS
