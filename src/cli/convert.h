/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli.h"
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
  gboolean eject;       /* a CD drive that stays: not with a virtual stick */
  GMainLoop *loop;
  guint lines_shown;
  GError *error;
} CliConversion;

/* The options of convert for a real stick; all may be NULL. */
typedef struct
{
  char *stick;       /* USB path */
  char *loader;      /* file */
  char *aim;         /* stick, hilink, same or rescue */
  char *override;    /* name of a reason */
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
  SmithStick *stick;                /* what follows is found out */
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
CliStatus cli_convert_practice (Cli *cli, const SmithScenario *scenario);
CliStatus cli_convert_real (Cli *cli, const CliConvertOptions *options);

G_END_DECLS
