/*
 * The lease and handoff protocol of one fleet, small enough to be searched exhaustively.
 * What is modelled, what is left out and what was found: ../0011-*.md. Run it: npm run model.
 *
 * Two servers, A (0) and B (1). Process 0 runs on A, process 1 on B; process 2, where there is one,
 * runs on A beside process 0: somebody started the program twice, or the first one hangs.
 * Time is a tick that every clock and every age follows; how many steps anybody takes between two
 * ticks is free, so that a pause of any length is a process that takes no step.
 */
#include "bounds.pml"
#include "state.pml"
#include "database.pml"
#include "instance.pml"
#include "network.pml"
#include "transactions.pml"
#include "faults.pml"
#include "steps.pml"
#include "healing.pml"
#include "processes.pml"
