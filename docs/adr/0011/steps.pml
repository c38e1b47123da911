/* When a step may be taken. */
#define GOES_ON (!isOver)
#define IS_FOR(m, what, p) (kind[m] == (what) && addressee[m] == (p))
#define IS_MEMBER(p) (incarnation[p] > 0 && IS_LIVE(SERVER_OF(p), incarnation[p]))
#define IS_ANSWERABLE(p) (GOES_ON && HAS_ROOM && IS_MEMBER(p) && MAY_ANSWER_HEARTBEATS)
#ifdef HEARTBEATS_NOT_GUARDED
#define MAY_ANSWER_HEARTBEATS 1
#else
#define MAY_ANSWER_HEARTBEATS (!isForeign)
#endif
#define IS_ANY_STOPPING(p) (isStopping[SLOT(p, 0)] || isStopping[SLOT(p, STREAMS - 1)])
#define HAS_NEWS(p, s) (IS_OWNED_BY(s, SERVER_OF(p)) && db.ownerIncarnation[s] == incarnation[p] && \
  db.revision[s] > seen[p])
#if STREAMS == 1
#define HAS_ANY_NEWS(p) HAS_NEWS(p, 0)
#define MAY_GRANT_ALL MAY_GRANT(0)
#else
#define HAS_ANY_NEWS(p) (HAS_NEWS(p, 0) || HAS_NEWS(p, 1))
#define MAY_GRANT_ALL (MAY_GRANT(0) && MAY_GRANT(1))
#endif
#if PROCESSES == 2
#define IS_ALONE(p) 1
#else
#define IS_ALONE(p) ((p) == 1 || live[SLOT(2 - (p), 0)] == 0)
#endif
