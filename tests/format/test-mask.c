/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/mask.h"

#include <string.h>

typedef struct
{
  const char *text;
  const char *masked; /* NULL: is left as it is */
} Case;

static void
check (const Case *cases, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      const char *expected = cases[i].masked != NULL ? cases[i].masked : cases[i].text;
      g_autofree char *masked = smith_mask (cases[i].text);
      g_autofree char *again = smith_mask (masked);

      g_assert_cmpstr (masked, ==, expected);
      /* A report masks the lines of a log once more. */
      g_assert_cmpstr (again, ==, expected);
    }
}

static void
test_numbers (void)
{
  static const Case cases[] = {
    { "", NULL },
    { "IMEI: 861234567890123", "IMEI: 861**********23" },
    { "imsi 262011234567890.", "imsi 262**********90." },
    { "22.333.01.00.99 2017.06.21 66957263 1234567890123", NULL },
    { "12345678901234567890123", NULL },
    { "^SN: AB12cd;next", "^SN: ******;next" },
    { "MODEM S/N:ab12, SN: Z9", "MODEM S/N:****, SN: **" },
    { "MEID:A10000009296F2", "MEID:**************" },
    { "^ICCID:8986011785103A0123F5", "^ICCID:****" },
    { "^MSN: 99AB\r\nOK", "^MSN: ****\r\nOK" },
    { "^PHYNUM: MAC,001E101F0000", "^PHYNUM: ****" },
    { "+CRSM: 144,0,\"98940200\"", "+CRSM: ****" },
    { "^NVRDEX:550,0,9, 08 8A 16 32", "^NVRDEX:550,****" },
    { "^NVRDEX: 08 8A 16", "^NVRDEX: ****" },
    { "AT^NVWREX=550,0,9,8 3A", "AT^NVWREX=550,****" },
    { "< +CNUM: \"\",\"+491711234567\",145 | OK", "< +CNUM: **** | OK" },
    { "+CLIP: \"+491711234567\",145", "+CLIP: ****" },
    { "^SNR: 5, TSN: 4, version SNX", NULL },
  };

  check (cases, G_N_ELEMENTS (cases));
}

/* Asked for, with the setting in front, or of its own accord. */
static void
test_registrations (void)
{
  static const Case cases[] = {
    { "+CREG: 0,1", NULL },
    { "+CREG: 1", NULL },
    { "+CREG: 2,1 | OK", NULL },
    { "+CREG:", NULL },
    { "+CREG: 2,1, 7C8, C5A2", "+CREG: 2,1, ****" },
    { "+CREG: 2,1,\"1A2B\",\"00C3F17D\"", "+CREG: 2,1,****" },
    { "+CREG: 2,1,\"1A2B\"", "+CREG: 2,1,****" },
    { "+CGREG: 2,5,7C8,C5A2,7", "+CGREG: 2,5,****" },
    { "+CGREG:2,1,7C8,C5A2,7,1 | +CSQ: 9,99", "+CGREG:2,1,**** | +CSQ: 9,99" },
    { "+CEREG: 2,1,8,C5A2", "+CEREG: 2,1,****" },
    { "+CREG: 1, 7C8, C5A2", "+CREG: 1, ****" },
    { "+CREG: 1,\"07C8\",\"C5A2\"\r\n+CREG: 5,1234,99999", "+CREG: 1,****\r\n+CREG: 5,****" },
    { "+CREG: 1,7C8", "+CREG: 1,****" },
    { "+CEREG: 1,1234,1A2B3C,7", "+CEREG: 1,****" },
    { "+creg: 1,1234,5678", "+creg: 1,****" },
    /* A place that looks like a state. */
    { "+CREG: 1,8,C5A2", "+CREG: 1,****" },
    { "+CEREG: 1,8,C5A2,7", "+CEREG: 1,****" },
    { "+CREG: 7C8,C5A2", "+CREG: ****" },
  };

  check (cases, G_N_ELEMENTS (cases));
}

