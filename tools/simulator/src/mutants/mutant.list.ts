import type { Mutant, Replacement } from './mutant';

const machine = 'libs/worker-client/dist/machine';
const ownership = 'libs/database/dist/ownership';
const foundation = 'libs/database/dist/migrations/1764000000000-foundation.js';
const rules = 'libs/database/dist/migrations/1764000002000-ownership.js';
const guard = 'libs/database/dist/connection/generation.guard.js';
const sink = 'tools/simulator/dist/world/fenced.sink.js';
const host = 'tools/simulator/dist/world/stream.host.js';

const anyRevision: Replacement = {
  file: `${machine}/revision.gate.js`,
  find: 'revision < this.seen ||',
  replace: '',
};
const noTombstone: Replacement = {
  file: `${machine}/tombstone.table.js`,
  find: 'return epoch <= (this.epochs.get(streamId) ?? -1);',
  replace: 'return false;',
};
const noDatabaseProof: Replacement = {
  file: `${ownership}/takeover.repository.js`,
  find: ' and l.lease_expires_at <= weir_now()',
  replace: '',
};
const anyEpoch: Replacement = {
  file: rules,
  find: 'when (new.epoch < old.epoch or (new.epoch = old.epoch and new.server_id is not null',
  replace: 'when (false and (new.epoch = old.epoch and new.server_id is not null',
};

/** The variants of reliability.md, section 7.2, all but the first row. */
const FROM_THE_MODEL: readonly Mutant[] = [
  {
    name: 'renewal-frees-streams',
    about: 'an expired lease that is renewed gives its streams away',
    seedsMax: 100,
    replacements: [
      {
        file: `${ownership}/lease.repository.js`,
        find: '        const renewed = new Map();',
        replace: `        const renewed = new Map();
        await sql.query(\`update assignments a set server_id = null, incarnation = null,
          status = 'unassigned', revision = f.revision + 1
          from instance_leases l, fleet_revisions f
          where l.fleet_id = a.fleet_id and f.fleet_id = a.fleet_id and l.server_id = a.server_id
            and l.lease_expires_at <= weir_now()\`);`,
      },
    ],
  },
  {
    name: 'quarantine-in-memory',
    about: 'what a restored database may not grant is known to the one process that found it out',
    seedsMax: 400,
    replacements: [
      {
        file: `${ownership}/ownership.transaction.js`,
        find: 'this.quarantineUntil = found.quarantineUntil;',
        replace: `this.quarantineUntil = performance.now() % 2 < 1 ? found.quarantineUntil : null;`,
      },
    ],
  },
  {
    name: 'send-order-without-tombstones',
    about: 'answers count in any order, and a stopped epoch may start again',
    seedsMax: 3_000,
    replacements: [anyRevision, noTombstone],
  },
  {
    name: 'deadline-from-receipt',
    about: 'the lease counts from when the answer came',
    seedsMax: 400,
    replacements: [
      {
        file: `${machine}/lease.js`,
        find: 'Math.max(this.deadline, sentAtMs +',
        replace: 'Math.max(this.deadline, nowMs +',
      },
    ],
  },
  {
    name: 'stale-answers',
    about: 'an answer with an older revision is applied',
    seedsMax: undefined,
    why: 'tombstones and epochs refuse the same starts: one half of a pair',
    replacements: [anyRevision],
  },
  {
    name: 'no-self-fencing',
    about: 'an instance does not stop when its lease ends',
    seedsMax: 60,
    replacements: [
      {
        file: `${machine}/lease.js`,
        find: "if (this.state !== 'held' || nowMs < this.deadline)\n            return false;",
        replace: 'if (nowMs < Number.POSITIVE_INFINITY) return false;',
      },
      {
        file: 'libs/worker-client/dist/driver/client.driver.js',
        find: 'return !this.watchdog.hasFired && this.runtime.nowMs() < this.leaseDeadlineMs;',
        replace: 'return true;',
      },
    ],
  },
  {
    name: 'takeover-after-one-heartbeat',
    about: 'one missed heartbeat is a lost instance',
    seedsMax: 60,
    replacements: [
      {
        file: 'libs/domain/dist/lease.js',
        find: 'evidence.expiredByDatabase && evidence.unrenewedForMs >= evidence.leaseTtlMs',
        replace: 'evidence.unrenewedForMs >= evidence.leaseTtlMs * 0.45',
      },
      noDatabaseProof,
    ],
  },
  {
    name: 'database-clock-alone',
    about: 'a lease that is over by the database clock is a lost instance',
    seedsMax: 200,
    replacements: [
      {
        file: 'libs/domain/dist/lease.js',
        find: 'evidence.expiredByDatabase && evidence.unrenewedForMs >= evidence.leaseTtlMs',
        replace: 'evidence.expiredByDatabase',
      },
    ],
  },
  {
    name: 'epoch-not-raised',
    about: 'another owner gets the same epoch, and the schema lets it',
    seedsMax: 20,
    replacements: [
      {
        file: foundation,
        find: 'select greatest(last_epoch, generation::bigint << 40) + 1',
        replace: 'select greatest(last_epoch, generation::bigint << 40, 1)',
      },
      anyEpoch,
    ],
  },
  {
    name: 'no-generation',
    about: 'a restored database goes on as if it were the old one',
    seedsMax: 300,
    replacements: [
      {
        file: guard,
        find: '(k.system_identifier = s.system_identifier::text',
        replace: '(true or k.system_identifier = s.system_identifier::text',
      },
    ],
  },
  {
    name: 'no-quarantine',
    about: 'a restored database grants at once',
    seedsMax: 400,
    replacements: [
      {
        file: guard,
        find: "quarantine_until = weir_now() + interval '1 millisecond' * (",
        replace: "quarantine_until = weir_now() + interval '0 millisecond' * (",
      },
    ],
  },
  {
    name: 'sink-without-fence',
    about: 'effects are on their way for up to 5 s, and the sink takes every epoch',
    seedsMax: 60,
    replacements: [{ file: sink, find: 'return epoch < known.epoch;', replace: 'return false;' }],
  },
  {
    name: 'release-before-drain',
    about: 'a stream counts as stopped while an effect of it is on its way',
    seedsMax: 200,
    replacements: [
      {
        file: host,
        find: 'await held.underWay;',
        replace: 'held.position += held.underWay ? 1 : 0;',
      },
    ],
  },
  {
    name: 'no-tombstones',
    about: 'a stopped epoch may start again',
    seedsMax: undefined,
    why: 'revisions keep old answers out: the other half of the pair',
    replacements: [noTombstone],
  },
];

