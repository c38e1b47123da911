/* Who takes which step, when it may. Each step is one line of a history. */
/* What process p does with message m; every message may come again. */
#define READ(m) \
  :: d_step { GOES_ON && IS_FOR(m, CHANGES_OF_LEASE, p) && incarnation[p] == ofIncarnation[m] -> \
    onLeaseAnswer(m, p); DONE } \
  :: d_step { GOES_ON && IS_FOR(m, REGISTERED, p) && incarnation[p] == 0 -> \
    onRegistered(m, p); DONE } \
  :: d_step { GOES_ON && IS_FOR(m, RESYNCED, p) && incarnation[p] == ofIncarnation[m] && \
    resync[p] == UNDER_WAY -> onResynced(m, p); DONE } \
  :: d_step { GOES_ON && IS_FOR(m, RUNNING_LIST, p) && IS_LIVE(SERVER_OF(p), ofIncarnation[m]) && \
    MAY_CHANGE && MAY_GRANT_ALL -> applyRunningList(m, SERVER_OF(p)); DONE } \
  :: d_step { GOES_ON && kind[m] != NOTHING && addressee[m] == p -> clearMessage(m); DONE }

/* What process p does with stream s. */
#define RUN_STREAM(s) \
  :: d_step { GOES_ON && MAY_START(p, s) -> start(p, s); DONE } \
  :: d_step { GOES_ON && isStopping[SLOT(p, s)] -> handlerStopped(p, s); DONE } \
  :: d_step { GOES_ON && MAY_CHANGE && MAY_GRANT(s) && IS_ACK_CURRENT(p, s) -> \
    applyStopped(s); DONE } \
  :: d_step { GOES_ON && IS_RUNNING_NEWS(p, s) -> applyRunning(s); DONE }

proctype Instance(byte p) {
end:
  do
  :: d_step { IS_ANSWERABLE(p) -> heartbeat(p); DONE }
  :: d_step { GOES_ON && IS_MEMBER(p) && MAY_ANSWER_HEARTBEATS && db.left[SERVER_OF(p)] < TTL ->
    renewLate(SERVER_OF(p)); DONE }
  :: d_step { GOES_ON && HAS_ROOM && IS_MEMBER(p) && HAS_ANY_NEWS(p) -> push(p); DONE }
  READ(0)
#if MESSAGES > 1
  READ(1)
#endif
#if MESSAGES > 2
  READ(2)
#endif
  RUN_STREAM(0)
#if STREAMS > 1
  RUN_STREAM(1)
#endif
  :: d_step { GOES_ON && left[p] == 0 -> loseLeaseWhenOver(p); DONE }
  :: d_step { GOES_ON && incarnation[p] > 0 && db.incarnation[SERVER_OF(p)] > 0 && !IS_MEMBER(p) ->
    onFenced(p); DONE }
  :: d_step { GOES_ON && incarnation[p] > 0 && db.incarnation[SERVER_OF(p)] == 0 ->
    becomeOutside(p); DONE }
  :: d_step { GOES_ON && incarnation[p] == 0 && HAS_ROOM && MAY_CHANGE && MAY_GRANT_ALL &&
    MAY_REGISTER(SERVER_OF(p)) -> register(p, 0); DONE }
  :: d_step { GOES_ON && incarnation[p] == 0 && HAS_ROOM && MAY_CHANGE && MAY_GRANT_ALL &&
    MAY_REGISTER(SERVER_OF(p)) && boot[p] == 1 && IS_ALONE(p) -> register(p, 1); DONE }
  :: d_step { GOES_ON && HAS_ROOM && resync[p] == WANTED && left[p] > 0 && !IS_ANY_STOPPING(p) ->
    sendRunningList(p); DONE }
  :: d_step { GOES_ON && resync[p] == UNDER_WAY -> resync[p] = WANTED; DONE }
  :: d_step { GOES_ON && restartsLeft > 0 && boot[p] == 0 ->
    restartsLeft--; restartProcess(p); DONE }
  od
}

/* What balancer b does: it reads all leases at once, and takes servers over one by one. */
#define WATCH_LEASE(server) \
  :: d_step { GOES_ON && MAY_CHANGE && IS_TAKEOVER_PROVEN(b, server) -> takeOver(server); DONE }
