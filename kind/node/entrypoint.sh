#!/bin/bash
# One Kubernetes node in one container, under the contract that K3sContainer expects of rancher/k3s:
# it is started as `server [--tls-san NAME]...`, asks the mirrors of /etc/rancher/k3s/registries.yaml, leaves an admin kubeconfig in /etc/rancher/k3s/k3s.yaml, and prints
# "Node controller sync successful" when pods can be scheduled.
set -euo pipefail

say() { printf '%6.1fs %s\n' "$(( $(date +%s%N) / 1000000 - started ))e-3" "$*"; }
started=$(( $(date +%s%N) / 1000000 ))

sans=(localhost 127.0.0.1)
while [ $# -gt 0 ]; do
  case $1 in
    --tls-san=*) IFS=, read -ra names <<<"${1#*=}"; sans+=("${names[@]}") ;;
    --tls-san) shift; IFS=, read -ra names <<<"$1"; sans+=("${names[@]}") ;;
  esac
  shift
done

mount --make-rshared /
mount -o remount,rw /proc/sys 2>/dev/null || true
sysctl -qw net.ipv4.ip_forward=1
nft -f /etc/mesh-mastery/masquerade.nft
containerd-store mount
say "images laid out"

if [ -f /etc/rancher/k3s/registries.yaml ]; then node /opt/registry-mirror.mjs; fi
start-containerd &
NODE_IP=$(hostname -i | cut -d' ' -f1)
CERT_SANS=$(printf '%s", "' "${sans[@]}")$NODE_IP
. /etc/mesh-mastery/versions.env
export NODE_IP CERT_SANS KUBERNETES_VERSION ETCD_TAG COREDNS_TAG
fill() { sed -e "s|\${NODE_IP}|$NODE_IP|g" -e "s|\${CERT_SANS}|$CERT_SANS|g" -e "s|\${KUBERNETES_VERSION}|$KUBERNETES_VERSION|g" -e "s|\${ETCD_TAG}|$ETCD_TAG|g" -e "s|\${COREDNS_TAG}|$COREDNS_TAG|g" "$1"; }
fill /etc/mesh-mastery/kubeadm.yaml >/etc/kubernetes/kubeadm.yaml
until [ -S /run/containerd/containerd.sock ]; do sleep 0.05; done
say "containerd is up"

keep-kubelet &
if ! kubeadm init --config /etc/kubernetes/kubeadm.yaml --skip-token-print 2>&1 | sed 's/^/kubeadm: /'; then
  say "kubeadm failed; the last lines of the kubelet's log:"
  tail -n 40 /var/log/kubelet.log || true
  exit 1
fi
say "control plane is up"

export KUBECONFIG=/etc/kubernetes/admin.conf
fill /etc/mesh-mastery/coredns.yaml | kubectl apply --server-side -f - >/dev/null
mkdir -p /etc/rancher/k3s
sed 's#server: .*#server: https://127.0.0.1:6443#' "$KUBECONFIG" >/etc/rancher/k3s/k3s.yaml

(
  while true; do
    node /opt/netpol/engine.mjs >>/var/log/netpol.log 2>&1 || true
    sleep 1
  done
) &

kubectl wait --for=condition=Ready nodes --all --timeout=120s >/dev/null
say "node is ready"
echo "Node controller sync successful"
wait
