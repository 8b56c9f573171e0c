#!/bin/sh
# Kills the node of this office as a power cut does, and goes on when it is gone: when none but the first of its threads is
# left, and that one only waits for the test to have seen its end.
kill -9 "$NODE"
until [ "$(ls "/proc/$NODE/task")" = "$NODE" ] && grep -q '^State:.Z' "/proc/$NODE/status"; do :; done
