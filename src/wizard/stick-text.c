/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stick-text.h"

#include <glib/gi18n.h>

#define ROUND_SECONDS 10

/**
 * smith_stick_text_full_name:
 * @identity: (nullable): what the stick said about itself
 *
 * Returns: (transfer full): what a person would call it
 */
char *
smith_stick_text_full_name (const SmithStick *stick, const SmithIdentity *identity)
{
  const char *name = NULL;

  if (identity != NULL)
    name = identity->model != NULL ? identity->model->name : identity->name;
  /* Translators: the maker, then the model, such as E3372h */
  return name != NULL ? g_strdup_printf (_ ("Huawei %s"), name)
                      : g_strdup (smith_stick_text_name (stick));
}

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
    [SMITH_MODE_DEBUG] = N_ ("HiLink with open ports"),
    [SMITH_MODE_CHARGING] = N_ ("Takes power only"),
    [SMITH_MODE_BEYOND] = N_ ("Beyond what Sticksmith can do"),
  };

  return _ (texts[(guint) mode < G_N_ELEMENTS (texts) ? mode : SMITH_MODE_UNKNOWN]);
}

/* Returns: what that means for the conversion, in a sentence; may be empty */
const char *
smith_stick_text_advice (SmithMode mode)
{
  static const char *const texts[] = {
    [SMITH_MODE_UNKNOWN] = "",
    [SMITH_MODE_CD] = N_ ("It has just been plugged in. Give it a few seconds."),
    [SMITH_MODE_HILINK] = N_ ("Ready to become a Stick modem."),
    [SMITH_MODE_STICK] = N_ ("It is a Stick modem already. You can write another version."),
    [SMITH_MODE_DOWNLOAD] = N_ ("It can be finished now; nothing is lost."),
    [SMITH_MODE_BOOT_ROM] = N_ ("Ready to be loaded. If it worked before, it does so again once "
                                "it is plugged in without the needle."),
    [SMITH_MODE_DEBUG] = N_ ("Ready to become a Stick modem."),
    [SMITH_MODE_CHARGING] = "",
    [SMITH_MODE_BEYOND] = "",
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (texts) == SMITH_N_MODES);
  /* An empty text would be translated with what tells about the translation. */
  if ((guint) mode >= G_N_ELEMENTS (texts) || *texts[mode] == '\0')
    return "";
  return _ (texts[mode]);
}

/* Returns: what a port is for, in a few words */
static const char *
describe_role (SmithPortRole role)
{
  static const char *const texts[] = {
    [SMITH_PORT_UNKNOWN] = N_ ("a port whose use is not known"),
    [SMITH_PORT_AT] = N_ ("takes commands (AT)"),
    [SMITH_PORT_MODEM] = N_ ("the modem"),
    [SMITH_PORT_DIAGNOSTICS] = N_ ("diagnostics"),
    [SMITH_PORT_DOWNLOAD] = N_ ("takes firmware"),
    [SMITH_PORT_BOOT] = N_ ("takes a loader"),
  };

  return _ (texts[(guint) role < G_N_ELEMENTS (texts) ? role : SMITH_PORT_UNKNOWN]);
}

static void
add_ports (GString *text, const SmithStick *stick)
{
  for (guint i = 0; i < stick->ports->len; i++)
    {
      const SmithStickPort *port = g_ptr_array_index (stick->ports, i);

      g_string_append_printf (text, "\n%s · %s", port->device, describe_role (port->role));
      if (port->denied)
        g_string_append_printf (text, " · %s", _ ("no permission"));
    }
  if (stick->ports->len == 0)
    g_string_append_printf (text, "\n%s", _ ("No serial port"));
  if (stick->network != NULL)
    /* Translators: a network interface, such as usb0 */
    g_string_append_printf (text, _ ("\n%s · network card"), stick->network);
  if (stick->cd_drive != NULL)
    /* Translators: a drive, such as /dev/sr1 */
    g_string_append_printf (text, _ ("\n%s · CD drive"), stick->cd_drive);
}

