#!/usr/bin/env bash
# `npm run test:compose`: the containers for real. Starts the stack of docker-compose.yml under a project name of its
# own, writes, stops a secondary, writes, starts it again and compares all logs; then takes the stack down, keeping the
# volumes, and starts it anew: the same nodes with the same logs. Kills the master, and starts it again with its volume and
# without. Needs an engine (DOCKER_HOST is honoured).
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! docker info >/dev/null 2>&1; then
  echo "skipped: no Docker engine answers (docker info)"
  exit 0
fi
if docker compose version >/dev/null 2>&1; then
  compose_command=(docker compose)
elif command -v docker-compose >/dev/null; then
  compose_command=(docker-compose)
else
  echo "skipped: neither 'docker compose' nor docker-compose is installed"
  exit 0
fi

project="replog-test-$$"
work=$(mktemp -d)
# A build may reach the package registry over the host's network only; an ephemeral port clashes with none.
cat >"$work/override.yml" <<'YAML'
services:
  master: { build: { network: host } }
  secondary: { build: { network: host } }
  delayed-secondary: { build: { network: host } }
YAML
export MASTER_PORT=0 SECONDARIES=2 DELAY=1 HEALTHCHECK_DELAY=1
export API_KEY=compose-test-key ADMIN_API_KEY=compose-admin-key CLUSTER_SECRET=compose-test-secret

compose() {
  "${compose_command[@]}" --project-name "$project" -f docker-compose.yml -f "$work/override.yml" "$@"
}

# shellcheck disable=SC2317 # called by the trap
tear_down() {
  local exit_code=$?
  if ((exit_code != 0)); then
    compose ps || true
    compose logs --tail=40 || true
  fi
  compose down --volumes --remove-orphans >"$work/said" 2>&1 || cat "$work/said"
  rm -rf "$work"
  exit "$exit_code"
}
trap tear_down EXIT

say() { echo "── $*"; }
fail() {
  echo "failed: $*" >&2
  exit 1
}
containers() { compose ps -q "$@"; }

# Asks the node in a container from inside it: the image has Node and nothing else.
ask() {
  local container=$1 method=$2 path=$3 body=${4-}
  docker exec -i -e METHOD="$method" -e PATH_ASKED="$path" -e BODY="$body" -e API_KEY="$API_KEY" "$container" \
    node --input-type=module - <test/compose/ask.mjs
}

# Tries a condition again and again until it holds, or a minute has passed.
eventually() {
  local what=$1 give_up_at=$((SECONDS + 60))
  shift
  until "$@" 2>"$work/why"; do
    ((SECONDS < give_up_at)) || fail "$what, but: $(cat "$work/why")"
    sleep 0.5
  done
  echo "✓ $what"
}

is_ready() {
  for container in $(containers); do ask "$container" GET /healthcheck/ready >/dev/null || return 1; done
}

takes_writes() {
  ask "$master" GET /write-concern/3 | grep -q '"canBeMet":true'
}

write_messages() {
  for number in $(seq "$1" "$2"); do
    ask "$master" POST "/messages/$3" "{\"message\":\"message $number\"}" >/dev/null || fail "message $number was refused"
  done
  echo "✓ messages $1 to $2 are written with write concern $3"
}

same_logs() {
  local expected_count=$1 log first='' count
  for container in $(containers); do
    log=$(ask "$container" GET /messages) || return 1
    count=$(grep -o '"seq":' <<<"$log" | wc -l)
    ((count == expected_count)) || { echo "$container has $count of $expected_count messages" >&2; return 1; }
    [[ -z $first || $log == "$first" ]] || { echo "$container has another log" >&2; return 1; }
    first=$log
  done
}

node_ids() {
  for container in $(containers); do
    ask "$container" GET /cluster | grep -o '"nodeId":"[^"]*"' | head -n 1
  done | sort
}

# Compose says much; it is shown where it fails.
quietly() {
  "$@" >"$work/said" 2>&1 || { cat "$work/said"; fail "$*"; }
}

start_stack() {
  quietly compose up -d
  local started
  started=$(containers | wc -l)
  ((started == 4)) || fail "$started containers run, 4 were asked for"
  eventually "all 4 nodes are ready" is_ready
  master=$(containers master)
  eventually "the master takes writes for all 3 secondaries" takes_writes
}

say "the image is built"
quietly compose build
say "the stack starts"
start_stack
ids=$(node_ids)
echo "$ids"
[[ $(sort -u <<<"$ids" | wc -l) == 4 ]] || fail "two nodes have the same node id"

