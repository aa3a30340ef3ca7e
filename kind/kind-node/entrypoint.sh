#!/bin/bash
# One Kubernetes node in one container, under the contract that kind expects of kindest/node, without systemd: containerd
# runs, the kubelet runs as soon as kubeadm has configured it, and kubeadm itself is run by kind.
set -euo pipefail

mount --make-rshared /
mount -o remount,rw /proc/sys 2>/dev/null || true
sysctl -qw net.ipv4.ip_forward=1
mkdir -p /var/lib/containerd /var/lib/kubelet /var/log
containerd-store mount
start-containerd &
until [ -S /run/containerd/containerd.sock ]; do sleep 0.05; done
# The line that kind waits for where no systemd says that it has reached its target.
echo "detected cgroup v1"

exec keep-kubelet
