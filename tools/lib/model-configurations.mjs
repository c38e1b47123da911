/**
 * The worlds in which the protocol of docs/adr/0011 is searched, and the mistakes that the search
 * must find. Names of bounds and mistakes are those of docs/adr/0011/*.pml.
 *
 * `isLong`: not part of `npm run model -- --short`, which CI runs.
 */

/** No mistake: nothing may be found. */
export const WORLDS = [
  {
    name: 'handoff',
    about: 'moves, rolled back moves, lost leases, late renewals; healed from every state',
    bounds: { TTL: 2, MESSAGES: 1, CHANGES: 2, GRANTS: 2, HEALING: 1 },
  },
  {
    name: 'restart',
    isLong: true,
    about: 'a process dies and starts again, with and without takeover',
    bounds: { TTL: 1, MESSAGES: 1, CHANGES: 3, GRANTS: 2, RESTARTS: 1, REGISTRATIONS: 1 },
  },
  {
    name: 'twins',
    isLong: true,
    about: 'two processes of one server, and a step of the database clock',
    bounds: { TTL: 1, MESSAGES: 1, CHANGES: 3, GRANTS: 2, PROCESSES: 3, CLOCK_STEPS: 1, MOVES: 0 },
  },
  {
    name: 'restore',
    isLong: true,
    about: 'the database comes back as it once was',
    bounds: { TTL: 1, MESSAGES: 1, CHANGES: 3, GRANTS: 1, RESTORES: 1, MOVES: 0, REGISTRATIONS: 0 },
  },
  {
    name: 'two streams',
    isLong: true,
    about: 'one lease for both; healed from every state',
    bounds: {
      ...{ TTL: 2, MESSAGES: 1, CHANGES: 3, GRANTS: 2, MOVES: 0, REGISTRATIONS: 0 },
      ...{ STREAMS: 2, HEALING: 1 },
    },
  },
  {
    name: 'reordering',
    isLong: true,
    about: 'two messages at once, in any order',
    bounds: { TTL: 1, MESSAGES: 2, CHANGES: 3, GRANTS: 2, REGISTRATIONS: 0 },
  },
  {
    name: 'longer handoff',
    isLong: true,
    about: 'as handoff, with more changes of ownership',
    bounds: { TTL: 2, MESSAGES: 1, CHANGES: 4, GRANTS: 2, MOVES: 1, HEALING: 1 },
  },
  {
    name: 'two balancers',
    isLong: true,
    about: 'each with its own readings of the leases, one restarted, a step of the clock',
    bounds: {
      ...{ TTL: 1, MESSAGES: 1, CHANGES: 3, GRANTS: 2, MOVES: 0, REGISTRATIONS: 0 },
      ...{ BALANCERS: 2, READINGS: 1, BALANCER_RESTARTS: 1, CLOCK_STEPS: 1 },
    },
  },
  {
    name: 'restore, restarts',
    isLong: true,
    about: 'restored, and a process restarted',
    bounds: {
      ...{ TTL: 1, MESSAGES: 1, CHANGES: 3, GRANTS: 1, MOVES: 0, REGISTRATIONS: 0 },
      ...{ RESTORES: 1, RESTARTS: 1 },
    },
  },
];

const SMALL = { TTL: 1, MESSAGES: 1, CHANGES: 3, GRANTS: 2 };
const RESTORED = { ...SMALL, RESTORES: 1, MOVES: 0, REGISTRATIONS: 0 };

/** Each leaves out one rule of the protocol, in a world small enough to show what that does. */
export const MISTAKES = [
  {
    name: 'TAKEOVER_BY_DATABASE_CLOCK',
    about: 'takeover when the database says expired, without the second proof',
    bounds: { ...SMALL, CLOCK_STEPS: 1 },
  },
  {
    name: 'TAKEOVER_BY_OWN_CLOCK',
    about: 'takeover by the own clock alone, which a restart takes for run out',
    bounds: { ...SMALL, BALANCER_RESTARTS: 1 },
  },
  {
    name: 'RENEWALS_NOT_COMPARED',
    about: 'a renewal between the reading and the takeover is not noticed',
    bounds: { ...SMALL, CLOCK_STEPS: 1 },
  },
  {
    name: 'DEADLINE_FROM_RECEIPT',
    about: 'the instance counts its lease from when the answer came',
    bounds: { ...SMALL, TTL: 2 },
  },
  {
    name: 'STALE_ANSWERS_ACCEPTED',
    about: 'older revisions accepted, and no tombstones',
    with: ['NO_TOMBSTONE'],
    bounds: SMALL,
  },
  { name: 'NO_TOMBSTONE', about: 'an epoch that was stopped may start again', bounds: SMALL },
  { name: 'EPOCH_NOT_RAISED', about: 'a grant keeps the epoch', bounds: SMALL },
  { name: 'RELEASE_BEFORE_STOP', about: 'acknowledged before the handler stopped', bounds: SMALL },
  {
    name: 'LIST_WITHOUT_REVISION',
    isLong: true,
    about: 'a resync that comes late takes what the instance has started since for stopped',
    bounds: { ...SMALL, MESSAGES: 2, CHANGES: 4, REGISTRATIONS: 0 },
  },
  {
    name: 'WAIT_BY_DATABASE_CLOCK',
    about: 'a new process waits for what the database says is left of the old lease',
    bounds: { ...SMALL, PROCESSES: 3, CLOCK_STEPS: 1 },
  },
  {
    name: 'GENERATION_NOT_RAISED',
    about: 'restored, and epochs go on as if nothing happened',
    bounds: RESTORED,
  },
  { name: 'NO_QUARANTINE', about: 'restored, and streams are granted at once', bounds: RESTORED },
  {
    name: 'QUARANTINE_IN_MEMORY',
    isLong: true,
    about: 'a restart of the balancer ends the quarantine',
    bounds: { ...RESTORED, BALANCER_RESTARTS: 1 },
  },
  {
    name: 'UNSTARTED_NOT_HELD',
    about: 'restored, and what was granted and not started then is started now',
    bounds: RESTORED,
  },
  {
    name: 'HEARTBEATS_NOT_GUARDED',
    about: 'restored, and heartbeats are answered before the generation is raised',
    bounds: RESTORED,
  },
  {
    name: 'REVISION_NOT_RAISED',
    isLong: true,
    about: 'restored, and a push from before still counts as new',
    bounds: { ...RESTORED, MESSAGES: 2, CHANGES: 4 },
  },
  {
    name: 'INCARNATION_REUSED',
    isLong: true,
    about: 'restored, and two processes get the same incarnation',
    bounds: { ...RESTORED, PROCESSES: 3, REGISTRATIONS: 1, CHANGES: 2 },
  },
  {
    name: 'STEPS_END_WAITS',
    about:
      'a step of the database clock during the quarantine: a limit of the protocol, not a mistake',
    bounds: { ...RESTORED, CLOCK_STEPS: 1 },
  },
  {
    name: 'STALE_ANSWERS_ONLY',
    isLong: true,
    about: 'older revisions accepted, with tombstones: these alone are enough',
    with: ['STALE_ANSWERS_ACCEPTED'],
    bounds: SMALL,
    survives: true,
  },
  {
    name: 'TAKEN_OVER_NOT_FENCED',
    about: 'a lease that was taken over is renewed: the instance has stopped by itself',
    bounds: SMALL,
    survives: true,
  },
];
