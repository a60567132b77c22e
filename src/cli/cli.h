/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "job/package.h"
#include "link/port.h"

G_BEGIN_DECLS

/* Exit statuses, as the manual promises them. */
typedef enum
{
  CLI_DONE = 0,
  CLI_FAILED = 1, /* of a command that changes sticks: after it had begun to */
  CLI_USAGE = 2,
  CLI_REFUSED = 3, /* by such a command only, before anything was written */
} CliStatus;

/**
 * Cli:
 *
 * What all commands share. @cancellable is cancelled by the first SIGINT or
 * SIGTERM; @words are those that the program was called with.
 */
typedef struct
{
  GCancellable *cancellable;
  char **words;
  gboolean json;
  gboolean yes;
  gboolean verbose;
  double time_scale;
  char *entry;
} Cli;

typedef CliStatus (*CliFunc) (Cli *cli, int argc, char *argv[]);

CliStatus cli_inspect (Cli *cli, int argc, char *argv[]);
CliStatus cli_extract (Cli *cli, int argc, char *argv[]);
CliStatus cli_load (Cli *cli, int argc, char *argv[]);
CliStatus cli_flash (Cli *cli, int argc, char *argv[]);
CliStatus cli_at (Cli *cli, int argc, char *argv[]);
CliStatus cli_convert (Cli *cli, int argc, char *argv[]);
CliStatus cli_devices (Cli *cli, int argc, char *argv[]);
CliStatus cli_reactivate (Cli *cli, int argc, char *argv[]);
CliStatus cli_identify (Cli *cli, int argc, char *argv[]);
CliStatus cli_simulate (Cli *cli, int argc, char *argv[]);

/* Options (cli-options.c) */
typedef enum
{
  CLI_TAKES_JSON = 1 << 0,
  CLI_TAKES_YES = 1 << 1,
  CLI_TAKES_ENTRY = 1 << 2,
  CLI_TAKES_TIME_SCALE = 1 << 3,
} CliTakes;

gboolean cli_parse (Cli *cli,
                    int *argc,
                    char ***argv,
                    const char *usage,
                    const char *summary,
                    guint takes,
                    const GOptionEntry *own,
                    guint least,
                    guint most);
void cli_print_usage (const char *usage);
gboolean cli_ask (Cli *cli, const char *question);
gboolean cli_ask_word (const char *question, const char *word);

/* Output (cli-output.c) */
CliStatus cli_status_for (const GError *error, gboolean touched);
void cli_print_error (Cli *cli, const GError *error);
CliStatus cli_fail (Cli *cli, const GError *error, gboolean touched);
CliStatus cli_fail_as (Cli *cli, const GError *error, CliStatus status);
void cli_print_json (JsonNode *node);
JsonBuilder *cli_result_begin (const char *result);
void cli_result_end (JsonBuilder *builder);
const char *cli_result_name (CliStatus status);
void cli_add_error (JsonBuilder *builder, const GError *error);
void cli_add_string (JsonBuilder *builder, const char *name, const char *value);
void cli_add_int (JsonBuilder *builder, const char *name, gint64 value);
void cli_add_bool (JsonBuilder *builder, const char *name, gboolean value);
void cli_add_hex (JsonBuilder *builder, const char *name, guint32 value);

/* A live line on a terminal; nothing elsewhere. */
void cli_live (Cli *cli, const char *format, ...) G_GNUC_PRINTF (2, 3);
void cli_live_end (Cli *cli);
void cli_say (Cli *cli, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* What inspect tells (inspect-report.c) */
JsonNode *cli_describe_item (const SmithItem *item);
void cli_print_item (const SmithItem *item);
const char *cli_describe_guard (const SmithLoader *loader);

G_END_DECLS
