# What the course texts have a learner type for Network policy, Authorization and the canary, one after another in the
# namespace that KUBECONFIG names. Images carry the lab's tags; what asks for a terminal goes without one; where the text
# says to watch until a rollout is through, the script waits for it.
set -u

start_over() {
  kubectl delete deployment,service,pod,networkpolicy,authorizationpolicy,peerauthentication,virtualservice,destinationrule --all --wait >/dev/null
  kubectl create deployment frontend --image=docker.io/library/nginx:1.30.5
  kubectl create deployment backend --image=docker.io/nginxdemos/hello:0.4
  kubectl scale deployment backend --replicas=3
  kubectl expose deployment frontend --port=80
  kubectl expose deployment backend --port=80
  kubectl rollout status deployment/frontend
  kubectl rollout status deployment/backend
}

join_mesh() {
  kubectl label namespace "$NAMESPACE" istio-injection=enabled --overwrite
  kubectl rollout restart deployment frontend backend
  kubectl rollout status deployment/frontend
  kubectl rollout status deployment/backend
}

from_attacker() {
  kubectl run attacker --image=docker.io/curlimages/curl:8.22.0 -i --rm --restart=Never --quiet -- "$@"
}

network_policy() {
  start_over
  kubectl apply -f - <<EOF
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: backend-policy }
spec:
  podSelector: { matchLabels: { app: backend } }
  policyTypes: [Ingress]
  ingress:
    - from: [{ podSelector: { matchLabels: { app: frontend } } }]
      ports: [{ protocol: TCP, port: 80 }]
EOF
  from_attacker curl -m 5 http://backend
  kubectl exec deployment/frontend -- curl -m 5 http://backend
  kubectl exec deployment/frontend -- curl -s -o /dev/null -w 'DELETE -> HTTP %{http_code}\n' -X DELETE http://backend/admin/users
  kubectl exec deployment/frontend -- curl -s -o /dev/null -w 'POST -> HTTP %{http_code}\n' -X POST -d malicious=data http://backend/sensitive-api
  kubectl exec deployment/frontend -- curl -s -o /dev/null -w 'token -> HTTP %{http_code}\n' -H 'Authorization: Bearer fake-token' http://backend
  kubectl exec deployment/frontend -- curl -s -o /dev/null -w 'header -> HTTP %{http_code}\n' -H 'X-Admin-Secret: hacked' http://backend
  kubectl logs deployment/backend
  kubectl exec deployment/frontend -- sh -c 'curl -v http://backend 2>&1 | grep -E "(GET|Host|User-Agent)"'
  kubectl scale deployment frontend --replicas=0
  kubectl scale deployment frontend --replicas=1
  kubectl rollout status deployment/frontend
  kubectl exec deployment/frontend -- curl http://backend
}

authorization() {
  start_over
  join_mesh
  kubectl apply -f - <<EOF
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default }
spec: { mtls: { mode: STRICT } }
EOF
  kubectl exec deployment/frontend -- curl http://backend
  kubectl apply -f - <<EOF
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: backend-authz }
spec:
  selector: { matchLabels: { app: backend } }
  rules:
    - from: [{ source: { principals: [cluster.local/ns/$NAMESPACE/sa/default] } }]
      to: [{ operation: { methods: [GET], paths: [/] } }]
EOF
  kubectl exec deployment/frontend -- curl http://backend/
  kubectl exec deployment/frontend -- curl -X POST http://backend/data
}

canary() {
  start_over
  join_mesh
  kubectl set image deployment/backend hello=docker.io/library/nginx:1.30.5
  kubectl rollout status deployment/backend
  kubectl label pod -l app=backend version=v1 --overwrite
  kubectl label pod "$(kubectl get pods -l app=backend -o jsonpath='{.items[0].metadata.name}')" version=v2 --overwrite
  kubectl apply -f - <<EOF
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: backend-canary }
spec:
  hosts: [backend]
  http:
    - match: [{ headers: { canary: { exact: "true" } } }]
      route: [{ destination: { host: backend, subset: v2 } }]
    - route: [{ destination: { host: backend, subset: v1 } }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: backend-versions }
spec:
  host: backend
  subsets:
    - { name: v1, labels: { version: v1 } }
    - { name: v2, labels: { version: v2 } }
EOF
  from_attacker sh -c 'curl -H "canary: true" http://backend/; curl http://backend/'
}

network_policy
authorization
canary
