/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "simulator/virtual-network.h"
#include "stick-host.h"

#define OK "\r\nOK\r\n"
#define ERROR "\r\nERROR\r\n"
#define NOT_SUPPORTED "\r\nCOMMAND NOT SUPPORT\r\n"
#define NO_SIM "\r\n+CME ERROR: 10\r\n"
#define WRONG_PARAMETER "\r\n+CME ERROR: 50\r\n"
#define OPEN_LTE "AT^SYSCFGEX=\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,"

static void
start (Host *host, const SmithVirtualStickConfig *with)
{
  SmithVirtualStickConfig config = *with;

  config.start = SMITH_MODE_STICK;
  config.chip = SMITH_CHIP_V7R11;
  config.restart_ms = 5;
  host_start (host, &config, NULL);
}

static void
start_e1550 (Host *host, gboolean no_network)
{
  const SmithVirtualStickConfig config = {
    .family = SMITH_FAMILY_QUALCOMM,
    .hardware = "E1550",
    .version = "11.608.10.00.00",
    .no_network = no_network,
  };

  start (host, &config);
}

/* The card, the settings and the radio of a stick that just works. */
static void
test_ordinary (void)
{
  const SmithVirtualStickConfig config = { .version = "21.180.01.00.00" };
  Host host;

  start (&host, &config);
  host_ask (&host, "AT+CPIN?", "\r\n+CPIN: READY\r\n" OK);
  host_ask (&host, "AT+CIMI", "\r\n262010000000014\r\n" OK);
  host_ask (&host, "AT^CARDLOCK?", "\r\n^CARDLOCK: 2,10,0\r\n" OK);
  host_ask (&host, "AT^PORTLOCK?", "\r\n^PORTLOCK:0\r\n" OK);
  host_ask (&host, "AT^SYSCFGEX?", "\r\n^SYSCFGEX:\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF\r\n" OK);
  host_ask (&host, "AT^SYSCFG?", NOT_SUPPORTED);
  host_ask (&host, "AT+CEREG?", "\r\n+CEREG: 0,1\r\n" OK);
  host_ask (&host, "AT+CFUN?", "\r\n+CFUN: 1\r\n" OK);
  host_ask (&host, "AT+CFUN=2", WRONG_PARAMETER);
  host_ask (&host, "AT^RFSWITCH=2", ERROR);
  host_ask (&host, "AT^RFSWITCH=0", OK);
  host_ask (&host, "AT^RFSWITCH?", "\r\n^RFSWITCH:0,1\r\n" OK);
  host_ask (&host, "AT+CFUN?", "\r\n+CFUN: 7\r\n" OK);
  host_ask (&host, "AT+CREG?", "\r\n+CREG: 0,0\r\n" OK);
  host_ask (&host, "AT+CSQ", "\r\n+CSQ: 99,99\r\n" OK);
  host_ask (&host, "AT+COPS?", "\r\n+COPS: 0\r\n" OK);
  host_ask (&host, "AT+CFUN=1", OK);
  for (guint i = 0; i < SMITH_SEARCHING_POLLS; i++)
    host_ask (&host, "AT+CGREG?", "\r\n+CGREG: 0,2\r\n" OK);
  host_ask (&host, "AT+CREG?", "\r\n+CREG: 0,1\r\n" OK);
  host_ask (&host, "AT+CSQ", "\r\n+CSQ: 17,99\r\n" OK);
  host_clear (&host);
}

static void
test_reactivate_lte (void)
{
  const SmithVirtualStickConfig config = { .version = "21.180.01.00.00", .no_network = TRUE };
  Host host;

  start (&host, &config);
  host_ask (&host, "AT^SYSCFGEX?", "\r\n^SYSCFGEX:\"03\",400000,0,1,40\r\n" OK);
  host_ask (&host, "AT^RFSWITCH?", "\r\n^RFSWITCH:0,1\r\n" OK);
  host_ask (&host, "AT+CREG?", "\r\n+CREG: 0,0\r\n" OK);
  host_ask (&host, "AT^RFSWITCH=1", OK);
  for (guint i = 0; i < 2 * SMITH_SEARCHING_POLLS; i++)
    host_ask (&host, "AT+CREG?", "\r\n+CREG: 0,2\r\n" OK);
  /* Not all bands are open yet. */
  host_ask (&host, "AT^SYSCFGEX=\"99\",3FFFFFFF,2,4,40000000,,", OK);
  host_ask (&host, "AT^SYSCFGEX?", "\r\n^SYSCFGEX:\"03\",3FFFFFFF,0,1,40\r\n" OK);
  host_ask (&host, "AT+CREG?", "\r\n+CREG: 0,2\r\n" OK);
  host_ask (&host, OPEN_LTE, OK);
  host_ask (&host, "AT^SYSCFGEX?", "\r\n^SYSCFGEX:\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF\r\n" OK);
  host_ask (&host, "AT+COPS?", "\r\n+COPS: 0\r\n" OK);
  for (guint i = 0; i < SMITH_SEARCHING_POLLS; i++)
    host_ask (&host, "AT+CEREG?", "\r\n+CEREG: 0,2\r\n" OK);
  host_ask (&host, "AT+CEREG?", "\r\n+CEREG: 0,1\r\n" OK);
  host_ask (&host, "AT+COPS?", "\r\n+COPS: 0,0,\"Practice\",7\r\n" OK);
  /* All of it outlasts a restart. */
  host_ask (&host, "AT^RESET", OK);
  host_expect_return (&host, SMITH_MODE_STICK);
  host_ask (&host, "AT+CEREG?", "\r\n+CEREG: 0,1\r\n" OK);
  host_clear (&host);
}

