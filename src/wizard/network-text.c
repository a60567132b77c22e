/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network-text.h"

#include <glib/gi18n.h>

/* AT+CSQ: 0 is -113 dBm, each step 2 dBm, 31 the most. */
#define DBM_AT_ZERO (-113)
#define DBM_STEP 2

/* Returns: (transfer full): whether, and where, the stick is registered */
char *
smith_network_text_registration (const SmithNetworkState *state, gboolean looking)
{
  const char *name = state->operator_name;

  switch (state->registration)
    {
    case SMITH_REGISTRATION_HOME:
      return name[0] != '\0' ? g_strdup_printf (_ ("In the network of %s"), name)
                             : g_strdup (_ ("In its network"));
    case SMITH_REGISTRATION_ROAMING:
      return name[0] != '\0' ? g_strdup_printf (_ ("Roaming in the network of %s"), name)
                             : g_strdup (_ ("Roaming in a foreign network"));
    case SMITH_REGISTRATION_DENIED:
      return g_strdup (_ ("The network does not let this SIM card in"));
    case SMITH_REGISTRATION_SEARCHING:
      return g_strdup (_ ("Looking for a network…"));
    case SMITH_REGISTRATION_OFF:
    case SMITH_REGISTRATION_UNKNOWN:
    default:
      return g_strdup (looking ? _ ("Looking for a network…") : _ ("No network found"));
    }
}

/* Returns: what the stick says about its SIM card */
const char *
smith_network_text_sim (SmithSimState sim)
{
  static const char *const texts[] = {
    [SMITH_SIM_UNKNOWN] = N_ ("It is not known whether there is a SIM card."),
    [SMITH_SIM_READY] = N_ ("The SIM card is ready."),
    [SMITH_SIM_MISSING]
    = N_ ("There is no SIM card in the stick. Put one in; everything else is done."),
    [SMITH_SIM_PIN] = N_ ("The SIM card asks for its PIN. The system’s network settings will ask "
                          "you for it when you connect."),
    [SMITH_SIM_PUK] = N_ ("The SIM card is locked and asks for its PUK. Unlock it in a phone."),
    [SMITH_SIM_FAILED] = N_ ("The SIM card does not answer. Take it out and put it in again."),
  };

  return _ (texts[sim]);
}

/* Returns: (transfer full): the signal's strength in numbers; "" if it is not known */
char *
smith_network_text_signal (int signal)
{
  if (signal < 0)
    return g_strdup ("");
  /* Translators: the strength of a radio signal; dBm is a unit */
  return g_strdup_printf (_ ("Signal %d dBm"), DBM_AT_ZERO + DBM_STEP * signal);
}

/* Returns: of five bars, how many are full */
guint
smith_network_text_bars (int signal)
{
  static const int least[] = { 2, 7, 12, 17, 22 };
  guint n = 0;

  while (n < G_N_ELEMENTS (least) && signal >= least[n])
    n++;
  return n;
}

/* Returns: (nullable): what the stick does each time it is plugged in */
const char *
smith_network_text_cd (SmithCdState state)
{
  static const char *const texts[] = {
    [SMITH_CD_FIXED] = NULL,
    [SMITH_CD_SHOWN] = N_ ("Each time it is plugged in, the stick first shows a CD with Windows "
                           "drivers. Linux doesn’t need it."),
    [SMITH_CD_HIDDEN] = N_ ("When it is plugged in next, the stick works at once, without showing "
                            "a CD with Windows drivers first."),
  };

  return texts[state] != NULL ? _ (texts[state]) : NULL;
}

/* Returns: (transfer full): what the system makes of the stick */
char *
smith_network_text_online (SmithOnlineState state, guint n_apns, const char *problem)
{
  if (problem != NULL && state != SMITH_ONLINE_CONNECTED)
    return g_strdup_printf (_ ("The system could not connect: %s"), problem);
  switch (state)
    {
    case SMITH_ONLINE_NO_MODEM:
      return g_strdup (_ ("The system is still looking at its new modem. This takes up to a "
                          "minute."));
    case SMITH_ONLINE_READY:
      return g_strdup (n_apns > 0 ? _ ("The system knows the modem. Choose your provider’s plan "
                                       "and connect.")
                                  : _ ("The system knows the modem. Open its network settings and "
                                       "choose Mobile Broadband to connect."));
    case SMITH_ONLINE_CONNECTING:
      return g_strdup (_ ("Connecting…"));
    case SMITH_ONLINE_CONNECTED:
      return g_strdup (_ ("You are online through the stick."));
    case SMITH_ONLINE_ABSENT:
    default:
      return g_strdup (_ ("To go online, open the system’s network settings and choose Mobile "
                          "Broadband. With a SIM card in the stick, the system does the rest."));
    }
}
