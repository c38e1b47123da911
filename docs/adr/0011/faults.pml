/* What may happen at any time, as often as the bounds allow. */

/* A process dies and is started again: it remembers nothing, and no answer reaches it. */
inline restartProcess(p) {
  incarnation[p] = 0;
  left[p] = 0;
  seen[p] = 0;
  resync[p] = NO_RESYNC;
  boot[p] = 1;
  for (k : 0 .. STREAMS - 1) {
    live[SLOT(p, k)] = 0;
    isStopping[SLOT(p, k)] = 0;
    isLapsed[SLOT(p, k)] = 0;
    awaited[SLOT(p, k)] = 0;
    next[SLOT(p, k)] = 0;
    nextWait[SLOT(p, k)] = 0;
    buried[SLOT(p, k)] = 0
  }
  for (j : 0 .. MESSAGES - 1) {
    if
    :: kind[j] != NOTHING && kind[j] != RUNNING_LIST && addressee[j] == p -> clearMessage(j)
    :: else
    fi
  }
}

/* It remembers no renewal, so that the next reading is its first. */
inline restartBalancer(b) {
  for (k : 0 .. SERVERS - 1) {
#ifdef TAKEOVER_BY_OWN_CLOCK
    unrenewed[WATCH(b, k)] = TTL;
    isNews[WATCH(b, k)] = 0
#else
    unrenewed[WATCH(b, k)] = 0;
#ifdef READINGS
    isNews[WATCH(b, k)] = 1
#endif
#endif
  }
#ifdef QUARANTINE_IN_MEMORY
  quarantine = 0
#endif
}

/* Every lease is over by the database's clock. */
inline stepClock() {
  db.left[0] = 0;
  db.left[1] = 0;
#ifdef STEPS_END_WAITS
  quarantine = 0;
  for (k : 0 .. STREAMS - 1) {
    db.wait[k] = 0
  }
#endif
}

inline copyDatabase(from, to) {
  for (k : 0 .. SERVERS - 1) {
    to.incarnation[k] = from.incarnation[k];
    to.fenced[k] = from.fenced[k];
    to.left[k] = from.left[k]
  }
  for (k : 0 .. STREAMS - 1) {
    to.owner[k] = from.owner[k];
    to.ownerIncarnation[k] = from.ownerIncarnation[k];
    to.epoch[k] = from.epoch[k];
    to.status[k] = from.status[k];
    to.revision[k] = from.revision[k];
    to.wait[k] = from.wait[k];
    to.move[k] = from.move[k];
    to.target[k] = from.target[k]
  }
  to.fleetRevision = from.fleetRevision
}

/* While it was away nobody could read it: every balancer watches afresh. */
inline restoreDatabase() {
  copyDatabase(copied, db);
  clearCopy();
  isForeign = 1;
  for (k : 0 .. BALANCERS * SERVERS - 1) {
    unrenewed[k] = 0;
#ifdef READINGS
    isNews[k] = 1
#endif
  }
}

inline clearCopy() {
  hasCopy = 0;
  for (k : 0 .. SERVERS - 1) {
    copied.incarnation[k] = 0;
    copied.fenced[k] = 0;
    copied.left[k] = 0
  }
  for (k : 0 .. STREAMS - 1) {
    copied.owner[k] = 0;
    copied.ownerIncarnation[k] = 0;
    copied.epoch[k] = 0;
    copied.status[k] = 0;
    copied.revision[k] = 0;
    copied.wait[k] = 0;
    copied.move[k] = 0;
    copied.target[k] = 0
  }
  copied.fleetRevision = 0
}

/* One tick: each clock goes on, also those of processes that take no step. */
inline tick() {
  quarantine = LESS_ONE(quarantine);
  for (k : 0 .. SERVERS - 1) {
    db.left[k] = LESS_ONE(db.left[k]);
    copied.left[k] = LESS_ONE(copied.left[k])
  }
  for (k : 0 .. STREAMS - 1) {
    db.wait[k] = LESS_ONE(db.wait[k]);
    copied.wait[k] = LESS_ONE(copied.wait[k])
  }
  for (k : 0 .. PROCESSES - 1) {
    left[k] = LESS_ONE(left[k])
  }
  for (k : 0 .. PROCESSES * STREAMS - 1) {
    nextWait[k] = LESS_ONE(nextWait[k])
  }
  for (k : 0 .. MESSAGES - 1) {
    if
    :: (kind[k] == CHANGES_OF_LEASE || kind[k] == REGISTERED) && age[k] < TTL -> age[k]++
    :: else
    fi
  }
  for (k : 0 .. BALANCERS * SERVERS - 1) {
    if
#ifdef RENEWALS_NOT_COMPARED
    :: unrenewed[k] < TTL -> unrenewed[k]++
#else
    :: !isNews[k] && unrenewed[k] < TTL -> unrenewed[k]++
#endif
    :: else
    fi
  }
}
