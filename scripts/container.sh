#!/bin/sh
# The entry of the image: runs the command it is given, and ends as that ends. One exception: where CONFIG_FAULT_EXIT_CODE
# is set, it takes the place of 78, a fault of the configuration. A container that is started again after every failure
# would repeat that fault for ever, and Docker cannot tell one exit code from another.
# Replicas of one template differ in their names only. Where FOUNDER is set, the node of that name starts as master and all
# others as secondaries.
if [ -n "$FOUNDER" ]; then
  SERVER_TYPE=secondary
  [ "$NODE_ID" = "$FOUNDER" ] && SERVER_TYPE=master
  export SERVER_TYPE
fi
if [ -z "$CONFIG_FAULT_EXIT_CODE" ]; then
  exec "$@"
fi
"$@" &
pid=$!
trap 'kill -TERM "$pid"' TERM INT
wait "$pid"
code=$?
# A signal ends `wait` before the command has ended.
while kill -0 "$pid" 2>/dev/null; do
  wait "$pid"
  code=$?
done
[ "$code" -eq 78 ] && exit "$CONFIG_FAULT_EXIT_CODE"
exit "$code"
