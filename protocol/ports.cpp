// Compiled alone so that the whole architecture, messages to ports, is known to
// build without any of its parts.
#include "protocol/ports.hpp"

#include "protocol/type_ids.hpp"
