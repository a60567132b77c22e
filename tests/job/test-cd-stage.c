/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/cd-stage.h"

#include <string.h>

#include "at-actor.h"
#include "format/error.h"
#include "link/at-channel.h"
#include "link/deadline.h"
#include "rig.h"

#define USB_PATH "1-1"
#define SUCCESS (-1)
#define CANCELLED (-2)

/* Waiting is shortened, but not by so much that a busy machine looks like a
 * silent stick. */
#define SCALE 0.2

#define USUAL "AT^SETPORT=\"A1,A2;12,10,16,A1,A2\""
#define HIDDEN "AT^SETPORT=\"FF;12,10,16,A1,A2\""

static SmithPortSetting
make (const char *line)
{
  SmithPortSetting setting;

  g_assert_true (smith_port_setting_parse (line, &setting));
  return setting;
}

static void
expect (const SmithPortSetting *setting, const char *command)
{
  g_autofree char *made = smith_port_setting_to_command (setting);

  g_assert_cmpstr (made, ==, command);
}

/* What came before the stick was told anything. */
typedef struct
{
  guint n;
  SmithPortSetting setting;
  GCancellable *cancel; /* then */
} Before;

static Before before;

static void
on_before (const SmithPortSetting *setting, gpointer user_data)
{
  before.n++;
  before.setting = *setting;
  if (before.cancel != NULL)
    g_cancellable_cancel (before.cancel);
}

/* Sets, and checks what must hold whatever comes out. @code may be SUCCESS or
 * CANCELLED. Returns: (transfer full): what the person reads, or NULL */
static char *
set (SmithVirtualBus *bus,
     const SmithPortSetting *old,
     SmithCdStageReport *report,
     GCancellable *cancellable,
     int code)
{
  g_autoptr (GError) error = NULL;
  gboolean ok;

  memset (report, 0x55, sizeof *report);
  before.n = 0;
  ok = smith_cd_stage_set (SMITH_BUS (bus), USB_PATH, old, on_before, NULL, report, cancellable,
                           &error);
  g_assert_cmpint (ok, ==, error == NULL);
  if (code == SUCCESS)
    g_assert_no_error (error);
  else if (code == CANCELLED)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  else
    g_assert_error (error, SMITH_ERROR, code);
  if (!report->had_setting)
    g_assert_false (report->changed);
  /* What brings it back could be kept in time. */
  g_assert_cmpuint (before.n, <=, 1);
  if (report->changed)
    g_assert_cmpuint (before.n, ==, 1);
  if (before.n == 1)
    g_assert_true (smith_port_setting_equal (&before.setting, &report->before));
  return error != NULL ? g_strdup (error->message) : NULL;
}

/*
 * With the virtual stick.
 */

static SmithVirtualStickConfig
make_config (const char *ports)
{
  return (SmithVirtualStickConfig){
    .start = SMITH_MODE_STICK,
    .chip = SMITH_CHIP_V7R11,
    .version = "21.180.01.00.00",
    .restart_ms = 5,
    .ports = ports,
  };
}

/* Plugs the stick in as a person does. */
static void
plug_in (Rig *rig, SmithMode mode, guint16 product)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithStick) stick = NULL;

  g_assert_true (smith_virtual_stick_replug (rig->stick, SMITH_MODE_CD, &error));
  g_assert_no_error (error);
  stick = smith_bus_find (SMITH_BUS (rig->bus), USB_PATH);
  g_assert_cmpint (stick->mode, ==, mode);
  g_assert_cmphex (stick->product, ==, product);
}

