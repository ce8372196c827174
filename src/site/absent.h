/* What the settings name and isn't there. It may come later, so none of it keeps a server from starting. */
#ifndef EDDY_ABSENT_H
#define EDDY_ABSENT_H

#include "site/fault.h"
#include "site/layout.h"

/* A page of --spa is a fault where no build can make it, a path of --watch is worth a warning. */
void absent_tell(
    const struct settings *settings, const struct layout *layout, const struct fault_listener *listener);

#endif
