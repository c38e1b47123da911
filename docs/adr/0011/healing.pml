/*
 * From here on no fault: everybody takes every step that is due, in a fixed fair order. Within
 * HEALING_ROUNDS every stream must have an owner that runs it, and the owner must be the one that
 * the database knows. Tried from every state that a history can reach.
 */
#define HEALING_ROUNDS (6 * TTL + 4)
byte round;
byte s;

inline healProcess(p) {
  loseLeaseWhenOver(p);
  for (s : 0 .. STREAMS - 1) {
    if
    :: isStopping[SLOT(p, s)] -> handlerStopped(p, s)
    :: else
    fi;
    if
    :: IS_ACK_CURRENT(p, s) -> applyStopped(s)
    :: else
    fi
  }
  if
  :: incarnation[p] > 0 && db.incarnation[SERVER_OF(p)] == 0 -> becomeOutside(p)
  :: incarnation[p] > 0 && db.incarnation[SERVER_OF(p)] > 0 && !IS_MEMBER(p) -> onFenced(p)
  :: else
  fi;
  if
  :: incarnation[p] == 0 ->
    register(p, 0);
    onRegistered(n, p)
  :: else ->
    heartbeat(p);
    onLeaseAnswer(n, p)
  fi;
  clearMessage(n);
  if
  :: resync[p] != NO_RESYNC && left[p] > 0 && !IS_ANY_STOPPING(p) ->
    sendRunningList(p);
    applyRunningList(n, SERVER_OF(p));
    onResynced(n, p);
    clearMessage(n)
  :: else
  fi;
  for (s : 0 .. STREAMS - 1) {
    if
    :: MAY_START(p, s) -> start(p, s)
    :: else
    fi;
    if
    :: IS_RUNNING_NEWS(p, s) -> applyRunning(s)
    :: else
    fi
  }
}

inline healServer(server) {
  if
  :: IS_TAKEOVER_PROVEN(0, server) -> takeOver(server)
  :: else
  fi;
  for (s : 0 .. STREAMS - 1) {
    if
    :: MAY_TAKE(s, server) -> grant(s, server)
    :: else
    fi
  }
}

#define IS_RUN_BY(s, p) (HOLDS(p, s) && live[SLOT(p, s)] == db.epoch[s] && \
  IS_OWNED_BY(s, SERVER_OF(p)) && db.ownerIncarnation[s] == incarnation[p] && \
  db.status[s] == RUNNING && !isStopping[SLOT(p, s)])

/* All healed histories end in one state. */
inline forgetEverything() {
  clearCopy();
  copyDatabase(copied, db);
  restartProcess(0);
  restartProcess(1);
#if PROCESSES > 2
  restartProcess(2);
#endif
  for (k : 0 .. PROCESSES - 1) {
    boot[k] = 0
  }
  for (k : 0 .. PROCESSES * STREAMS - 1) {
    ackEpoch[k] = 0;
    ackIncarnation[k] = 0
  }
  for (k : 0 .. STREAMS - 1) {
    newestStarted[k] = 0;
    startedBy[k] = 0
  }
  for (k : 0 .. BALANCERS * SERVERS - 1) {
    unrenewed[k] = 0;
    isNews[k] = 0
  }
  quarantine = 0;
  generation = 0;
  restartsLeft = 0;
  balancerRestartsLeft = 0;
  clockStepsLeft = 0;
  restoresLeft = 0;
  movesLeft = 0;
  round = 0;
  s = 0;
  isOver = 1
}

/* The last of several programs of one server goes; moves come to their deadlines. */
inline beginHealing() {
  for (j : 0 .. MESSAGES - 1) {
    clearMessage(j)
  }
#if PROCESSES > 2
  restartProcess(2);
#endif
  if
  :: isForeign -> raiseGeneration()
  :: else
  fi;
  for (s : 0 .. STREAMS - 1) {
    db.move[s] = NO_MOVE;
    db.target[s] = 0
  }
}

inline healServers() {
  tick();
#ifdef READINGS
  readLeases(0);
#endif
  healServer(0);
  healServer(1)
}

inline judge() {
  for (s : 0 .. STREAMS - 1) {
    assert(IS_RUN_BY(s, 0) || IS_RUN_BY(s, 1))
  }
  forgetEverything()
}

proctype Healing() {
end:
  if
  :: atomic { GOES_ON ->
      d_step { beginHealing(); DONE };
      do
      :: round < HEALING_ROUNDS ->
        round++;
        d_step { healServers(); DONE };
        d_step { healProcess(0); DONE };
        d_step { healProcess(1); DONE }
      :: else -> break
      od;
      d_step { judge(); DONE }
    }
  fi
}
