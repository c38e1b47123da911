/* Every request and every step of a round, each one transaction. */

/* renewLeases, then readDeliveries */
inline heartbeat(p) {
  db.left[SERVER_OF(p)] = TTL;
  noteRenewal(SERVER_OF(p));
  newMessage(CHANGES_OF_LEASE, p, incarnation[p]);
  writeLines(n, SERVER_OF(p), incarnation[p], seen[p]);
  compareDigests(n, p)
}

/* A heartbeat that was on its way for a lease or longer, or is a copy: its answer says nothing. */
inline renewLate(server) {
  db.left[server] = TTL;
  noteRenewal(server)
}

/* The watch, or what an answer to a heartbeat brings whose lease is over. */
inline push(p) {
  newMessage(CHANGES_OF_LEASE, p, incarnation[p]);
  age[n] = TTL;
  writeLines(n, SERVER_OF(p), incarnation[p], seen[p])
}

/* registerInstance, for process p. Ticks that the earlier incarnation may go on are in was. */
inline register(p, isVouched) {
  loseLeaseWhenOver(p);
  was = 0;
  if
  :: db.incarnation[SERVER_OF(p)] > 0 && !db.fenced[SERVER_OF(p)] && !isVouched ->
#ifdef WAIT_BY_DATABASE_CLOCK
    was = db.left[SERVER_OF(p)]
#else
    was = TTL
#endif
  :: else
  fi;
  db.incarnation[SERVER_OF(p)] = NEXT_INCARNATION(db.incarnation[SERVER_OF(p)]);
  db.fenced[SERVER_OF(p)] = 0;
  db.left[SERVER_OF(p)] = TTL;
  noteRenewal(SERVER_OF(p));
  for (j : 0 .. STREAMS - 1) {
    if
    :: IS_OWNED_BY(j, SERVER_OF(p)) -> adopt(p, j, was)
    :: else
    fi;
    abortMovesOf(j, SERVER_OF(p))
  }
  newMessage(REGISTERED, p, db.incarnation[SERVER_OF(p)]);
  writeLines(n, SERVER_OF(p), db.incarnation[SERVER_OF(p)], 0)
}

/* decideRegistration: kept, released or granted anew */
inline adopt(p, s, ticks) {
  if
  :: live[SLOT(p, s)] == db.epoch[s] && !isStopping[SLOT(p, s)] ->
    db.ownerIncarnation[s] = db.incarnation[SERVER_OF(p)];
    raiseRevision(s)
  :: else ->
    if
    :: db.status[s] == STOPPING ->
      release(s);
      db.wait[s] = MAX(db.wait[s], ticks)
    :: else -> regrant(s, db.incarnation[SERVER_OF(p)], ticks)
    fi
  fi
}

/* applyAcks: "stopped"; refused unless epoch, owner and incarnation are the current ones */
#define IS_ACK_CURRENT(p, s) (ackEpoch[SLOT(p, s)] > 0 && ackEpoch[SLOT(p, s)] == db.epoch[s] && \
  IS_OWNED_BY(s, SERVER_OF(p)) && db.ownerIncarnation[s] == ackIncarnation[SLOT(p, s)] && \
  IS_LIVE(SERVER_OF(p), ackIncarnation[SLOT(p, s)]))
inline applyStopped(s) {
  release(s);
  handOver(s)
}

/* applyAcks: "running" */
#define IS_RUNNING_NEWS(p, s) (live[SLOT(p, s)] > 0 && live[SLOT(p, s)] == db.epoch[s] && \
  IS_OWNED_BY(s, SERVER_OF(p)) && db.ownerIncarnation[s] == incarnation[p] && \
  IS_LIVE(SERVER_OF(p), incarnation[p]) && db.status[s] == STARTING)
inline applyRunning(s) {
  db.status[s] = RUNNING;
  db.wait[s] = 0
}

/* The instance lists what it runs, and accepts nothing until that is answered. */
inline sendRunningList(p) {
  newMessage(RUNNING_LIST, p, incarnation[p]);
  atRevision[n] = seen[p];
  for (o : 0 .. STREAMS - 1) {
    lineEpoch[LINE(n, o)] = RUNNING_EPOCH(p, o)
  }
  resync[p] = UNDER_WAY
}

/*
 * resyncInstance: what is owned and not listed was stopped for good, if the list can know of it. The
 * message becomes the answer.
 */
