/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/reactivate.h"

#include <string.h>

#include "at-actor.h"
#include "format/error.h"
#include "link/at-channel.h"
#include "link/deadline.h"
#include "rig.h"

#define USB_PATH "1-1"
#define SUCCESS (-1)
#define CANCELLED (-2)

/* Pauses between questions are shortened, but not by so much that a busy
 * machine looks like a silent stick. */
#define SCALE 0.2

/* Where nothing ever comes. */
#define SILENT_SCALE 0.02

/* Where a network or a card never comes. */
#define SHORT_MS 1500

/* Only against hangs. */
#define HARD_BOUND_US (60 * G_USEC_PER_SEC)

#define OPEN_EX "AT^SYSCFGEX=\"00\",3FFFFFFF,0,2,7FFFFFFFFFFFFFFF,,"
#define SUBSCRIBER "741852963"

static const SmithReactivateOptions defaults = { .roaming = FALSE };

/* All that was logged; the card's number must not be in it. */
static GMutex log_lock;
static GString *logged;

static GLogWriterOutput
keep_log (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer user_data)
{
  g_autofree char *line = g_log_writer_format_fields (level, fields, n, FALSE);

  g_mutex_lock (&log_lock);
  g_string_append (logged, line);
  g_mutex_unlock (&log_lock);
  return level & (G_LOG_LEVEL_DEBUG | G_LOG_LEVEL_INFO)
             ? G_LOG_WRITER_HANDLED
             : g_log_writer_default (level, fields, n, user_data);
}

typedef struct
{
  guint n_calls;
  SmithNetworkState last;
  SmithRegistration first_registration;
  GCancellable *cancel;
} Seen;

static void
on_state (const SmithNetworkState *state, gpointer user_data)
{
  Seen *seen = user_data;

  /* It is called for changes only. */
  g_assert_true (seen->n_calls == 0 || memcmp (state, &seen->last, sizeof *state) != 0);
  if (seen->n_calls++ == 0)
    seen->first_registration = state->registration;
  seen->last = *state;
  if (seen->cancel != NULL)
    g_cancellable_cancel (seen->cancel);
}

/* Runs, and checks what must hold whatever comes out. @code may be SUCCESS or CANCELLED. */
static int
reactivate (SmithVirtualBus *bus,
            const SmithReactivateOptions *options,
            Seen *seen,
            SmithReactivateReport *report,
            GCancellable *cancellable,
            int code)
{
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();
  gboolean ok;

  memset (report, 0x55, sizeof *report);
  ok = smith_reactivate_run (SMITH_BUS (bus), USB_PATH, options, on_state, seen, report,
                             cancellable, &error);
  g_assert_cmpint (ok, ==, error == NULL);
  if (code == SUCCESS)
    g_assert_no_error (error);
  else if (code == CANCELLED)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  else
    g_assert_error (error, SMITH_ERROR, code);
  g_assert_cmpint (g_get_monotonic_time () - start, <, HARD_BOUND_US);
  if (seen->n_calls > 0)
    g_assert_cmpmem (&seen->last, sizeof seen->last, &report->state, sizeof report->state);
  return smith_error_get_refusal (error);
}

static void
expect_settings (const SmithNetworkSettings *settings, const char *command)
{
  g_autofree char *made = smith_network_settings_to_command (settings);

  g_assert_cmpstr (made, ==, command);
}

/*
 * With the virtual stick.
 */

static SmithVirtualStickConfig
make_config (gboolean is_e1550)
{
  return (SmithVirtualStickConfig){
    .start = SMITH_MODE_STICK,
    .chip = is_e1550 ? SMITH_CHIP_UNKNOWN : SMITH_CHIP_V7R11,
    .family = is_e1550 ? SMITH_FAMILY_QUALCOMM : SMITH_FAMILY_BALONG,
    .hardware = is_e1550 ? "CD6E1550M Ver.A" : "CL2E3372HM",
    .product_id = is_e1550 ? "HUAWEI E155" : "BV7R11HS",
    .version = is_e1550 ? "11.608.12.04.21" : "21.180.01.00.00",
    .restart_ms = 5,
  };
}

