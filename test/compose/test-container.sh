#!/usr/bin/env bash
# `npm run test:compose`, second part: one container under what Kubernetes imposes on it. The root is read-only, no capability
# is left, and the user id is one that the image does not know. It is PID 1, or the script of the image is, and stops on SIGTERM with
# its log closed. Needs an engine (DOCKER_HOST is honoured).
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! docker info >/dev/null 2>&1; then
  echo "skipped: no Docker engine answers (docker info)"
  exit 0
fi

name="replog-container-$$"
export API_KEY=container-test-key
user=$((RANDOM + 20000)):$((RANDOM + 20000))

# shellcheck disable=SC2317 # called by the trap
tear_down() {
  local exit_code=$?
  ((exit_code == 0)) || docker logs --tail=40 "$name" || true
  docker rm -f "$name" >/dev/null 2>&1 || true
  docker volume rm "$name" >/dev/null 2>&1 || true
  exit "$exit_code"
}
trap tear_down EXIT

say() { echo "── $*"; }
fail() {
  echo "failed: $*" >&2
  exit 1
}
ask() {
  docker exec -i -e METHOD="$1" -e PATH_ASKED="$2" -e BODY="${3-}" -e API_KEY="$API_KEY" "$name" \
    node --input-type=module - <test/compose/ask.mjs
}
eventually() {
  local what=$1 give_up_at=$((SECONDS + 60))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < give_up_at)) || fail "$what"
    sleep 0.2
  done
  echo "✓ $what"
}

# As the StatefulSet of deploy/kubernetes: a volume that belongs to the group of the pod, and a role by the name.
start_node() {
  docker run -d --name "$name" --read-only --user "$user" --cap-drop ALL --security-opt no-new-privileges \
    -v "$name:/data" -e NODE_ID=replog-0 -e FOUNDER=replog-0 -e DATA_DIR=/data/node -e MASTER_PORT=8000 -e API_KEY="$API_KEY" \
    -e CLUSTER_SECRET=container-test-secret "$@" replog >/dev/null
  eventually "it is ready" ask GET /healthcheck/ready
}
stop_node() {
  docker stop --time 20 "$name" >/dev/null
  local ended
  ended=$(docker inspect -f '{{.State.ExitCode}}' "$name")
  [[ $ended == 0 ]] || fail "it ended with $ended and not with 0 after SIGTERM"
  docker logs "$name" 2>&1 | grep -q '"msg":"stopped"' || fail "its log does not say that it has stopped"
  echo "✓ SIGTERM ends it in order"
}
pid_1() { docker exec "$name" sh -c "tr '\\0' ' ' </proc/1/cmdline"; }

say "the image is built"
docker build --network host -t replog . >"/tmp/$name.log" 2>&1 || { cat "/tmp/$name.log"; fail "the build"; }
rm "/tmp/$name.log"
docker volume create "$name" >/dev/null
# A volume that is empty gets the owner of the image's directory back with every mount, so something lies in it.
docker run --rm --user 0 -v "$name:/data" --entrypoint sh replog -c "mkdir '/data/lost+found' && chgrp ${user#*:} /data && chmod 2770 /data"

say "a read-only root, no capabilities, and user $user"
start_node
[[ $(pid_1) == node\ * ]] || fail "PID 1 is $(pid_1)"
echo "✓ the node is PID 1"
[[ $(docker exec "$name" id -u):$(docker exec "$name" id -g) == "$user" ]] || fail "it runs as another user"
docker exec "$name" sh -c 'touch /app/x' 2>/dev/null && fail "its root can be written to"
ask POST /messages/0 '{"message":"kept"}' >/dev/null
echo "✓ it takes a message"
stop_node

say "another container on the same volume, with the script of the image as PID 1"
docker rm "$name" >/dev/null
start_node -e CONFIG_FAULT_EXIT_CODE=0
[[ $(pid_1) == sh\ * ]] || fail "PID 1 is $(pid_1)"
ask GET /messages | grep -q '"message":"kept"' || fail "the message is gone"
echo "✓ it has the message"
stop_node

say "a node of another name starts as secondary"
docker rm "$name" >/dev/null
docker run -d --name "$name" -e NODE_ID=replog-1 -e FOUNDER=replog-0 -e API_KEY="$API_KEY" replog >/dev/null
is_secondary() { docker logs "$name" 2>&1 | grep -q '"msg":"secondary on port 8000"'; }
eventually "it says so" is_secondary
