/* Everything that is remembered anywhere. */
#define SERVERS 2
#define NOBODY 0
#define SERVER_OF(p) ((p) % 2)
#define SLOT(p, s) ((p) * STREAMS + (s))
#define MAX(a, b) ((a) > (b) -> (a) : (b))
#define LESS_ONE(x) ((x) > 0 -> (x) - 1 : 0)

/* The database: assignments.status */
#define UNASSIGNED 0
#define STARTING 1
#define RUNNING 2
#define STOPPING 3
/* moves.state; a move whose target was granted the stream needs no more of the protocol */
#define NO_MOVE 0
#define PREPARING 1
#define HANDING_OVER 2

typedef Database {
  byte incarnation[SERVERS]; /* 0: no such instance */
  bit fenced[SERVERS];
  byte left[SERVERS]; /* ticks until the lease runs out by the database's clock */
  byte owner[STREAMS]; /* server + 1, or NOBODY */
  byte ownerIncarnation[STREAMS];
  byte epoch[STREAMS];
  byte status[STREAMS];
  byte revision[STREAMS];
  byte wait[STREAMS]; /* ticks until not_before */
  byte move[STREAMS];
  byte target[STREAMS];
  byte fleetRevision;
};
Database db;
byte quarantine; /* ticks; a row, so that no restart ends it */
bit generation;
bit isForeign; /* restored, and nobody has noticed yet */

Database copied;
bit hasCopy;

/* The balancers: the second proof. */
#define WATCH(b, server) ((b) * SERVERS + (server))
byte unrenewed[BALANCERS * SERVERS]; /* ticks, by the balancer's own clock, up to TTL */
bit isNews[BALANCERS * SERVERS]; /* the count of renewals differs from the one last read */

/* The instances' programs: libs/worker-client. */
#define NO_RESYNC 0
#define WANTED 1
#define UNDER_WAY 2
byte incarnation[PROCESSES]; /* 0: outside */
byte left[PROCESSES]; /* ticks until its own deadline */
byte seen[PROCESSES];
byte resync[PROCESSES];
bit boot[PROCESSES]; /* which start of the program it is */
byte live[PROCESSES * STREAMS]; /* the epoch that may have effects, or 0 */
bit isStopping[PROCESSES * STREAMS]; /* its handler was told to stop, and has not yet */
bit isLapsed[PROCESSES * STREAMS]; /* it goes on past its lease: no later lease covers it */
byte awaited[PROCESSES * STREAMS]; /* the epoch whose stop will be acknowledged, or 0 */
byte next[PROCESSES * STREAMS]; /* accepted, not started */
byte nextWait[PROCESSES * STREAMS]; /* ticks until it may */
byte buried[PROCESSES * STREAMS]; /* tombstones */
/* The newest "stopped" that may still reach the database, any number of times. */
byte ackEpoch[PROCESSES * STREAMS];
byte ackIncarnation[PROCESSES * STREAMS];

/* The network: any order, any delay, loss, repetition. */
#define NOTHING 0
#define CHANGES_OF_LEASE 1 /* an answer to a heartbeat, or a push: then without a lease */
#define REGISTERED 2
#define RUNNING_LIST 3 /* a resync on its way to the database */
#define RESYNCED 4
#define LINE(m, s) ((m) * STREAMS + (s))
byte kind[MESSAGES];
byte addressee[MESSAGES]; /* the process it comes from or goes to */
byte ofIncarnation[MESSAGES];
byte age[MESSAGES]; /* ticks since the request was sent, up to TTL */
byte atRevision[MESSAGES];
bit saysResync[MESSAGES];
byte lineEpoch[MESSAGES * STREAMS];
byte lineDesired[MESSAGES * STREAMS]; /* 0, or what to do with the stream */
byte lineWait[MESSAGES * STREAMS];
#define RUN 1
#define STOP 2

/* Faults that are left, moves that are left. */
byte restartsLeft = RESTARTS;
byte balancerRestartsLeft = BALANCER_RESTARTS;
byte clockStepsLeft = CLOCK_STEPS;
byte restoresLeft = RESTORES;
byte movesLeft = MOVES;

/* What an observer outside of everything notes, to state the properties. */
byte newestStarted[STREAMS]; /* the highest epoch that was ever started */
byte startedBy[STREAMS]; /* by which process, in which of its starts */
#define NAME_OF(p) ((p) * 2 + boot[p])
bit isOver; /* a history that was healed, and is judged */

/* What steps count with; nothing between two steps. */
byte i;
byte j;
byte k;
byte n;
byte o;
byte was;
#define DONE i = 0; j = 0; k = 0; n = 0; o = 0; was = 0

/*
 * At most one process has its own deadline before it and an epoch that may have effects under it.
 * A handler that goes on past the lease is not counted, not even when the process gets a lease
 * again: its effects are what sinks refuse, by their epoch.
 */
#define HOLDS(p, s) (left[p] > 0 && live[SLOT(p, s)] > 0 && !isLapsed[SLOT(p, s)])
#if PROCESSES == 2
#define HOLDERS(s) (HOLDS(0, s) + HOLDS(1, s))
#else
#define HOLDERS(s) (HOLDS(0, s) + HOLDS(1, s) + HOLDS(2, s))
#endif
inline assertOneHolder() {
  for (o : 0 .. STREAMS - 1) {
    assert(HOLDERS(o) <= 1)
  }
}
