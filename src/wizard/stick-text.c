/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stick-text.h"

#include <glib/gi18n.h>

#define ROUND_SECONDS 10

/* Returns: what a person would call it; the model is not known from the bus */
const char *
smith_stick_text_name (const SmithStick *stick)
{
  return stick->vendor == 0x12d1 ? _ ("Huawei LTE stick") : _ ("USB stick");
}

/* Returns: what the stick does at the moment, in a few words */
const char *
smith_stick_text_mode (SmithMode mode)
{
  static const char *const texts[] = {
    [SMITH_MODE_UNKNOWN] = N_ ("Not recognised"),
    [SMITH_MODE_CD] = N_ ("Shows itself as a CD drive"),
    [SMITH_MODE_HILINK] = N_ ("HiLink: works as a small router"),
    [SMITH_MODE_STICK] = N_ ("Stick: works as a modem"),
    [SMITH_MODE_DOWNLOAD] = N_ ("Waits for firmware"),
    [SMITH_MODE_BOOT_ROM] = N_ ("Boot mode: waits for a loader"),
  };

  return _ (texts[(guint) mode < G_N_ELEMENTS (texts) ? mode : SMITH_MODE_UNKNOWN]);
}

/* Returns: what that means for the conversion, in a sentence */
const char *
smith_stick_text_advice (SmithMode mode)
{
  static const char *const texts[] = {
    [SMITH_MODE_UNKNOWN] = N_ ("Sticksmith does not know what this is, and leaves it alone."),
    [SMITH_MODE_CD] = N_ ("It has just been plugged in. Give it a few seconds."),
    [SMITH_MODE_HILINK] = N_ ("Ready to become a Stick modem."),
    [SMITH_MODE_STICK] = N_ ("It is a Stick modem already. You can write another version."),
    [SMITH_MODE_DOWNLOAD]
    = N_ ("An earlier attempt stopped here. It can be finished now; nothing is lost."),
    [SMITH_MODE_BOOT_ROM] = N_ ("Ready to be loaded. Unplugged, it works as before."),
  };

  return _ (texts[(guint) mode < G_N_ELEMENTS (texts) ? mode : SMITH_MODE_UNKNOWN]);
}

/* Returns: (transfer full): ports and numbers, for those who want them */
char *
smith_stick_text_details (SmithStick *stick)
{
  g_autoptr (GString) text = g_string_new (NULL);

  /* Translators: where a stick is plugged in, such as 1-2.3 */
  g_string_append_printf (text, _ ("USB place %s"), stick->usb_path);
  g_string_append_printf (text, " · USB %04x:%04x", stick->vendor, stick->product);
  for (guint i = 0; i < stick->ports->len; i++)
    {
      SmithStickPort *port = g_ptr_array_index (stick->ports, i);

      g_string_append_printf (text, "\n%s · %s", port->device, smith_port_role_name (port->role));
    }
  if (stick->ports->len == 0)
    g_string_append_printf (text, "\n%s", _ ("No serial port"));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Returns: (transfer full): a size for a person */
char *
smith_text_bytes (guint64 bytes)
{
  return g_format_size (bytes);
}

/**
 * smith_text_seconds_left:
 *
 * Returns: (transfer full): "About 3 minutes left", rounded so that it does not
 *   twitch; empty if it is not known
 */
char *
smith_text_seconds_left (int seconds)
{
  if (seconds < 0)
    return g_strdup ("");
  if (seconds < ROUND_SECONDS)
    return g_strdup (_ ("A few seconds left"));
  if (seconds < 90)
    {
      int rounded = (seconds + ROUND_SECONDS - 1) / ROUND_SECONDS * ROUND_SECONDS;

      return g_strdup_printf (ngettext ("About %d second left", "About %d seconds left",
                                        (gulong) rounded),
                              rounded);
    }
  seconds = (seconds + 30) / 60;
  return g_strdup_printf (ngettext ("About %d minute left", "About %d minutes left",
                                    (gulong) seconds),
                          seconds);
}
