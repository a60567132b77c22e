/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "page.h"

G_BEGIN_DECLS

/* How far the loader is, and the wait for the stick's new face. */
#define SMITH_TYPE_LOADER_PAGE (smith_loader_page_get_type ())
G_DECLARE_FINAL_TYPE (SmithLoaderPage, smith_loader_page, SMITH, LOADER_PAGE, SmithPage)

G_END_DECLS
