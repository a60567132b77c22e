/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "identity-private.h"

#include <glib/gi18n.h>

#include "at-facts.h"
#include "at-identity.h"
#include "format/device-text.h"
#include "format/error.h"
#include "link/at-channel.h"
#include "link/deadline.h"
#include "link/download.h"
#include "web.h"

/* Together, with the last question's time on top, below twenty seconds. */
#define WHOLE_MS 16000
#define OPEN_MS 8000
#define WEB_MS 8000
#define AT_BEFORE_WEB_MS 9000

/* As long as a stick in the text stage takes at most to say which one it is in. */
#define PROBE_MS 1500

typedef struct
{
  SmithStick *stick;
  const char *web_address;
  SmithIdentity *identity;
  GCancellable *cancellable;
} Asking;

static SmithPort *
open_port (Asking *asking, SmithPortRole role, GError **error)
{
  const char *device = smith_stick_find_port (asking->stick, role);

  if (device != NULL)
    return smith_port_open (device, smith_deadline_in (OPEN_MS), NULL, NULL, asking->cancellable,
                            error);
  if (asking->stick->missing_driver != NULL)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED,
                 _ ("This computer shows no port for the stick: the driver “%s” is missing"),
                 asking->stick->missing_driver);
  else
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                         _ ("The stick shows no port on which it could be asked"));
  return NULL;
}

static gboolean
ask_at (Asking *asking, guint ms, GError **error)
{
  gint64 deadline = smith_deadline_in (ms);
  g_autoptr (SmithPort) port = open_port (asking, SMITH_PORT_AT, error);

  return port != NULL
         && smith_at_identity_ask (port, asking->identity, deadline, asking->cancellable, error);
}

static void
take_information (SmithIdentity *identity, const SmithHilinkInfo *info)
{
  smith_identity_take (&identity->name, smith_device_text (info->device_name, -1));
  smith_identity_take (&identity->hardware, smith_device_word (info->hardware, -1));
  smith_identity_take (&identity->firmware, smith_device_word (info->software, -1));
  smith_identity_take (&identity->product, smith_device_text (info->product_family, -1));
  smith_identity_take (&identity->imei, smith_device_imei (info->imei, -1));
  /* What AT calls by this name may be something else; the server knows its own. */
  if (info->webui != NULL)
    {
      g_clear_pointer (&identity->webui, g_free);
      identity->webui = smith_device_word (info->webui, -1);
    }
  identity->needs_login = info->is_basic;
  identity->sources |= SMITH_SOURCE_WEB;
}

static gboolean
ask_web (Asking *asking, GError **error)
{
  g_autoptr (SmithHilink) hilink = asking->web_address != NULL
                                       ? smith_hilink_new (asking->web_address)
                                       : smith_stick_open_web (asking->stick, error);
  SmithHilinkInfo *info;

  if (hilink == NULL)
    return FALSE;
  info = smith_hilink_get_information (hilink, smith_deadline_in (WEB_MS), asking->cancellable,
                                       error);
  if (info == NULL)
    return FALSE;
  take_information (asking->identity, info);
  smith_hilink_info_free (info);
  return TRUE;
}

/* Two sources; one is enough. */
static gboolean
ask_at_and_web (Asking *asking, GError **error)
{
  g_autoptr (GError) of_at = NULL;
  g_autoptr (GError) of_web = NULL;
  gboolean at = ask_at (asking, AT_BEFORE_WEB_MS, &of_at);
  gboolean web;

  if (g_error_matches (of_at, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&of_at));
      return FALSE;
    }
  web = ask_web (asking, &of_web);
  if (g_error_matches (of_web, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&of_web));
      return FALSE;
    }
  if (!at && !web)
    g_propagate_error (error, g_steal_pointer (&of_at));
  return at || web;
}

static gboolean
ask_download_port (SmithIdentity *identity,
                   SmithPort *port,
                   gboolean as_text,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (SmithDownload) download = smith_download_new (port);
  g_autoptr (SmithAtAnswer) information = NULL;

  if (!smith_download_identify (download, as_text, &information, cancellable, error))
    return FALSE;
  identity->loader_version = smith_device_text (smith_download_get_version (download), -1);
  identity->download_id = smith_device_word (smith_download_get_product (download), -1);
  if (information != NULL)
    smith_at_facts_read ("AT^DLOADINFO?", information, identity);
  identity->sources |= SMITH_SOURCE_DOWNLOAD;
  return TRUE;
}

static gboolean
ask_download (Asking *asking, GError **error)
{
  g_autoptr (SmithPort) port = open_port (asking, SMITH_PORT_DOWNLOAD, error);

  return port != NULL
         && ask_download_port (asking->identity, port, smith_stick_knows_text (asking->stick),
                               asking->cancellable, error);
}

