/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli.h"
#include "convert-report.h"
#include "job/job.h"
#include "simulator/scenario.h"

G_BEGIN_DECLS

/* A conversion on the command line; zero-initialised but for what is given. */
typedef struct
{
  Cli *cli;
  SmithJob *job;
  SmithLog *log;
  const char *question; /* asked before anything is written */
  SmithBus *bus;
  const char *state_path; /* of any file in the folder of kept states; NULL: nothing is kept */
  SmithMode before;       /* the stick's, when it was chosen */
  gboolean confirmed;
  gboolean title_waits; /* of the step that is not begun before it is confirmed */
  gboolean eject;       /* a CD drive that stays: not with a virtual stick */
  GMainLoop *loop;
  guint lines_shown;
  GError *error;
} CliConversion;

/* The options of convert; all may be NULL, and most are for a real stick. */
typedef struct
{
  char *stick;       /* USB path */
  char *loader;      /* file */
  char *aim;         /* stick, hilink, same or rescue */
  char *override;    /* name of a reason */
  char *report;      /* file to save a report in */
  char *web_address; /* host:port of the stick's web server, for tests */
  gboolean needle;
  gboolean no_network;
  gboolean roaming;
  gboolean known_signature;
  gboolean go_on;
  char **files;
} CliConvertOptions;

/* A stick that is to be converted, real or virtual. */
typedef struct
{
  Cli *cli;
  const CliConvertOptions *options;
  SmithBus *bus;
  SmithVirtualStick *virtual_stick; /* NULL with a real one */
  char *state_path;                 /* NULL: nothing is kept */
  SmithLog *log;                    /* of all ways that are tried; what follows is found out */
  guint lines_shown;                /* of it */
  CliReport report;
  SmithStick *stick;
  gboolean goes_on; /* with a job that wrote to this very stick */
  SmithIdentity *identity;
  SmithAim aim;
} CliTarget;

void cli_conversion_run (CliConversion *run);
CliStatus cli_conversion_finish (CliConversion *run, SmithVirtualStick *stick);
gboolean cli_conversion_add_file (Cli *cli,
                                  SmithPlan *plan,
                                  const char *path,
                                  SmithWant want,
                                  GError **error);

CliStatus cli_convert_target (CliTarget *target);
CliStatus
cli_convert_practice (Cli *cli, const SmithScenario *scenario, const CliConvertOptions *given);
CliStatus cli_convert_real (Cli *cli, const CliConvertOptions *options);

G_END_DECLS
