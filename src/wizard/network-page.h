/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "page.h"

G_BEGIN_DECLS

/* The stick comes back; what was, what is. */
#define SMITH_TYPE_NETWORK_PAGE (smith_network_page_get_type ())
G_DECLARE_FINAL_TYPE (SmithNetworkPage, smith_network_page, SMITH, NETWORK_PAGE, SmithPage)

G_END_DECLS
