#pragma once

namespace velox::bench {

/// The floor: what moving the same frames costs when nothing is done with
/// them. A bare Beast WebSocket server on one thread that sends every text
/// message back; TCP_NODELAY on, permessage-deflate off. Announces its port
/// with `announce_port` and runs until standard input ends.
void run_floor_server();

} // namespace velox::bench