static void
test_hide_and_show (void)
{
  g_auto (Rig) rig = { NULL };
  SmithVirtualStickConfig config = make_config (NULL);
  SmithCdStageReport first;
  SmithCdStageReport again;
  SmithCdStageReport back;

  rig_start (&rig, &config, NULL);
  plug_in (&rig, SMITH_MODE_CD, 0x14fe);
  smith_virtual_stick_eject (rig.stick);
  rig_wait_for (&rig, SMITH_MODE_STICK);
  g_assert_null (set (rig.bus, NULL, &first, NULL, SUCCESS));
  g_assert_true (first.had_setting);
  g_assert_true (first.changed);
  expect (&first.before, USUAL);
  expect (&first.now, HIDDEN);

  plug_in (&rig, SMITH_MODE_STICK, 0x1506);
  g_assert_null (set (rig.bus, NULL, &again, NULL, SUCCESS));
  g_assert_false (again.changed);
  expect (&again.before, HIDDEN);
  g_assert_cmpuint (rig_count_log (&rig, "AT^SETPORT="), ==, 1);

  g_assert_null (set (rig.bus, &first.before, &back, NULL, SUCCESS));
  g_assert_true (back.changed);
  expect (&back.before, HIDDEN);
  expect (&back.now, USUAL);
  plug_in (&rig, SMITH_MODE_CD, 0x14fe);
  g_assert_cmpuint (rig_count_log (&rig, "AT^SETPORT="), ==, 2);
  g_assert_cmpuint (smith_virtual_stick_get_offences (rig.stick), ==, 0);
}

/* Which are left alone, and whether that is what was wanted. */
static void
test_left_alone (void)
{
  static const struct
  {
    const char *ports;
    int hide;
    int show; /* with the usual setting */
  } cases[] = {
    { "A1,A2;10,16,A1", SMITH_ERROR_UNSUPPORTED, SUCCESS },
    { "A1,A2;A1,A2", SMITH_ERROR_UNSUPPORTED, SUCCESS },
    { "A1,A2;12,FF", SMITH_ERROR_UNSUPPORTED, SUCCESS },
    { "FF;12,16", SUCCESS, SMITH_ERROR_UNSUPPORTED },
    { "A2;12,10,16,A1", SUCCESS, SMITH_ERROR_UNSUPPORTED },
    { "A1,A2;12,10,16,A1,A2,", SMITH_ERROR_UNSUPPORTED, SMITH_ERROR_UNSUPPORTED },
    { "A1,A2", SMITH_ERROR_UNSUPPORTED, SMITH_ERROR_UNSUPPORTED },
    { "", SMITH_ERROR_UNSUPPORTED, SMITH_ERROR_UNSUPPORTED },
  };
  SmithPortSetting old = make (USUAL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Rig) rig = { NULL };
      SmithVirtualStickConfig config = make_config (cases[i].ports);
      SmithCdStageReport report;
      g_autofree char *hide = NULL;
      g_autofree char *show = NULL;

      g_test_message ("%s", cases[i].ports);
      rig_start (&rig, &config, NULL);
      hide = set (rig.bus, NULL, &report, NULL, cases[i].hide);
      g_assert_true (hide == NULL || strstr (hide, "nothing was changed") != NULL);
      show = set (rig.bus, &old, &report, NULL, cases[i].show);
      g_assert_true (show == NULL || strstr (show, "nothing was changed") != NULL);
      g_assert_false (report.changed);
      g_assert_cmpuint (rig_count_log (&rig, "AT^SETPORT="), ==, 0);
    }
}

/* An old 3G stick knows nothing of it. */
static void
test_3g (void)
{
  g_auto (Rig) rig = { NULL };
  SmithVirtualStickConfig config = make_config (NULL);
  SmithCdStageReport report;
  g_autofree char *text = NULL;

  config.chip = SMITH_CHIP_UNKNOWN;
  config.family = SMITH_FAMILY_QUALCOMM;
  config.hardware = "CD6E1550M Ver.A";
  rig_start (&rig, &config, NULL);
  text = set (rig.bus, NULL, &report, NULL, SMITH_ERROR_UNSUPPORTED);
  g_assert_false (report.had_setting);
  g_assert_cmpuint (rig_count_log (&rig, "AT^SETPORT="), ==, 0);
}

/* A stick that says OK and keeps what it had is not believed. */
static void
test_kept (void)
{
  g_auto (Rig) rig = { NULL };
  SmithVirtualStickConfig config = make_config (NULL);
  SmithCdStageReport report;
  g_autofree char *text = NULL;

  config.keeps_ports = TRUE;
  rig_start (&rig, &config, NULL);
  text = set (rig.bus, NULL, &report, NULL, SMITH_ERROR_PROTOCOL);
  g_assert_nonnull (strstr (text, "keeps all as it was"));
  g_assert_false (report.changed);
  expect (&report.now, USUAL);
  g_assert_cmpuint (rig_count_log (&rig, "AT^SETPORT="), ==, 1);
  plug_in (&rig, SMITH_MODE_CD, 0x14fe);
}