#ifdef LIST_WITHOUT_REVISION
#define KNOWS_OF(m, s) 1
#else
#define KNOWS_OF(m, s) (db.revision[s] <= atRevision[m])
#endif
inline applyRunningList(m, server) {
  for (j : 0 .. STREAMS - 1) {
    was = lineEpoch[LINE(m, j)];
    lineEpoch[LINE(m, j)] = 0;
    if
    :: was > 0 && !(IS_OWNED_BY(j, server) && db.epoch[j] == was && db.status[j] != STOPPING) ->
      lineDesired[LINE(m, j)] = STOP;
      lineEpoch[LINE(m, j)] = was
    :: else
    fi;
    if
    :: IS_OWNED_BY(j, server) && db.epoch[j] != was && KNOWS_OF(m, j) ->
      if
      :: db.status[j] == STOPPING -> applyStopped(j)
      :: else ->
        regrant(j, ofIncarnation[m], 0);
        lineDesired[LINE(m, j)] = RUN;
        lineEpoch[LINE(m, j)] = db.epoch[j];
        lineWait[LINE(m, j)] = db.wait[j]
      fi
    :: else
    fi
  }
  kind[m] = RESYNCED;
  atRevision[m] = 0
}

/* observeLeases and LeaseObserver.observe: what was renewed is counted afresh */
inline readLeases(b) {
  for (o : 0 .. SERVERS - 1) {
    if
    :: isNews[WATCH(b, o)] ->
      isNews[WATCH(b, o)] = 0;
      unrenewed[WATCH(b, o)] = 0
    :: else
    fi
  }
}

/* takeOverInstances: two proofs, and not one renewal more than was seen */
#ifdef TAKEOVER_BY_DATABASE_CLOCK
#define IS_UNRENEWED(b, server) 1
#elif defined(RENEWALS_NOT_COMPARED)
#define IS_UNRENEWED(b, server) (unrenewed[WATCH(b, server)] == TTL)
#else
#define IS_UNRENEWED(b, server) (unrenewed[WATCH(b, server)] == TTL && !isNews[WATCH(b, server)])
#endif
#ifdef TAKEOVER_BY_OWN_CLOCK
#define IS_EXPIRED(server) 1
#else
#define IS_EXPIRED(server) (db.left[server] == 0)
#endif
#define IS_TAKEOVER_PROVEN(b, server) (db.incarnation[server] > 0 && !db.fenced[server] && \
  IS_EXPIRED(server) && IS_UNRENEWED(b, server))
inline takeOver(server) {
#ifndef TAKEN_OVER_NOT_FENCED
  db.fenced[server] = 1;
#endif
  db.left[server] = 0;
  for (j : 0 .. STREAMS - 1) {
    abortMovesOf(j, server);
    if
    :: IS_OWNED_BY(j, server) -> release(j)
    :: else
    fi
  }
}

/* startMoves: the target warms up first; when it is ready, the owner is told to stop */
#define MAY_MOVE(s, to) (db.owner[s] != NOBODY && !IS_OWNED_BY(s, to) && db.move[s] == NO_MOVE && \
  (db.status[s] == STARTING || db.status[s] == RUNNING) && HAS_LEASE(to))
inline stopOwner(s) {
  db.move[s] = HANDING_OVER;
  db.status[s] = STOPPING;
  raiseRevision(s)
}

/* abortMoves: an owner that was told to stop and has not said so runs on, under its epoch */
inline rollBack(s) {
  db.move[s] = NO_MOVE;
  db.target[s] = 0;
  db.status[s] = (db.wait[s] > 0 -> STARTING : RUNNING);
  raiseRevision(s)
}

/* guardGeneration, in the first change of ownership after the database came back */
inline raiseGeneration() {
  isForeign = 0;
  quarantine = TTL;
#ifndef GENERATION_NOT_RAISED
  generation = 1;
#ifndef REVISION_NOT_RAISED
  db.fleetRevision = MAX(db.fleetRevision, REVISIONS_PER_GENERATION);
#endif
#endif
#ifndef UNSTARTED_NOT_HELD
  for (j : 0 .. STREAMS - 1) {
    if
    :: db.owner[j] != NOBODY && db.status[j] == STARTING -> regrant(j, db.ownerIncarnation[j], 0)
    :: else
    fi
  }
#endif
}
