/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aim.h"

#include <glib/gi18n.h>

static const struct
{
  SmithAim aim;
  const char *title;
  const char *help;
} choices[] = {
  { SMITH_AIM_STICK, N_ ("Turn it into a modem (Stick)"),
    N_ ("The computer itself goes online with it, and can ask it everything.") },
  { SMITH_AIM_HILINK, N_ ("Turn it into a router (HiLink)"),
    N_ ("It goes online by itself and has a web page. Firmware and web interface often come as two "
        "files: choose both.") },
  { SMITH_AIM_SAME, N_ ("Another version of what is on it"),
    N_ ("It stays what it is, with newer or older firmware.") },
  { SMITH_AIM_RESCUE, N_ ("Bring it back to life"),
    N_ ("For a stick that waits for firmware or does not start: any complete firmware for its "
        "model.") },
};

G_STATIC_ASSERT (G_N_ELEMENTS (choices) == SMITH_N_AIM_CHOICES);

/* Returns: what can be chosen, from 0 to SMITH_N_AIM_CHOICES - 1 */
SmithAim
smith_aim_choice (guint index)
{
  return choices[index].aim;
}

/**
 * smith_aim_default:
 * @mode: of the stick before anything was done with it
 *
 * Returns: what somebody with such a stick most likely wants
 */
SmithAim
smith_aim_default (SmithMode mode)
{
  switch (mode)
    {
    case SMITH_MODE_STICK:
      return SMITH_AIM_HILINK;
    case SMITH_MODE_DOWNLOAD:
    case SMITH_MODE_BOOT_ROM:
      return SMITH_AIM_RESCUE;
    default:
      return SMITH_AIM_STICK;
    }
}

/* Returns: in a few words, translated; "" for %SMITH_AIM_ANY */
const char *
smith_aim_title (SmithAim aim)
{
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    if (choices[i].aim == aim)
      return _ (choices[i].title);
  return "";
}

/* Returns: in a sentence, translated; "" for %SMITH_AIM_ANY */
const char *
smith_aim_help (SmithAim aim)
{
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    if (choices[i].aim == aim)
      return _ (choices[i].help);
  return "";
}
