/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/way-in.h"

#include "../link/line.h"
#include "at-actor.h"
#include "format/error.h"
#include "link/at-channel.h"
#include "link/deadline.h"
#include "rig.h"
#include "simulator/virtual-stick.h"

#define USB_PATH "1-1"
#define SUCCESS (-1)
#define CANCELLED (-2)

/* Where a stick stays as it is, that is waited for; but no busy machine may
 * look like one. */
#define SCALE 0.1

/* Where that is so to the end. */
#define NEVER_SCALE 0.04

/* Only against hangs. */
#define HARD_BOUND_US (60 * G_USEC_PER_SEC)

static SmithIdentity *
make_identity (const char *firmware, const SmithModel *model)
{
  static SmithIdentity identity;

  identity = (SmithIdentity){ .firmware = (char *) firmware, .model = model, .signal = -1 };
  return &identity;
}

static const SmithModel e3372h = { .family = SMITH_FAMILY_BALONG,
                                   .chip = SMITH_CHIP_V7R11,
                                   .trust = SMITH_TRUST_CONFIRMED,
                                   .takes_sfm = TRUE };
static const SmithModel e3372s
    = { .family = SMITH_FAMILY_BALONG, .chip = SMITH_CHIP_V7R2, .trust = SMITH_TRUST_CONFIRMED };
static const SmithModel e1550
    = { .family = SMITH_FAMILY_QUALCOMM, .trust = SMITH_TRUST_EXPECTED, .needs_syscfg = TRUE };
static const SmithModel refused = { .family = SMITH_FAMILY_BALONG, .trust = SMITH_TRUST_REFUSED };

/* Every way is there once, in the order given by letters: t w a d n. */
static char *
advise (SmithMode mode, SmithFamily family, const SmithIdentity *identity, gboolean *likely)
{
  static const char letters[] = "twadn";
  g_autoptr (SmithStick) stick = smith_stick_new (USB_PATH, 0x12d1, 0x1506, mode);
  SmithWayAdvice advice;
  GString *text = g_string_new (NULL);

  G_STATIC_ASSERT (sizeof letters - 1 == SMITH_N_WAYS);
  stick->family = family;
  smith_way_advise (stick, identity, &advice);
  for (guint i = 0; i < advice.n_ways; i++)
    g_string_append_c (text, letters[advice.ways[i]]);
  *likely = advice.likely_needle;
  return g_string_free (text, FALSE);
}

