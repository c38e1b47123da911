/* What transactions of libs/database/src/ownership are made of. */
#define HAS_LEASE(server) (db.incarnation[server] > 0 && !db.fenced[server] && db.left[server] > 0)
#define IS_LIVE(server, which) (db.incarnation[server] == (which) && !db.fenced[server])
#define IS_OWNED_BY(s, server) (db.owner[s] == (server) + 1)
#define FIRST_OF_GENERATION(size) (generation * (size))

/* weir_next_epoch, with its variant */
#ifdef EPOCH_NOT_RAISED
#define NEXT_EPOCH(epoch) (epoch)
#else
#define NEXT_EPOCH(epoch) (MAX(epoch, FIRST_OF_GENERATION(EPOCHS_PER_GENERATION)) + 1)
#endif
#ifdef INCARNATION_REUSED
#define NEXT_INCARNATION(which) ((which) + 1)
#else
#define NEXT_INCARNATION(which) (MAX(which, FIRST_OF_GENERATION(EPOCHS_PER_GENERATION)) + 1)
#endif

/* The bounds of the search. Every generation has as many of each. */
#define MAY_CHANGE (!isForeign && db.fleetRevision % REVISIONS_PER_GENERATION < CHANGES)
#define MAY_GRANT(s) (db.epoch[s] % EPOCHS_PER_GENERATION <= GRANTS)
#define MAY_REGISTER(server) (db.incarnation[server] % EPOCHS_PER_GENERATION <= REGISTRATIONS)

inline raiseRevision(s) {
  db.fleetRevision++;
  db.revision[s] = db.fleetRevision
}

/*
 * A balancer that compares counts of renewals at each takeover never counts longer than the time
 * since the newest renewal: without READINGS it counts exactly that, which is more than any real
 * one does, so that it may take over whenever any real one may. With READINGS it counts from the
 * reading that first showed it the renewal.
 */
#ifdef RENEWALS_NOT_COMPARED
#define UNRENEWED_AFTER_RENEWAL(b, server) unrenewed[WATCH(b, server)]
#else
#define UNRENEWED_AFTER_RENEWAL(b, server) 0
#endif
inline noteRenewal(server) {
  for (o : 0 .. BALANCERS - 1) {
#ifdef READINGS
    isNews[WATCH(o, server)] = 1;
#endif
    unrenewed[WATCH(o, server)] = UNRENEWED_AFTER_RENEWAL(o, server)
  }
}

/* grant.ts; the caller has checked that it may */
inline grant(s, server) {
  db.owner[s] = server + 1;
  db.ownerIncarnation[s] = db.incarnation[server];
  db.epoch[s] = NEXT_EPOCH(db.epoch[s]);
  db.status[s] = STARTING;
  db.wait[s] = 0;
  raiseRevision(s)
}
#ifdef NO_QUARANTINE
#define IS_QUARANTINED 0
#else
#define IS_QUARANTINED (quarantine > 0)
#endif
#define MAY_TAKE(s, server) \
  (db.owner[s] == NOBODY && db.wait[s] == 0 && !IS_QUARANTINED && HAS_LEASE(server))

/* regrant.ts: the same owner, a higher epoch, not before the time given is over */
inline regrant(s, which, ticks) {
  db.ownerIncarnation[s] = which;
  db.epoch[s] = NEXT_EPOCH(db.epoch[s]);
  db.status[s] = STARTING;
  db.wait[s] = MAX(db.wait[s], MAX(ticks, (IS_QUARANTINED -> quarantine : 0)));
  raiseRevision(s)
}

/* release.ts; keeps the epoch, and the wait */
inline release(s) {
  db.owner[s] = NOBODY;
  db.ownerIncarnation[s] = 0;
  db.status[s] = UNASSIGNED;
  raiseRevision(s)
}

/* handoff.ts: goes on with the move of a stream that was just released, in the same transaction */
inline handOver(s) {
  if
  :: db.move[s] == HANDING_OVER && MAY_TAKE(s, db.target[s]) -> grant(s, db.target[s])
  :: else
  fi;
  db.move[s] = NO_MOVE;
  db.target[s] = 0
}

inline abortMovesOf(s, server) {
  if
  :: db.move[s] != NO_MOVE && (db.target[s] == server || IS_OWNED_BY(s, server)) ->
    db.move[s] = NO_MOVE;
    db.target[s] = 0
  :: else
  fi
}