proctype Balancer(byte b) {
end:
  do
#ifdef READINGS
  :: d_step { GOES_ON && (isNews[WATCH(b, 0)] || isNews[WATCH(b, 1)]) -> readLeases(b); DONE }
#endif
  WATCH_LEASE(0)
  WATCH_LEASE(1)
  :: d_step { GOES_ON && balancerRestartsLeft > 0 ->
    balancerRestartsLeft--; restartBalancer(b); DONE }
  od
}

/* Placements and moves are the same whichever balancer applies them: each is one transaction. */
#define PLACE(s, server) \
  :: d_step { GOES_ON && MAY_CHANGE && MAY_GRANT(s) && db.move[s] == NO_MOVE && \
    MAY_TAKE(s, server) -> grant(s, server); DONE } \
  :: d_step { GOES_ON && movesLeft > 0 && MAY_CHANGE && MAY_MOVE(s, server) -> \
    movesLeft--; db.move[s] = PREPARING; db.target[s] = server; DONE }
#define MOVE(s) \
  :: d_step { GOES_ON && MAY_CHANGE && db.move[s] == PREPARING && db.owner[s] != NOBODY && \
    db.status[s] != STOPPING -> stopOwner(s); DONE } \
  :: d_step { GOES_ON && db.move[s] != NO_MOVE -> db.move[s] = NO_MOVE; db.target[s] = 0; DONE } \
  :: d_step { GOES_ON && MAY_CHANGE && db.move[s] == HANDING_OVER && db.owner[s] != NOBODY -> \
    rollBack(s); DONE }
proctype Rounds() {
end:
  do
  PLACE(0, 0)
  PLACE(0, 1)
  MOVE(0)
#if STREAMS > 1
  PLACE(1, 0)
  PLACE(1, 1)
  MOVE(1)
#endif
  :: d_step { GOES_ON && isForeign -> raiseGeneration(); DONE }
  od
}

proctype World() {
end:
  do
  :: d_step { GOES_ON -> tick(); DONE }
#if CLOCK_STEPS > 0
  :: d_step { GOES_ON && clockStepsLeft > 0 -> clockStepsLeft--; stepClock(); DONE }
#endif
#if RESTORES > 0
  :: d_step { GOES_ON && restoresLeft > 0 && !hasCopy ->
    copyDatabase(db, copied); hasCopy = 1; DONE }
  :: d_step { GOES_ON && restoresLeft > 0 && hasCopy -> restoresLeft--; restoreDatabase(); DONE }
#endif
  od
}

init {
  /*
   * In the beginning both servers are registered, and A has every stream: it runs them all, or it
   * was just granted them and has not heard of it; or nobody has any.
   */
  d_step {
    for (i : 0 .. 1) {
      db.incarnation[i] = 1;
      db.left[i] = TTL;
      incarnation[i] = 1;
      left[i] = TTL;
      seen[i] = 1
    }
    db.fleetRevision = 1;
    for (i : 0 .. STREAMS - 1) {
      db.owner[i] = 1;
      db.ownerIncarnation[i] = 1;
      db.epoch[i] = 1;
      db.status[i] = RUNNING;
      db.revision[i] = 1;
      live[SLOT(0, i)] = 1;
      newestStarted[i] = 1
    }
    DONE
  }
  if
  :: d_step {
      for (i : 0 .. STREAMS - 1) {
        db.status[i] = STARTING;
        live[SLOT(0, i)] = 0;
        newestStarted[i] = 0
      }
      seen[0] = 0;
      DONE
    }
  :: d_step {
      for (i : 0 .. STREAMS - 1) {
        db.owner[i] = NOBODY;
        db.ownerIncarnation[i] = 0;
        db.status[i] = UNASSIGNED;
        live[SLOT(0, i)] = 0
      }
      DONE
    }
  :: skip
  fi;
  atomic {
    run Instance(0);
    run Instance(1);
#if PROCESSES > 2
    run Instance(2);
#endif
    run Balancer(0);
#if BALANCERS > 1
    run Balancer(1);
#endif
    run Rounds();
#ifdef HEALING
    run Healing();
#endif
    run World()
  }
}
