/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "flow.h"

#include <glib/gi18n.h>

/**
 * smith_flow_page_for_step:
 *
 * The pages follow the job, never the other way round.
 *
 * Returns: the page that shows @step
 */
SmithPageId
smith_flow_page_for_step (SmithStep step)
{
  static const SmithPageId pages[] = {
    [SMITH_STEP_PREPARE] = SMITH_PAGE_BOOT,      [SMITH_STEP_BOOT_MODE] = SMITH_PAGE_BOOT,
    [SMITH_STEP_LOADER] = SMITH_PAGE_LOADER,     [SMITH_STEP_FLASH] = SMITH_PAGE_FLASH,
    [SMITH_STEP_COME_BACK] = SMITH_PAGE_NETWORK, [SMITH_STEP_REACTIVATE] = SMITH_PAGE_NETWORK,
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (pages) == SMITH_N_STEPS);
  return pages[step];
}

/* Returns: a stable lower-case word */
const char *
smith_flow_page_name (SmithPageId page)
{
  static const char *const names[]
      = { "detect", "files", "boot", "loader", "flash", "network", "outcome" };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == SMITH_N_PAGES);
  return names[page];
}

/* Returns: what the list at the side calls it, translated */
const char *
smith_flow_step_title (SmithPageId page)
{
  static const char *const titles[] = {
    N_ ("Detect device"), N_ ("Choose firmware"), N_ ("Enter boot mode"),
    N_ ("Upload loader"), N_ ("Flash"),           N_ ("Reactivate network"),
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (titles) == SMITH_N_WIZARD_STEPS);
  return _ (titles[page]);
}