/* An LTE stick whose firmware came with narrow settings and its radio off. */
static void
test_lte (void)
{
  g_auto (Rig) rig = { NULL };
  SmithVirtualStickConfig config = make_config (FALSE);
  SmithReactivateReport report;
  SmithReactivateReport again;
  Seen seen = { 0 };
  Seen more = { 0 };

  config.no_network = TRUE;
  rig_start (&rig, &config, NULL);
  reactivate (rig.bus, &defaults, &seen, &report, NULL, SUCCESS);
  g_assert_true (report.had_settings);
  g_assert_true (report.changed);
  g_assert_true (report.radio_was_off);
  expect_settings (&report.before, "AT^SYSCFGEX=\"03\",400000,0,1,40,,");
  expect_settings (&report.now, OPEN_EX);
  g_assert_true (report.had_ports);
  g_assert_cmpstr (report.ports.first, ==, "A1,A2");
  g_assert_cmpstr (report.ports.second, ==, "12,10,16,A1,A2");
  g_assert_cmpint (report.state.sim, ==, SMITH_SIM_READY);
  g_assert_cmpint (report.state.registration, ==, SMITH_REGISTRATION_HOME);
  g_assert_cmpint (report.state.signal, ==, 17);
  g_assert_cmpstr (report.state.operator_name, ==, "Practice");
  g_assert_cmpstr (report.state.operator_code, ==, "26201");
  g_assert_cmpuint (seen.n_calls, >=, 1);
  /* Once more: there is nothing left to do. */
  reactivate (rig.bus, &defaults, &more, &again, NULL, SUCCESS);
  g_assert_true (again.had_settings);
  g_assert_false (again.changed);
  g_assert_false (again.radio_was_off);
  expect_settings (&again.before, OPEN_EX);
  g_assert_cmpuint (rig_count_log (&rig, "AT^SYSCFGEX="), ==, 1);
  g_assert_cmpuint (rig_count_log (&rig, "AT^SETPORT="), ==, 0);
  g_assert_cmpuint (rig_count_log (&rig, "AT^RFSWITCH=1"), ==, 1);
  g_assert_cmpuint (smith_virtual_stick_get_offences (rig.stick), ==, 0);
}

static void
test_3g (void)
{
  const SmithReactivateOptions options = { .roaming = TRUE };
  g_auto (Rig) rig = { NULL };
  SmithVirtualStickConfig config = make_config (TRUE);
  SmithReactivateReport report;
  Seen seen = { 0 };

  config.no_network = TRUE;
  rig_start (&rig, &config, NULL);
  reactivate (rig.bus, &options, &seen, &report, NULL, SUCCESS);
  g_assert_true (report.had_settings);
  g_assert_true (report.changed);
  g_assert_cmpint (report.before.kind, ==, SMITH_SYSCFG);
  expect_settings (&report.before, "AT^SYSCFG=14,2,400000,0,1");
  expect_settings (&report.now, "AT^SYSCFG=2,2,3FFFFFFF,1,2");
  g_assert_cmpint (report.state.registration, ==, SMITH_REGISTRATION_HOME);
  g_assert_cmpuint (rig_count_log (&rig, "AT^SYSCFGEX="), ==, 0);
}

/* What was there before can be put back. */
static void
test_restore (void)
{
  g_auto (Rig) rig = { NULL };
  SmithVirtualStickConfig config = make_config (FALSE);
  SmithReactivateOptions options = { .wait_ms = SHORT_MS };
  SmithReactivateReport first;
  SmithReactivateReport second;
  Seen seen = { 0 };
  Seen more = { 0 };

  config.no_network = TRUE;
  rig_start (&rig, &config, NULL);
  reactivate (rig.bus, &defaults, &seen, &first, NULL, SUCCESS);
  options.restore = &first.before;
  reactivate (rig.bus, &options, &more, &second, NULL, SMITH_ERROR_TIMEOUT);
  g_assert_true (second.changed);
  g_assert_true (smith_network_settings_equal (&second.before, &first.now));
  g_assert_true (smith_network_settings_equal (&second.now, &first.before));
  g_assert_cmpint (second.state.sim, ==, SMITH_SIM_READY);
}

/* Only watched: settings are read and left. */
static void
test_leave (void)
{
  const SmithReactivateOptions options = { .leave_settings = TRUE, .wait_ms = SHORT_MS };
  g_auto (Rig) rig = { NULL };
  SmithVirtualStickConfig config = make_config (FALSE);
  SmithReactivateReport report;
  Seen seen = { 0 };

  config.no_network = TRUE;
  rig_start (&rig, &config, NULL);
  reactivate (rig.bus, &options, &seen, &report, NULL, SMITH_ERROR_TIMEOUT);
  g_assert_true (report.had_settings);
  g_assert_false (report.changed);
  expect_settings (&report.now, "AT^SYSCFGEX=\"03\",400000,0,1,40,,");
  g_assert_true (report.radio_was_off);
  g_assert_cmpuint (rig_count_log (&rig, "AT^SYSCFGEX="), ==, 0);
}

