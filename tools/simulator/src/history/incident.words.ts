import type { Incident, OperatorAction } from './history.plan';

/** An incident in words. */
export function describeIncident(incident: Incident): string {
  switch (incident.kind) {
    case 'crash':
      return `${incident.target} is killed and comes back after ${incident.downMs} ms`;
    case 'pause':
      return `${incident.target} is paused for ${incident.forMs} ms`;
    case 'block':
      return `the main loop of ${incident.target} is blocked for ${incident.forMs} ms`;
    case 'cut':
      return `nothing gets from ${incident.from} to ${incident.to}${incident.isBothWays ? ' and back' : ''} for ${incident.forMs} ms`;
    case 'cut-database':
      return `${incident.target} is cut off from the database for ${incident.forMs} ms`;
    case 'restart-database':
      return `the database restarts, away for ${incident.downMs} ms`;
    case 'restore-database':
      return `the database is restored from an older state, away for ${incident.downMs} ms`;
    case 'save-database':
      return 'the state of the database is kept';
    case 'step-clock':
      return `the database's clock is stepped by ${incident.byMs} ms`;
    case 'slow-database':
      return `some statements take up to ${incident.mostMs} ms for ${incident.forMs} ms`;
    case 'join':
      return `${incident.target} joins`;
    case 'leave':
      return `${incident.target} leaves cleanly`;
    case 'twin':
      return `another process uses the name ${incident.target} for ${incident.forMs} ms`;
    case 'operator':
      return `operator: ${describeAction(incident.action)}`;
  }
}

function describeAction(action: OperatorAction): string {
  const { action: name, ...rest } = action;
  const details = Object.entries(rest).map(([key, value]) => `${key} ${String(value)}`);
  return [name, ...details].join(', ');
}