/** More ways to break the rules of reliability.md, section 5, and of protocol.md. */
const OF_OUR_OWN: readonly Mutant[] = [
  {
    name: 'old-epoch-acknowledged',
    about: 'an acknowledgement of an old epoch counts',
    seedsMax: 400,
    replacements: [
      {
        file: `${ownership}/acknowledgement.decision.js`,
        find: 'assignment.epoch === ack.epoch &&',
        replace: '',
      },
    ],
  },
  {
    name: 'fenced-release',
    about: 'an incarnation that is over gives streams back',
    seedsMax: 400,
    replacements: [
      {
        file: `${ownership}/acknowledgement.decision.js`,
        find: ' &&\n        assignment.incarnation === sender.incarnation',
        replace: '',
      },
      {
        file: `${ownership}/acknowledgement.decision.js`,
        find: 'assignment.epoch === ack.epoch &&',
        replace: '',
      },
      {
        file: `${ownership}/acknowledgement.repository.js`,
        find: "if (state === 'fenced') {",
        replace: 'if (false) {',
      },
    ],
  },
  {
    name: 'fence-forgotten',
    about: 'a takeover does not end the incarnation',
    seedsMax: 200,
    replacements: [
      {
        file: `${ownership}/takeover.repository.js`,
        find: 'update instance_leases l set fenced = true',
        replace: 'update instance_leases l set fenced = false',
      },
    ],
  },
  {
    name: 'not-before-ignored',
    about: 'an instance starts at once what it was told to wait with',
    seedsMax: 400,
    replacements: [
      {
        file: `${machine}/stream.table.js`,
        find: 'nowMs + (assignment.notBeforeMs ?? 0)',
        replace: 'nowMs',
      },
    ],
  },
  {
    name: 'regrant-without-wait',
    about: 'a second registration does not wait for the lease of the first',
    seedsMax: 400,
    replacements: [
      {
        file: `${ownership}/registration.repository.js`,
        find: 'const oldLeaseExpiresAt = isOldGone ? null : former.mayRunUntil;',
        replace: 'const oldLeaseExpiresAt = null;',
      },
    ],
  },
  {
    name: 'checkpoint-dropped',
    about: 'the checkpoint of the last owner is not kept',
    seedsMax: 40,
    replacements: [
      {
        file: `${ownership}/release.js`,
        find: 'checkpoint = coalesce(r.checkpoint, a.checkpoint)',
        replace: 'checkpoint = a.checkpoint',
      },
    ],
  },
  {
    name: 'room-not-counted',
    about: 'grants do not look at the room of an instance',
    seedsMax: 400,
    replacements: [
      {
        file: `${ownership}/grant.js`,
        find: '(w.has_end or w.rank <= t.free)',
        replace: 'true',
      },
    ],
  },
  {
    name: 'resync-keeps-stopping',
    about: 'a resync does not give back what an instance has stopped',
    seedsMax: 300,
    replacements: [
      {
        file: `${ownership}/resync.decision.js`,
        find: 'release: stopped.filter((entry) => !isRegrantable(entry)).map(',
        replace: 'release: [].map(',
      },
    ],
  },
  {
    name: 'renewal-overlooked',
    about: 'a takeover overlooks a renewal that came after its evidence',
    seedsMax: undefined,
    why: 'a renewed lease is not over by the database clock: one half of a pair',
    replacements: [
      {
        file: `${ownership}/takeover.repository.js`,
        find: 'and l.renewals = c.renewals ',
        replace: '',
      },
    ],
  },
];

export const MUTANTS: readonly Mutant[] = [...FROM_THE_MODEL, ...OF_OUR_OWN];
