/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The two commands by which sticks are told what networks to look for. */
typedef enum
{
  SMITH_SYSCFG,   /* 3G sticks: AT^SYSCFG */
  SMITH_SYSCFGEX, /* LTE sticks: AT^SYSCFGEX */
} SmithSyscfgKind;

/* All bands of 2G and 3G, all of 4G, and "leave them as they are" for either. */
#define SMITH_BANDS_ALL G_GUINT64_CONSTANT (0x3FFFFFFF)
#define SMITH_LTE_BANDS_ALL G_GUINT64_CONSTANT (0x7FFFFFFFFFFFFFFF)
#define SMITH_BANDS_NO_CHANGE G_GUINT64_CONSTANT (0x40000000)

/**
 * SmithNetworkSettings:
 *
 * What a stick answers to AT^SYSCFG? or AT^SYSCFGEX?, and what it is told.
 * Numbers as the stick takes them; -1 where it left one out, and
 * SMITH_BANDS_NO_CHANGE where it left out bands. @acquisition of SYSCFG is a
 * number, of SYSCFGEX a text of two-digit codes such as "00" or "030201"; empty
 * where it was left out.
 */
typedef struct
{
  SmithSyscfgKind kind;
  int mode; /* SYSCFG: 2 automatic, 13 GSM, 14 WCDMA, 16 no change */
  char acquisition[17];
  guint64 bands;     /* 2G and 3G */
  int roaming;       /* 0 off, 1 on, 2 no change */
  int domain;        /* 0 CS, 1 PS, 2 CS and PS, 3 any, 4 no change */
  guint64 lte_bands; /* SYSCFGEX */
} SmithNetworkSettings;

gboolean smith_network_settings_parse (const char *line, SmithNetworkSettings *settings);
char *smith_network_settings_to_command (const SmithNetworkSettings *settings);
char *smith_network_settings_describe (const SmithNetworkSettings *settings);
void smith_network_settings_open (SmithSyscfgKind kind,
                                  gboolean roaming,
                                  SmithNetworkSettings *settings);
gboolean smith_network_settings_equal (const SmithNetworkSettings *a,
                                       const SmithNetworkSettings *b);

G_END_DECLS
