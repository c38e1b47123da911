import type { ServerResponse } from 'node:http';
import { computeSpeed, type Faults, isCut } from './fault.rules';
import type { HoldEnd, OpenHold } from './hold.registry';
import type { Audio } from './loop.audio';

/** How often every connection is given its share. */
const TICK_MS = 250;

/** What a connection is and what it is to be given. */
export interface Listener {
  readonly name: string;
  readonly response: ServerResponse;
  readonly audio: Audio;
  readonly hold: OpenHold;
  /** The faults that hold for it at this moment. */
  readonly faults: () => Faults;
}

export interface PacerOptions {
  /** Playing time that a new listener is given at once. */
  readonly burstMs: number;
  /** A connection with more than this waiting to be sent is dropped: its client is too slow. */
  readonly backlogBytesMax: number;
}

interface Seat {
  readonly listener: Listener;
  readonly sinceMs: number;
  /** Bytes that it may still be given; fractions carry over. */
  credit: number;
  end: HoldEnd;
}

/** Feeds all listeners at the real pace with one timer. */
export class Pacer {
  private readonly seats = new Set<Seat>();
  private timer: NodeJS.Timeout | undefined;
  private lastTickMs = 0;

  constructor(private readonly options: PacerOptions) {}

  /** Starts to feed a connection whose headers are written. */
  add(listener: Listener): void {
    const burst = (listener.audio.bytesPerSecond * this.options.burstMs) / 1000;
    const seat: Seat = { listener, sinceMs: performance.now(), credit: burst, end: 'client' };
    this.seats.add(seat);
    listener.response.once('close', () => this.leave(seat));
    // What is written to a connection that goes away at that moment is lost, and that is all.
    listener.response.on('error', () => undefined);
    // Before the first share, which may already be the reason to drop it and to stop the timer
    // again.
    this.start();
    this.feed(seat, 0, seat.sinceMs);
  }

  /** Resets (or, when `gently`, closes) the connections of `name`, or all; returns how many. */
  cut(name: string | undefined, end: HoldEnd, gently = false): number {
    const hit = [...this.seats].filter((seat) => name === undefined || seat.listener.name === name);
    for (const seat of hit) {
      this.drop(seat, end, gently);
    }
    return hit.length;
  }

  private start(): void {
    if (this.timer === undefined) {
      this.lastTickMs = performance.now();
      this.timer = setInterval(() => this.tick(), TICK_MS);
    }
  }

  private tick(): void {
    const nowMs = performance.now();
    const passedMs = nowMs - this.lastTickMs;
    this.lastTickMs = nowMs;
    for (const seat of this.seats) {
      this.feed(seat, Math.min(passedMs, nowMs - seat.sinceMs), nowMs);
    }
  }

  private feed(seat: Seat, passedMs: number, nowMs: number): void {
    const { response, audio, hold } = seat.listener;
    const faults = seat.listener.faults();
    const ageMs = nowMs - seat.sinceMs;
    if (isCut(faults, ageMs)) {
      this.drop(seat, 'cut', false);
      return;
    }
    const speed = computeSpeed(faults, ageMs);
    if (speed === 0) {
      return;
    }
    seat.credit += (audio.bytesPerSecond * passedMs * speed) / 1000;
    const length = Math.floor(seat.credit);
    seat.credit -= length;
    response.cork();
    for (const piece of audio.read(length)) {
      response.write(piece);
      hold.add(piece.length);
    }
    response.uncork();
    if (response.writableLength > this.options.backlogBytesMax) {
      this.drop(seat, 'too slow', false);
    }
  }

  private drop(seat: Seat, end: HoldEnd, gently: boolean): void {
    seat.end = end;
    const { response } = seat.listener;
    if (gently) {
      response.end();
    } else {
      resetConnection(response);
    }
    this.leave(seat);
  }

  private leave(seat: Seat): void {
    if (!this.seats.delete(seat)) {
      return;
    }
    seat.listener.hold.close(seat.end);
    if (this.seats.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
  }
}

/**
 * A socket that is already being shut down cannot be reset any more, and would be left open by the
 * attempt.
 */
function resetConnection(response: ServerResponse): void {
  const { socket } = response;
  if (socket?.writableEnded) {
    socket.destroy();
  } else {
    socket?.resetAndDestroy();
  }
}
