import type { MetricsRegistry } from '@weir/observability';
import type { ClientNoticeName, WeirClient } from '@weir/worker-client';

/** What the client tells seldom enough, and means enough, to be counted one by one. */
const COUNTED: readonly ClientNoticeName[] = [
  'registered',
  'registrationFailed',
  'fenced',
  'leaseLost',
  'disconnected',
  'partialConnectivity',
  'breakerOpened',
  'acksHeldUp',
  'ackRefused',
  'resynced',
  'checkPassed',
  'checkFailed',
  'assignmentFailed',
  'stopOverdue',
];

/** The state of this instance's connection to its control plane, for whoever scrapes it. */
export function exposeClient(metrics: MetricsRegistry, client: WeirClient): void {
  metrics.gauge(
    { name: 'lease_left_seconds', help: 'What is left of the lease of this instance.' },
    (gauge) => gauge.set(client.leaseLeftMs / 1_000),
  );
  metrics.gauge({ name: 'assigned_streams', help: 'Streams assigned to this instance.' }, (gauge) =>
    gauge.set(client.runningCount),
  );
  countEvents(metrics, client);
  followStates(metrics, client);
}

function countEvents(metrics: MetricsRegistry, client: WeirClient): void {
  const counter = metrics.counter({
    name: 'client_events_total',
    help: 'What the client told, by name.',
    labels: ['event'],
  });
  for (const event of COUNTED) {
    counter.inc({ event }, 0);
    client.on(event, () => counter.inc({ event }));
  }
}

function followStates(metrics: MetricsRegistry, client: WeirClient): void {
  const local = metrics.gauge({
    name: 'local_operation',
    help: '1 while this instance has no lease and runs what it may without one.',
  });
  client.on('localOperationBegan', () => local.set(1));
  client.on('localOperationEnded', () => local.set(0));
  const failing = metrics.gauge({
    name: 'failing_paths',
    help: 'Ways to the control plane that fail while others pass: heartbeats, watch, acks.',
  });
  client.on('partialConnectivity', (notice) => failing.set(notice.failing.length));
  client.on('connectivityRestored', () => failing.set(0));
  client.on('registered', () => failing.set(0));
  const breakers = metrics.gauge({
    name: 'open_breakers',
    help: 'Addresses of the API that are left alone because they failed again and again.',
  });
  client.on('breakerOpened', () => breakers.inc());
  client.on('breakerClosed', () => breakers.dec());
}