static void
test_advice (void)
{
  static const struct
  {
    SmithMode mode;
    SmithFamily family;
    const SmithModel *model;
    const char *ways;
  } cases[] = {
    { SMITH_MODE_DOWNLOAD, SMITH_FAMILY_UNKNOWN, NULL, "t" },
    { SMITH_MODE_DOWNLOAD, SMITH_FAMILY_QUALCOMM, &e1550, "t" },
    { SMITH_MODE_BOOT_ROM, SMITH_FAMILY_BALONG, NULL, "t" },
    { SMITH_MODE_HILINK, SMITH_FAMILY_UNKNOWN, NULL, "wn" },
    { SMITH_MODE_HILINK, SMITH_FAMILY_BALONG, &e3372h, "wn" },
    { SMITH_MODE_DEBUG, SMITH_FAMILY_BALONG, &e3372h, "an" },
    { SMITH_MODE_STICK, SMITH_FAMILY_UNKNOWN, NULL, "an" },
    { SMITH_MODE_STICK, SMITH_FAMILY_BALONG, &e3372s, "an" },
    { SMITH_MODE_STICK, SMITH_FAMILY_QUALCOMM, NULL, "d" },
    /* The model counts for more than the USB id, which is shared. */
    { SMITH_MODE_STICK, SMITH_FAMILY_UNKNOWN, &e1550, "d" },
    { SMITH_MODE_STICK, SMITH_FAMILY_QUALCOMM, &e3372h, "an" },
    { SMITH_MODE_STICK, SMITH_FAMILY_BALONG, &refused, "" },
    { SMITH_MODE_HILINK, SMITH_FAMILY_BALONG, &refused, "" },
    { SMITH_MODE_CD, SMITH_FAMILY_BALONG, NULL, "" },
    { SMITH_MODE_CHARGING, SMITH_FAMILY_BALONG, NULL, "" },
    { SMITH_MODE_BEYOND, SMITH_FAMILY_BALONG, NULL, "" },
    { SMITH_MODE_UNKNOWN, SMITH_FAMILY_UNKNOWN, NULL, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const SmithIdentity *identity
          = cases[i].model != NULL ? make_identity (NULL, cases[i].model) : NULL;
      gboolean likely;
      g_autofree char *ways = advise (cases[i].mode, cases[i].family, identity, &likely);

      g_test_message ("case %u", i);
      g_assert_cmpstr (ways, ==, cases[i].ways);
      g_assert_false (likely);
    }
}

static void
test_likely_needle (void)
{
  static const struct
  {
    SmithMode mode;
    const SmithModel *model;
    const char *firmware;
    gboolean likely;
  } cases[] = {
    { SMITH_MODE_STICK, &e3372h, "21.180.01.00.00", FALSE },
    { SMITH_MODE_STICK, &e3372h, "21.315.01.00.143", FALSE },
    { SMITH_MODE_STICK, &e3372h, "21.315.01.01.143", TRUE },
    { SMITH_MODE_STICK, &e3372h, "21.316.00.00.00", TRUE },
    { SMITH_MODE_STICK, &e3372h, "21.317", FALSE },
    { SMITH_MODE_STICK, &e3372h, "V1.something.else.9", FALSE },
    { SMITH_MODE_STICK, &e3372h, "", FALSE },
    { SMITH_MODE_STICK, &e3372h, NULL, FALSE },
    { SMITH_MODE_STICK, &e3372s, "21.470.01.01.00", FALSE },
    { SMITH_MODE_STICK, NULL, "21.470.01.01.00", FALSE },
    { SMITH_MODE_STICK, &e1550, "11.608.12.04.21", FALSE },
    { SMITH_MODE_HILINK, &e3372h, "22.200.09.00.00", FALSE },
    { SMITH_MODE_HILINK, &e3372h, "22.328.62.00.1456", TRUE },
    { SMITH_MODE_HILINK, NULL, "22.328.62.00.1456", FALSE },
    { SMITH_MODE_HILINK, NULL, "22.470.03.00.00", TRUE },
    { SMITH_MODE_HILINK, NULL, "22.469.03.00.00", FALSE },
    { SMITH_MODE_DEBUG, &e3372h, "22.333.01.00.00", TRUE },
    { SMITH_MODE_BOOT_ROM, &e3372h, "22.333.01.00.00", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gboolean likely;
      g_autofree char *ways = advise (cases[i].mode, SMITH_FAMILY_UNKNOWN,
                                      make_identity (cases[i].firmware, cases[i].model), &likely);

      g_test_message ("case %u: %s", i, ways);
      g_assert_cmpint (likely, ==, cases[i].likely);
    }
}

static void
test_names (void)
{
  for (SmithWay a = 0; a < SMITH_N_WAYS; a++)
    for (SmithWay b = 0; b < a; b++)
      g_assert_cmpstr (smith_way_name (a), !=, smith_way_name (b));
}

/* What is sent on the way is nothing that may never be sent. */
static void
test_commands_allowed (void)
{
  static const char *const commands[] = { "AT^SFM=1", "AT^SFM=0", "AT^GODLOAD", "AT$QCDMG" };

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_assert_true (smith_at_command_check (commands[i], NULL));
}

/* Runs, and checks what must hold whatever comes out. @code may be SUCCESS or CANCELLED. */
static SmithStick *
run (SmithVirtualBus *bus,
     const SmithIdentity *identity,
     SmithWay way,
     GCancellable *cancellable,
     int code,
     int *refusal)
{
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();
  SmithStick *stick
      = smith_way_in_run (SMITH_BUS (bus), USB_PATH, identity, way, cancellable, &error);

  g_assert_cmpint (stick != NULL, ==, error == NULL);
  if (code == SUCCESS)
    g_assert_no_error (error);
  else if (code == CANCELLED)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  else
    g_assert_error (error, SMITH_ERROR, code);
  if (refusal != NULL)
    *refusal = smith_error_get_refusal (error);
  g_assert_cmpint (g_get_monotonic_time () - start, <, HARD_BOUND_US);
  return stick;
}

static void
expect_there (SmithStick *stick)
{
  g_assert_cmpint (stick->mode, ==, SMITH_MODE_DOWNLOAD);
  g_assert_nonnull (smith_stick_find_port (stick, SMITH_PORT_DOWNLOAD));
  g_assert_cmpstr (stick->usb_path, ==, USB_PATH);
  smith_stick_unref (stick);
}

/*
 * With the virtual stick.
 */

static SmithVirtualStickConfig
make_config (SmithMode start)
{
  return (SmithVirtualStickConfig){
    .start = start,
    .chip = SMITH_CHIP_V7R11,
    .product_id = "BV7R11HS",
    .hardware = "CL2E3372HM",
    .version = start == SMITH_MODE_STICK ? "21.180.01.00.00" : "22.200.09.00.00",
    .restart_ms = 5,
    .all_ports = TRUE,
  };
}

static void
check_harmless (Rig *rig)
{
  rig_expect_nothing_written (rig);
  g_assert_cmpuint (smith_virtual_stick_get_offences (rig->stick), ==, 0);
}

static void
test_there (void)
{
  static const SmithMode modes[] = { SMITH_MODE_DOWNLOAD, SMITH_MODE_BOOT_ROM };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    for (SmithWay way = 0; way < SMITH_N_WAYS; way++)
      {
        g_auto (Rig) rig = { NULL };
        const SmithVirtualStickConfig config = make_config (modes[i]);
        g_autoptr (SmithStick) stick = NULL;

        rig_start (&rig, &config, NULL);
        stick = run (rig.bus, NULL, way, NULL, SUCCESS, NULL);
        g_assert_cmpint (stick->mode, ==, modes[i]);
        g_assert_cmpuint (rig_count_log (&rig, "\"accepted\""), ==, 0);
      }
}

static void
test_at (void)
{
  for (guint i = 0; i < 4; i++)
    {
      g_auto (Rig) rig = { NULL };
      SmithVirtualStickConfig config = make_config (i < 2 ? SMITH_MODE_STICK : SMITH_MODE_DEBUG);
      SmithIdentity *identity = i % 2 == 0 ? make_identity (config.version, &e3372h) : NULL;

      rig_start (&rig, &config, NULL);
      expect_there (run (rig.bus, identity, SMITH_WAY_AT, NULL, SUCCESS, NULL));
      g_assert_cmpuint (rig_count_log (&rig, "AT^GODLOAD"), ==, 1);
      g_assert_cmpuint (rig_count_log (&rig, "AT^SFM=1"), ==, identity != NULL ? 1 : 0);
      g_assert_cmpuint (rig_count_log (&rig, "AT^SFM=0"), ==, 0);
      check_harmless (&rig);
    }
}

static void
test_at_refused (void)
{
  g_auto (Rig) rig = { NULL };
  SmithVirtualStickConfig config = make_config (SMITH_MODE_STICK);

  config.refuses_entry = TRUE;
  rig_start (&rig, &config, NULL);
  run (rig.bus, make_identity (config.version, &e3372h), SMITH_WAY_AT, NULL, SMITH_ERROR_REFUSED,
       NULL);
  g_assert_cmpuint (rig_count_log (&rig, "AT^GODLOAD"), ==, 1);
  g_assert_cmpuint (rig_count_log (&rig, "AT^SFM=0"), ==, 1);
}

/* The answer to the last command is lost as the stick leaves. */
static void
test_at_lost (void)
{
  g_auto (Rig) rig = { NULL };
  SmithVirtualStickConfig config = make_config (SMITH_MODE_STICK);

  rig_start (&rig, &config, "at 2 lost");
  expect_there (
      run (rig.bus, make_identity (config.version, &e3372h), SMITH_WAY_AT, NULL, SUCCESS, NULL));
}

static void
test_at_gone (void)
{
  g_auto (Rig) rig = { NULL };
  SmithVirtualStickConfig config = make_config (SMITH_MODE_STICK);

  rig_start (&rig, &config, "at 2 gone");
  smith_deadline_set_scale (NEVER_SCALE);
  run (rig.bus, make_identity (config.version, &e3372h), SMITH_WAY_AT, NULL,
       SMITH_ERROR_DISCONNECTED, NULL);
  smith_deadline_set_scale (1);
}

/* It restarts, but as it was: asked again, and then it goes. */
static void
test_at_replugged (void)
{
  g_auto (Rig) rig = { NULL };
  SmithVirtualStickConfig config = make_config (SMITH_MODE_STICK);

  rig_start (&rig, &config, "at 2 replug");
  expect_there (
      run (rig.bus, make_identity (config.version, &e3372h), SMITH_WAY_AT, NULL, SUCCESS, NULL));
  g_assert_cmpuint (rig_count_log (&rig, "AT^GODLOAD"), >=, 1);
}

static void
test_web (void)
{
  for (guint i = 0; i < 8; i++)
    {
      SmithHilinkServerConfig web
          = { .tokens = i % 4, .drop_on_request = i >= 4, .needs_login = i == 1 };
      g_auto (Rig) rig = { NULL };
      SmithVirtualStickConfig config = make_config (SMITH_MODE_HILINK);

      config.web = &web;
      rig_start (&rig, &config, NULL);
      expect_there (run (rig.bus, NULL, SMITH_WAY_WEB, NULL, SUCCESS, NULL));
      g_assert_cmpuint (rig_count_log (&rig, "AT^"), ==, 0);
      check_harmless (&rig);
    }
}

/* The straight way is refused; the ports open, and the stick is asked there. */
static void
test_web_ports (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_auto (Rig) rig = { NULL };
      SmithVirtualStickConfig config = make_config (SMITH_MODE_HILINK);

      config.refuses_switch = TRUE;
      rig_start (&rig, &config, NULL);
      expect_there (run (rig.bus, i == 0 ? make_identity (config.version, &e3372h) : NULL,
                         SMITH_WAY_WEB, NULL, SUCCESS, NULL));
      g_assert_cmpuint (rig_count_log (&rig, "AT^GODLOAD"), ==, 1);
      g_assert_cmpuint (rig_count_log (&rig, "AT^SFM=1"), ==, i == 0 ? 1 : 0);
      check_harmless (&rig);
    }
}

static void
test_web_refused (void)
{
  g_auto (Rig) rig = { NULL };
  SmithVirtualStickConfig config = make_config (SMITH_MODE_HILINK);

  config.refuses_switch = TRUE;
  config.refuses_ports = TRUE;
  rig_start (&rig, &config, NULL);
  run (rig.bus, make_identity (config.version, &e3372h), SMITH_WAY_WEB, NULL,
       SMITH_ERROR_UNSUPPORTED, NULL);
  g_assert_cmpuint (rig_count_log (&rig, "AT^"), ==, 0);
}

/* It says yes to the switch and stays; the ports are opened then, and it stays
 * there too. What was switched on is switched off. */
static void
test_web_ignored (void)
{
  g_auto (Rig) rig = { NULL };
  SmithVirtualStickConfig config = make_config (SMITH_MODE_HILINK);

  config.ignores_entry = TRUE;
  rig_start (&rig, &config, NULL);
  smith_deadline_set_scale (SCALE);
  run (rig.bus, make_identity (config.version, &e3372h), SMITH_WAY_WEB, NULL, SMITH_ERROR_TIMEOUT,
       NULL);
  smith_deadline_set_scale (1);
  g_assert_cmpuint (rig_count_log (&rig, "AT^GODLOAD"), ==, 3);
  g_assert_cmpuint (rig_count_log (&rig, "AT^SFM=1"), ==, 3);
  g_assert_cmpuint (rig_count_log (&rig, "AT^SFM=0"), ==, 1);
}

/* A server that is none, or not the right one. */
static void
test_web_faults (void)
{
  static const struct
  {
    SmithHilinkFault fault;
    guint argument;
    int code;
    int refusal;
  } cases[] = {
    { SMITH_HILINK_FAULT_ERROR, 100003, SMITH_ERROR_REFUSED, 100003 },
    { SMITH_HILINK_FAULT_ERROR, 100002, SMITH_ERROR_UNSUPPORTED, SMITH_NO_REFUSAL },
    { SMITH_HILINK_FAULT_NOT_FOUND, 0, SMITH_ERROR_UNSUPPORTED, SMITH_NO_REFUSAL },
    { SMITH_HILINK_FAULT_LOGIN_PAGE, 0, SMITH_ERROR_PROTOCOL, SMITH_NO_REFUSAL },
    { SMITH_HILINK_FAULT_GARBAGE, 0, SMITH_ERROR_PROTOCOL, SMITH_NO_REFUSAL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithHilinkServerConfig web
          = { .fault = cases[i].fault, .fault_argument = cases[i].argument };
      g_auto (Rig) rig = { NULL };
      SmithVirtualStickConfig config = make_config (SMITH_MODE_HILINK);
      int refusal;

      g_test_message ("case %u", i);
      config.web = &web;
      rig_start (&rig, &config, NULL);
      run (rig.bus, NULL, SMITH_WAY_WEB, NULL, cases[i].code, &refusal);
      g_assert_cmpint (refusal, ==, cases[i].refusal);
      g_assert_cmpuint (rig_count_log (&rig, "AT^"), ==, 0);
    }
}

/* Nobody answers there: that says nothing about the firmware. */
static void
test_web_nobody (void)
{
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  g_autoptr (SmithStick) stick = smith_stick_new (USB_PATH, 0x12d1, 0x14dc, SMITH_MODE_HILINK);

  stick->web_address = g_strdup ("127.0.0.1:1");
  smith_virtual_bus_set (bus, stick);
  smith_deadline_set_scale (NEVER_SCALE);
  run (bus, NULL, SMITH_WAY_WEB, NULL, SMITH_ERROR_DISCONNECTED, NULL);
  smith_deadline_set_scale (1);
}

/* Without a network of its own, whoever has the usual address is not this stick. */
static void
test_web_no_network (void)
{
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  g_autoptr (SmithStick) stick = smith_stick_new (USB_PATH, 0x12d1, 0x14dc, SMITH_MODE_HILINK);
  g_autoptr (GError) error = NULL;

  smith_virtual_bus_set (bus, stick);
  smith_deadline_set_scale (0.01);
  g_assert_null (smith_way_in_run (SMITH_BUS (bus), USB_PATH, NULL, SMITH_WAY_WEB, NULL, &error));
  smith_deadline_set_scale (1);
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
  g_assert_nonnull (strstr (error->message, "is not there yet"));
}

/* Cancels once @text stands in what happened to the stick. */
typedef struct
{
  Rig *rig;
  const char *text;
  GCancellable *cancellable;
} CancelAt;

static gpointer
cancel_when_logged (gpointer data)
{
  CancelAt *cancel = data;

  while (rig_count_log (cancel->rig, cancel->text) == 0)
    g_usleep (2000);
  g_usleep (50000);
  g_cancellable_cancel (cancel->cancellable);
  return NULL;
}

/* While it waits for the switch, and on the port that was opened for it. */
static void
test_web_cancel (void)
{
  static const struct
  {
    const char *text;
    gboolean refuses_switch;
    guint n_off;
  } cases[] = { { "\"ignored\"", FALSE, 0 }, { "AT^GODLOAD", TRUE, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Rig) rig = { NULL };
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      CancelAt cancel = { &rig, cases[i].text, cancellable };
      SmithVirtualStickConfig config = make_config (SMITH_MODE_HILINK);
      GThread *thread;

      config.ignores_entry = TRUE;
      config.refuses_switch = cases[i].refuses_switch;
      rig_start (&rig, &config, NULL);
      thread = g_thread_new ("cancel", cancel_when_logged, &cancel);
      run (rig.bus, make_identity (config.version, &e3372h), SMITH_WAY_WEB, cancellable, CANCELLED,
           NULL);
      g_thread_join (thread);
      g_assert_cmpuint (rig_count_log (&rig, "AT^SFM=0"), ==, cases[i].n_off);
      g_assert_cmpuint (rig_count_log (&rig, "AT^GODLOAD"), ==, cases[i].n_off);
    }
}

/* A server that takes the question and never answers. */
static void
test_web_cancel_silent (void)
{
  SmithHilinkServerConfig web = { .fault = SMITH_HILINK_FAULT_SILENT };
  g_auto (Rig) rig = { NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  SmithVirtualStickConfig config = make_config (SMITH_MODE_HILINK);
  GThread *thread;

  config.web = &web;
  rig_start (&rig, &config, NULL);
  thread = cancel_soon (cancellable);
  run (rig.bus, NULL, SMITH_WAY_WEB, cancellable, CANCELLED, NULL);
  g_thread_join (thread);
}

static void
test_diagnostics (void)
{
  static const char *const hardware[] = { "CD6E1550M Ver.A", "CD1E392M Ver.C" };

  for (guint i = 0; i < G_N_ELEMENTS (hardware); i++)
    {
      g_auto (Rig) rig = { NULL };
      SmithVirtualStickConfig config = make_config (SMITH_MODE_STICK);

      config.family = SMITH_FAMILY_QUALCOMM;
      config.hardware = hardware[i];
      config.product_id = i == 0 ? "HUAWEI E155" : "HUAWEI E392";
      config.version = "11.608.12.04.21";
      rig_start (&rig, &config, NULL);
      expect_there (run (rig.bus, make_identity (config.version, &e1550), SMITH_WAY_DIAGNOSTICS,
                         NULL, SUCCESS, NULL));
      check_harmless (&rig);
    }
}

static void
test_diagnostics_ignored (void)
{
  g_auto (Rig) rig = { NULL };
  SmithVirtualStickConfig config = make_config (SMITH_MODE_STICK);

  config.family = SMITH_FAMILY_QUALCOMM;
  config.hardware = "CD6E1550M Ver.A";
  config.product_id = "HUAWEI E155";
  config.version = "11.608.12.04.21";
  config.ignores_entry = TRUE;
  rig_start (&rig, &config, NULL);
  smith_deadline_set_scale (NEVER_SCALE);
  run (rig.bus, make_identity (config.version, &e1550), SMITH_WAY_DIAGNOSTICS, NULL,
       SMITH_ERROR_TIMEOUT, NULL);
  smith_deadline_set_scale (1);
  check_harmless (&rig);
}

/* A stick that says nothing, at an id that an E1550 has and a Balong stick may have:
 * it is not sent to a needle that it may not know. */
static void
test_nobody_knows_which (void)
{
  static const char *const faults[] = { "at 1 lost always\n", NULL };
  static const int codes[] = { SMITH_ERROR_TIMEOUT, SMITH_ERROR_UNSUPPORTED };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_auto (Rig) rig = { NULL };
      g_autoptr (SmithStick) stick = NULL;
      g_autoptr (GError) error = NULL;
      SmithVirtualStickConfig config = make_config (SMITH_MODE_STICK);
      SmithWayAdvice advice;

      config.family = SMITH_FAMILY_QUALCOMM;
      config.hardware = "CD6E1550M Ver.A";
      config.product_id = "HUAWEI E155";
      rig_start (&rig, &config, faults[i]);
      stick = smith_bus_find (SMITH_BUS (rig.bus), USB_PATH);
      g_assert_cmphex (stick->product, ==, 0x1001);
      smith_way_advise (stick, NULL, &advice);
      g_assert_true (advice.maybe_no_needle);
      smith_way_advise (stick, make_identity (NULL, &e1550), &advice);
      g_assert_false (advice.maybe_no_needle);
      smith_way_advise (stick, make_identity (NULL, &e3372s), &advice);
      g_assert_false (advice.maybe_no_needle);

      smith_deadline_set_scale (NEVER_SCALE);
      g_assert_null (
          smith_way_in_run (SMITH_BUS (rig.bus), USB_PATH, NULL, SMITH_WAY_AT, NULL, &error));
      smith_deadline_set_scale (1);
      g_assert_error (error, SMITH_ERROR, codes[i]);
      g_assert_nonnull (strstr (error->message, "E1550"));
      g_assert_null (strstr (error->message, "What is left is the needle"));
      check_harmless (&rig);
    }
}

/* A Balong stick has no such port, whatever somebody believes. */
static void
test_diagnostics_of_balong (void)
{
  g_auto (Rig) rig = { NULL };
  SmithVirtualStickConfig config = make_config (SMITH_MODE_STICK);

  rig_start (&rig, &config, NULL);
  run (rig.bus, NULL, SMITH_WAY_DIAGNOSTICS, NULL, SMITH_ERROR_UNSUPPORTED, NULL);
  check_harmless (&rig);
}

static void
test_wrong_mode (void)
{
  static const struct
  {
    SmithMode mode;
    SmithWay way;
    int code;
  } cases[] = {
    { SMITH_MODE_STICK, SMITH_WAY_WEB, SMITH_ERROR_WRONG_DEVICE },
    { SMITH_MODE_HILINK, SMITH_WAY_AT, SMITH_ERROR_WRONG_DEVICE },
    { SMITH_MODE_HILINK, SMITH_WAY_DIAGNOSTICS, SMITH_ERROR_WRONG_DEVICE },
    { SMITH_MODE_CD, SMITH_WAY_WEB, SMITH_ERROR_WRONG_DEVICE },
    { SMITH_MODE_CHARGING, SMITH_WAY_AT, SMITH_ERROR_WRONG_DEVICE },
    { SMITH_MODE_STICK, SMITH_WAY_NEEDLE, SMITH_ERROR_TIMEOUT },
    { SMITH_MODE_STICK, SMITH_WAY_THERE, SMITH_ERROR_TIMEOUT },
  };

  smith_deadline_set_scale (0.01);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
      g_autoptr (SmithStick) stick = smith_stick_new (USB_PATH, 0x12d1, 0x1506, cases[i].mode);

      run (bus, NULL, cases[i].way, NULL,
           cases[i].code == SMITH_ERROR_WRONG_DEVICE ? SMITH_ERROR_DISCONNECTED
                                                     : SMITH_ERROR_TIMEOUT,
           NULL);
      smith_virtual_bus_set (bus, stick);
      run (bus, NULL, cases[i].way, NULL, cases[i].code, NULL);
    }
  smith_deadline_set_scale (1);
}

/*
 * With a stick that the test plays itself.
 */

typedef struct
{
  SmithVirtualBus *bus;
  AtActor *actor;
  guint ignores;         /* so many times it says OK and stays */
  const char *sfm;       /* the answer to AT^SFM=1 */
  const char *answer;    /* the answer to AT^GODLOAD */
  const char *cancel_at; /* this command cancels */
  const char *leave_at;  /* at the second of these it leaves, for what it was told before */
  gboolean no_port;      /* in download mode */
  GCancellable *cancellable;
} Play;

static void
show (Play *play, SmithMode mode)
{
  g_autoptr (SmithStick) stick = smith_stick_new (USB_PATH, 0x12d1, 0x1506, mode);

  if (mode == SMITH_MODE_DOWNLOAD && !play->no_port)
    smith_stick_add_port (stick, "/dev/null", 0, SMITH_PORT_DOWNLOAD);
  else if (mode != SMITH_MODE_DOWNLOAD)
    smith_stick_add_port (stick, at_actor_get_device (play->actor), 0, SMITH_PORT_AT);
  smith_virtual_bus_set (play->bus, stick);
}

static const char *
on_command (AtActor *actor, const char *command, gpointer user_data)
{
  Play *play = user_data;
  gboolean cancels = g_strcmp0 (command, play->cancel_at) == 0;

  if (cancels)
    g_cancellable_cancel (play->cancellable);
  if (g_strcmp0 (command, play->leave_at) == 0 && at_actor_count (actor, command) == 2)
    {
      smith_virtual_bus_remove (play->bus, USB_PATH);
      at_actor_hang_up (actor);
      show (play, SMITH_MODE_DOWNLOAD);
      return NULL;
    }
  if (g_str_equal (command, "AT^SFM=1"))
    return cancels ? NULL : play->sfm;
  if (!g_str_equal (command, "AT^GODLOAD"))
    return AT_OK;
  if (cancels)
    return NULL;
  if (g_str_equal (play->answer, AT_OK) && at_actor_count (actor, command) > play->ignores)
    {
      smith_virtual_bus_remove (play->bus, USB_PATH);
      show (play, SMITH_MODE_DOWNLOAD);
    }
  return play->answer;
}

static void
play_start (Play *play)
{
  play->bus = smith_virtual_bus_new ();
  play->cancellable = g_cancellable_new ();
  if (play->sfm == NULL)
    play->sfm = AT_OK;
  if (play->answer == NULL)
    play->answer = AT_OK;
  play->actor = at_actor_new (on_command, play);
  show (play, SMITH_MODE_STICK);
}

/* @commands: all that the stick was sent */
static void
play_finish (Play *play, const char *commands)
{
  g_autofree char *list = at_actor_list (play->actor);

  g_assert_cmpstr (list, ==, commands);
  at_actor_free (play->actor);
  g_object_unref (play->cancellable);
  g_assert_finalize_object (play->bus);
}

/* It says OK and stays, twice; then it goes. */
static void
test_ignored_twice (void)
{
  Play play = { .ignores = 2 };

  play_start (&play);
  smith_deadline_set_scale (SCALE);
  expect_there (
      run (play.bus, make_identity (NULL, &e3372h), SMITH_WAY_AT, play.cancellable, SUCCESS, NULL));
  smith_deadline_set_scale (1);
  play_finish (&play, "AT^SFM=1 AT^GODLOAD AT^SFM=1 AT^GODLOAD AT^SFM=1 AT^GODLOAD");
}

/* It takes so long to leave that it is asked again meanwhile. */
static void
test_leaves_late (void)
{
  static const struct
  {
    const char *at;
    const char *commands;
  } cases[] = {
    { "AT^SFM=1", "AT^SFM=1 AT^GODLOAD AT^SFM=1" },
    { "AT^GODLOAD", "AT^SFM=1 AT^GODLOAD AT^SFM=1 AT^GODLOAD" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Play play = { .ignores = 99, .leave_at = cases[i].at };

      play_start (&play);
      smith_deadline_set_scale (SCALE);
      expect_there (run (play.bus, make_identity (NULL, &e3372h), SMITH_WAY_AT, play.cancellable,
                         SUCCESS, NULL));
      smith_deadline_set_scale (1);
      play_finish (&play, cases[i].commands);
    }
}

/* In download mode, but its driver is missing: that is for who opens the port. */
static void
test_no_port (void)
{
  Play play = { .no_port = TRUE };
  SmithStick *stick;

  play_start (&play);
  smith_deadline_set_scale (NEVER_SCALE);
  stick = run (play.bus, NULL, SMITH_WAY_AT, NULL, SUCCESS, NULL);
  smith_deadline_set_scale (1);
  g_assert_cmpint (stick->mode, ==, SMITH_MODE_DOWNLOAD);
  g_assert_cmpuint (stick->ports->len, ==, 0);
  smith_stick_unref (stick);
  play_finish (&play, "AT^GODLOAD");
}

static void
test_ignored_always (void)
{
  Play play = { .ignores = 99 };

  play_start (&play);
  smith_deadline_set_scale (NEVER_SCALE);
  run (play.bus, make_identity (NULL, &e3372h), SMITH_WAY_AT, play.cancellable, SMITH_ERROR_TIMEOUT,
       NULL);
  smith_deadline_set_scale (1);
  play_finish (&play, "AT^SFM=1 AT^GODLOAD AT^SFM=1 AT^GODLOAD AT^SFM=1 AT^GODLOAD AT^SFM=0");
}

/* Each way in which it may say no. */
static void
test_says_no (void)
{
  static const struct
  {
    const char *sfm;
    const char *answer;
    int code;
    int refusal;
    const char *commands;
  } cases[] = {
    { AT_OK, AT_ERROR, SMITH_ERROR_REFUSED, SMITH_NO_REFUSAL, "AT^SFM=1 AT^GODLOAD AT^SFM=0" },
    { AT_OK, "\r\n+CME ERROR: 100\r\n", SMITH_ERROR_REFUSED, 100, "AT^SFM=1 AT^GODLOAD AT^SFM=0" },
    { AT_OK, "\r\nCOMMAND NOT SUPPORT\r\n", SMITH_ERROR_UNSUPPORTED, SMITH_NO_REFUSAL,
      "AT^SFM=1 AT^GODLOAD AT^SFM=0" },
    /* What was not switched on is not switched off. */
    { AT_ERROR, AT_ERROR, SMITH_ERROR_REFUSED, SMITH_NO_REFUSAL, "AT^SFM=1 AT^GODLOAD" },
    { AT_ERROR, AT_OK, SUCCESS, SMITH_NO_REFUSAL, "AT^SFM=1 AT^GODLOAD" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Play play = { .sfm = cases[i].sfm, .answer = cases[i].answer };
      SmithStick *stick;
      int refusal;

      play_start (&play);
      stick = run (play.bus, make_identity (NULL, &e3372h), SMITH_WAY_AT, NULL, cases[i].code,
                   &refusal);
      if (stick != NULL)
        expect_there (stick);
      g_assert_cmpint (refusal, ==, cases[i].refusal);
      play_finish (&play, cases[i].commands);
    }
}

/* A stick of another model is not told what only one model knows. */
static void
test_other_model (void)
{
  Play play = { .answer = AT_ERROR };

  play_start (&play);
  run (play.bus, make_identity (NULL, &e3372s), SMITH_WAY_AT, NULL, SMITH_ERROR_REFUSED, NULL);
  play_finish (&play, "AT^GODLOAD");
}

/* Wherever it is cancelled, what was switched on is switched off. */
static void
test_cancel_at (void)
{
  static const struct
  {
    const char *at;
    const char *commands;
  } cases[] = {
    { "AT^SFM=1", "AT^SFM=1 AT^SFM=0" },
    { "AT^GODLOAD", "AT^SFM=1 AT^GODLOAD AT^SFM=0" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Play play = { .cancel_at = cases[i].at };

      play_start (&play);
      run (play.bus, make_identity (NULL, &e3372h), SMITH_WAY_AT, play.cancellable, CANCELLED,
           NULL);
      play_finish (&play, cases[i].commands);
    }
}

static void
test_cancel_before (void)
{
  Play play = { .ignores = 0 };

  play_start (&play);
  g_cancellable_cancel (play.cancellable);
  run (play.bus, make_identity (NULL, &e3372h), SMITH_WAY_AT, play.cancellable, CANCELLED, NULL);
  play_finish (&play, "");
}

static gpointer
cancel_when_asked (gpointer data)
{
  Play *play = data;

  while (at_actor_count (play->actor, "AT^GODLOAD") == 0)
    g_usleep (2000);
  /* By now it has said OK, or is about to; then the stick is waited for. */
  g_usleep (100000);
  g_cancellable_cancel (play->cancellable);
  return NULL;
}

static void
test_cancel_while_waiting (void)
{
  Play play = { .ignores = 99 };
  GThread *thread;

  play_start (&play);
  thread = g_thread_new ("cancel", cancel_when_asked, &play);
  run (play.bus, make_identity (NULL, &e3372h), SMITH_WAY_AT, play.cancellable, CANCELLED, NULL);
  g_thread_join (thread);
  play_finish (&play, "AT^SFM=1 AT^GODLOAD AT^SFM=0");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/way-in/advice", test_advice);
  g_test_add_func ("/way-in/likely-needle", test_likely_needle);
  g_test_add_func ("/way-in/names", test_names);
  g_test_add_func ("/way-in/commands-allowed", test_commands_allowed);
  g_test_add_func ("/way-in/there", test_there);
  g_test_add_func ("/way-in/at", test_at);
  g_test_add_func ("/way-in/at/refused", test_at_refused);
  g_test_add_func ("/way-in/at/lost", test_at_lost);
  g_test_add_func ("/way-in/at/gone", test_at_gone);
  g_test_add_func ("/way-in/at/replugged", test_at_replugged);
  g_test_add_func ("/way-in/at/ignored-twice", test_ignored_twice);
  g_test_add_func ("/way-in/at/ignored-always", test_ignored_always);
  g_test_add_func ("/way-in/at/leaves-late", test_leaves_late);
  g_test_add_func ("/way-in/at/no-port", test_no_port);
  g_test_add_func ("/way-in/at/says-no", test_says_no);
  g_test_add_func ("/way-in/at/other-model", test_other_model);
  g_test_add_func ("/way-in/at/cancel", test_cancel_at);
  g_test_add_func ("/way-in/at/cancel-before", test_cancel_before);
  g_test_add_func ("/way-in/at/cancel-while-waiting", test_cancel_while_waiting);
  g_test_add_func ("/way-in/web", test_web);
  g_test_add_func ("/way-in/web/ports", test_web_ports);
  g_test_add_func ("/way-in/web/refused", test_web_refused);
  g_test_add_func ("/way-in/web/ignored", test_web_ignored);
  g_test_add_func ("/way-in/web/faults", test_web_faults);
  g_test_add_func ("/way-in/web/nobody", test_web_nobody);
  g_test_add_func ("/way-in/web/no-network", test_web_no_network);
  g_test_add_func ("/way-in/web/cancel", test_web_cancel);
  g_test_add_func ("/way-in/web/cancel-silent", test_web_cancel_silent);
  g_test_add_func ("/way-in/diagnostics", test_diagnostics);
  g_test_add_func ("/way-in/diagnostics/ignored", test_diagnostics_ignored);
  g_test_add_func ("/way-in/diagnostics/of-balong", test_diagnostics_of_balong);
  g_test_add_func ("/way-in/nobody-knows-which", test_nobody_knows_which);
  g_test_add_func ("/way-in/wrong-mode", test_wrong_mode);
  return g_test_run ();
}