/* Answers late, in pieces, and with other lines in between; or lost, when what
 * it then has tells. */
static void
test_faults (void)
{
  static const char *const faults[] = {
    "at 1 single-bytes times 10",
    "at 1 unsolicited times 10",
    "at 1 lost",
    "at 3 lost",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_auto (Rig) rig = { NULL };
      SmithVirtualStickConfig config = make_config (NULL);
      SmithCdStageReport report;

      g_test_message ("%s", faults[i]);
      rig_start (&rig, &config, faults[i]);
      g_assert_null (set (rig.bus, NULL, &report, NULL, SUCCESS));
      expect (&report.before, USUAL);
      expect (&report.now, HIDDEN);
      plug_in (&rig, SMITH_MODE_STICK, 0x1506);
    }
}

static void
test_refused (void)
{
  g_auto (Rig) rig = { NULL };
  SmithVirtualStickConfig config = make_config (NULL);
  SmithCdStageReport report;
  g_autofree char *text = NULL;

  rig_start (&rig, &config, "at 3 refuse");
  text = set (rig.bus, NULL, &report, NULL, SMITH_ERROR_REFUSED);
  g_assert_false (report.changed);
  expect (&report.now, USUAL);
  plug_in (&rig, SMITH_MODE_CD, 0x14fe);
}

/* Wherever it is pulled out, the report has what was there before, and says
 * that it may be changed as soon as it was told. */
static void
test_gone (void)
{
  for (guint i = 1; i <= 4; i++)
    {
      g_autofree char *fault = g_strdup_printf ("at %u gone", i);
      g_auto (Rig) rig = { NULL };
      SmithVirtualStickConfig config = make_config (NULL);
      SmithCdStageReport report;
      g_autofree char *text = NULL;

      rig_start (&rig, &config, fault);
      text = set (rig.bus, NULL, &report, NULL, SMITH_ERROR_DISCONNECTED);
      g_assert_cmpint (report.had_setting, ==, i > 2);
      g_assert_cmpint (report.changed, ==, i > 2);
      if (i > 2)
        expect (&report.before, USUAL);
    }
}

/* A stick that is no modem at the moment cannot be told. */
static void
test_not_there (void)
{
  g_auto (Rig) rig = { NULL };
  SmithVirtualStickConfig config = make_config (NULL);
  SmithCdStageReport report;
  g_autofree char *text = NULL;

  config.start = SMITH_MODE_CD;
  config.stays_cd = TRUE;
  rig_start (&rig, &config, NULL);
  text = set (rig.bus, NULL, &report, NULL, SMITH_ERROR_WRONG_DEVICE);
  g_assert_false (report.had_setting);
}

/*
 * With a modem that the test plays itself.
 */

#define TOLD(value) "\r\n^SETPORT:" value "\r\n\r\nOK\r\n"
#define SILENT ""
#define OLD "A1,A2;2,16"
#define TELL_OLD "AT^SETPORT=\"A1,A2;2,16\""
#define TELL_NEW "AT^SETPORT=\"FF;2,16\""

/**
 * Case:
 * @told: what it answers to the question, one after the other; the last one stays
 * @taken: and to being told something
 * @code: what comes out of hiding the CD
 * @changed: as the report says
 * @said: all that it was told
 */
typedef struct
{
  const char *told[4];
  const char *taken[3];
  int code;
  gboolean changed;
  const char *said;
} Case;

