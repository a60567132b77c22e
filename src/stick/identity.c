/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "identity-private.h"

#include <string.h>

#include "format/device-text.h"

/* As much as the log shows of such a number. */
#define KEEP_START 3
#define KEEP_END 2

/**
 * smith_identity_new:
 *
 * Returns: (transfer full): an identity of which nothing is known
 */
SmithIdentity *
smith_identity_new (void)
{
  SmithIdentity *identity = g_atomic_rc_box_new0 (SmithIdentity);

  identity->when = g_get_real_time ();
  identity->download_type = -1;
  identity->signal = -1;
  return identity;
}

SmithIdentity *
smith_identity_ref (SmithIdentity *identity)
{
  return g_atomic_rc_box_acquire (identity);
}

static void
identity_clear (gpointer data)
{
  SmithIdentity *identity = data;

  g_free (identity->name);
  g_free (identity->hardware);
  g_free (identity->firmware);
  g_free (identity->webui);
  g_free (identity->product);
  g_free (identity->download_id);
  g_free (identity->loader_version);
  g_free (identity->imei);
  g_free (identity->operator_name);
}

void
smith_identity_unref (SmithIdentity *identity)
{
  g_atomic_rc_box_release_full (identity, identity_clear);
}

/* What was told first stays: the plainest question comes first.
 * @value: (transfer full) (nullable) */
void
smith_identity_take (char **where, char *value)
{
  if (*where == NULL)
    *where = value;
  else
    g_free (value);
}

/* The hardware string decides; in download mode there may just be the other. */
void
smith_identity_find_model (SmithIdentity *identity)
{
  SmithCatalogue *catalogue = smith_catalogue_get_default ();

  if (identity->hardware != NULL)
    identity->model = smith_catalogue_find_model (catalogue, identity->hardware);
  else if (identity->download_id != NULL)
    identity->model = smith_catalogue_find_model_by_download_id (catalogue, identity->download_id);
}

/* Everything but what download mode tells. */
static SmithIdentity *
copy_without_download (const SmithIdentity *identity)
{
  SmithIdentity *copy = smith_identity_new ();

  copy->sources = identity->sources;
  copy->when = identity->when;
  copy->name = g_strdup (identity->name);
  copy->hardware = g_strdup (identity->hardware);
  copy->firmware = g_strdup (identity->firmware);
  copy->webui = g_strdup (identity->webui);
  copy->product = g_strdup (identity->product);
  copy->imei = g_strdup (identity->imei);
  copy->download_type = identity->download_type;
  copy->sim = identity->sim;
  copy->lock = identity->lock;
  copy->registration = identity->registration;
  copy->signal = identity->signal;
  copy->operator_name = g_strdup (identity->operator_name);
  copy->needs_login = identity->needs_login;
  return copy;
}

/**
 * smith_identity_with_download:
 * @before: (nullable): what the stick said earlier
 * @loader_version: (nullable): its answer to 0C in download mode, as it was sent
 * @download_id: (nullable): its answer to 45, as it was sent
 *
 * Puts together what is known of a stick that is about to be written. What it
 * says now counts more than what it said of the same earlier.
 *
 * Returns: (transfer full)
 */
SmithIdentity *
smith_identity_with_download (const SmithIdentity *before,
                              const char *loader_version,
                              const char *download_id)
{
  SmithIdentity *now = before != NULL ? copy_without_download (before) : smith_identity_new ();

  now->sources |= SMITH_SOURCE_DOWNLOAD;
  now->loader_version = smith_device_text (loader_version, -1);
  now->download_id = smith_device_word (download_id, -1);
  if (before != NULL)
    {
      smith_identity_take (&now->loader_version, g_strdup (before->loader_version));
      smith_identity_take (&now->download_id, g_strdup (before->download_id));
    }
  smith_identity_find_model (now);
  if (before != NULL && now->hardware != NULL)
    now->model = before->model;
  return now;
}

/**
 * smith_identity_mask_imei:
 *
 * Returns: (transfer full) (nullable): the IMEI as it may be shown, such as
 *   "350**********14"; NULL where it is not known
 */
char *
smith_identity_mask_imei (const SmithIdentity *identity)
{
  char *masked = g_strdup (identity->imei);
  gsize n = masked != NULL ? strlen (masked) : 0;

  for (gsize i = n > KEEP_START + KEEP_END ? KEEP_START : 0; i + KEEP_END < n; i++)
    masked[i] = '*';
  return masked;
}

/**
 * smith_sim_state_name:
 *
 * Returns: a stable lower-case word
 */
const char *
smith_sim_state_name (SmithSimState state)
{
  static const char *const names[] = {
    [SMITH_SIM_UNKNOWN] = "unknown", [SMITH_SIM_READY] = "ready", [SMITH_SIM_MISSING] = "missing",
    [SMITH_SIM_PIN] = "pin",         [SMITH_SIM_PUK] = "puk",     [SMITH_SIM_FAILED] = "failed",
  };

  return names[(guint) state < G_N_ELEMENTS (names) ? state : SMITH_SIM_UNKNOWN];
}

/**
 * smith_lock_state_name:
 *
 * Returns: a stable lower-case word
 */
const char *
smith_lock_state_name (SmithLockState state)
{
  static const char *const names[] = {
    [SMITH_LOCK_UNKNOWN] = "unknown",
    [SMITH_LOCK_LOCKED] = "locked",
    [SMITH_LOCK_OPEN] = "open",
    [SMITH_LOCK_FOR_GOOD] = "for-good",
  };

  return names[(guint) state < G_N_ELEMENTS (names) ? state : SMITH_LOCK_UNKNOWN];
}

/**
 * smith_registration_name:
 *
 * Returns: a stable lower-case word
 */
const char *
smith_registration_name (SmithRegistration registration)
{
  static const char *const names[] = {
    [SMITH_REGISTRATION_UNKNOWN] = "unknown", [SMITH_REGISTRATION_OFF] = "off",
    [SMITH_REGISTRATION_HOME] = "home",       [SMITH_REGISTRATION_SEARCHING] = "searching",
    [SMITH_REGISTRATION_DENIED] = "denied",   [SMITH_REGISTRATION_ROAMING] = "roaming",
  };

  return names[(guint) registration < G_N_ELEMENTS (names) ? registration
                                                           : SMITH_REGISTRATION_UNKNOWN];
}
