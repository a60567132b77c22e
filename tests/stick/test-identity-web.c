/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "format/error.h"
#include "line.h"
#include "link/deadline.h"
#include "peer.h"
#include "simulator/virtual-stick.h"
#include "stick/at-facts.h"
#include "web-server.h"

#define OK "\r\n\r\nOK\r\n"
#define ERROR "\r\nERROR\r\n"

static const SmithHilinkServerConfig ordinary = {
  .device_name = "E3372",
  .hardware = "CL2E3372HM",
  .software = "22.180.05.00.00",
  .webui = "17.100.06.00.03",
  .imei = "350000000000014",
};

/* Asks @stick on a bus on which there is nothing else. */
static SmithIdentity *
identify (SmithStick *stick, const char *address, GError **error)
{
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();

  smith_virtual_bus_set (bus, stick);
  return smith_identify (SMITH_BUS (bus), stick, address, NULL, error);
}

static SmithIdentity *
ask (SmithStick *stick, const char *address, int code)
{
  g_autoptr (GError) error = NULL;
  gint64 start = smith_deadline_now ();
  SmithIdentity *identity = identify (stick, address, &error);

  g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);
  if (code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, SMITH_ERROR, code);
  g_assert_true ((identity != NULL) == (code < 0));
  return identity;
}

static void
check_web (const SmithIdentity *identity)
{
  g_assert_cmpstr (identity->name, ==, "E3372");
  g_assert_cmpstr (identity->hardware, ==, "CL2E3372HM");
  g_assert_cmpstr (identity->firmware, ==, "22.180.05.00.00");
  g_assert_cmpstr (identity->webui, ==, "17.100.06.00.03");
  g_assert_cmpstr (identity->imei, ==, "350000000000014");
  g_assert_false (identity->needs_login);
  g_assert_nonnull (identity->model);
  g_assert_cmpstr (identity->model->id, ==, "e3372h");
}

static void
test_hilink (void)
{
  g_autoptr (SmithHilinkServer) server = web_server_start (&ordinary);
  g_autoptr (SmithStick) stick = smith_stick_new ("1-1", 0x12d1, 0x14dc, SMITH_MODE_HILINK);
  g_autoptr (SmithIdentity) given = NULL;
  g_autoptr (SmithIdentity) known = NULL;

  given = ask (stick, smith_hilink_server_get_address (server), -1);
  g_assert_cmpuint (given->sources, ==, SMITH_SOURCE_WEB);
  check_web (given);
  stick->web_address = g_strdup (smith_hilink_server_get_address (server));
  known = ask (stick, NULL, -1);
  check_web (known);
}

/* One that tells little before somebody logs in. */
static void
test_login (void)
{
  SmithHilinkServerConfig config = ordinary;
  g_autoptr (SmithHilinkServer) server = NULL;
  g_autoptr (SmithStick) stick = smith_stick_new ("1-1", 0x12d1, 0x14dc, SMITH_MODE_HILINK);
  g_autoptr (SmithIdentity) identity = NULL;

  config.needs_login = TRUE;
  server = web_server_start (&config);
  identity = ask (stick, smith_hilink_server_get_address (server), -1);
  g_assert_cmpuint (identity->sources, ==, SMITH_SOURCE_WEB);
  g_assert_true (identity->needs_login);
  g_assert_cmpstr (identity->name, ==, "E3372");
}

/* Texts of a server that means no good. */
static void
test_hostile (void)
{
  g_autofree char *endless = g_strnfill (4000, 'E');
  const SmithHilinkServerConfig config = {
    .device_name = endless,
    .hardware = "CL2E&#xFFFD;3372HM",
    .software = "22.180\t05\n",
    .webui = "\"\"",
    .imei = "3500000000x0014",
  };
  g_autoptr (SmithHilinkServer) server = web_server_start (&config);
  g_autoptr (SmithStick) stick = smith_stick_new ("1-1", 0x12d1, 0x14dc, SMITH_MODE_HILINK);
  g_autoptr (SmithIdentity) identity = ask (stick, smith_hilink_server_get_address (server), -1);

  g_assert_cmpuint (strlen (identity->name), <=, 128);
  g_assert_null (identity->imei);
  g_assert_null (identity->model);
  g_assert_true (identity->firmware == NULL || strpbrk (identity->firmware, "\t\n") == NULL);
}