static void
test_no_sim (void)
{
  const SmithReactivateOptions options = { .wait_ms = SHORT_MS };
  g_auto (Rig) rig = { NULL };
  SmithVirtualStickConfig config = make_config (FALSE);
  SmithReactivateReport report;
  Seen seen = { 0 };

  config.no_sim = TRUE;
  rig_start (&rig, &config, NULL);
  reactivate (rig.bus, &options, &seen, &report, NULL, SMITH_ERROR_UNSUPPORTED);
  g_assert_cmpint (report.state.sim, ==, SMITH_SIM_MISSING);
  g_assert_cmpstr (report.state.operator_code, ==, "");
}

/* Answers in pieces, late, and with other lines in between. */
static void
test_faults (void)
{
  static const char *const faults[] = {
    "at 1 single-bytes times 20",
    "at 1 unsolicited times 20",
    "at 1 lost\nat 8 lost\nat 9 half",
    /* Set, but the answer is lost: what it has then tells. */
    "at 3 lost",
  };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_auto (Rig) rig = { NULL };
      SmithVirtualStickConfig config = make_config (FALSE);
      SmithReactivateReport report;
      Seen seen = { 0 };

      g_test_message ("%s", faults[i]);
      config.no_network = TRUE;
      rig_start (&rig, &config, faults[i]);
      reactivate (rig.bus, &defaults, &seen, &report, NULL, SUCCESS);
      expect_settings (&report.before, "AT^SYSCFGEX=\"03\",400000,0,1,40,,");
      expect_settings (&report.now, OPEN_EX);
      g_assert_cmpint (report.state.registration, ==, SMITH_REGISTRATION_HOME);
    }
}

/* Wherever it leaves, what was found out by then is in the report. */
static void
test_gone (void)
{
  for (guint i = 1; i <= 9; i++)
    {
      g_autofree char *fault = g_strdup_printf ("at %u gone", i);
      g_auto (Rig) rig = { NULL };
      SmithVirtualStickConfig config = make_config (FALSE);
      SmithReactivateReport report;
      Seen seen = { 0 };

      config.no_network = TRUE;
      rig_start (&rig, &config, fault);
      reactivate (rig.bus, &defaults, &seen, &report, NULL, SMITH_ERROR_DISCONNECTED);
      g_assert_cmpint (report.had_settings, ==, i > 2);
      /* As soon as it was told to, it may have taken them. */
      g_assert_cmpint (report.changed, ==, i > 2);
      g_assert_cmpint (report.unsure, ==, i == 3 || i == 4);
      if (i > 2)
        {
          expect_settings (&report.before, "AT^SYSCFGEX=\"03\",400000,0,1,40,,");
          expect_settings (&report.now, OPEN_EX);
        }
    }
}

static void
test_not_there (void)
{
  static const SmithMode modes[] = { SMITH_MODE_HILINK, SMITH_MODE_DOWNLOAD, SMITH_MODE_CD };
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  SmithReactivateReport report;
  Seen seen = { 0 };

  smith_deadline_set_scale (SILENT_SCALE);
  reactivate (bus, &defaults, &seen, &report, NULL, SMITH_ERROR_DISCONNECTED);
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autoptr (SmithStick) stick = smith_stick_new (USB_PATH, 0x12d1, 0x14dc, modes[i]);

      smith_virtual_bus_set (bus, stick);
      reactivate (bus, &defaults, &seen, &report, NULL, SMITH_ERROR_WRONG_DEVICE);
      g_assert_false (report.had_settings);
      g_assert_cmpint (report.state.signal, ==, -1);
    }
  smith_deadline_set_scale (SCALE);
}

/*
 * With a modem that the test plays itself.
 */

typedef struct
{
  const char *command; /* the answers to it, one after the other; the last one stays */
  const char *answers[4];
} Reply;

typedef struct
{
  SmithVirtualBus *bus;
  AtActor *actor;
  const Reply *lines; /* up to one without a command; they come before the usual ones */
  const char *cancel_at;
  GCancellable *cancel; /* once that command has come */
} Play;

/* A stick in good order. */
static const Reply usual[] = {
  { "AT^SYSCFGEX?",
    { "\r\n^SYSCFGEX:\"00\",3FFFFFFF,0,2,7FFFFFFFFFFFFFFF,\"\",\"\"\r\n\r\nOK\r\n" } },
  { "AT^RFSWITCH?", { "\r\n^RFSWITCH:1,1\r\n\r\nOK\r\n" } },
  { "AT+CPIN?", { "\r\n+CPIN: READY\r\n\r\nOK\r\n" } },
  { "AT+CSQ", { "\r\n+CSQ: 20,99\r\n\r\nOK\r\n" } },
  { "AT+CREG?", { "\r\n+CREG: 0,1\r\n\r\nOK\r\n" } },
  { "AT+COPS?", { "\r\n+COPS: 0,0,\"Somewhere\",7\r\n\r\nOK\r\n" } },
  { "AT+CIMI", { "\r\n26202" SUBSCRIBER "\r\n\r\nOK\r\n" } },
  { NULL },
};