static const char *
describe_sim (SmithSimState sim)
{
  static const char *const texts[] = {
    [SMITH_SIM_UNKNOWN] = NULL,
    [SMITH_SIM_READY] = N_ ("SIM card: ready"),
    [SMITH_SIM_MISSING] = N_ ("SIM card: none"),
    [SMITH_SIM_PIN] = N_ ("SIM card: asks for its PIN"),
    [SMITH_SIM_PUK] = N_ ("SIM card: asks for its PUK"),
    [SMITH_SIM_FAILED] = N_ ("SIM card: does not answer"),
  };

  return (guint) sim < G_N_ELEMENTS (texts) ? texts[sim] : NULL;
}

static const char *
describe_lock (SmithLockState lock)
{
  static const char *const texts[] = {
    [SMITH_LOCK_UNKNOWN] = NULL,
    [SMITH_LOCK_LOCKED] = N_ ("Tied to one operator"),
    [SMITH_LOCK_OPEN] = N_ ("Takes SIM cards of every operator"),
    [SMITH_LOCK_FOR_GOOD] = N_ ("Tied to one operator for good"),
  };

  return (guint) lock < G_N_ELEMENTS (texts) ? texts[lock] : NULL;
}

static const char *
describe_registration (SmithRegistration registration)
{
  static const char *const texts[] = {
    [SMITH_REGISTRATION_UNKNOWN] = NULL,
    [SMITH_REGISTRATION_OFF] = N_ ("Network: not looking for one"),
    [SMITH_REGISTRATION_HOME] = N_ ("Network: its own"),
    [SMITH_REGISTRATION_SEARCHING] = N_ ("Network: looking for one"),
    [SMITH_REGISTRATION_DENIED] = N_ ("Network: not let in"),
    [SMITH_REGISTRATION_ROAMING] = N_ ("Network: a foreign one (roaming)"),
  };

  return (guint) registration < G_N_ELEMENTS (texts) ? texts[registration] : NULL;
}

static const char *
describe_trust (const SmithModel *model)
{
  if (model == NULL || model->trust == SMITH_TRUST_REFUSED)
    return NULL;
  return model->trust == SMITH_TRUST_CONFIRMED
             ? N_ ("Owners of this model have converted it")
             : N_ ("By all that is known this model can be converted; nobody has told so yet");
}

static void
add_identity (GString *text, const SmithIdentity *identity)
{
  g_autofree char *imei = smith_identity_mask_imei (identity);
  const char *const lines[]
      = { describe_sim (identity->sim), describe_registration (identity->registration),
          describe_lock (identity->lock), describe_trust (identity->model) };

  if (identity->model != NULL && identity->model->chip != SMITH_CHIP_UNKNOWN)
    /* Translators: the name of a chip */
    g_string_append_printf (text, _ ("\nChip: %s"), smith_chip_name (identity->model->chip));
  if (identity->operator_name != NULL)
    /* Translators: the name of a network operator */
    g_string_append_printf (text, _ ("\nOperator: %s"), identity->operator_name);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    if (lines[i] != NULL)
      g_string_append_printf (text, "\n%s", _ (lines[i]));
  if (imei != NULL)
    /* Translators: the stick's number, most of it hidden */
    g_string_append_printf (text, _ ("\nIMEI: %s"), imei);
}

/**
 * smith_stick_text_details:
 * @identity: (nullable): what the stick said of itself
 *
 * Returns: (transfer full): ports and numbers, for those who want them
 */
char *
smith_stick_text_details (SmithStick *stick, const SmithIdentity *identity)
{
  g_autoptr (GString) text = g_string_new (NULL);

  /* Translators: where a stick is plugged in, such as 1-2.3 */
  g_string_append_printf (text, _ ("USB place %s"), stick->usb_path);
  g_string_append_printf (text, " · USB %04x:%04x", stick->vendor, stick->product);
  add_ports (text, stick);
  if (identity != NULL)
    add_identity (text, identity);
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
