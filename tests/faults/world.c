/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

#include <string.h>

#include "format/error.h"
#include "link/deadline.h"

/* Where something is waited for that does not come, and where it does: there a
 * busy machine must not miss a deadline. */
#define SCALE_IN_VAIN 0.05
#define SCALE 0.15

static double
choose_scale (int code)
{
  return code == SMITH_ERROR_TIMEOUT || code == SMITH_ERROR_BUSY || code == SMITH_ERROR_UNSUPPORTED
             ? SCALE_IN_VAIN
             : SCALE;
}

void
world_init (World *world, RouteId id)
{
  *world = (World){ 0 };
  route_init (&world->route, id);
  files_start (&world->files);
  route_make_files (&world->route, &world->files);
  world->plan = route_make_plan (&world->route);
  world->cancellable = g_cancellable_new ();
}

void
world_plug (World *world, const char *faults)
{
  rig_start (&world->rig, &world->route.config, faults);
}

void
world_clear (World *world)
{
  g_clear_pointer (&world->plan, smith_plan_free);
  g_clear_pointer (&world->report, smith_conversion_report_free);
  rig_clear (&world->rig);
  g_clear_error (&world->error);
  g_clear_object (&world->cancellable);
  route_clear (&world->route);
  files_clear (&world->files);
}

static void
on_step (SmithStep step, gpointer data)
{
  World *world = data;

  if (world->at_step != NULL)
    world->at_step (world, step);
}

static gboolean
on_confirm (const SmithVerdict *verdict, gpointer data)
{
  World *world = data;

  world->n_asked++;
  return verdict->kind != SMITH_VERDICT_DOES_NOT_FIT;
}

static void
on_busy (gpointer data)
{
  World *world = data;

  g_atomic_int_inc ((gint *) &world->n_busy);
}

/* What a message must be to be of use: a sentence, with nothing in it that only
 * a programmer reads. */
void
world_expect_sentence (const char *message)
{
  g_test_message ("%s", message);
  g_assert_cmpuint (strlen (message), >, 12);
  g_assert_nonnull (strchr (message, ' '));
  g_assert_null (strstr (message, "0x"));
  g_assert_null (strstr (message, "350000000000014"));
}

/* Runs the plan. @code: a SmithErrorCode, SUCCESS or CANCELLED. */
void
world_convert (World *world, int code)
{
  static const SmithConversionFuncs funcs
      = { .step = on_step, .flash = { .confirm = on_confirm }, .busy = on_busy };
  gboolean ok;

  g_clear_pointer (&world->report, smith_conversion_report_free);
  g_clear_error (&world->error);
  world->report = smith_conversion_report_new ();
  smith_deadline_set_scale (choose_scale (code));
  ok = smith_conversion_run (world->plan, SMITH_BUS (world->rig.bus), &funcs, world, world->report,
                             world->cancellable, &world->error);
  if (code == SUCCESS)
    g_assert_no_error (world->error);
  else if (code == CANCELLED)
    g_assert_error (world->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  else
    g_assert_error (world->error, SMITH_ERROR, code);
  g_assert_cmpint (ok, ==, code == SUCCESS);
  if (code >= 0)
    world_expect_sentence (world->error->message);
  g_assert_cmpuint (smith_virtual_stick_get_offences (world->rig.stick), ==, 0);
  g_assert_false (smith_virtual_stick_lost_calibration (world->rig.stick));
}

void
world_expect_says (World *world, const char *part)
{
  if (strstr (world->error->message, part) == NULL)
    g_error ("“%s” is not in “%s”", part, world->error->message);
}

void
world_expect_nothing_sent (World *world)
{
  for (SmithStage stage = 0; stage < SMITH_N_STAGES; stage++)
    g_assert_cmpuint (smith_virtual_stick_get_count (world->rig.stick, stage), ==, 0);
}

/* Plugs it in again, in that mode. */
void
world_plug_again (World *world, SmithMode mode)
{
  g_autoptr (GError) error = NULL;

  smith_virtual_stick_replug (world->rig.stick, mode, &error);
  g_assert_no_error (error);
}

void
world_expect_mode (World *world, SmithMode mode)
{
  rig_wait_for (&world->rig, mode);
}

void
world_expect_converted (World *world)
{
  g_assert_cmpstr (world->report->version, ==, world->route.version);
  rig_expect_written (&world->rig, world->plan->firmware);
}

void
world_use_file (World *world, const char *description)
{
  g_autofree char *path = files_make (&world->files, "other.bin", description);

  g_ptr_array_set_size (world->plan->firmware, 0);
  g_ptr_array_add (world->plan->firmware, item_open (path));
}

SmithIdentity *
world_make_identity (const char *hardware, const char *firmware, SmithSource source)
{
  SmithIdentity *identity = smith_identity_new ();

  identity->sources = source;
  identity->hardware = g_strdup (hardware);
  identity->firmware = g_strdup (firmware);
  identity->model = smith_catalogue_find_model (smith_catalogue_get_default (), hardware);
  return identity;
}

int
world_run_tests (int argc, char **argv, const WorldTest *tests, gsize n)
{
  g_test_init (&argc, &argv, NULL);
  smith_deadline_set_scale (SCALE);
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *path = g_strconcat ("/what-goes-wrong/", tests[i].path, NULL);

      g_test_add_func (path, tests[i].func);
    }
  return g_test_run ();
}
