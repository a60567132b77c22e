/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "convert.h"

#include <glib/gi18n.h>

#include "desktop/keeper.h"
#include "flash-report.h"
#include "format/error.h"
#include "job/saved-states.h"

/* Opening a case and finding a contact takes a person a while. */
#define NEEDLE_WAIT_MS (10 * 60 * 1000)

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

/* Returns: (transfer none) (nullable): what is kept of a job at the stick's place */
static SmithSavedState *
find_state (GPtrArray *states, SmithStick *stick)
{
  for (guint i = 0; i < states->len; i++)
    {
      SmithSavedState *state = g_ptr_array_index (states, i);

      if (g_strcmp0 (state->usb_path, stick->usb_path) == 0)
        return state;
    }
  return NULL;
}

/* @states: (nullable): only sticks at one of these places
 * Returns: how many there are that may be meant; @chosen: (transfer none): the last */
static guint
count_sticks (CliTarget *target, GPtrArray *sticks, GPtrArray *states, SmithStick **chosen)
{
  guint n = 0;

  for (guint i = 0; i < sticks->len; i++)
    {
      SmithStick *stick = g_ptr_array_index (sticks, i);

      if (target->options->stick != NULL
              ? g_str_equal (target->options->stick, stick->usb_path)
              : can_be_converted (stick) && (states == NULL || find_state (states, stick)))
        {
          *chosen = stick;
          n++;
        }
    }
  return n;
}

/* The one that was named, or the only one that can be converted; of two, one of
 * which something is to be gone on with. None is chosen by itself otherwise. */
static gboolean
choose_stick (CliTarget *target, GError **error)
{
  g_autoptr (GPtrArray) sticks = smith_bus_list (target->bus);
  SmithStick *chosen = NULL;
  guint n = count_sticks (target, sticks, NULL, &chosen);

  if (n > 1 && target->options->go_on)
    {
      g_autoptr (GPtrArray) states = smith_saved_states_list (target->state_path);
      SmithStick *meant = NULL;

      if (count_sticks (target, sticks, states, &meant) == 1)
        {
          chosen = meant;
          n = 1;
        }
    }
  if (n == 1)
    {
      target->stick = smith_stick_ref (chosen);
      return TRUE;
    }
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                       n == 0 ? _ ("There is no such stick that could be converted; "
                                   "“sticksmith-cli devices” lists what is plugged in")
                              : _ ("More than one stick is plugged in: say which with --stick; "
                                   "“sticksmith-cli devices” lists them"));
  return FALSE;
}

/* A stick that does not say what it is can still be written, when its answers
 * in download mode fit the file. */
static void
identify (CliTarget *target)
{
  g_autoptr (GError) error = NULL;

  if (target->stick->mode == SMITH_MODE_BOOT_ROM)
    return;
  target->identity
      = smith_identify (target->bus, target->stick, NULL, target->cli->cancellable, &error);
  cli_report_note_identity (&target->report, target->identity);
  smith_log_add (target->log, SMITH_LOG_DETAIL, "stick %04x:%04x, %s, hardware %s",
                 target->stick->vendor, target->stick->product,
                 smith_mode_name (target->stick->mode),
                 target->identity != NULL && target->identity->hardware != NULL
                     ? target->identity->hardware
                     : "?");
  if (target->identity != NULL)
    cli_say (target->cli, _ ("Stick at %s: %s, hardware %s, firmware %s"), target->stick->usb_path,
             target->identity->name != NULL ? target->identity->name : "?",
             target->identity->hardware != NULL ? target->identity->hardware : "?",
             target->identity->firmware != NULL ? target->identity->firmware : "?");
  else
    cli_say (target->cli, _ ("The stick does not say what it is: %s"), error->message);
}

static SmithWay
choose_way (CliTarget *target)
{
  SmithWayAdvice advice;

  if (target->options->needle)
    return SMITH_WAY_NEEDLE;
  smith_way_advise (target->stick, target->identity, &advice);
  if (advice.likely_needle)
    cli_say (target->cli, "%s",
             _ ("Firmware this new usually refuses to switch: you will most "
                "likely need the needle."));
  return advice.n_ways > 0 ? advice.ways[0] : SMITH_WAY_NEEDLE;
}

