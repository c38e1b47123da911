import type { SimulatedProcess } from './simulated.process';

/** Something that happens at a time, to a process or to nobody. */
export interface ScheduledEvent {
  at: number;
  readonly order: number;
  readonly process: SimulatedProcess | undefined;
  /** The life of the process that it is meant for: what comes after a crash is dropped. */
  readonly life: number;
  readonly run: () => void | Promise<void>;
  isCancelled: boolean;
}

/** The events to come, earliest first; at the same time in the order in which they were made. */
export class EventHeap {
  private readonly events: ScheduledEvent[] = [];

  get next(): ScheduledEvent | undefined {
    return this.events[0];
  }

  push(event: ScheduledEvent): void {
    const { events } = this;
    events.push(event);
    let at = events.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, events[parent] as ScheduledEvent)) break;
      events[at] = events[parent] as ScheduledEvent;
      at = parent;
    }
    events[at] = event;
  }

  pop(): ScheduledEvent | undefined {
    const { events } = this;
    const first = events[0];
    const last = events.pop();
    if (events.length > 0 && last) this.sink(last);
    return first;
  }

  private sink(event: ScheduledEvent): void {
    const { events } = this;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= events.length) break;
      const right = events[child + 1];
      if (right && isBefore(right, events[child] as ScheduledEvent)) child += 1;
      if (!isBefore(events[child] as ScheduledEvent, event)) break;
      events[at] = events[child] as ScheduledEvent;
      at = child;
    }
    events[at] = event;
  }
}

function isBefore(a: ScheduledEvent, b: ScheduledEvent): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
