#!/bin/sh
# The entry of the image: runs the command it is given, and ends as that ends. One exception: where CONFIG_FAULT_EXIT_CODE
# is set, it takes the place of 78, a fault of the configuration. A container that is started again after every failure
# would repeat that fault for ever, and Docker cannot tell one exit code from another.
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