/* Returns: FALSE, always */
static gboolean
set_not_askable (SmithStick *stick, GError **error)
{
  const char *why;
  SmithErrorCode code = SMITH_ERROR_UNSUPPORTED;

  switch (stick->mode)
    {
    case SMITH_MODE_CD:
      why = _ ("The stick shows just its virtual CD so far. It can be asked when it works.");
      code = SMITH_ERROR_WRONG_DEVICE;
      break;
    case SMITH_MODE_CHARGING:
      why = _ ("The stick takes power only and answers nothing. Try another USB port.");
      break;
    case SMITH_MODE_BEYOND:
      why = smith_note_text (stick->note);
      break;
    default:
      why = _ ("It is not known how to ask this stick");
      code = SMITH_ERROR_WRONG_DEVICE;
      break;
    }
  g_set_error_literal (error, SMITH_ERROR, code,
                       why != NULL ? why : _ ("This stick is beyond what Sticksmith can do"));
  return FALSE;
}

static gboolean
ask_by_mode (Asking *asking, GError **error)
{
  switch (asking->stick->mode)
    {
    case SMITH_MODE_STICK:
      return ask_at (asking, WHOLE_MS, error);
    case SMITH_MODE_HILINK:
      return ask_web (asking, error);
    case SMITH_MODE_DEBUG:
      return ask_at_and_web (asking, error);
    case SMITH_MODE_DOWNLOAD:
      return ask_download (asking, error);
    case SMITH_MODE_BOOT_ROM:
      /* Anything that it is sent, it takes for a piece of a loader. */
      return TRUE;
    case SMITH_MODE_CD:
    case SMITH_MODE_CHARGING:
    case SMITH_MODE_BEYOND:
    case SMITH_MODE_UNKNOWN:
    default:
      return set_not_askable (asking->stick, error);
    }
}

/**
 * smith_identify:
 * @web_address: (nullable): host[:port] of its web server where the caller knows better
 *
 * Asks a stick what it is, by whatever it answers to in its mode: AT commands,
 * its web server, or the questions of download mode. It stays as it was found;
 * one in boot mode is not sent anything and gives an identity with no sources.
 * Its web server is asked through its own network card only. Not every question
 * need be answered: @sources tells what was. Blocks, for up to twenty seconds:
 * for worker threads.
 *
 * Returns: (transfer full): what is known, or NULL with SMITH_ERROR_TIMEOUT or
 *   PROTOCOL (it answers nothing, or nonsense), PERMISSION, BUSY, DISCONNECTED
 *   (also while its network is not there yet), WRONG_DEVICE or UNSUPPORTED (in
 *   this mode there is nothing to ask, it is not what it looks like, or not to be
 *   told apart from another device), REFUSED (by its web server),
 *   G_IO_ERROR_CANCELLED
 */
SmithIdentity *
smith_identify (SmithStick *stick,
                const char *web_address,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (SmithIdentity) identity = smith_identity_new ();
  Asking asking = { stick, web_address, identity, cancellable };

  if (g_cancellable_set_error_if_cancelled (cancellable, error) || !ask_by_mode (&asking, error))
    return NULL;
  smith_identity_find_model (identity);
  return g_steal_pointer (&identity);
}

/* Tells whether a port answers to text at all. Not by a bare AT, which download
 * mode does not know. */
static gboolean
answers_text (SmithPort *port, gboolean *download_mode, GCancellable *cancellable, GError **error)
{
  g_autoptr (SmithAtAnswer) answer
      = smith_at_exchange (port, "AT^DLOADVER?", PROBE_MS, cancellable, error);

  *download_mode = FALSE;
  if (answer == NULL)
    return FALSE;
  for (guint i = 0; answer->lines[i] != NULL && answer->result == SMITH_AT_OK; i++)
    *download_mode = *download_mode || g_ascii_isdigit (answer->lines[i][0]);
  return TRUE;
}

/**
 * smith_identify_port:
 * @device: a port of which nothing is known, such as /dev/ttyUSB0
 *
 * Asks at a port that somebody named. It is first asked for the version of
 * download mode, as text and then as a frame; only what answers to one of them
 * is asked more. To be used for ports only that no stick on the bus is known to
 * have. Blocks, for up to twenty seconds: for worker threads.
 *
 * Returns: (transfer full): what is known, or NULL with the errors of
 *   smith_identify()
 */
SmithIdentity *
smith_identify_port (const char *device, GCancellable *cancellable, GError **error)
{
  g_autoptr (SmithIdentity) identity = smith_identity_new ();
  g_autoptr (SmithPort) port = NULL;
  g_autoptr (GError) local = NULL;
  gboolean download_mode;
  gboolean ok;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  port = smith_port_open (device, smith_deadline_in (OPEN_MS), NULL, NULL, cancellable, error);
  if (port == NULL)
    return NULL;
  if (answers_text (port, &download_mode, cancellable, &local) && !download_mode)
    ok = smith_at_identity_ask (port, identity, smith_deadline_in (AT_BEFORE_WEB_MS), cancellable,
                                error);
  else if (local == NULL || g_error_matches (local, SMITH_ERROR, SMITH_ERROR_TIMEOUT))
    ok = ask_download_port (identity, port, TRUE, cancellable, error);
  else
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (!ok)
    return NULL;
  smith_identity_find_model (identity);
  return g_steal_pointer (&identity);
}
