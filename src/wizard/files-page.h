/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "page.h"

G_BEGIN_DECLS

/* The firmware and the loader, chosen and checked. */
#define SMITH_TYPE_FILES_PAGE (smith_files_page_get_type ())
G_DECLARE_FINAL_TYPE (SmithFilesPage, smith_files_page, SMITH, FILES_PAGE, SmithPage)

G_END_DECLS
