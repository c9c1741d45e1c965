/* What tickets, links and statements share.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_TICKET_PRIVATE_H
#define E2EE_CORE_MEETING_TICKET_PRIVATE_H

#include "core/meeting/ticket.h"

/* [A-Za-z0-9_-], 1 to E2EE_MAX_MEETING_ID of them. */
int e2ee_meeting_id_is_valid (e2ee_bytes id);

/* @subject NULL: the device is any host's, which is all that a signature shows. */
int e2ee_host_list_has (const e2ee_host * hosts, size_t n_hosts, const char *subject,
    const e2ee_thumbprint * device);

#endif
