#!/bin/sh
# Starts the engine with its embedded defaults, holds a spoken call with it that
# one can read along, and keeps serving. Usage: config/run-demo.sh VELOX
# PORT (8080) and VELOX_DATA_DIR (data) may be set.
set -eu

velox=$1
port=${PORT:-8080}
data=${VELOX_DATA_DIR:-data}
url="http://127.0.0.1:$port"

mkdir -p "$data"
"$velox" serve --data-dir "$data" --port "$port" 2>>"$data/engine.log" &
engine=$!
trap 'kill "$engine" 2>/dev/null; wait "$engine"; exit 0' INT TERM

tries=0
until curl -fsS "$url/readyz" >/dev/null 2>&1; do
  kill -0 "$engine" 2>/dev/null || { echo "The engine did not start:" >&2; tail -n 5 "$data/engine.log" >&2; exit 1; }
  tries=$((tries + 1))
  [ "$tries" -lt 100 ] || { echo "The engine is not ready after 20 s; see $url/readyz" >&2; kill "$engine"; exit 1; }
  sleep 0.2
done

echo
echo "A caller dials +15550100, the Riverside Clinic:"
echo
"$velox" call --data-dir "$data" --engine "$url" --to +15550100 \
  --say "hello what are your opening hours" \
  --say "i would like to make an appointment" \
  --say "my name is mary smith" \
  --say "next tuesday" \
  --say "at two thirty in the afternoon" \
  --say "yes that is right" \
  --say "no thank you goodbye" \
  --save "$data/demo-call.wav"

cat <<EOT

That was a real call: over the WebSocket, through the actor tree, recognised and spoken on this machine.
Both sides are in $data/demo-call.wav (left: caller, right: agent). The engine keeps serving on $url,
its log is $data/engine.log. In another terminal, try:

  $velox call --data-dir $data --engine $url --to +15550100 --say "where are you" --barge-in-at 1 --say "wait what are your hours"
  $velox ctl  --data-dir $data --engine $url            # live calls and their actors, while one is on
  $velox call --help                                    # your own WAV, keys, a script as JSON lines

Ctrl-C stops it.
EOT
wait "$engine"
