/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalogue.h"

G_BEGIN_DECLS

/* Where knowledge about a stick came from. */
typedef enum
{
  SMITH_SOURCE_NONE = 0,
  SMITH_SOURCE_AT = 1 << 0,
  SMITH_SOURCE_WEB = 1 << 1,
  SMITH_SOURCE_DOWNLOAD = 1 << 2,
  SMITH_SOURCE_DIAGNOSTICS = 1 << 3,
} SmithSource;

typedef enum
{
  SMITH_SIM_UNKNOWN,
  SMITH_SIM_READY,
  SMITH_SIM_MISSING,
  SMITH_SIM_PIN,
  SMITH_SIM_PUK,
  SMITH_SIM_FAILED,
} SmithSimState;

typedef enum
{
  SMITH_LOCK_UNKNOWN,
  SMITH_LOCK_LOCKED,
  SMITH_LOCK_OPEN,
  SMITH_LOCK_FOR_GOOD,
} SmithLockState;

typedef enum
{
  SMITH_REGISTRATION_UNKNOWN,
  SMITH_REGISTRATION_OFF,
  SMITH_REGISTRATION_HOME,
  SMITH_REGISTRATION_SEARCHING,
  SMITH_REGISTRATION_DENIED,
  SMITH_REGISTRATION_ROAMING,
} SmithRegistration;

/**
 * SmithIdentity:
 *
 * What is known about a stick, as it answered. Texts are NULL where it did not
 * say; all are the stick's, so they are valid UTF-8, short and without control
 * characters, but no more than that. @imei is for comparing: it is never shown
 * but masked, and never saved. Counted through smith_identity_ref(); immutable
 * once it was made; any thread.
 */
typedef struct
{
  guint sources;        /* SmithSource bits that answered */
  gint64 when;          /* g_get_real_time() */
  char *name;           /* what the stick calls itself: E3372 */
  char *hardware;       /* CL2E3372HM Ver.A */
  char *firmware;       /* 21.180.01.00.00 */
  char *webui;          /* 17.100.06.00.03; of a Stick build, its dashboard */
  char *product;        /* EXTU, or ProductFamily */
  char *download_id;    /* the answer to 45 */
  char *loader_version; /* the answer to 0C */
  char *imei;
  int download_type; /* AT^DLOADINFO?: 1 proves download mode; -1 unknown */
  SmithSimState sim;
  SmithLockState lock;
  SmithRegistration registration;
  int signal;              /* AT+CSQ, 0 to 31; -1 unknown */
  char *operator_name;     /* from AT+COPS? */
  gboolean needs_login;    /* the web server would say more to who logs in */
  const SmithModel *model; /* of the default catalogue, or NULL */
} SmithIdentity;

SmithIdentity *smith_identify (SmithStick *stick,
                               const char *web_address,
                               GCancellable *cancellable,
                               GError **error);
SmithIdentity *smith_identify_port (const char *device, GCancellable *cancellable, GError **error);
SmithIdentity *smith_identity_new (void);
SmithIdentity *smith_identity_with_download (const SmithIdentity *before,
                                             const char *loader_version,
                                             const char *download_id);
SmithIdentity *smith_identity_ref (SmithIdentity *identity);
void smith_identity_unref (SmithIdentity *identity);
char *smith_identity_mask_imei (const SmithIdentity *identity);
const char *smith_sim_state_name (SmithSimState state);
const char *smith_lock_state_name (SmithLockState state);
const char *smith_registration_name (SmithRegistration registration);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithIdentity, smith_identity_unref)

G_END_DECLS
