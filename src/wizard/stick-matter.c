/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stick-matter.h"

#include <glib/gi18n.h>

#include "format/error.h"
#include "job/way-in.h"

static gboolean
is_unknown (const SmithStick *stick, const SmithIdentity *identity, const GError *error)
{
  return stick->mode == SMITH_MODE_UNKNOWN;
}

static gboolean
is_beyond (const SmithStick *stick, const SmithIdentity *identity, const GError *error)
{
  return stick->mode == SMITH_MODE_BEYOND;
}

static gboolean
is_refused (const SmithStick *stick, const SmithIdentity *identity, const GError *error)
{
  return identity != NULL && identity->model != NULL
         && identity->model->trust == SMITH_TRUST_REFUSED;
}

static gboolean
is_charging (const SmithStick *stick, const SmithIdentity *identity, const GError *error)
{
  return stick->mode == SMITH_MODE_CHARGING;
}

static gboolean
is_without_driver (const SmithStick *stick, const SmithIdentity *identity, const GError *error)
{
  return stick->missing_driver != NULL;
}

/* A router is talked to through the network, which needs no leave. */
static gboolean
is_denied (const SmithStick *stick, const SmithIdentity *identity, const GError *error)
{
  if (stick->mode == SMITH_MODE_HILINK)
    return FALSE;
  for (guint i = 0; i < stick->ports->len; i++)
    if (((const SmithStickPort *) g_ptr_array_index (stick->ports, i))->denied)
      return TRUE;
  return g_error_matches (error, SMITH_ERROR, SMITH_ERROR_PERMISSION);
}

static gboolean
is_cd (const SmithStick *stick, const SmithIdentity *identity, const GError *error)
{
  return stick->mode == SMITH_MODE_CD;
}

static gboolean
is_waiting (const SmithStick *stick, const SmithIdentity *identity, const GError *error)
{
  return stick->mode == SMITH_MODE_DOWNLOAD;
}

