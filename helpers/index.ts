/** All that a spec may import: the exercise framework, what calls come to, Istio's and the workshop's figures. */
export { mostAtOnce, readAccessLog, serverLogCommand } from './calls/access-log.ts';
export { callOfApiServer } from './calls/api-server.ts';
export { hitsToldBy } from './calls/hits.ts';
export { answeringPod, answeringVersion, hitsIn, judge, rbacDenial, readAnswer } from './calls/answer.ts';
export {
  byStatusAndVersion,
  onNewConnections,
  podOf,
  readReplies,
  type Reply,
  tally,
  versionOf,
} from './calls/burst.ts';
export { type Capture } from './calls/capture.ts';
export { chanceOfClimb, chanceOfLeavingOut, chanceOfOnlyOne, chanceOutside, onceIn } from './calls/chance.ts';
export { type Client } from './calls/client.ts';
export { between, failures, type Load, moments, type ParallelReply, type TimedReply } from './calls/load.ts';
export { isClientHello, isEncrypted, tcpPayloads } from './calls/packet.ts';
export { percentile } from './calls/percentile.ts';
export { isShared } from './calls/share.ts';
export { about } from './calls/timers.ts';
export { exercise } from './lesson/exercise.ts';
export { untilNextSecond } from './lesson/age.ts';
export { type AuditLine, readAuditLog } from './istio/audit-log.ts';
export {
  certificateHash,
  certificatesIn,
  isSignedBy,
  lifetimeHours,
  readSecrets,
  spiffeIds,
} from './istio/certificate.ts';
export { type ToldCertificate, toldCertificates } from './istio/client-certificate.ts';
export { copyKeyScript } from './istio/key-copy.ts';
export { type ClusterLimits, clustersCommand, readClusterLimits, tellLimits } from './istio/cluster-limits.ts';
export { connectionsTo, listenersCommand } from './istio/connections.ts';
export { drift, type EffectiveConfig, effectiveConfig } from './istio/effective-config.ts';
export {
  clusterEndpointsCommand,
  endpointsCommand,
  readEndpoints,
  tellEndpoints,
  tellWeights,
} from './istio/endpoints.ts';
export {
  askedForAtGateway,
  eastWestAddressCommand,
  eastWestLogCommand,
  eastWestName,
  eastWestPort,
} from './istio/east-west-gateway.ts';
export { areOfOneMinor, minorOfMesh } from './istio/istio-version.ts';
export { type LabRelease, labReleases, objectsOfRevision, uninstallArguments } from './istio/own-istiod.ts';
export {
  cutOffFrom,
  headersHandedOn,
  linesOfCall,
  proxyLogCommand,
  type ProxyLogLine,
  flagsOf,
  readProxyLog,
} from './istio/proxy-log.ts';
export { readRemoteClusters, remoteClustersCommand, tellRemoteClusters } from './istio/remote-clusters.ts';
export { readProxyStatus, readRejections, readTypeStatus } from './istio/proxy-status.ts';
export { query, queryArguments, readSamples, readSeries } from './istio/prometheus.ts';
export { proxyAdminCommand } from './istio/proxy-admin.ts';
export { readProxyStats, statsCommand } from './istio/proxy-stats.ts';
export { type RbacCounters, rbacCountersCommand, rbacSince, readRbacCounters } from './istio/rbac-counters.ts';
export {
  type Mirror,
  type RetryPolicy,
  routesCommand,
  routesTo,
  tellRetries,
  tellSharesByRoute,
} from './istio/routes.ts';
export { type Shares, tellShares } from './istio/shares.ts';
export { edgesOf, graphQuery } from './istio/service-graph.ts';
export {
  dependenciesArguments,
  jaegerArguments,
  originOfFailure,
  readDependencies,
  readTraces,
  sideOf,
  type Trace,
  traceArguments,
  tracesArguments,
} from './istio/traces.ts';
export { readTlsCounters, tlsCountersCommand } from './istio/tls-counters.ts';
export { TokenIssuer } from './istio/token.ts';
export { newGuardedPod } from './lesson/new-pod.ts';
export { seeRoutes } from './lesson/see-routes.ts';
export { rbacCountersOf } from './lesson/rbac.ts';
export { untilTraced } from './lesson/traced-way.ts';
export {
  abortedByFault,
  answered,
  answeredByVersion,
  answeredPastProxy,
  answeredThroughProxy,
  blackHoled,
  blockedByNetwork,
  closedByNodeProxy,
  closedByOwnProxy,
  clusterNotFound,
  connectionRefused,
  endsAs,
  expiredRefused,
  failsWith,
  forbidden,
  grpcDenied,
  handshakeRefused,
  heldUpByNetwork,
  movedTo,
  nameNotFound,
  noHealthyUpstream,
  notAuthorised,
  notResolved,
  notRouted,
  type Outcome,
  refusedByDecider,
  refusedByProvider,
  resetByProxy,
  timedOutByProxy,
  tooMany,
  unauthorised,
  upstreamConnectError,
} from './calls/outcome.ts';
export { cutOffTcp, openTcp, refusedTcp } from './calls/tcp-outcome.ts';
export { pgCommand } from './calls/tcp-probe.ts';
export { fixturesDir } from './system/paths.ts';
export { UsageProblem } from './system/errors.ts';
export { barChart, spread, timeline } from './draw/charts.ts';
export { drawServiceGraph } from './draw/service-graph.ts';
export { waterfall } from './draw/waterfall.ts';
export {
  adoptTotal,
  buildTotal,
  cheaperLimitPercent,
  cheaperPercent,
  comparisonOf,
  monthsToBeFaster,
} from './roi/build.ts';
export { netValueChart, sensitivityChart } from './roi/charts.ts';
export { documents } from './roi/documents/all.ts';
export { profileHeads, profileRows } from './roi/documents/profiles.ts';
export { horizonYears } from './roi/documents/value.ts';
export { doraChange } from './roi/dora.ts';
export { exampleInputs, readExample } from './roi/example.ts';
export { count, money, percent, percentOf, reductionPercent } from './roi/figures.ts';
export {
  ambientRequests,
  assumedRequests,
  breakEvenPodsPerNode,
  breakEvenWaypointPods,
  sidecarRequests,
} from './roi/footprint.ts';
export { parseInputs } from './roi/inputs.ts';
export { daysOf, engineering, netPerMonthNeeded, paybackMonths, returnPercent } from './roi/investment.ts';
export { plausibilityOf } from './roi/plausibility.ts';
export { readProfiles } from './roi/profiles.ts';
export { resultsOf } from './roi/results.ts';
export { cautious, totals } from './roi/value.ts';
export { publishedWork, workOfWays } from './roi/work.ts';
export { vectors } from './roi/vectors/all.ts';
export { buildVectors } from './roi/vectors/build.ts';
export { dataPlaneVectors, customerSizes } from './roi/vectors/data-plane.ts';
export { profileVectors } from './roi/vectors/profiles.ts';
export { timeouts } from './system/timeouts.ts';
export { type Answer } from '../kind/images/test-server/answer.ts';
export { flagCells, responseFlags } from './istio/response-flags.ts';
export { countedSince, is5xx, type RequestCount } from './istio/request-counts.ts';
export { bothClustersAnswer, oneClusterAnswers, sharedByChance, sharedCalls } from './lesson/answering-cluster.ts';
export { CountedCalls } from './lesson/counted-calls.ts';
export { type DrillFault, IncidentDrill } from './lesson/incident-drill.ts';
export { type Ending, ProxyLines } from './lesson/proxy-lines.ts';
export { readNotifications } from './istio/alerts.ts';
export { carefulJudge, carelessJudge, type Judge, type Verdict, weightAfter, weights } from './lesson/release-loop.ts';
export { type FortioResult, readFortio } from './calls/fortio.ts';
export { configDumpCommand, readConfigSize } from './istio/config-size.ts';
export { apiAuditCommand, readApiAudit } from './kube/api-audit.ts';
export { newAuthority, signingFiles } from './istio/authority.ts';
export { declaredHostCommand, readDeclaredHost, tellDeclaredHost } from './istio/declared-host.ts';
export { readStat } from './system/cost.ts';
export { untilLogKeeps } from './lesson/until-log-keeps.ts';
export { untilProxyKnows } from './lesson/until-proxy-knows.ts';
export { type EventuallyOptions } from './lesson/eventually.ts';
export { decisionLogCommand, readDecisions } from './istio/decision-log.ts';
export { type ExtAuthzCounters } from './istio/ext-authz-counters.ts';
export { askedMeanwhile } from './lesson/ext-authz.ts';
export { collectorLogCommand, type ExportedRecord, readExportedRecords } from './istio/exported-records.ts';
export { accessRules, digestOf, toldConfig } from './istio/told-config.ts';
export { type ProofBundle, readProofBundle, writeProofBundle } from './runs/proof-bundle.ts';
export { policySet } from './istio/policy-set.ts';
export { readTlsEndings, tellTlsEndings, tlsCalls, type TlsEnding } from './calls/tls-calls.ts';
export { readZtunnelLog, type ZtunnelLine, ztunnelLogCommand } from './istio/ztunnel-log.ts';
export { connectionsCounted, ztunnelMetricsCommand } from './istio/ztunnel-metrics.ts';
export { readDefaultRequests } from './istio/default-requests.ts';
export {
  callsPassedOn,
  DataPlaneMeter,
  type MeshPart,
  meshParts,
  type MeshUse,
  type MeshWay,
  partNames,
  partsOfWay,
  perThousandCalls,
  recordWork,
  processorRate,
  wayNames,
  wentTheWay,
} from './lesson/data-plane-meter.ts';
export { readRequests, type Requests } from './kube/requests.ts';
export { madeAt } from './lesson/made-at.ts';
export { nodeNameOf, ztunnelOf } from './lesson/workload-node.ts';
export { type Customer, customersIn } from './decision/customer.ts';
export { recordDocument } from './decision/documents.ts';
export { citedIds, decisionRecord } from './decision/record.ts';
export { groupHeads, groupRows, lineHeads, lineRows } from './decision/rows.ts';
export { sheetHeads, sheetOf } from './decision/sheet.ts';
export { nothingShown, type Shown, supposing } from './decision/shown.ts';
export { refusedTo, ZtunnelLines } from './lesson/ztunnel-lines.ts';
