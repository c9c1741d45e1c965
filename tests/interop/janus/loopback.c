/* A machine whose loopback is an interface like any other.
 *
 * Janus gathers no candidates on loopback, whatever it is told to use.  Preloaded into it, this lets
 * the tests stay on 127.0.0.1 and not depend on what networks the machine has.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stddef.h>

__attribute__((visibility ("default")))
int
getifaddrs (struct ifaddrs **list)
{
  int (*real) (struct ifaddrs **) = NULL;
  struct ifaddrs *one;
  int result;

  *(void **) &real = dlsym (RTLD_NEXT, "getifaddrs");
  result = real (list);
  for (one = result == 0 ? *list : NULL; one != NULL; one = one->ifa_next)
    one->ifa_flags &= ~(unsigned int) IFF_LOOPBACK;
  return result;
}
