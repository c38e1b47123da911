/* The machine of libs/worker-client: what one program does with what it hears. */

/* StreamTable.stopLive: told to stop; it has effects until its handler is done */
inline stopLive(p, s) {
  isStopping[SLOT(p, s)] = 1;
  buried[SLOT(p, s)] = MAX(buried[SLOT(p, s)], live[SLOT(p, s)])
}

inline dropNext(p, s) {
  next[SLOT(p, s)] = 0;
  nextWait[SLOT(p, s)] = 0
}

inline abandonNext(p, s) {
  buried[SLOT(p, s)] = MAX(buried[SLOT(p, s)], next[SLOT(p, s)]);
  dropNext(p, s)
}

/* maybeLoseLease: every event begins with it. Exclusive streams stop without a word. */
inline loseLeaseWhenOver(p) {
  if
  :: left[p] == 0 ->
    for (k : 0 .. STREAMS - 1) {
      if
      :: next[SLOT(p, k)] > 0 -> abandonNext(p, k)
      :: else
      fi;
      if
      :: live[SLOT(p, k)] > 0 ->
        stopLive(p, k);
        isLapsed[SLOT(p, k)] = 1
      :: else
      fi
    }
  :: else
  fi
}

/* Lease.renew: from the send time */
inline renewLease(p, sentAgo) {
  was = left[p];
#ifdef DEADLINE_FROM_RECEIPT
  left[p] = (sentAgo < TTL -> TTL : left[p]);
#else
  left[p] = MAX(left[p], TTL - sentAgo);
#endif
  if
  :: was == 0 && left[p] > 0 && resync[p] == NO_RESYNC -> resync[p] = WANTED
  :: else
  fi;
  assertOneHolder()
}

#ifdef NO_TOMBSTONE
#define IS_OLD(p, s, epoch) (live[SLOT(p, s)] > epoch || \
  (live[SLOT(p, s)] == epoch && !isStopping[SLOT(p, s)]))
#else
#define IS_OLD(p, s, epoch) (live[SLOT(p, s)] >= epoch || epoch <= buried[SLOT(p, s)])
#endif

/* StreamTable.acceptRun */
inline acceptRun(p, s, epoch, ticks) {
  if
  :: next[SLOT(p, s)] >= epoch || IS_OLD(p, s, epoch)
  :: else ->
    if
    :: next[SLOT(p, s)] > 0 -> abandonNext(p, s)
    :: else
    fi;
    next[SLOT(p, s)] = epoch;
    nextWait[SLOT(p, s)] = ticks;
    if
    :: live[SLOT(p, s)] > 0 && !isStopping[SLOT(p, s)] -> stopLive(p, s)
    :: else
    fi
  fi
}

inline acknowledgeStop(p, s, epoch) {
  ackEpoch[SLOT(p, s)] = epoch;
  ackIncarnation[SLOT(p, s)] = incarnation[p]
}

/* StreamTable.acceptStop */
inline acceptStop(p, s, epoch) {
  if
  :: next[SLOT(p, s)] > epoch || (next[SLOT(p, s)] == 0 && live[SLOT(p, s)] > epoch)
  :: else ->
    buried[SLOT(p, s)] = MAX(buried[SLOT(p, s)], epoch);
    if
    :: next[SLOT(p, s)] > 0 -> dropNext(p, s)
    :: else
    fi;
    if
    :: live[SLOT(p, s)] > 0 && live[SLOT(p, s)] <= epoch ->
      stopLive(p, s);
      awaited[SLOT(p, s)] = epoch;
#ifdef RELEASE_BEFORE_STOP
      acknowledgeStop(p, s, epoch)
#endif
    :: else -> acknowledgeStop(p, s, epoch)
    fi
  fi
}

/* The lines of message m, for its process p. */
inline acceptLines(m, p) {
  for (j : 0 .. STREAMS - 1) {
    if
    :: lineDesired[LINE(m, j)] == RUN ->
      acceptRun(p, j, lineEpoch[LINE(m, j)], lineWait[LINE(m, j)])
    :: lineDesired[LINE(m, j)] == STOP -> acceptStop(p, j, lineEpoch[LINE(m, j)])
    :: else
    fi
  }
}