static const Reply *
find_line (const Reply *lines, const char *command)
{
  for (; lines->command != NULL; lines++)
    if (g_str_equal (lines->command, command))
      return lines;
  return NULL;
}

static const char *
on_command (AtActor *actor, const char *command, gpointer user_data)
{
  Play *play = user_data;
  const Reply *line = find_line (play->lines, command);
  guint n = at_actor_count (actor, command) - 1;

  /* Whatever it is, it is allowed, and no PIN is ever given. */
  g_assert_true (smith_at_command_check (command, NULL));
  g_assert_false (g_str_has_prefix (command, "AT+CPIN="));
  if (play->cancel_at != NULL && g_str_equal (command, play->cancel_at))
    g_cancellable_cancel (play->cancel);
  if (line == NULL)
    line = find_line (usual, command);
  if (line == NULL)
    return AT_OK;
  n = MIN (n, G_N_ELEMENTS (line->answers) - 1);
  while (n > 0 && line->answers[n] == NULL)
    n--;
  return line->answers[n];
}

static void
play_start (Play *play)
{
  g_autoptr (SmithStick) stick = smith_stick_new (USB_PATH, 0x12d1, 0x1506, SMITH_MODE_STICK);

  play->bus = smith_virtual_bus_new ();
  play->actor = at_actor_new (on_command, play);
  smith_stick_add_port (stick, at_actor_get_device (play->actor), 0, SMITH_PORT_AT);
  smith_virtual_bus_set (play->bus, stick);
}

static void
play_clear (Play *play)
{
  at_actor_free (play->actor);
  g_assert_finalize_object (play->bus);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Play, play_clear)

/* What is said, in which order; settings that are open already are not set. */
static void
test_order (void)
{
  static const Reply lines[] = { { NULL } };
  g_auto (Play) play = { .lines = lines };
  SmithReactivateReport report;
  Seen seen = { 0 };
  g_autofree char *list = NULL;

  play_start (&play);
  reactivate (play.bus, &defaults, &seen, &report, NULL, SUCCESS);
  list = at_actor_list (play.actor);
  g_assert_cmpstr (list, ==,
                   "AT^CURC=0 AT^SYSCFGEX? AT^RFSWITCH? AT^SETPORT? AT+CPIN? AT+CREG? AT+CGREG? "
                   "AT+CEREG? AT+CSQ AT+COPS? AT+CIMI");
  g_assert_cmpuint (seen.n_calls, ==, 1);
  g_assert_cmpstr (report.state.operator_name, ==, "Somewhere");
  g_assert_cmpstr (report.state.operator_code, ==, "26202");
  g_assert_cmpint (report.state.signal, ==, 20);
  g_assert_true (report.answered);
  g_assert_false (report.had_ports);
}

/* Each time something changes, it is told; never twice the same. */
static void
test_searching (void)
{
  static const Reply lines[] = {
    { "AT+CREG?",
      { "\r\n+CREG: 0,0\r\n\r\nOK\r\n", "\r\n+CREG: 0,2\r\n\r\nOK\r\n",
        "\r\n+CREG: 0,2\r\n\r\nOK\r\n", "\r\n+CREG: 0,3\r\n\r\nOK\r\n" } },
    { "AT+CEREG?",
      { "\r\n+CEREG: 0,4\r\n\r\nOK\r\n", "\r\n+CEREG: 0,2\r\n\r\nOK\r\n",
        "\r\n+CEREG: 0,2\r\n\r\nOK\r\n", "\r\n+CEREG: 2,5,\"1A2B\",\"00C3\",7\r\n\r\nOK\r\n" } },
    { "AT+CSQ", { "\r\n+CSQ: 99,99\r\n\r\nOK\r\n", "\r\n+CSQ: 3,99\r\n\r\nOK\r\n" } },
    { NULL },
  };
  g_auto (Play) play = { .lines = lines };
  SmithReactivateReport report;
  Seen seen = { 0 };

  play_start (&play);
  reactivate (play.bus, &defaults, &seen, &report, NULL, SUCCESS);
  g_assert_cmpuint (at_actor_count (play.actor, "AT+CREG?"), ==, 4);
  /* The card's number is asked for once, the network's name once it is there. */
  g_assert_cmpuint (at_actor_count (play.actor, "AT+CIMI"), ==, 1);
  g_assert_cmpuint (at_actor_count (play.actor, "AT+COPS?"), ==, 1);
  g_assert_cmpuint (seen.n_calls, ==, 3);
  g_assert_cmpint (seen.first_registration, ==, SMITH_REGISTRATION_OFF);
  g_assert_cmpint (report.state.registration, ==, SMITH_REGISTRATION_ROAMING);
  g_assert_cmpint (report.state.signal, ==, 3);
}

