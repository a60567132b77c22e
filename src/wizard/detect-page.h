/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "page.h"

G_BEGIN_DECLS

/* Every stick as a card; two of them: the person chooses. */
#define SMITH_TYPE_DETECT_PAGE (smith_detect_page_get_type ())
G_DECLARE_FINAL_TYPE (SmithDetectPage, smith_detect_page, SMITH, DETECT_PAGE, SmithPage)

G_END_DECLS