static SmithPlan *
make_new_plan (CliTarget *target, GError **error)
{
  const CliConvertOptions *options = target->options;
  g_autoptr (SmithPlan) plan = smith_plan_new (target->stick->usb_path);

  if (options->loader != NULL
      && !cli_conversion_add_file (target->cli, plan, options->loader, SMITH_WANT_LOADER, error))
    return NULL;
  for (guint i = 0; options->files[i] != NULL; i++)
    if (!cli_conversion_add_file (target->cli, plan, options->files[i], SMITH_WANT_FIRMWARE, error))
      return NULL;
  return g_steal_pointer (&plan);
}

/* What was kept of the stick's own job; without one, the only one there is. */
static SmithSavedState *
choose_state (CliTarget *target, GPtrArray *states, GError **error)
{
  SmithSavedState *own = find_state (states, target->stick);
  g_autoptr (GString) places = g_string_new (NULL);

  if (own != NULL || states->len == 1)
    return own != NULL ? own : g_ptr_array_index (states, 0);
  if (states->len == 0)
    {
      /* Why there is none. */
      SmithSavedState *state = smith_saved_state_load (target->state_path, error);

      if (state != NULL)
        g_ptr_array_add (states, state);
      return state;
    }
  for (guint i = 0; i < states->len; i++)
    g_string_append_printf (places, "%s%s", i > 0 ? ", " : "",
                            ((SmithSavedState *) g_ptr_array_index (states, i))->usb_path);
  g_set_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
               _ ("There are several jobs that did not end, and none with a stick at %s: plug "
                  "the stick in where it was, which is one of %s"),
               target->stick->usb_path, places->str);
  return NULL;
}

static SmithPlan *
make_old_plan (CliTarget *target, GError **error)
{
  g_autoptr (GPtrArray) states = smith_saved_states_list (target->state_path);
  SmithSavedState *state = choose_state (target, states, error);
  SmithPlan *plan;

  if (state == NULL)
    return NULL;
  target->goes_on = state->touched && g_str_equal (state->usb_path, target->stick->usb_path);
  plan = smith_saved_state_to_plan (state, NULL, NULL, target->cli->cancellable, error);
  if (plan != NULL)
    smith_plan_set_place (plan, target->stick->usb_path);
  return plan;
}

static SmithPlan *
make_plan (CliTarget *target, SmithWay way, GError **error)
{
  const CliConvertOptions *options = target->options;
  SmithPlan *plan = options->go_on ? make_old_plan (target, error) : make_new_plan (target, error);

  if (plan == NULL)
    return NULL;
  plan->before = target->identity != NULL ? smith_identity_ref (target->identity) : NULL;
  /* What was wanted the first time is wanted still, unless it is said anew. */
  if (!options->go_on || options->aim != NULL)
    plan->aim = target->aim;
  if (options->override != NULL)
    {
      g_free (plan->override);
      plan->override = g_strdup (options->override);
    }
  plan->way = way;
  plan->boot_wait_ms = way == SMITH_WAY_NEEDLE ? NEEDLE_WAIT_MS : 0;
  /* What was allowed the first time holds when it goes on. */
  plan->known_signature |= options->known_signature;
  plan->skip_network = options->no_network;
  plan->roaming |= options->roaming;
  return plan;
}

/* A person does it with a real stick; with a virtual one it is done here. */
static void
use_needle (CliTarget *target)
{
  if (target->stick->mode == SMITH_MODE_BOOT_ROM || target->stick->mode == SMITH_MODE_DOWNLOAD)
    return;
  if (target->virtual_stick != NULL)
    {
      cli_say (target->cli, "%s", _ ("The practice stick is plugged in again, with the needle."));
      smith_virtual_stick_unplug (target->virtual_stick);
      smith_virtual_stick_replug (target->virtual_stick, SMITH_MODE_BOOT_ROM, NULL);
      return;
    }
  cli_say (target->cli, "%s",
           _ ("Unplug the stick, hold its boot contact to the metal shield, and plug it in again; "
              "let go when this goes on."));
}

/* For what goes wrong before there is a job, which would log it. */
static CliStatus
fail (CliTarget *target, const GError *error)
{
  g_assert (error != NULL);
  smith_log_add (target->log, SMITH_LOG_ERROR, "%s", error->message);
  cli_report_note_error (&target->report, error);
  target->report.touched = target->goes_on;
  return cli_fail (target->cli, error, target->goes_on);
}

