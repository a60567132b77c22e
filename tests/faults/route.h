/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "../job/rig.h"
#include "job/conversion.h"

G_BEGIN_DECLS

/*
 * The ways that a conversion can go, each with a stick, files for it, and the
 * messages of which a run without faults consists.
 */

typedef enum
{
  ROUTE_WEB,     /* HiLink to Stick: the web server switches */
  ROUTE_PORTS,   /* HiLink to Stick: the web server opens the ports, AT does the rest */
  ROUTE_NEEDLE,  /* HiLink to Stick: boot ROM and loader */
  ROUTE_GODLOAD, /* Stick to HiLink: by AT */
  ROUTE_E1550,   /* a Qualcomm stick: by its diagnostics */
  ROUTE_E392,    /* a Qualcomm stick that is stuck in download mode */
  ROUTE_FOLDER,  /* a stick that is stuck in download mode, and a folder of images */
  N_ROUTES
} RouteId;

/* What a message is; the order is that of the tables in ends.c. */
typedef enum
{
  KIND_HANDSHAKE,
  KIND_HEAD,
  KIND_DATA,
  KIND_END,
  KIND_LAST_END, /* starts the loader */
  KIND_DLOADVER,
  KIND_SIGNVER,
  KIND_DATAMODE,
  KIND_VERSION,
  KIND_PRODUCT,
  KIND_Q_VERSION, /* of sticks that know frames only */
  KIND_Q_PRODUCT,
  KIND_BEGIN,
  KIND_BLOCK,
  KIND_FINISH,
  KIND_LEAVE,
  KIND_RESTART,
  KIND_Q_RESTART,
  KIND_SFM,
  KIND_GODLOAD,
  KIND_QCDMG,
  KIND_DISLOG,
  KIND_DIAG_VERSION,
  KIND_DIAG_IDENTITY,
  KIND_DIAG_DOWNLOAD,
  KIND_AT,      /* the version after the return */
  KIND_NETWORK, /* identity and network, when all is done */
  KIND_WEB,     /* a request to the web server */
  KIND_RETURN,  /* no message: how the stick comes back */
  N_KINDS
} Kind;

#define ROUTE_FILES_MAX 2

/* Packets of data in the two components of the loader. */
#define ROUTE_RAMINIT_PACKETS 2
#define ROUTE_FLASHER_PACKETS 5

typedef struct
{
  RouteId id;
  const char *name;
  SmithVirtualStickConfig config;
  SmithWay way;
  SmithAim aim;
  gboolean with_loader;
  const char *version;      /* afterwards */
  SmithMode works_as;       /* afterwards */
  SmithVerdictKind verdict; /* at every question, where the stick says what it is */
  const char *reason;       /* a word of one of its reasons, which only the files tell */
  char *loader;             /* path, or NULL */
  char *files[ROUTE_FILES_MAX];
  guint n_files;
  SmithIdentity *before;         /* NULL: nobody has heard anything of it */
  GArray *kinds[SMITH_N_STAGES]; /* Kind: of each message; by route_learn() */
  gboolean is_cut;               /* of the many questions for the network not all are there */
} Route;

void route_init (Route *route, RouteId id);
void route_make_files (Route *route, Files *files);
void route_find_files (Route *route, const char *dir);
void route_learn (Route *route, const char *log, const guint counts[SMITH_N_STAGES]);
void route_clear (Route *route);
SmithPlan *route_make_plan (const Route *route);
gboolean route_is_qualcomm (const Route *route);
const char *kind_name (Kind kind);
gboolean route_find_id (const char *name, RouteId *id);

G_END_DECLS