static const Case cases[] = {
  { { TOLD (OLD), TOLD ("FF;2,16") }, { AT_OK }, SUCCESS, TRUE, TELL_NEW },
  /* The same, written in another way. */
  { { TOLD (OLD), TOLD ("ff;02,16") }, { AT_OK }, SUCCESS, TRUE, TELL_NEW },
  { { TOLD (OLD), TOLD ("\"FF;2,16\"") }, { AT_OK }, SUCCESS, TRUE, TELL_NEW },
  /* No. */
  { { TOLD (OLD) }, { AT_ERROR }, SMITH_ERROR_REFUSED, FALSE, TELL_NEW },
  { { TOLD (OLD) }, { "\r\n+CME ERROR: 50\r\n" }, SMITH_ERROR_REFUSED, FALSE, TELL_NEW },
  { { TOLD (OLD) }, { "\r\nCOMMAND NOT SUPPORT\r\n" }, SMITH_ERROR_REFUSED, FALSE, TELL_NEW },
  { { TOLD (OLD) }, { "\r\nTOO MANY PARAMETERS\r\n" }, SMITH_ERROR_REFUSED, FALSE, TELL_NEW },
  /* It keeps the old one, with or without an OK. */
  { { TOLD (OLD) }, { AT_OK }, SMITH_ERROR_PROTOCOL, FALSE, TELL_NEW },
  { { TOLD (OLD) }, { SILENT }, SMITH_ERROR_TIMEOUT, FALSE, TELL_NEW },
  /* It has something that nobody told it; the old one can be put back, or not. */
  { { TOLD (OLD), TOLD ("FF;16"), TOLD (OLD) },
    { AT_OK },
    SMITH_ERROR_PROTOCOL,
    FALSE,
    TELL_NEW " " TELL_OLD },
  { { TOLD (OLD), TOLD ("FF;16") }, { AT_OK }, SMITH_ERROR_PROTOCOL, TRUE, TELL_NEW " " TELL_OLD },
  { { TOLD (OLD), AT_OK, TOLD (OLD) },
    { AT_OK },
    SMITH_ERROR_PROTOCOL,
    FALSE,
    TELL_NEW " " TELL_OLD },
  { { TOLD (OLD), TOLD ("nothing"), AT_ERROR },
    { AT_OK, AT_ERROR },
    SMITH_ERROR_PROTOCOL,
    TRUE,
    TELL_NEW " " TELL_OLD },
  /* What cannot be read is not touched. */
  { { AT_ERROR }, { AT_OK }, SMITH_ERROR_UNSUPPORTED, FALSE, "" },
  { { AT_OK }, { AT_OK }, SMITH_ERROR_UNSUPPORTED, FALSE, "" },
  { { "\r\nCOMMAND NOT SUPPORT\r\n" }, { AT_OK }, SMITH_ERROR_UNSUPPORTED, FALSE, "" },
  { { "\r\n^SETPORT:" OLD "\r\n\r\nERROR\r\n" }, { AT_OK }, SMITH_ERROR_UNSUPPORTED, FALSE, "" },
  { { "\r\n^SETPORT:" OLD "\r\n^SETPORT:" OLD "\r\n\r\nOK\r\n" },
    { AT_OK },
    SMITH_ERROR_UNSUPPORTED,
    FALSE,
    "" },
  { { TOLD ("A1,A2;2,16;3") }, { AT_OK }, SMITH_ERROR_UNSUPPORTED, FALSE, "" },
  { { TOLD ("A1,A2;2,XX") }, { AT_OK }, SMITH_ERROR_UNSUPPORTED, FALSE, "" },
  { { TOLD ("A1,A2;2,\xff\xfe") }, { AT_OK }, SMITH_ERROR_UNSUPPORTED, FALSE, "" },
  { { TOLD ("1,2,3,4,5,6,7,8,9,A,B,C,D,E,F,A1,A1;2") },
    { AT_OK },
    SMITH_ERROR_UNSUPPORTED,
    FALSE,
    "" },
  { { TOLD ("A1;3,10,16") }, { AT_OK }, SMITH_ERROR_UNSUPPORTED, FALSE, "" },
};

typedef struct
{
  const Case *one;
  SmithVirtualBus *bus;
  AtActor *actor;
  GString *said; /* the actor's, until it is gone */
  guint n_told;
  guint n_taken;
  GCancellable *cancel; /* once it is told something */
} Play;

static const char *
nth (const char *const answers[], guint most, guint n)
{
  n = MIN (n, most - 1);
  while (n > 0 && answers[n] == NULL)
    n--;
  return answers[n][0] != '\0' ? answers[n] : NULL;
}

static const char *
on_command (AtActor *actor, const char *command, gpointer user_data)
{
  Play *play = user_data;

  g_assert_true (smith_at_command_check (command, NULL));
  if (g_str_equal (command, "AT^SETPORT?"))
    return nth (play->one->told, G_N_ELEMENTS (play->one->told), play->n_told++);
  if (!g_str_has_prefix (command, "AT^SETPORT="))
    return AT_OK;
  if (play->said->len > 0)
    g_string_append_c (play->said, ' ');
  g_string_append (play->said, command);
  if (play->cancel != NULL)
    g_cancellable_cancel (play->cancel);
  return nth (play->one->taken, G_N_ELEMENTS (play->one->taken), play->n_taken++);
}