/* RevisionGate.pass */
#ifdef STALE_ANSWERS_ACCEPTED
#define PASSES(p, revision) 1
#else
#define PASSES(p, revision) ((revision) >= seen[p])
#endif

/* Whatever else: not without a lease, and not while the database may be acting on a list. */
inline applyChanges(m, p) {
  if
  :: left[p] > 0 && resync[p] != UNDER_WAY && PASSES(p, atRevision[m]) ->
    seen[p] = atRevision[m];
    acceptLines(m, p)
  :: else
  fi
}

inline onLeaseAnswer(m, p) {
  loseLeaseWhenOver(p);
  renewLease(p, age[m]);
  applyChanges(m, p);
  if
  :: saysResync[m] && left[p] > 0 && resync[p] == NO_RESYNC -> resync[p] = WANTED
  :: else
  fi
}

/* stopUnlisted: a registration is answered with everything that is this instance's */
inline stopUnlisted(m, p) {
  for (j : 0 .. STREAMS - 1) {
    if
    :: next[SLOT(p, j)] > 0 &&
      (lineDesired[LINE(m, j)] == 0 || lineEpoch[LINE(m, j)] != next[SLOT(p, j)]) ->
      abandonNext(p, j)
    :: else
    fi;
    if
    :: live[SLOT(p, j)] > 0 && !isStopping[SLOT(p, j)] &&
      (lineDesired[LINE(m, j)] == 0 || lineEpoch[LINE(m, j)] != live[SLOT(p, j)]) -> stopLive(p, j)
    :: else
    fi
  }
}

inline onRegistered(m, p) {
  loseLeaseWhenOver(p);
  incarnation[p] = ofIncarnation[m];
  seen[p] = 0;
  renewLease(p, age[m]);
  resync[p] = NO_RESYNC;
  stopUnlisted(m, p);
  applyChanges(m, p)
}

inline onResynced(m, p) {
  loseLeaseWhenOver(p);
  if
  :: left[p] == 0 -> resync[p] = WANTED
  :: else ->
    resync[p] = NO_RESYNC;
    acceptLines(m, p)
  fi
}

/* The incarnation is over: 409, or 404 when the database never heard of it. */
inline becomeOutside(p) {
  incarnation[p] = 0;
  seen[p] = 0;
  resync[p] = NO_RESYNC
}

inline onFenced(p) {
  left[p] = 0;
  loseLeaseWhenOver(p);
  becomeOutside(p)
}

/* maybeStart */
#define MAY_START(p, s) (next[SLOT(p, s)] > 0 && live[SLOT(p, s)] == 0 && \
  nextWait[SLOT(p, s)] == 0 && left[p] > 0)
inline start(p, s) {
  assert(next[SLOT(p, s)] > buried[SLOT(p, s)]);
  live[SLOT(p, s)] = next[SLOT(p, s)];
  dropNext(p, s);
  assert(live[SLOT(p, s)] >= newestStarted[s]);
  assert(live[SLOT(p, s)] > newestStarted[s] || startedBy[s] == NAME_OF(p));
  newestStarted[s] = live[SLOT(p, s)];
  startedBy[s] = NAME_OF(p);
  assertOneHolder()
}

/* The handler is done: no effect of this epoch is possible any more. */
inline handlerStopped(p, s) {
  if
  :: awaited[SLOT(p, s)] > 0 && incarnation[p] > 0 -> acknowledgeStop(p, s, awaited[SLOT(p, s)])
  :: else
  fi;
  awaited[SLOT(p, s)] = 0;
  live[SLOT(p, s)] = 0;
  isStopping[SLOT(p, s)] = 0;
  isLapsed[SLOT(p, s)] = 0
}

#define RUNNING_EPOCH(p, s) \
  (next[SLOT(p, s)] > 0 -> next[SLOT(p, s)] : (isStopping[SLOT(p, s)] -> 0 : live[SLOT(p, s)]))
