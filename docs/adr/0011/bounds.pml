/* How large the world is, and which faults happen. Each may be set from outside. */
#ifndef PROCESSES
#define PROCESSES 2
#endif
#ifndef STREAMS
#define STREAMS 1
#endif
#ifndef BALANCERS
#define BALANCERS 1
#endif
#ifndef MESSAGES /* in the network at once; a full network is a lost message */
#define MESSAGES 2
#endif
#ifndef TTL /* ticks; an instance counts as long, from its send time */
#define TTL 2
#endif
#ifndef GRANTS /* epochs of one stream beyond the first, per generation */
#define GRANTS 3
#endif
#ifndef CHANGES /* changes of ownership, per generation */
#define CHANGES 6
#endif
#ifndef REGISTRATIONS /* of one server beyond the first, per generation */
#define REGISTRATIONS 1
#endif
#ifndef MOVES
#define MOVES 1
#endif
#ifndef RESTARTS /* of processes that are instances */
#define RESTARTS 0
#endif
#ifndef BALANCER_RESTARTS
#define BALANCER_RESTARTS 0
#endif
#ifndef CLOCK_STEPS /* of the database, forward, as far as it hurts most */
#define CLOCK_STEPS 0
#endif
#ifndef RESTORES /* 0 or 1: the database comes back as it once was */
#define RESTORES 0
#endif

/* Room in the numbers: those of a generation are above all before it. */
#define EPOCHS_PER_GENERATION 16
#define REVISIONS_PER_GENERATION 64
