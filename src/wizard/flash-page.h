/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "page.h"

G_BEGIN_DECLS

/* The one question before writing, then how far it is. */
#define SMITH_TYPE_FLASH_PAGE (smith_flash_page_get_type ())
G_DECLARE_FINAL_TYPE (SmithFlashPage, smith_flash_page, SMITH, FLASH_PAGE, SmithPage)

G_END_DECLS