static void
test_places (void)
{
  static const Case cases[] = {
    { "^LOCINFO: 26201,1A2B,C5A2", "^LOCINFO: ****" },
    { "^CELLINFO:1,C5A2,7C8", "^CELLINFO:****" },
    { "^MONSC: LTE,262,01,6300,1A2B3C,77,7C8,-90", "^MONSC: ****" },
    { "+CGPADDR: 1,\"10.85.7.9\"", "+CGPADDR: 1,****" },
    { "+CGPADDR: \"10.85.7.9\"", "+CGPADDR: ****" },
    { "^DHCP: 0907550A,F8FFFFFF,0107550A", "^DHCP: ****" },
    /* What is the same for many people. */
    { "^HCSQ:\"LTE\",40,30,100,20", NULL },
    { "^SYSINFO:2,3,0,5,1,,4", NULL },
    { "+COPS: 0,0,\"Telekom.de\",7", NULL },
    { "^NWTIME:17/06/21,08:30:00+08,01", NULL },
    { "GET 192.168.8.1/api/device/information", NULL },
  };

  check (cases, G_N_ELEMENTS (cases));
}

static void
test_codes (void)
{
  static const Case cases[] = {
    { "AT+CPIN=\"1234\"", "AT+CPIN=****" },
    { "AT^CURC=0;+cpin=1234,5678", "AT^CURC=0;+cpin=****" },
    { "AT^CPIN=1234", "AT^CPIN=****" },
    { "AT+CPWD=\"SC\",\"1234\",\"4321\"", "AT+CPWD=****" },
    { "> AT+CLCK=\"SC\",0,\"1234\"\nnext", "> AT+CLCK=****\nnext" },
    { "AT+CPIN?", NULL },
    { "+CPIN: SIM PIN", NULL },
  };

  check (cases, G_N_ELEMENTS (cases));
}

static void
test_web_fields (void)
{
  static const Case cases[] = {
    { "<SerialNumber>G4PDW156</SerialNumber><Imei></Imei>",
      "<SerialNumber>********</SerialNumber><Imei></Imei>" },
    { "<Iccid>8986A</Iccid><Msisdn>+49171</Msisdn>",
      "<Iccid>*****</Iccid><Msisdn>+*****</Msisdn>" },
    { "<MacAddress1>00:1E:10:1F:00:00</MacAddress1>",
      "<MacAddress1>**:**:**:**:**:**</MacAddress1>" },
    { "<WanIPAddress>10.85.7.9</WanIPAddress>", "<WanIPAddress>**.**.*.*</WanIPAddress>" },
    { "<cell_id>1A2B3C</cell_id>\n<lac>7C8</lac>", "<cell_id>******</cell_id>\n<lac>***</lac>" },
    { "{\"Imsi\":\"26201\",\"lac\" : 1234, \"x\":5}",
      "{\"Imsi\":\"*****\",\"lac\" : ****, \"x\":5}" },
    { "<DeviceName>E3372</DeviceName><rssi>-61dBm</rssi>", NULL },
    { "a place with \"lac\" in it, <Imei/>, Imei of SerialNumber", NULL },
  };

  check (cases, G_N_ELEMENTS (cases));
}

/* Whatever is cut off where: nothing is read behind the end. */
static void
test_cut (void)
{
  static const char text[]
      = "+CREG: 2,1,\"7C8\",C5A2 | ^NVRDEX:550,0,08 | <lac>1</lac>\"tac\" : \"";

  for (gsize n = 0; n < sizeof text; n++)
    {
      g_autofree char *cut = g_strndup (text, n);
      g_autofree char *masked = smith_mask (cut);

      g_assert_null (strstr (masked, "7C8"));
      g_assert_null (strstr (masked, "C5A2"));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mask/numbers", test_numbers);
  g_test_add_func ("/mask/registrations", test_registrations);
  g_test_add_func ("/mask/places", test_places);
  g_test_add_func ("/mask/codes", test_codes);
  g_test_add_func ("/mask/web-fields", test_web_fields);
  g_test_add_func ("/mask/cut", test_cut);
  return g_test_run ();
}
