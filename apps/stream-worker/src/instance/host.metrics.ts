import { availableParallelism, totalmem } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { InstanceMetrics } from '@weir/domain';

const RESOLUTION_MS = 20;
const NS_PER_MS = 1e6;
const US_PER_MS = 1e3;

/**
 * Measures this process between two heartbeats. Failing sources are not among it: they say nothing
 * about the instance that happens to run them.
 */
export class HostMetrics {
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private cpu = process.cpuUsage();
  private measuredAtMs = performance.now();

  constructor(private readonly sumMbps: () => number) {
    this.delay.enable();
  }

  read(): InstanceMetrics {
    return {
      cpu: this.readCpu(),
      memory: Math.min(1, process.memoryUsage.rss() / memoryLimit()),
      eventLoopLagMs: this.readLagMs(),
      bandwidthMbps: Math.round(this.sumMbps() * 1_000) / 1_000,
    };
  }

  /** Share of all cores since the last reading. */
  private readCpu(): number {
    const nowMs = performance.now();
    const used = process.cpuUsage(this.cpu);
    const elapsedMs = Math.max(1, nowMs - this.measuredAtMs);
    this.cpu = process.cpuUsage();
    this.measuredAtMs = nowMs;
    const usedMs = (used.user + used.system) / US_PER_MS;
    return Math.min(1, usedMs / elapsedMs / availableParallelism());
  }

  /** How late timers are on average since the last reading. */
  private readLagMs(): number {
    const meanMs = this.delay.mean / NS_PER_MS;
    this.delay.reset();
    return Number.isFinite(meanMs) ? Math.max(0, meanMs - RESOLUTION_MS) : 0;
  }
}

/** What this process may use: the container's limit when there is one. */
function memoryLimit(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < totalmem() ? constrained : totalmem();
}
