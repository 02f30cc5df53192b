#!/bin/sh
# The real PostgreSQL and Redis that tests talk to: started once per build, on free ports of 127.0.0.1, in a data
# directory of their own, never as root. ctest calls it (fixture "servers"); by hand: tests/support/servers.sh start DIR
#
#   servers.sh start DIR   start what does not run; DIR/postgres.url and DIR/redis.url say where
#   servers.sh stop DIR    stop both and remove their data
set -eu

command=${1:?start or stop}
dir=${2:?the directory for the two .url files}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
# Below /tmp, so that the servers' user can reach it wherever the build is.
home=/tmp/velox-servers-$(printf %s "$dir" | sha256sum | cut -c1-12)
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)

# PostgreSQL refuses to run as root.
as_server() {
  if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

# Another program may have it: then the start fails, and the next one is tried.
some_port() {
  shuf -i 21000-29999 -n 1
}

start_postgres() {
  [ -n "$bin" ] || { echo "PostgreSQL is missing: run 'make install-test'" >&2; exit 1; }
  if [ -f "$dir/postgres.url" ] && as_server "$bin/pg_ctl" -D "$home/postgres" status >/dev/null 2>&1; then return; fi
  rm -rf "$home/postgres"
  as_server "$bin/initdb" -D "$home/postgres" -U velox -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$home/initdb.log" 2>&1 ||
    { cat "$home/initdb.log" >&2; exit 1; }
  for _ in 1 2 3 4 5; do
    port=$(some_port)
    if as_server "$bin/pg_ctl" -D "$home/postgres" -l "$home/postgres.log" -w -t 60 -o "-p $port -k $home \
      -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=300 -c max_prepared_transactions=0 \
      -c shared_buffers=64MB -c log_min_messages=warning" start >/dev/null 2>&1; then
      echo "postgresql://velox@127.0.0.1:$port/postgres" >"$dir/postgres.url"
      return
    fi
  done
  cat "$home/postgres.log" >&2
  exit 1
}

start_redis() {
  if [ -f "$dir/redis.url" ] && redis-cli -u "$(cat "$dir/redis.url")" ping >/dev/null 2>&1; then return; fi
  for _ in 1 2 3 4 5; do
    port=$(some_port)
    as_server redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no --daemonize yes --dir "$home" \
      --pidfile "$home/redis.pid" --logfile "$home/redis.log" >/dev/null
    for _ in $(seq 50); do
      if redis-cli -p "$port" ping >/dev/null 2>&1; then
        echo "redis://127.0.0.1:$port" >"$dir/redis.url"
        return
      fi
      sleep 0.1
    done
  done
  cat "$home/redis.log" >&2
  exit 1
}

exec 9>"$dir/lock"
flock 9
case "$command" in
  start)
    mkdir -p "$home"
    [ "$(id -u)" -ne 0 ] || chown postgres "$home"
    # The servers outlive this script: they must not hold its lock.
    start_postgres 9>&-
    start_redis 9>&-
    ;;
  stop)
    if [ -f "$dir/redis.url" ]; then redis-cli -u "$(cat "$dir/redis.url")" shutdown nosave >/dev/null 2>&1 || true; fi
    [ -z "$bin" ] || as_server "$bin/pg_ctl" -D "$home/postgres" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$home" "$dir/postgres.url" "$dir/redis.url"
    ;;
  *)
    echo "usage: servers.sh start|stop DIR" >&2
    exit 2
    ;;
esac
