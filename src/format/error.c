/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"

typedef struct
{
  int refusal;
} SmithErrorPrivate;

static void
smith_error_private_init (SmithErrorPrivate *priv)
{
  priv->refusal = SMITH_NO_REFUSAL;
}

static void
smith_error_private_copy (const SmithErrorPrivate *src, SmithErrorPrivate *dst)
{
  *dst = *src;
}

static void
smith_error_private_clear (SmithErrorPrivate *priv)
{
}

/**
 * smith_error_quark:
 *
 * Any thread.
 *
 * Returns: the domain of all errors but cancelling
 */
G_DEFINE_EXTENDED_ERROR (SmithError, smith_error)

/**
 * smith_error_code_name:
 *
 * A stable lower-case word for @code, for machine-readable output; never shown
 * to a person as it is. Any thread.
 */
const char *
smith_error_code_name (SmithErrorCode code)
{
  static const char *const names[] = {
    [SMITH_ERROR_PERMISSION] = "permission",
    [SMITH_ERROR_BUSY] = "busy",
    [SMITH_ERROR_DISCONNECTED] = "disconnected",
    [SMITH_ERROR_TIMEOUT] = "timeout",
    [SMITH_ERROR_BAD_FILE] = "bad-file",
    [SMITH_ERROR_WRONG_FILE] = "wrong-file",
    [SMITH_ERROR_WRONG_DEVICE] = "wrong-device",
    [SMITH_ERROR_UNSUPPORTED] = "unsupported",
    [SMITH_ERROR_REFUSED] = "refused",
    [SMITH_ERROR_PROTOCOL] = "protocol",
    [SMITH_ERROR_UNSAFE_LOADER] = "unsafe-loader",
    [SMITH_ERROR_UNPROVEN] = "unproven",
    [SMITH_ERROR_WRONG_VERSION] = "wrong-version",
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == SMITH_N_ERRORS);
  return (guint) code < G_N_ELEMENTS (names) ? names[code] : "unknown";
}

/**
 * smith_set_refusal:
 * @error: where to put it
 * @refusal: the code that the stick gave, 0 or more
 *
 * Sets a SMITH_ERROR_REFUSED that remembers the stick's code. Any thread.
 */
void
smith_set_refusal (GError **error, int refusal, const char *format, ...)
{
  va_list args;
  g_autoptr (GError) made = NULL;

  va_start (args, format);
  made = g_error_new_valist (SMITH_ERROR, SMITH_ERROR_REFUSED, format, args);
  va_end (args);
  smith_error_get_private (made)->refusal = refusal;
  g_propagate_error (error, g_steal_pointer (&made));
}

/**
 * smith_error_get_refusal:
 *
 * Returns: the code with which the stick refused, or SMITH_NO_REFUSAL where
 *   @error is of another kind or the stick gave none
 */
int
smith_error_get_refusal (const GError *error)
{
  if (error == NULL || error->domain != SMITH_ERROR)
    return SMITH_NO_REFUSAL;
  return smith_error_get_private (error)->refusal;
}
