/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "convert.h"

#include <glib/gi18n.h>

#include "desktop/keeper.h"
#include "format/error.h"
#include "job/saved-state.h"
#include "stick/udev-bus.h"

/* Opening a case and finding a contact takes a person a while. */
#define NEEDLE_WAIT_MS (10 * 60 * 1000)

typedef struct
{
  Cli *cli;
  const CliConvertOptions *options;
  SmithBus *bus;
  SmithStick *stick;
  SmithIdentity *identity;
  SmithAim aim;
  char *state_path;
} Real;

static gboolean
parse_aim (const char *name, SmithAim *aim)
{
  static const SmithAim aims[]
      = { SMITH_AIM_STICK, SMITH_AIM_HILINK, SMITH_AIM_SAME, SMITH_AIM_RESCUE };

  *aim = SMITH_AIM_ANY;
  if (name == NULL)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (aims); i++)
    if (g_str_equal (name, smith_aim_name (aims[i])))
      {
        *aim = aims[i];
        return TRUE;
      }
  return FALSE;
}

static gboolean
can_be_converted (SmithStick *stick)
{
  switch (stick->mode)
    {
    case SMITH_MODE_HILINK:
    case SMITH_MODE_STICK:
    case SMITH_MODE_DEBUG:
    case SMITH_MODE_DOWNLOAD:
    case SMITH_MODE_BOOT_ROM:
      return TRUE;
    default:
      return FALSE;
    }
}

/* The one that was named, or the only one that can be converted. Of two,
 * none is chosen by itself. */
static SmithStick *
choose_stick (Real *real, GError **error)
{
  g_autoptr (GPtrArray) sticks = smith_bus_list (real->bus);
  SmithStick *chosen = NULL;
  guint n = 0;

  for (guint i = 0; i < sticks->len; i++)
    {
      SmithStick *stick = g_ptr_array_index (sticks, i);

      if (real->options->stick != NULL ? g_str_equal (real->options->stick, stick->usb_path)
                                       : can_be_converted (stick))
        {
          chosen = stick;
          n++;
        }
    }
  if (n == 1)
    return smith_stick_ref (chosen);
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                       n == 0 ? _ ("There is no such stick that could be converted; "
                                   "“sticksmith-cli devices” lists what is plugged in")
                              : _ ("More than one stick is plugged in: say which with --stick; "
                                   "“sticksmith-cli devices” lists them"));
  return NULL;
}

/* A stick that does not say what it is can still be written, when its answers
 * in download mode fit the file. */
static void
identify (Real *real)
{
  g_autoptr (GError) error = NULL;

  if (real->stick->mode == SMITH_MODE_BOOT_ROM)
    return;
  real->identity = smith_identify (real->stick, NULL, real->cli->cancellable, &error);
  if (real->identity != NULL)
    cli_say (real->cli, _ ("Stick at %s: %s, hardware %s, firmware %s"), real->stick->usb_path,
             real->identity->name != NULL ? real->identity->name : "?",
             real->identity->hardware != NULL ? real->identity->hardware : "?",
             real->identity->firmware != NULL ? real->identity->firmware : "?");
  else
    cli_say (real->cli, _ ("The stick does not say what it is: %s"), error->message);
}

static SmithWay
choose_way (Real *real)
{
  SmithWayAdvice advice;

  if (real->options->needle)
    return SMITH_WAY_NEEDLE;
  smith_way_advise (real->stick, real->identity, &advice);
  if (advice.likely_needle)
    cli_say (real->cli, "%s",
             _ ("Firmware this new usually refuses to switch: you will most "
                "likely need the needle."));
  return advice.n_ways > 0 ? advice.ways[0] : SMITH_WAY_NEEDLE;
}

static SmithPlan *
make_new_plan (Real *real, GError **error)
{
  const CliConvertOptions *options = real->options;
  g_autoptr (SmithPlan) plan = smith_plan_new (real->stick->usb_path);

  if (options->loader != NULL
      && !cli_conversion_add_file (real->cli, plan, options->loader, SMITH_WANT_LOADER, error))
    return NULL;
  for (guint i = 0; options->files[i] != NULL; i++)
    if (!cli_conversion_add_file (real->cli, plan, options->files[i], SMITH_WANT_FIRMWARE, error))
      return NULL;
  return g_steal_pointer (&plan);
}

static SmithPlan *
make_old_plan (Real *real, GError **error)
{
  g_autoptr (SmithSavedState) state = smith_saved_state_load (real->state_path, error);
  SmithPlan *plan;

  if (state == NULL)
    return NULL;
  plan = smith_saved_state_to_plan (state, NULL, NULL, real->cli->cancellable, error);
  if (plan == NULL)
    return NULL;
  g_free (plan->usb_path);
  plan->usb_path = g_strdup (real->stick->usb_path);
  return plan;
}

