/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* No providers' database is larger; the real one has a 20th of this. */
#define SMITH_APN_DATABASE_MAX (8 * 1024 * 1024)

/* One way into an operator's network. Free with smith_apn_free(). */
typedef struct
{
  char *provider;       /* "Telekom" */
  char *plan;           /* name of the access point's plan, or NULL */
  char *apn;            /* "internet.telekom" */
  char *user;           /* or NULL */
  char *password;       /* or NULL */
  gboolean is_internet; /* not for picture messages and the like only */
} SmithApn;

/* Reads the providers' database (mobile-broadband-provider-info). Blocks
 * shortly; any thread. The element type is SmithApn; internet plans come first.
 * @path NULL: where the system keeps it. */
GPtrArray *smith_apn_look_up (const char *path,
                              const char *operator_code,
                              GCancellable *cancellable,
                              GError **error);
void smith_apn_free (SmithApn *apn);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithApn, smith_apn_free)

G_END_DECLS