static void
test_faults (void)
{
  static const struct
  {
    SmithHilinkFault fault;
    guint argument;
    int code;
  } cases[] = {
    { SMITH_HILINK_FAULT_NOT_FOUND, 0, SMITH_ERROR_UNSUPPORTED },
    { SMITH_HILINK_FAULT_ERROR, 100002, SMITH_ERROR_UNSUPPORTED },
    { SMITH_HILINK_FAULT_ERROR, 100001, SMITH_ERROR_REFUSED },
    { SMITH_HILINK_FAULT_REDIRECT, 0, SMITH_ERROR_PROTOCOL },
    { SMITH_HILINK_FAULT_LOGIN_PAGE, 0, SMITH_ERROR_PROTOCOL },
    { SMITH_HILINK_FAULT_SILENT, 0, SMITH_ERROR_TIMEOUT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithHilinkServerConfig config = ordinary;
      g_autoptr (SmithHilinkServer) server = NULL;
      g_autoptr (SmithStick) stick = smith_stick_new ("1-1", 0x12d1, 0x14dc, SMITH_MODE_HILINK);

      g_test_message ("fault %d", cases[i].fault);
      config.fault = cases[i].fault;
      config.fault_argument = cases[i].argument;
      server = web_server_start (&config);
      if (cases[i].code == SMITH_ERROR_TIMEOUT)
        smith_deadline_set_scale (0.1);
      g_assert_null (ask (stick, smith_hilink_server_get_address (server), cases[i].code));
      smith_deadline_set_scale (1);
    }
}

static void
steps_ask (Peer *peer)
{
  guint n;
  const char *const *questions = smith_at_facts_list_questions (&n);

  peer_answer_text (peer, "AT^CURC=0", OK);
  for (guint i = 0; i < n; i++)
    peer_answer_text (peer, questions[i],
                      g_str_equal (questions[i], "AT+CSQ") ? "\r\n+CSQ: 9,99" OK
                      : g_str_equal (questions[i], "AT^VERSION?")
                          ? "\r\n^VERSION:EXTS:22.180.05.00.00\r\n^VERSION:EXTD:99.1.1\r\n"
                            "^VERSION:EXTH:CL2E3372HM Ver.A" OK
                          : ERROR);
}

/* With its ports open it is asked on both ways, of which one is enough. */
static void
test_debug (void)
{
  static const struct
  {
    gboolean at;
    gboolean web;
  } cases[] = { { TRUE, TRUE }, { TRUE, FALSE }, { FALSE, TRUE }, { FALSE, FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Peer *peer = peer_new ();
      g_autoptr (SmithHilinkServer) server = web_server_start (&ordinary);
      g_autoptr (SmithStick) stick = smith_stick_new ("1-1", 0x12d1, 0x1566, SMITH_MODE_DEBUG);
      g_autoptr (SmithIdentity) identity = NULL;
      gboolean any = cases[i].at || cases[i].web;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      smith_stick_add_port (stick, peer_get_device (peer), 1, SMITH_PORT_AT);
      if (cases[i].web)
        stick->web_address = g_strdup (smith_hilink_server_get_address (server));
      if (cases[i].at)
        steps_ask (peer);
      else
        {
          peer_expect_text (peer, "AT^CURC=0\rATI\r");
          smith_deadline_set_scale (0.5);
        }
      peer_start (peer);
      identity = ask (stick, NULL, any ? -1 : SMITH_ERROR_TIMEOUT);
      smith_deadline_set_scale (1);
      peer_finish (peer);
      if (!any)
        continue;
      g_assert_cmpuint (identity->sources, ==,
                        (cases[i].at ? SMITH_SOURCE_AT : 0)
                            | (cases[i].web ? SMITH_SOURCE_WEB : 0));
      g_assert_cmpstr (identity->firmware, ==, "22.180.05.00.00");
      g_assert_cmpint (identity->signal, ==, cases[i].at ? 9 : -1);
      g_assert_cmpstr (identity->webui, ==, cases[i].web ? "17.100.06.00.03" : "99.1.1");
      g_assert_cmpstr (identity->model->id, ==, "e3372h");
    }
}

/* The virtual stick in each mode: it is known afterwards, and stays as it is. */
static void
test_virtual_stick (void)
{
  static const struct
  {
    SmithMode mode;
    guint sources;
    const char *hardware;
    const char *firmware;
  } cases[] = {
    { SMITH_MODE_STICK, SMITH_SOURCE_AT, "CL2E3372HM", "21.180.01.00.00" },
    { SMITH_MODE_HILINK, SMITH_SOURCE_WEB, "CL2E3372HM", "21.180.01.00.00" },
    { SMITH_MODE_DOWNLOAD, SMITH_SOURCE_DOWNLOAD, NULL, NULL },
    { SMITH_MODE_BOOT_ROM, SMITH_SOURCE_NONE, NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const SmithVirtualStickConfig config = {
        .start = cases[i].mode,
        .chip = SMITH_CHIP_V7R11,
        .product_id = "BV7R11HS",
        .hardware = "CL2E3372HM",
        .version = "21.180.01.00.00",
        .restart_ms = 5,
      };
      g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (SmithVirtualStick) virtual
          = smith_virtual_stick_new (bus, &config, NULL, NULL, &error);
      g_autoptr (SmithStick) stick = NULL;
      g_autoptr (SmithStick) later = NULL;
      g_autoptr (SmithIdentity) identity = NULL;

      g_test_message ("%s", smith_mode_name (cases[i].mode));
      g_assert_no_error (error);
      stick = smith_bus_find (SMITH_BUS (bus), "1-1");
      g_assert_nonnull (stick);
      identity = ask (stick, NULL, -1);
      g_assert_cmpuint (identity->sources, ==, cases[i].sources);
      g_assert_cmpstr (identity->hardware, ==, cases[i].hardware);
      if (cases[i].firmware != NULL)
        g_assert_cmpstr (identity->firmware, ==, cases[i].firmware);
      later = smith_bus_find (SMITH_BUS (bus), "1-1");
      g_assert_nonnull (later);
      g_assert_cmpuint (later->seen, ==, stick->seen);
      g_assert_cmpint (later->mode, ==, cases[i].mode);
      g_assert_cmpuint (smith_virtual_stick_get_refusals (virtual), ==, 0);
      g_assert_cmpuint (smith_virtual_stick_get_count (virtual, SMITH_STAGE_BINARY), ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stick/identity-web/hilink", test_hilink);
  g_test_add_func ("/stick/identity-web/login", test_login);
  g_test_add_func ("/stick/identity-web/hostile", test_hostile);
  g_test_add_func ("/stick/identity-web/faults", test_faults);
  g_test_add_func ("/stick/identity-web/debug", test_debug);
  g_test_add_func ("/stick/identity-web/virtual-stick", test_virtual_stick);
  return g_test_run ();
}
