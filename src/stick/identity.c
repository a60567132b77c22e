/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "identity-private.h"

#include <string.h>

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
