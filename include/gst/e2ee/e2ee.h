/* gst-e2ee: end-to-end encrypted meetings for GStreamer
 *
 * This library is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 */
#pragma once

#include <gst/e2ee/keyprovider.h>
#include <gst/e2ee/meeting.h>
#include <gst/e2ee/policy.h>
#include <gst/e2ee/status.h>
#include <gst/e2ee/audit.h>
#include <gst/e2ee/transport.h>
