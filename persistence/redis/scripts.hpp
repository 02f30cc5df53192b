#pragma once

#include "persistence/redis/script.hpp"

/// What Redis does as one step. A lease's and a fence's value is "<node>
/// <fence>". A node is one process, whose own table keeps its calls apart: here
/// it is enough that the node is the same. All times are of Redis' own clock,
/// so that nodes need not agree about theirs; numbers are written with %.0f
/// because Lua would round large ones.

namespace velox::persistence::redis::scripts {

/// KEYS: lease, fence, live calls. ARGV: node, lease in ms, least fence, call
/// id, memory of the fence in ms. Answers the new fence, or 0 when another node
/// has the call.
inline constexpr const char* take = R"lua(
local held = redis.call('GET', KEYS[1])
if held and string.match(held, '^%S+') ~= ARGV[1] then return 0 end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local last = tonumber(string.match(redis.call('GET', KEYS[2]) or '', '%d+$') or '0')
local fence = string.format('%.0f', math.max(last + 1, now, tonumber(ARGV[3])))
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. fence, 'PX', ARGV[2])
redis.call('SET', KEYS[2], ARGV[1] .. ' ' .. fence, 'PX', ARGV[5])
redis.call('ZADD', KEYS[3], string.format('%.0f', now + ARGV[2]), ARGV[4])
return tonumber(fence)
)lua";

/// KEYS: as above. ARGV: node, lease in ms, fence, call id, memory of the
/// fence. Answers 1, or 0 when another node has, or had, the call since.
inline constexpr const char* renew = R"lua(
local held = redis.call('GET', KEYS[1])
if held and string.match(held, '^%S+') ~= ARGV[1] then return 0 end
local last = redis.call('GET', KEYS[2]) or ''
local newer = tonumber(string.match(last, '%d+$') or '0') > tonumber(ARGV[3])
if newer and string.match(last, '^%S+') ~= ARGV[1] then return 0 end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[3], 'PX', ARGV[2])
if newer then
  redis.call('PEXPIRE', KEYS[2], ARGV[5])
else
  redis.call('SET', KEYS[2], ARGV[1] .. ' ' .. ARGV[3], 'PX', ARGV[5])
end
redis.call('ZADD', KEYS[3], string.format('%.0f', now + ARGV[2]), ARGV[4])
return 1
)lua";

/// KEYS: call, lease. ARGV: node, time to live in ms, then fields and values.
/// Writes nothing about a call that is another node's.
inline constexpr const char* show = R"lua(
local held = redis.call('GET', KEYS[2])
if held and string.match(held, '^%S+') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
)lua";

/// KEYS: call, lease, live calls. ARGV: as in `show`; the call id last.
inline constexpr const char* release = R"lua(
local held = redis.call('GET', KEYS[2])
if held and string.match(held, '^%S+') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
redis.call('ZREM', KEYS[3], ARGV[#ARGV])
redis.call('HSET', KEYS[1], unpack(ARGV, 3, #ARGV - 1))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
)lua";

/// KEYS: bucket. ARGV: its size, the time in ms in which it is filled. Answers
/// whether there was a token, how many are left, and when the next one is there
/// in ms. A bucket that would be full is no key at all.
inline constexpr const char* allow = R"lua(
local size, per = tonumber(ARGV[1]), tonumber(ARGV[2])
local t = redis.call('TIME')
local now = t[1] * 1000 + t[2] / 1000
local seen = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(seen[1] or size)
local passed = math.max(now - tonumber(seen[2] or now), 0)
tokens = math.min(size, tokens + passed * size / per)
local allowed, wait = 0, 0
if tokens >= 1 then
  allowed = 1
  tokens = tokens - 1
else
  wait = math.ceil((1 - tokens) * per / size)
end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.9f', tokens), 'at', string.format('%.3f', now))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil((size - tokens) * per / size) + 1))
return {allowed, math.floor(tokens), wait}
)lua";

/// KEYS: live calls. ARGV: the prefix of keys, how many at most. Answers per
/// call: id, node, org_id, agent_id, stage, turn, interrupt_count.
inline constexpr const char* list = R"lua(
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
local result = {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, ARGV[2] - 1)) do
  local x = redis.call('HMGET', ARGV[1] .. 'call:' .. id, 'node', 'org_id', 'agent_id', 'stage', 'turn', 'interrupt_count')
  local row = {id}
  for i = 1, 6 do row[i + 1] = x[i] or '' end
  result[#result + 1] = row
end
return result
)lua";

} // namespace velox::persistence::redis::scripts
