/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "route.h"

G_BEGIN_DECLS

/* What world_convert() is to come to, besides a SmithErrorCode. */
#define SUCCESS (-1)
#define CANCELLED (-2)

/* One stick, one route, one run. */
typedef struct
{
  Route route;
  Files files;
  Rig rig;
  SmithPlan *plan;
  SmithConversionReport *report;
  GError *error;
  GCancellable *cancellable;
  guint n_busy;
  guint n_asked;
  void (*at_step) (gpointer world, SmithStep step);
} World;

void world_init (World *world, RouteId id);
void world_plug (World *world, const char *faults);
void world_clear (World *world);
void world_expect_sentence (const char *message);
void world_convert (World *world, int code);
void world_expect_says (World *world, const char *part);
void world_expect_nothing_sent (World *world);
void world_plug_again (World *world, SmithMode mode);
void world_expect_mode (World *world, SmithMode mode);
void world_expect_converted (World *world);
void world_use_file (World *world, const char *description);
SmithIdentity *world_make_identity (const char *hardware, const char *firmware, SmithSource source);

typedef struct
{
  const char *path;
  GTestFunc func;
} WorldTest;

int world_run_tests (int argc, char **argv, const WorldTest *tests, gsize n);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

G_END_DECLS
