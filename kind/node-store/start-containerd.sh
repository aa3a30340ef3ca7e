#!/bin/bash
# Becomes containerd, under either contract of the node.
set -euo pipefail

# crun takes either version of cgroups, and no machine that mounts both.
if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi
# Memory for the processor's time, here and in what containerd starts.
GOGC=400 exec containerd >/var/log/containerd.log 2>&1