static SmithPlan *
make_plan (Real *real, SmithWay way, GError **error)
{
  const CliConvertOptions *options = real->options;
  SmithPlan *plan = options->go_on ? make_old_plan (real, error) : make_new_plan (real, error);

  if (plan == NULL)
    return NULL;
  plan->before = real->identity != NULL ? smith_identity_ref (real->identity) : NULL;
  plan->aim = real->aim;
  plan->override = g_strdup (options->override);
  plan->way = way;
  plan->boot_wait_ms = way == SMITH_WAY_NEEDLE ? NEEDLE_WAIT_MS : 0;
  plan->known_signature = options->known_signature;
  plan->skip_network = options->no_network;
  plan->roaming = options->roaming;
  return plan;
}

static void
say_needle (Real *real)
{
  if (real->stick->mode == SMITH_MODE_BOOT_ROM || real->stick->mode == SMITH_MODE_DOWNLOAD)
    return;
  cli_say (real->cli, "%s",
           _ ("Unplug the stick, hold its boot contact to the metal shield, and plug it in again; "
              "let go when this goes on."));
}

/* One run with one way in. */
static CliStatus
run_way (Real *real, SmithWay way, gboolean *needle_is_next)
{
  g_autoptr (SmithLog) log = smith_log_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (SmithKeeper) keeper = smith_keeper_new (NULL);
  g_autoptr (SmithJob) job = NULL;
  g_autofree char *question = NULL;
  CliConversion run = { .cli = real->cli, .log = log, .loop = loop };
  g_autoptr (GError) error = NULL;
  SmithPlan *plan = make_plan (real, way, &error);
  const SmithConversionReport *report;
  CliStatus status;

  if (plan == NULL)
    return cli_fail (real->cli, error, FALSE);
  if (way == SMITH_WAY_NEEDLE)
    say_needle (real);
  question = g_strdup_printf (_ ("Write firmware %s to the stick at %s?"),
                              smith_plan_get_version (plan), plan->usb_path);
  run.question = question;
  run.job = job = smith_job_new (plan, real->bus, log, real->state_path);
  smith_keeper_hold (keeper, real->stick->device_path, _ ("A stick is being converted"));
  cli_conversion_run (&run);
  smith_keeper_release (keeper);
  report = smith_job_get_report (job);
  *needle_is_next = run.error != NULL && run.error->domain == SMITH_ERROR
                    && report->step == SMITH_STEP_BOOT_MODE && way != SMITH_WAY_NEEDLE
                    && real->options->loader != NULL;
  if (*needle_is_next)
    {
      cli_live_end (real->cli);
      cli_say (real->cli, "%s", run.error->message);
      g_clear_error (&run.error);
      return CLI_FAILED;
    }
  status = cli_conversion_finish (&run, NULL);
  g_clear_error (&run.error);
  return status;
}

static CliStatus
convert (Real *real)
{
  g_autoptr (GError) error = NULL;
  gboolean needle_is_next;
  CliStatus status;

  real->stick = choose_stick (real, &error);
  if (real->stick == NULL)
    return cli_fail (real->cli, error, FALSE);
  identify (real);
  status = run_way (real, choose_way (real), &needle_is_next);
  if (needle_is_next)
    status = run_way (real, SMITH_WAY_NEEDLE, &needle_is_next);
  return status;
}

/**
 * cli_convert_real:
 *
 * The whole job with a real stick: where it does not switch by itself and a
 * loader was given, the needle is waited for.
 */
CliStatus
cli_convert_real (Cli *cli, const CliConvertOptions *options)
{
  g_autoptr (SmithUdevBus) bus = NULL;
  Real real = { .cli = cli, .options = options };
  CliStatus status;

  if (!parse_aim (options->aim, &real.aim) || (options->files == NULL) != options->go_on)
    {
      g_printerr ("%s\n", _ ("Usage: convert [--stick PLACE] [--to stick|hilink|same|rescue] "
                             "[--loader FILE] FILE…, or convert --go-on, or convert --practice"));
      return CLI_USAGE;
    }
  bus = smith_udev_bus_new ();
  if (options->web_address != NULL)
    smith_udev_bus_set_web_address (bus, options->web_address);
  real.bus = SMITH_BUS (bus);
  real.state_path = smith_saved_state_default_path ();
  status = convert (&real);
  g_clear_pointer (&real.stick, smith_stick_unref);
  g_clear_pointer (&real.identity, smith_identity_unref);
  g_free (real.state_path);
  return status;
}