/* One run with one way in. */
static CliStatus
run_way (CliTarget *target, SmithWay way, gboolean *needle_is_next)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (SmithJob) job = NULL;
  g_autofree char *names = NULL;
  g_autofree char *question = NULL;
  g_autofree char *state_path = NULL;
  const char *version;
  CliConversion run = { .cli = target->cli,
                        .log = target->log,
                        .loop = loop,
                        .lines_shown = target->lines_shown,
                        .bus = target->bus,
                        .state_path = target->state_path,
                        .before = target->stick->mode,
                        .eject = target->virtual_stick == NULL };
  g_autoptr (GError) error = NULL;
  SmithPlan *plan = make_plan (target, way, &error);
  const SmithConversionReport *report;
  gboolean has_loader;
  CliStatus status;

  if (plan == NULL)
    return fail (target, error);
  cli_log_items (target->log, plan->firmware);
  if (way == SMITH_WAY_NEEDLE)
    use_needle (target);
  /* A folder of images tells no version. */
  version = smith_plan_get_version (plan);
  names = smith_plan_list_names (plan);
  question = g_strdup_printf (target->virtual_stick != NULL
                                  ? _ ("Write firmware %s to the practice stick at %s?")
                                  : _ ("Write firmware %s to the stick at %s?"),
                              version != NULL ? version : names, plan->usb_path);
  has_loader = plan->loader != NULL;
  run.question = question;
  if (target->state_path != NULL)
    state_path = smith_saved_states_path_for (target->state_path, plan->usb_path);
  run.job = job = smith_job_new (plan, target->bus, target->log, state_path);
  cli_conversion_run (&run);
  target->lines_shown = run.lines_shown;
  cli_report_note_job (&target->report, job);
  report = smith_job_get_report (job);
  *needle_is_next = run.error != NULL && run.error->domain == SMITH_ERROR
                    && report->step == SMITH_STEP_BOOT_MODE && way != SMITH_WAY_NEEDLE
                    && has_loader;
  if (*needle_is_next)
    {
      cli_live_end (target->cli);
      cli_say (target->cli, "%s", run.error->message);
      g_clear_error (&run.error);
      return CLI_FAILED;
    }
  cli_report_note_error (&target->report, run.error);
  status = cli_conversion_finish (&run, target->virtual_stick);
  g_clear_error (&run.error);
  return status;
}

/* All but the report. Where the stick does not switch by itself and a loader
 * was given, the needle is waited for. */
static CliStatus
convert (CliTarget *target)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithKeeper) keeper = smith_keeper_new (NULL);
  gboolean needle_is_next = FALSE;
  CliStatus status;

  if (!choose_stick (target, &error))
    return fail (target, error);
  identify (target);
  /* Also from one way in to the next. The system knows nothing of a stick that
   * only exists here. */
  if (target->stick->device_path != NULL)
    smith_keeper_hold (keeper, target->stick->device_path, _ ("A stick is being converted"));
  status = run_way (target, choose_way (target), &needle_is_next);
  if (needle_is_next)
    status = run_way (target, SMITH_WAY_NEEDLE, &needle_is_next);
  smith_keeper_release_at_end (keeper);
  g_clear_pointer (&target->stick, smith_stick_unref);
  g_clear_pointer (&target->identity, smith_identity_unref);
  return status;
}

/* Returns: FALSE, and says how it is called, if the words make no sense */
static gboolean
check_usage (CliTarget *target)
{
  if (!parse_aim (target->options->aim, &target->aim))
    {
      g_printerr ("%s\n", _ ("--to is one of: stick, hilink, same, rescue"));
      return FALSE;
    }
  if ((target->options->files == NULL) == target->options->go_on)
    return TRUE;
  cli_print_usage ("convert FILE…");
  cli_print_usage ("convert --go-on");
  cli_print_usage ("convert --practice");
  return FALSE;
}

/**
 * cli_convert_target:
 * @target: cleared when this returns, but for what was given
 *
 * The whole job with a stick on @target's bus, and a report on it.
 */
CliStatus
cli_convert_target (CliTarget *target)
{
  g_autoptr (GError) error = NULL;
  CliStatus status;

  if (!check_usage (target))
    return CLI_USAGE;
  if (!cli_report_begin (&target->report, target->options->report, &error))
    return cli_fail_as (target->cli, error, CLI_REFUSED);
  target->log = smith_log_new ();
  status = convert (target);
  cli_report_end (&target->report, status, target->log, target->virtual_stick != NULL);
  g_clear_object (&target->log);
  return status;
}