static void
test_reactivate_3g (void)
{
  Host host;

  start_e1550 (&host, TRUE);
  host_ask (&host, "AT^SYSCFGEX?", NOT_SUPPORTED);
  host_ask (&host, "AT+CEREG?", NOT_SUPPORTED);
  host_ask (&host, "AT^SYSCFG?", "\r\n^SYSCFG:14,2,400000,0,1\r\n" OK);
  host_ask (&host, "AT+CREG?", "\r\n+CREG: 0,2\r\n" OK);
  host_ask (&host, "AT^SYSCFG=16,3,40000000,1,4", OK);
  host_ask (&host, "AT^SYSCFG?", "\r\n^SYSCFG:14,2,400000,1,1\r\n" OK);
  host_ask (&host, "AT^SYSCFG=2,2,3FFFFFFF,0,2", OK);
  host_ask (&host, "AT^SYSCFG?", "\r\n^SYSCFG:2,2,3FFFFFFF,0,2\r\n" OK);
  for (guint i = 0; i < SMITH_SEARCHING_POLLS; i++)
    host_ask (&host, "AT+CREG?", "\r\n+CREG: 0,2\r\n" OK);
  host_ask (&host, "AT+CREG?", "\r\n+CREG: 0,1\r\n" OK);
  host_ask (&host, "AT+COPS?", "\r\n+COPS: 0,0,\"Practice\",2\r\n" OK);
  host_clear (&host);
}

static void
test_no_sim (void)
{
  const SmithVirtualStickConfig config = { .no_sim = TRUE };
  Host host;

  start (&host, &config);
  host_ask (&host, "AT+CPIN?", NO_SIM);
  host_ask (&host, "AT+CIMI", NO_SIM);
  host_ask (&host, OPEN_LTE, OK);
  host_ask (&host, "AT+CREG?", "\r\n+CREG: 0,0\r\n" OK);
  host_ask (&host, "AT+COPS?", "\r\n+COPS: 0\r\n" OK);
  host_clear (&host);
}

/* What makes no sense changes nothing. */
static void
test_malformed_settings (void)
{
  static const char *const lte[] = {
    "",
    "\"00\"",
    "\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF",
    "00,3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,",
    "\"0\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,",
    "\"\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,",
    "\"0x\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,",
    "\"000000000000000000\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,",
    "\"00\",3FFFFFFG,1,2,7FFFFFFFFFFFFFFF,,",
    "\"00\",3FFFFFFF,3,2,7FFFFFFFFFFFFFFF,,",
    "\"00\",3FFFFFFF,1,5,7FFFFFFFFFFFFFFF,,",
    "\"00\",3FFFFFFF,1,2,8000000000000000,,",
    "\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,1,",
    "\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,,",
  };
  static const char *const umts[] = { "",
                                      "2",
                                      "2,2,3FFFFFFF,0",
                                      "3,2,3FFFFFFF,0,2",
                                      "2,4,3FFFFFFF,0,2",
                                      "2,2,XYZ,0,2",
                                      "2,2,3FFFFFFF,3,2",
                                      "2,2,3FFFFFFF,0,5",
                                      "2,2,3FFFFFFF,0,2,0" };
  SmithVirtualNetwork network;

  for (guint kind = 0; kind < 2; kind++)
    {
      const char *const *bad = kind == 0 ? lte : umts;
      gsize n = kind == 0 ? G_N_ELEMENTS (lte) : G_N_ELEMENTS (umts);

      smith_virtual_network_init (&network, kind == 0, TRUE);
      for (gsize i = 0; i < n; i++)
        {
          g_autofree char *before = smith_virtual_network_describe (&network);
          g_autofree char *after = NULL;

          g_assert_false (smith_virtual_network_set (&network, bad[i]));
          after = smith_virtual_network_describe (&network);
          g_assert_cmpstr (before, ==, after);
          g_assert_true (smith_virtual_network_is_registered (&network));
        }
    }
}

static void
test_kept_settings (void)
{
  const SmithVirtualStickConfig config = { .no_sim = FALSE };
  Host host;

  start (&host, &config);
  host_ask (&host, "AT^SFM?", "\r\n^SFM:0\r\n" OK);
  host_ask (&host, "AT^SFM=1", OK);
  host_ask (&host, "AT^SFM=2", ERROR);
  host_ask (&host, "AT^SETPORT?", "\r\n^SETPORT:A1,A2;12,10,16,A1,A2\r\n" OK);
  host_ask (&host, "AT^SETPORT=FF;12,10,16", ERROR);
  host_ask (&host, "AT^SETPORT=\"FF\"", ERROR);
  host_ask (&host, "AT^SETPORT=\"FF;12,10,16\"", OK);
  host_ask (&host, "AT^RESET", OK);
  host_expect_return (&host, SMITH_MODE_STICK);
  host_ask (&host, "AT^SFM?", "\r\n^SFM:1\r\n" OK);
  host_ask (&host, "AT^SETPORT?", "\r\n^SETPORT:FF;12,10,16\r\n" OK);
  host_clear (&host);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/simulator/network/ordinary", test_ordinary);
  g_test_add_func ("/simulator/network/reactivate-lte", test_reactivate_lte);
  g_test_add_func ("/simulator/network/reactivate-3g", test_reactivate_3g);
  g_test_add_func ("/simulator/network/no-sim", test_no_sim);
  g_test_add_func ("/simulator/network/malformed-settings", test_malformed_settings);
  g_test_add_func ("/simulator/network/kept-settings", test_kept_settings);
  return g_test_run ();
}
