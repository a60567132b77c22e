/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "page.h"

G_BEGIN_DECLS

/* Gets the stick to boot mode: by asking it, or with the needle. */
#define SMITH_TYPE_BOOT_PAGE (smith_boot_page_get_type ())
G_DECLARE_FINAL_TYPE (SmithBootPage, smith_boot_page, SMITH, BOOT_PAGE, SmithPage)

G_END_DECLS
