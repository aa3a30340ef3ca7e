/** What Alertmanager knows and tells. https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */

/** One alert: `alertname` is among its labels. */
export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  /** Of those that Alertmanager knows: `active`, `suppressed`, `unprocessed`; of those that it tells: `firing`, `resolved`. */
  readonly state: string;
  /** Milliseconds since 1970, by the clock of the Prometheus that found it. */
  readonly startedAt: number;
}

/** What Alertmanager told a webhook at one time: alerts of one group. */
export interface Notification {
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
  /** `firing` as long as one of the alerts does, else `resolved`. */
  readonly status: string;
  /** Labels that the alerts have in common because they are grouped by them. */
  readonly group: Readonly<Record<string, string>>;
  readonly alerts: readonly Alert[];
}

/** Arguments of kubectl that ask for all alerts through the API server; {@link readAlerts} reads the answer. */
export function alertsArguments(namespace: string, service = 'alertmanager:http'): string[] {
  return ['get', '--raw', `/api/v1/namespaces/${namespace}/services/${service}/proxy/api/v2/alerts`];
}

/** Reads what Alertmanager knows. @throws {Error} if it is no such answer */
export function readAlerts(answer: string): Alert[] {
  const alerts = JSON.parse(answer) as readonly {
    readonly labels: Record<string, string>;
    readonly status: { readonly state: string };
    readonly startsAt: string;
  }[];
  return alerts.map(({ labels, status, startsAt }) => ({
    labels,
    state: status.state,
    startedAt: Date.parse(startsAt),
  }));
}

/**
 * Reads what a webhook was told, in the order in which it was: the answer of the course's test server to `GET /inbox`.
 *
 * @throws {Error} if it is no such answer
 */
export function readNotifications(inbox: string): Notification[] {
  const { inbox: letters } = JSON.parse(inbox) as {
    readonly inbox: readonly { readonly at: string; readonly body: ToldNotification }[];
  };
  return letters.map(({ at, body: { status, groupLabels, alerts } }) => ({
    at: Date.parse(at),
    status,
    group: groupLabels,
    alerts: alerts.map((alert) => ({
      labels: alert.labels,
      state: alert.status,
      startedAt: Date.parse(alert.startsAt),
    })),
  }));
}

interface ToldNotification {
  readonly status: string;
  readonly groupLabels: Record<string, string>;
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: Record<string, string>;
    readonly startsAt: string;
  }[];
}