say "the keys are told apart, and the ports are published on this machine only"
refused=$(ask "$master" POST /cluster/promote 2>&1) && fail "the client's key promoted a node"
grep -q 403 <<<"$refused" || fail "an admin route refused the client's key otherwise than with 403: $refused"
echo "✓ an admin route refuses the client's key"
for container in $(containers); do
  published=$(docker port "$container" 8000)
  [[ $published == 127.0.0.1:* ]] || fail "$container is published on $published"
done
echo "✓ every port is published on 127.0.0.1"
# SECONDARIES stands in .env and not in docker-compose.yml.
for container in $(containers); do
  docker exec "$container" printenv SECONDARIES >/dev/null || fail "$container does not have the variables of .env"
done
echo "✓ the nodes have the variables of .env"

say "a secondary stops, and starts again"
write_messages 1 5 all
stopped=$(containers secondary | head -n 1)
docker stop "$stopped" >/dev/null
write_messages 6 10 2
docker start "$stopped" >/dev/null
eventually "all nodes have the same 10 messages" same_logs 10

say "the stack goes down, keeping its volumes, and starts anew"
quietly compose down
start_stack
eventually "all nodes still have the same 10 messages" same_logs 10
[[ $(node_ids) == "$ids" ]] || fail "the node ids were $ids and are $(node_ids)"
echo "✓ the node ids are the same"
write_messages 11 12 all
eventually "all nodes have the same 12 messages" same_logs 12

say "the master's container is killed, and the cluster goes on"
other=$(containers secondary | head -n 1)
cluster_of() { ask "$1" GET /cluster | grep -o '"clusterId":"[^"]*"'; }
cluster_id=$(cluster_of "$other")
docker kill "$master" >/dev/null
writes_without_master() { ask "$other" POST /messages/majority "{\"message\":\"message $1\"}" >/dev/null; }
eventually "message 13 is written through a secondary" writes_without_master 13
docker start "$master" >/dev/null
is_secondary_again() {
  ask "$1" GET /cluster | grep -q '"role":"secondary"' && ask "$1" GET /healthcheck/ready >/dev/null &&
    [[ $(cluster_of "$1") == "$cluster_id" ]]
}
eventually "the container comes back as a secondary of the same cluster" is_secondary_again "$master"
eventually "all nodes have the same 13 messages" same_logs 13

say "the master's container comes back with an emptied volume"
docker kill "$master" >/dev/null
quietly compose rm -f master
quietly docker volume rm "${project}_master"
quietly compose up -d --no-deps --no-recreate master
master=$(containers master)
eventually "it joins the cluster as a secondary" is_secondary_again "$master"
eventually "all nodes have the same 13 messages" same_logs 13
docker logs "$master" 2>&1 | grep -q 'started cluster' && fail "it founded a second cluster"
eventually "the master takes writes for all 3 secondaries" takes_writes
promote_again() { API_KEY=$ADMIN_API_KEY ask "$master" POST /cluster/promote >/dev/null; }
# A replica that is master does not leave when it is scaled away.
eventually "it is promoted, and so is master again" promote_again

say "the secondaries grow to four, and shrink to one"
has_members() {
  local found
  found=$(ask "$master" GET /secondaries) || return 1
  [[ $(grep -o '"state":"HEALTHY"' <<<"$found" | wc -l) == "$1" && $(grep -o '"nodeId"' <<<"$found" | wc -l) == "$1" ]] ||
    { echo "$found" >&2; return 1; }
}
scale_to() {
  quietly compose up -d --scale secondary="$1"
  eventually "the master and its $(($1 + 1)) secondaries are the members" has_members $(($1 + 1))
  eventually "all of them are ready" is_ready
}
scale_to 4
write_messages 14 15 all
scale_to 1
write_messages 16 18 all
scale_to 3
write_messages 19 20 all
eventually "all nodes have the same 20 messages" same_logs 20

say "a fault of the configuration is said once"
quietly compose rm -sf delayed-secondary
DELAY=late quietly compose up -d --no-deps --no-recreate --scale secondary=3 delayed-secondary
faulty=$(compose ps -aq delayed-secondary 2>/dev/null || compose ps -q delayed-secondary)
has_ended() { [[ $(docker inspect -f '{{.State.Status}}' "$faulty") == exited ]]; }
eventually "the container has ended" has_ended
[[ $(docker inspect -f '{{.RestartCount}}' "$faulty") == 0 ]] || fail "it was started again"
[[ $(docker logs "$faulty" 2>&1 | grep -c 'DELAY is "late"') == 1 ]] || fail "its log is: $(docker logs "$faulty" 2>&1)"
echo "✓ its log says once what is wrong"
