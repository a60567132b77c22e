/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "outcome.h"
#include "page.h"

G_BEGIN_DECLS

/* An ending that is not the good one: what happened, and what to do. */
#define SMITH_TYPE_OUTCOME_PAGE (smith_outcome_page_get_type ())
G_DECLARE_FINAL_TYPE (SmithOutcomePage, smith_outcome_page, SMITH, OUTCOME_PAGE, SmithPage)

void smith_outcome_page_show (SmithOutcomePage *page,
                              const SmithOutcome *outcome,
                              const char *technical);

G_END_DECLS
