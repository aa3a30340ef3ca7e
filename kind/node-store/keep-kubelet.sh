#!/bin/bash
# Runs the kubelet as soon as kubeadm has configured it, and again when it ends: what systemd does elsewhere.
set -euo pipefail

until [ -f /var/lib/kubelet/kubeadm-flags.env ]; do sleep 0.05; done
. /var/lib/kubelet/kubeadm-flags.env
while true; do
  # As in start-containerd.sh: memory for the processor's time.
  # shellcheck disable=SC2086 — the variable holds several flags
  GOGC=400 kubelet --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf \
    --config=/var/lib/kubelet/config.yaml $KUBELET_KUBEADM_ARGS >>/var/log/kubelet.log 2>&1 || true
  sleep 1
done
