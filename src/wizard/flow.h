/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "job/conversion.h"

G_BEGIN_DECLS

/* The pages in their order; the first six are the steps that a person sees. */
typedef enum
{
  SMITH_PAGE_DETECT,
  SMITH_PAGE_FILES,
  SMITH_PAGE_BOOT,
  SMITH_PAGE_LOADER,
  SMITH_PAGE_FLASH,
  SMITH_PAGE_NETWORK,
  SMITH_PAGE_OUTCOME,
  SMITH_N_PAGES
} SmithPageId;

#define SMITH_N_WIZARD_STEPS SMITH_PAGE_OUTCOME

/* What is going on, seen from the window. */
typedef enum
{
  SMITH_PHASE_CHOOSING, /* nothing has begun: the person goes back and forth */
  SMITH_PHASE_RUNNING,  /* a job runs: the pages follow it */
  SMITH_PHASE_DONE,     /* it ended well */
  SMITH_PHASE_FAILED,   /* it ended otherwise */
} SmithPhase;

SmithPageId smith_flow_page_for_step (SmithStep step);
const char *smith_flow_page_name (SmithPageId page);
const char *smith_flow_step_title (SmithPageId page);

G_END_DECLS
