/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-simulator"

#include "virtual-stick-private.h"

#include <string.h>

/* A stick that was granted a request answers it before it leaves. */
#define ANSWER_MS 50

#define WEBUI_VERSION "17.100.00.00.77"

/**
 * smith_virtual_web_configure:
 * @config: (nullable): how the web server behaves; its texts are copied
 *
 * Keeps what every web server of this stick will have.
 */
void
smith_virtual_web_configure (SmithVirtualStick *stick, const SmithHilinkServerConfig *config)
{
  if (config != NULL)
    stick->web_config = *config;
  stick->web_texts[0] = g_strdup (stick->web_config.device_name);
  stick->web_texts[1] = g_strdup (stick->web_config.webui);
  stick->web_config.device_name = stick->web_texts[0] != NULL ? stick->web_texts[0] : "E3372";
  stick->web_config.webui = stick->web_texts[1] != NULL ? stick->web_texts[1] : WEBUI_VERSION;
}

void
smith_virtual_web_clear (SmithVirtualStick *stick)
{
  for (gsize i = 0; i < G_N_ELEMENTS (stick->web_texts); i++)
    g_clear_pointer (&stick->web_texts[i], g_free);
}

/* On the server's thread. What is granted is done on the stick's. */
static gboolean
on_request (SmithHilinkRequest request, gpointer user_data)
{
  SmithVirtualStick *stick = user_data;
  gboolean refused = FALSE;
  guint wish = SMITH_WISH_RESTART;

  if (request == SMITH_HILINK_REQUEST_DOWNLOAD)
    {
      wish = SMITH_WISH_DOWNLOAD;
      refused = stick->refuses_entry || stick->refuses_switch;
    }
  else if (request == SMITH_HILINK_REQUEST_PORTS)
    {
      wish = SMITH_WISH_PORTS;
      refused = stick->refuses_ports;
    }
  smith_virtual_stick_wish (stick, refused ? SMITH_WISH_REFUSED : wish);
  return !refused;
}

/**
 * smith_virtual_web_start:
 *
 * Returns: (transfer full): a web server that tells what is on the stick now
 */
SmithHilinkServer *
smith_virtual_web_start (SmithVirtualStick *stick, GError **error)
{
  SmithHilinkServerConfig config = stick->web_config;

  config.hardware = stick->hardware;
  config.software = stick->version;
  config.imei = stick->lost_calibration ? "" : SMITH_VIRTUAL_IMEI;
  config.request = on_request;
  config.user_data = stick;
  return smith_hilink_server_new (&config, error);
}

static void
log_wish (SmithVirtualStick *stick, const char *name, const char *what)
{
  JsonBuilder *event = smith_stick_event (name);

  smith_stick_event_add_text (event, "stage", "web");
  smith_stick_event_add_text (event, "what", what);
  smith_stick_log_add (stick->log, event);
}

/**
 * smith_virtual_web_fulfil:
 * @wishes: SmithWish bits; those that don't concern the web server are passed over
 *
 * Does what was asked for through the web server.
 */
void
smith_virtual_web_fulfil (SmithVirtualStick *stick, guint wishes)
{
  if ((wishes & SMITH_WISH_REFUSED) != 0)
    log_wish (stick, "web-refused", "another mode");
  if ((wishes & SMITH_WISH_DOWNLOAD) != 0)
    {
      log_wish (stick, stick->ignores_entry ? "ignored" : "accepted", "download mode");
      if (!stick->ignores_entry)
        smith_virtual_stick_to_download (stick, SMITH_DOWNLOAD_HILINK);
    }
  else if ((wishes & SMITH_WISH_PORTS) != 0)
    {
      log_wish (stick, "accepted", "debug mode");
      smith_virtual_stick_depart (stick, SMITH_RESTART, SMITH_MODE_DEBUG);
    }
  else if ((wishes & SMITH_WISH_RESTART) != 0)
    {
      log_wish (stick, "accepted", "restart");
      smith_virtual_stick_depart (stick, SMITH_RESTART, smith_virtual_stick_working_mode (stick));
    }
  if (stick->departure == SMITH_RESTART && !stick->web_config.drop_on_request)
    smith_virtual_stick_sleep (stick, ANSWER_MS);
}