/* What the card has to say, and whether it is waited for. */
static void
test_cards (void)
{
  static const struct
  {
    const char *answers[4];
    int code;
    SmithSimState sim;
  } cases[] = {
    { { "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n" }, SMITH_ERROR_UNSUPPORTED, SMITH_SIM_PIN },
    { { "\r\n+CME ERROR: 11\r\n" }, SMITH_ERROR_UNSUPPORTED, SMITH_SIM_PIN },
    { { "\r\n+CPIN: SIM PUK\r\n\r\nOK\r\n" }, SMITH_ERROR_UNSUPPORTED, SMITH_SIM_PUK },
    { { "\r\n+CME ERROR: 10\r\n" }, SMITH_ERROR_UNSUPPORTED, SMITH_SIM_MISSING },
    { { "\r\n+CME ERROR: 13\r\n" }, SMITH_ERROR_UNSUPPORTED, SMITH_SIM_FAILED },
    /* Just started: the card is not found yet. */
    { { "\r\n+CME ERROR: 10\r\n", "\r\n+CME ERROR: 14\r\n", "\r\n+CPIN: READY\r\n\r\nOK\r\n" },
      SUCCESS,
      SMITH_SIM_READY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Reply lines[] = {
        { "AT+CPIN?", { cases[i].answers[0], cases[i].answers[1], cases[i].answers[2] } },
        { "AT+CREG?",
          { cases[i].code == SUCCESS ? "\r\n+CREG: 0,2\r\n\r\nOK\r\n"
                                     : "\r\n+CREG: 0,0\r\n\r\nOK\r\n",
            "\r\n+CREG: 0,2\r\n\r\nOK\r\n",
            cases[i].code == SUCCESS ? "\r\n+CREG: 0,1\r\n\r\nOK\r\n"
                                     : "\r\n+CREG: 0,2\r\n\r\nOK\r\n" } },
        { NULL },
      };
      const SmithReactivateOptions options = { .wait_ms = cases[i].code == SUCCESS ? 0 : SHORT_MS };
      g_auto (Play) play = { .lines = lines };
      SmithReactivateReport report;
      Seen seen = { 0 };

      g_test_message ("case %u", i);
      play_start (&play);
      reactivate (play.bus, &options, &seen, &report, NULL, cases[i].code);
      g_assert_cmpint (report.state.sim, ==, cases[i].sim);
      if (cases[i].code != SUCCESS)
        g_assert_cmpuint (at_actor_count (play.actor, "AT+CIMI"), ==, 0);
    }
}

/* No network, or one that does not let it in: told apart by the state. */
static void
test_no_network (void)
{
  static const struct
  {
    const char *answer;
    SmithRegistration registration;
  } cases[] = {
    { "\r\n+CREG: 0,2\r\n\r\nOK\r\n", SMITH_REGISTRATION_SEARCHING },
    { "\r\n+CREG: 0,3\r\n\r\nOK\r\n", SMITH_REGISTRATION_DENIED },
    { "\r\n+CREG: 0,0\r\n\r\nOK\r\n", SMITH_REGISTRATION_OFF },
    { "\r\nERROR\r\n", SMITH_REGISTRATION_UNKNOWN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Reply lines[] = { { "AT+CREG?", { cases[i].answer } }, { NULL } };
      const SmithReactivateOptions options = { .wait_ms = SHORT_MS };
      g_auto (Play) play = { .lines = lines };
      SmithReactivateReport report;
      Seen seen = { 0 };

      play_start (&play);
      reactivate (play.bus, &options, &seen, &report, NULL, SMITH_ERROR_TIMEOUT);
      g_assert_cmpint (report.state.registration, ==, cases[i].registration);
      g_assert_cmpint (report.state.sim, ==, SMITH_SIM_READY);
      g_assert_cmpuint (at_actor_count (play.actor, "AT+CREG?"), >=, 2);
      g_assert_cmpuint (at_actor_count (play.actor, "AT+COPS?"), ==, 0);
    }
}

static void
test_radio (void)
{
  static const struct
  {
    const char *state;
    const char *on;
    gboolean was_off;
    guint n_on;
    guint n_fallback;
  } cases[] = {
    { "\r\n^RFSWITCH:1,1\r\n\r\nOK\r\n", AT_OK, FALSE, 0, 0 },
    { "\r\n^RFSWITCH: 0,1\r\n\r\nOK\r\n", AT_OK, TRUE, 1, 0 },
    { "\r\n^RFSWITCH:0,1\r\n\r\nOK\r\n", AT_ERROR, TRUE, 1, 1 },
    { "\r\nCOMMAND NOT SUPPORT\r\n", AT_OK, FALSE, 0, 1 },
    { "\r\nOK\r\n", AT_OK, FALSE, 0, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Reply lines[] = {
        { "AT^RFSWITCH?", { cases[i].state } },
        { "AT^RFSWITCH=1", { cases[i].on } },
        { NULL },
      };
      g_auto (Play) play = { .lines = lines };
      SmithReactivateReport report;
      Seen seen = { 0 };

      play_start (&play);
      reactivate (play.bus, &defaults, &seen, &report, NULL, SUCCESS);
      g_assert_cmpint (report.radio_was_off, ==, cases[i].was_off);
      g_assert_cmpuint (at_actor_count (play.actor, "AT^RFSWITCH=1"), ==, cases[i].n_on);
      g_assert_cmpuint (at_actor_count (play.actor, "AT+CFUN=1"), ==, cases[i].n_fallback);
    }
}

/* Settings that cannot be read are not touched; but they can be put back. */
static void
test_unreadable (void)
{
  static const Reply lines[] = {
    { "AT^SYSCFGEX?", { "\r\n^SYSCFGEX:\"0\",what\r\n\r\nOK\r\n" } },
    { "AT^SYSCFG?", { AT_ERROR } },
    { NULL },
  };
  SmithNetworkSettings old
      = { .kind = SMITH_SYSCFG, .mode = 13, .acquisition = "1", .bands = 0x80 };

  for (guint i = 0; i < 2; i++)
    {
      const SmithReactivateOptions options = { .restore = i == 1 ? &old : NULL };
      g_auto (Play) play = { .lines = lines };
      SmithReactivateReport report;
      Seen seen = { 0 };

      play_start (&play);
      reactivate (play.bus, &options, &seen, &report, NULL, SUCCESS);
      g_assert_false (report.had_settings);
      g_assert_cmpint (report.changed, ==, i == 1);
      g_assert_cmpuint (at_actor_count (play.actor, "AT^SYSCFG=13,1,80,0,0"), ==, i);
      g_assert_cmpuint (at_actor_count (play.actor, OPEN_EX), ==, 0);
      if (i == 1)
        g_assert_true (smith_network_settings_equal (&report.now, &old));
    }
}

static void
test_refused (void)
{
  static const Reply narrow
      = { "AT^SYSCFGEX?", { "\r\n^SYSCFGEX:\"03\",1,0,2,1,\"\",\"\"\r\n\r\nOK\r\n" } };
  static const struct
  {
    const char *answer;
    int refusal;
  } cases[] = {
    { "\r\n+CME ERROR: 50\r\n", 50 },
    { AT_ERROR, SMITH_NO_REFUSAL },
    { "\r\nTOO MANY PARAMETERS\r\n", SMITH_NO_REFUSAL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Reply lines[] = { narrow, { OPEN_EX, { cases[i].answer } }, { NULL } };
      g_auto (Play) play = { .lines = lines };
      SmithReactivateReport report;
      Seen seen = { 0 };
      int refusal;

      play_start (&play);
      refusal = reactivate (play.bus, &defaults, &seen, &report, NULL, SMITH_ERROR_REFUSED);
      g_assert_cmpint (refusal, ==, cases[i].refusal);
      g_assert_true (report.had_settings);
      g_assert_false (report.changed);
      g_assert_false (report.unsure);
      expect_settings (&report.now, "AT^SYSCFGEX=\"03\",1,0,2,1,,");
    }
}

/* A stick that says OK and keeps what it had is not believed. */
static void
test_not_kept (void)
{
  static const Reply lines[] = {
    { "AT^SYSCFGEX?", { "\r\n^SYSCFGEX:\"03\",1,0,2,1,\"\",\"\"\r\n\r\nOK\r\n" } },
    { NULL },
  };
  g_auto (Play) play = { .lines = lines };
  SmithReactivateReport report;
  Seen seen = { 0 };

  play_start (&play);
  reactivate (play.bus, &defaults, &seen, &report, NULL, SUCCESS);
  g_assert_cmpuint (at_actor_count (play.actor, OPEN_EX), ==, 1);
  g_assert_false (report.changed);
  expect_settings (&report.now, "AT^SYSCFGEX=\"03\",1,0,2,1,,");
}

/* One that leaves the command unanswered has what it then says that it has; if
 * it says nothing either, it may have taken them. */
static void
test_unanswered (void)
{
  static const struct
  {
    const char *then;
    const char *now;
    gboolean changed;
  } cases[] = {
    { "\r\n^SYSCFGEX:\"03\",1,0,2,1,\"\",\"\"\r\n\r\nOK\r\n", "AT^SYSCFGEX=\"03\",1,0,2,1,,",
      FALSE },
    { "\r\n^SYSCFGEX:\"02\",1,0,2,1,\"\",\"\"\r\n\r\nOK\r\n", "AT^SYSCFGEX=\"02\",1,0,2,1,,",
      TRUE },
    { AT_OK, OPEN_EX, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Reply lines[] = {
        { "AT^SYSCFGEX?",
          { "\r\n^SYSCFGEX:\"03\",1,0,2,1,\"\",\"\"\r\n\r\nOK\r\n", cases[i].then } },
        { OPEN_EX, { NULL } },
        { NULL },
      };
      g_auto (Play) play = { .lines = lines };
      SmithReactivateReport report;
      Seen seen = { 0 };

      play_start (&play);
      reactivate (play.bus, &defaults, &seen, &report, NULL, SMITH_ERROR_TIMEOUT);
      expect_settings (&report.before, "AT^SYSCFGEX=\"03\",1,0,2,1,,");
      expect_settings (&report.now, cases[i].now);
      g_assert_cmpint (report.changed, ==, cases[i].changed);
      g_assert_cmpint (report.unsure, ==, g_str_equal (cases[i].then, AT_OK));
    }
}

/* Country and network, and nothing behind them. */
static void
test_operator_codes (void)
{
  static const struct
  {
    const char *answer;
    const char *code;
  } cases[] = {
    { "26201" SUBSCRIBER, "26201" },
    { "+CIMI: \"26207" SUBSCRIBER "\"", "26207" },
    { "310260" SUBSCRIBER, "310260" },
    { "311480" SUBSCRIBER, "311480" },
    { "302720" SUBSCRIBER, "302720" },
    { "334020" SUBSCRIBER, "334020" },
    { "31702" SUBSCRIBER, "31702" },
    { "40445" SUBSCRIBER, "40445" },
    { "40551" SUBSCRIBER, "40551" },
    { "405840" SUBSCRIBER, "405840" },
    { "26201", "" },
    { "2620100000000000", "" },
    { "26201abcdefghij", "" },
    { "", "" },
    { "ERROR IN CARD", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *answer = g_strdup_printf ("\r\n%s\r\n\r\nOK\r\n", cases[i].answer);
      const Reply lines[] = { { "AT+CIMI", { answer } }, { NULL } };
      g_auto (Play) play = { .lines = lines };
      SmithReactivateReport report;
      Seen seen = { 0 };

      play_start (&play);
      reactivate (play.bus, &defaults, &seen, &report, NULL, SUCCESS);
      g_assert_cmpstr (report.state.operator_code, ==, cases[i].code);
    }
  g_mutex_lock (&log_lock);
  g_assert_nonnull (strstr (logged->str, "AT+CIMI"));
  g_assert_null (strstr (logged->str, SUBSCRIBER));
  g_mutex_unlock (&log_lock);
}

/* Names as networks have them, and as somebody might wish they had. */
static void
test_operator_names (void)
{
  g_autofree char *longest = g_strnfill (100, 'x');
  g_autofree char *most = g_strnfill (63, 'x');
  const struct
  {
    const char *name;
    const char *shown;
  } cases[] = {
    { "Telekom.de", "Telekom.de" },
    { longest, most },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *answer
          = g_strdup_printf ("\r\n+COPS: 0,0,\"%s\",7\r\n\r\nOK\r\n", cases[i].name);
      const Reply lines[] = { { "AT+COPS?", { answer } }, { NULL } };
      g_auto (Play) play = { .lines = lines };
      SmithReactivateReport report;
      Seen seen = { 0 };

      play_start (&play);
      reactivate (play.bus, &defaults, &seen, &report, NULL, SUCCESS);
      g_assert_cmpstr (report.state.operator_name, ==, cases[i].shown);
    }
}

/* A port that says nothing at all. */
static void
test_silent (void)
{
  static const Reply lines[] = { { "AT^CURC=0", { NULL } }, { NULL } };
  g_auto (Play) play = { .lines = lines };
  SmithReactivateReport report;
  Seen seen = { 0 };

  play_start (&play);
  reactivate (play.bus, &defaults, &seen, &report, NULL, SMITH_ERROR_TIMEOUT);
  g_assert_false (report.answered);
  g_assert_false (report.had_settings);
  g_assert_cmpuint (at_actor_count (play.actor, "AT^CURC=0"), ==, 3);
}

/* Cancelled from within, while it waits for a network. */
static void
test_cancel (void)
{
  static const Reply lines[] = { { "AT+CREG?", { "\r\n+CREG: 0,2\r\n\r\nOK\r\n" } }, { NULL } };

  for (guint i = 0; i < 2; i++)
    {
      g_auto (Play) play = { .lines = lines };
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      SmithReactivateReport report;
      Seen seen = { 0 };

      play_start (&play);
      if (i == 0)
        g_cancellable_cancel (cancellable);
      else
        seen.cancel = cancellable;
      reactivate (play.bus, &defaults, &seen, &report, cancellable, CANCELLED);
      g_assert_cmpuint (seen.n_calls, ==, i);
      g_assert_cmpint (report.had_settings, ==, i == 1);
      if (i == 1)
        g_assert_cmpint (report.state.registration, ==, SMITH_REGISTRATION_SEARCHING);
    }
}

/* Whoever stops while the stick thinks about its new settings, or is asked for
 * them, still learns what the old ones were. */
static void
test_cancel_while_set (void)
{
  static const char *const commands[] = { "AT^SYSCFGEX?", OPEN_EX, "AT^RFSWITCH?" };
  const Reply lines[] = {
    { "AT^SYSCFGEX?", { "\r\n^SYSCFGEX:\"03\",1,0,2,1,\"\",\"\"\r\n\r\nOK\r\n" } },
    { "AT^RFSWITCH?", { NULL } },
    { OPEN_EX, { NULL } },
    { NULL },
  };
  const Reply more[] = {
    { "AT^SYSCFGEX?",
      { "\r\n^SYSCFGEX:\"03\",1,0,2,1,\"\",\"\"\r\n\r\nOK\r\n",
        "\r\n^SYSCFGEX:\"00\",3FFFFFFF,0,2,7FFFFFFFFFFFFFFF,\"\",\"\"\r\n\r\nOK\r\n" } },
    { "AT^RFSWITCH?", { NULL } },
    { NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_auto (Play) play
          = { .lines = i < 2 ? lines : more, .cancel_at = commands[i], .cancel = cancellable };
      SmithReactivateReport report;
      Seen seen = { 0 };

      g_test_message ("%s", commands[i]);
      play_start (&play);
      reactivate (play.bus, &defaults, &seen, &report, cancellable, CANCELLED);
      g_assert_cmpint (report.changed, ==, i > 0);
      g_assert_cmpint (report.unsure, ==, i == 1);
      g_assert_cmpuint (at_actor_count (play.actor, OPEN_EX), ==, i > 0);
      if (i == 0)
        continue;
      g_assert_true (report.had_settings);
      expect_settings (&report.before, "AT^SYSCFGEX=\"03\",1,0,2,1,,");
      expect_settings (&report.now, OPEN_EX);
    }
}

int
main (int argc, char *argv[])
{
  logged = g_string_new (NULL);
  g_setenv ("G_MESSAGES_DEBUG", "all", FALSE);
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (keep_log, NULL, NULL);
  smith_deadline_set_scale (SCALE);
  g_test_add_func ("/reactivate/lte", test_lte);
  g_test_add_func ("/reactivate/3g", test_3g);
  g_test_add_func ("/reactivate/restore", test_restore);
  g_test_add_func ("/reactivate/leave", test_leave);
  g_test_add_func ("/reactivate/no-sim", test_no_sim);
  g_test_add_func ("/reactivate/faults", test_faults);
  g_test_add_func ("/reactivate/gone", test_gone);
  g_test_add_func ("/reactivate/not-there", test_not_there);
  g_test_add_func ("/reactivate/order", test_order);
  g_test_add_func ("/reactivate/searching", test_searching);
  g_test_add_func ("/reactivate/cards", test_cards);
  g_test_add_func ("/reactivate/no-network", test_no_network);
  g_test_add_func ("/reactivate/radio", test_radio);
  g_test_add_func ("/reactivate/unreadable", test_unreadable);
  g_test_add_func ("/reactivate/refused", test_refused);
  g_test_add_func ("/reactivate/not-kept", test_not_kept);
  g_test_add_func ("/reactivate/unanswered", test_unanswered);
  g_test_add_func ("/reactivate/operator-codes", test_operator_codes);
  g_test_add_func ("/reactivate/operator-names", test_operator_names);
  g_test_add_func ("/reactivate/silent", test_silent);
  g_test_add_func ("/reactivate/cancel", test_cancel);
  g_test_add_func ("/reactivate/cancel-while-set", test_cancel_while_set);
  return g_test_run ();
}