static void
play_start (Play *play)
{
  g_autoptr (SmithStick) stick = smith_stick_new (USB_PATH, 0x12d1, 0x1506, SMITH_MODE_STICK);

  play->said = g_string_new (NULL);
  play->bus = smith_virtual_bus_new ();
  play->actor = at_actor_new (on_command, play);
  smith_stick_add_port (stick, at_actor_get_device (play->actor), 0, SMITH_PORT_AT);
  smith_virtual_bus_set (play->bus, stick);
}

/* Ends the actor. Returns: (transfer full): what it was told */
static char *
play_end (Play *play)
{
  at_actor_free (play->actor);
  g_assert_finalize_object (play->bus);
  return g_string_free (play->said, FALSE);
}

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Play play = { .one = &cases[i] };
      SmithCdStageReport report;
      g_autofree char *text = NULL;
      g_autofree char *said = NULL;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      play_start (&play);
      text = set (play.bus, NULL, &report, NULL, cases[i].code);
      said = play_end (&play);
      g_assert_cmpstr (said, ==, cases[i].said);
      g_assert_cmpuint (before.n, ==, said[0] != '\0');
      g_assert_cmpint (report.changed, ==, cases[i].changed);
      if (said[0] != '\0')
        expect (&report.before, TELL_OLD);
      if (!report.changed && report.had_setting)
        g_assert_true (smith_port_setting_equal (&report.before, &report.now));
      /* Whoever is left with something else is told what it was. */
      if (report.changed && text != NULL)
        g_assert_nonnull (strstr (text, TELL_OLD));
    }
}

/* It can be stopped until the stick is told; then it is seen what it has, and
 * the old setting put back if it must be. */
static void
test_cancel (void)
{
  static const struct
  {
    enum
    {
      AT_ONCE,
      BEFORE,
      ONCE_TOLD
    } when;
    Case one;
  } cancels[] = {
    { AT_ONCE, { { TOLD (OLD) }, { AT_OK }, CANCELLED, FALSE, "" } },
    { BEFORE, { { TOLD (OLD) }, { AT_OK }, CANCELLED, FALSE, "" } },
    { ONCE_TOLD, { { TOLD (OLD) }, { SILENT }, SMITH_ERROR_TIMEOUT, FALSE, TELL_NEW } },
    { ONCE_TOLD, { { TOLD (OLD), TOLD ("FF;2,16") }, { AT_OK }, SUCCESS, TRUE, TELL_NEW } },
    { ONCE_TOLD,
      { { TOLD (OLD), TOLD ("FF;16"), TOLD (OLD) },
        { AT_OK },
        SMITH_ERROR_PROTOCOL,
        FALSE,
        TELL_NEW " " TELL_OLD } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cancels); i++)
    {
      const Case *one = &cancels[i].one;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Play play = { .one = one, .cancel = cancels[i].when == ONCE_TOLD ? cancellable : NULL };
      SmithCdStageReport report;
      g_autofree char *text = NULL;
      g_autofree char *said = NULL;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      if (cancels[i].when == AT_ONCE)
        g_cancellable_cancel (cancellable);
      before.cancel = cancels[i].when == BEFORE ? cancellable : NULL;
      play_start (&play);
      text = set (play.bus, NULL, &report, cancellable, one->code);
      said = play_end (&play);
      before.cancel = NULL;
      g_assert_cmpint (report.changed, ==, one->changed);
      g_assert_cmpstr (said, ==, one->said);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  smith_deadline_set_scale (SCALE);
  g_test_add_func ("/cd-stage/hide-and-show", test_hide_and_show);
  g_test_add_func ("/cd-stage/left-alone", test_left_alone);
  g_test_add_func ("/cd-stage/3g", test_3g);
  g_test_add_func ("/cd-stage/kept", test_kept);
  g_test_add_func ("/cd-stage/faults", test_faults);
  g_test_add_func ("/cd-stage/refused", test_refused);
  g_test_add_func ("/cd-stage/gone", test_gone);
  g_test_add_func ("/cd-stage/not-there", test_not_there);
  g_test_add_func ("/cd-stage/cases", test_cases);
  g_test_add_func ("/cd-stage/cancel", test_cancel);
  return g_test_run ();
}