static gboolean
is_silent (const SmithStick *stick, const SmithIdentity *identity, const GError *error)
{
  return error != NULL && identity == NULL && smith_mode_is_working (stick->mode)
         && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Whose chip it has would have been in its answer, and so the way that it takes. */
static gboolean
is_silent_and_older (const SmithStick *stick, const SmithIdentity *identity, const GError *error)
{
  SmithWayAdvice advice;

  smith_way_advise ((SmithStick *) stick, identity, &advice);
  return advice.maybe_no_needle && is_silent (stick, identity, error);
}

static gboolean
is_behind_hub (const SmithStick *stick, const SmithIdentity *identity, const GError *error)
{
  return stick->behind_hub;
}

typedef struct
{
  gboolean (*holds) (const SmithStick *stick, const SmithIdentity *identity, const GError *error);
  SmithMatter matter;
} Rule;

/* The more it is in the way, the earlier. */
static const Rule rules[] = {
  { is_unknown,
    { "unknown", N_ ("Sticksmith does not know this device"),
      N_ ("It is none of the sticks that Sticksmith knows, and is left alone."), SMITH_CURE_NONE,
      NULL, TRUE, FALSE } },
  { is_beyond,
    { "beyond", N_ ("This one cannot be converted"), N_ ("Sticksmith leaves it alone."),
      SMITH_CURE_NONE, NULL, TRUE, FALSE } },
  { is_refused,
    { "refused", N_ ("This model cannot be converted"), N_ ("Sticksmith leaves it alone."),
      SMITH_CURE_NONE, NULL, TRUE, FALSE } },
  { is_charging,
    { "charging", N_ ("It takes power and does nothing else"),
      N_ ("Some sticks do so at a socket that is made for charging. Plug it into another USB port, "
          "straight into the computer."),
      SMITH_CURE_NONE, "power", TRUE, FALSE } },
  { is_without_driver,
    { "no-driver", N_ ("The system has made no ports for it"),
      N_ ("The part of the system that does this is called “option”, and is not loaded. Whoever "
          "looks after this computer can load it; every ordinary Linux has it."),
      SMITH_CURE_LOAD_DRIVER, NULL, TRUE, FALSE } },
  { is_denied,
    { "denied", N_ ("You may not use its ports yet"),
      N_ ("The system keeps them to some of its users. That is changed once, and then holds for "
          "every stick."),
      SMITH_CURE_ACCESS, "no-permission", TRUE, FALSE } },
  { is_cd,
    { "cd", N_ ("It still shows its CD drive"),
      N_ ("A stick first shows a small CD with software for other systems. Most computers put that "
          "away by themselves; this one did not."),
      SMITH_CURE_EJECT, "cd-drive", TRUE, FALSE } },
  { is_waiting,
    { "waiting", N_ ("This stick waits for firmware; it is not broken"),
      N_ ("Writing stopped in the middle, here or in another program. Choose firmware for exactly "
          "this model and write it to the end: it starts by itself then."),
      SMITH_CURE_NONE, "download-mode", FALSE, TRUE } },
  { is_silent_and_older,
    { "silent-older", N_ ("It did not tell what it is"),
      N_ ("It may be an older stick, such as an E1550, and how it is converted depends on what it "
          "says. Unplug it, wait ten seconds, plug it in straight into the computer, and let it be "
          "asked again."),
      SMITH_CURE_ASK_AGAIN, "busy", FALSE, FALSE } },
  { is_silent,
    { "silent", N_ ("It did not tell what it is"),
      N_ ("You can go on: before anything is written, Sticksmith asks it once more."),
      SMITH_CURE_ASK_AGAIN, "busy", FALSE, FALSE } },
  { is_behind_hub,
    { "hub", N_ ("It is plugged into a hub"),
      N_ ("Many hubs give too little power while firmware is written. A port of the computer "
          "itself "
          "is safer."),
      SMITH_CURE_NONE, "power", FALSE, FALSE } },
};

/* What only the stick itself, or what is known about it, can tell. */
static const char *
find_text (const Rule *rule, const SmithStick *stick, const SmithIdentity *identity)
{
  const char *text = NULL;

  if (rule->holds == is_beyond)
    text = smith_note_text (stick->note);
  else if (rule->holds == is_refused && identity->model->reason != NULL)
    text = _ (identity->model->reason);
  return text != NULL ? text : _ (rule->matter.text);
}

/**
 * smith_stick_list_matters:
 * @identity: (nullable): what the stick said of itself
 * @error: (nullable): why it said nothing
 * @cd_stays: it had the time to show its other face
 * @matters: (out): gets the gravest of them, the gravest first
 *
 * Returns: how many there are
 */
guint
smith_stick_list_matters (const SmithStick *stick,
                          const SmithIdentity *identity,
                          const GError *error,
                          gboolean cd_stays,
                          SmithMatter matters[SMITH_MATTERS_MAX])
{
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (rules) && n < SMITH_MATTERS_MAX; i++)
    {
      if (!rules[i].holds (stick, identity, error) || (rules[i].holds == is_cd && !cd_stays)
          || ((rules[i].holds == is_silent || rules[i].holds == is_silent_and_older) && n > 0))
        continue;
      matters[n] = rules[i].matter;
      matters[n].title = _ (rules[i].matter.title);
      matters[n].text = find_text (&rules[i], stick, identity);
      if (matters[n].cure == SMITH_CURE_EJECT && stick->cd_drive == NULL)
        matters[n].cure = SMITH_CURE_NONE;
      n++;
    }
  return n;
}

/* Returns: whether nothing stands in the way of beginning with it */
gboolean
smith_stick_is_ready (const SmithStick *stick, const SmithIdentity *identity, const GError *error)
{
  SmithMatter matters[SMITH_MATTERS_MAX];
  guint n = smith_stick_list_matters (stick, identity, error, TRUE, matters);

  for (guint i = 0; i < n; i++)
    if (matters[i].blocks)
      return FALSE;
  return TRUE;
}
