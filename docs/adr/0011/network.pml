/* Messages: made by a transaction, read by an instance or the other way round. */
#if MESSAGES == 1
#define HAS_ROOM (kind[0] == NOTHING)
#elif MESSAGES == 2
#define HAS_ROOM (kind[0] == NOTHING || kind[1] == NOTHING)
#else
#define HAS_ROOM (kind[0] == NOTHING || kind[1] == NOTHING || kind[2] == NOTHING)
#endif

inline clearMessage(m) {
  kind[m] = NOTHING;
  addressee[m] = 0;
  ofIncarnation[m] = 0;
  age[m] = 0;
  atRevision[m] = 0;
  saysResync[m] = 0;
  for (o : 0 .. STREAMS - 1) {
    lineEpoch[LINE(m, o)] = 0;
    lineDesired[LINE(m, o)] = 0;
    lineWait[LINE(m, o)] = 0
  }
}

/* Finds room: its index is in n. */
inline newMessage(what, p, which) {
  n = 0;
  do
  :: kind[n] == NOTHING -> break
  :: else -> n++
  od;
  kind[n] = what;
  addressee[n] = p;
  ofIncarnation[n] = which
}

/* delivery.repository.ts: what of this incarnation is newer than a revision */
inline writeLines(m, server, which, since) {
  atRevision[m] = db.fleetRevision;
  for (o : 0 .. STREAMS - 1) {
    if
    :: IS_OWNED_BY(o, server) && db.ownerIncarnation[o] == which && db.revision[o] > since ->
      lineEpoch[LINE(m, o)] = db.epoch[o];
      lineDesired[LINE(m, o)] = (db.status[o] == STOPPING -> STOP : RUN);
      lineWait[LINE(m, o)] = db.wait[o]
    :: else
    fi
  }
}

/* The digest in the heartbeat is not that of what should run; looked at when there is no news. */
inline compareDigests(m, p) {
  was = 0;
  for (o : 0 .. STREAMS - 1) {
    if
    :: lineDesired[LINE(m, o)] > 0 -> was = 2
    :: else
    fi;
    if
    :: was == 0 && RUNNING_EPOCH(p, o) != (IS_OWNED_BY(o, SERVER_OF(p)) &&
      db.ownerIncarnation[o] == incarnation[p] && db.status[o] != STOPPING -> db.epoch[o] : 0) ->
      was = 1
    :: else
    fi
  }
  saysResync[m] = (was == 1)
}
