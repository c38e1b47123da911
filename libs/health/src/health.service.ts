import { Inject, Injectable } from '@nestjs/common';
import { HealthCheckService } from '@nestjs/terminus';
import type { HealthCheckResult, HealthIndicatorResult } from '@nestjs/terminus';
import { HttpException } from '@nestjs/common';
import { readBuildInfo } from '@weir/observability';
import type { Indicator, Reading } from './indicator';
import { readLifecycle } from './lifecycle.rule';
import { Probe } from './probe';
import type { ProbeResult } from './probe';
import { ServiceState } from './service.state';

/** All indicators of the service. */
export const INDICATORS = Symbol('weir:indicators');

export interface HealthAnswer {
  readonly httpStatus: 200 | 503;
  readonly body: HealthCheckResult & Readonly<Record<string, unknown>>;
}

const LIFECYCLE = 'lifecycle';
const MS_PER_SECOND = 1000;

/** Reads the indicators and words the answers in Terminus' shape. */
@Injectable()
export class HealthService {
  private readonly probes: readonly Probe[];
  private readonly requiredNames: readonly string[];

  constructor(
    private readonly state: ServiceState,
    private readonly terminus: HealthCheckService,
    @Inject(INDICATORS) indicators: readonly Indicator[],
  ) {
    this.probes = indicators.map((indicator) => new Probe(indicator));
    this.requiredNames = indicators.filter((i) => i.isRequired).map((i) => i.name);
  }

  /** That it can be answered at all is the answer; it stays so while the service stops. */
  readLiveness(): HealthAnswer {
    const details = { process: { status: 'up' as const } };
    return { httpStatus: 200, body: { status: 'ok', info: details, error: {}, details } };
  }

  /** One word for the whole service. */
  async readBasic(): Promise<HealthAnswer> {
    const { httpStatus } = await this.readReadiness();
    return this.answer([resultOf(this.state.service, httpStatus === 200 ? 'up' : 'down')]);
  }

  /** Everything that is required, as bare statuses: this answer is open to everybody. */
  async readReadiness(): Promise<HealthAnswer> {
    const required = await this.checkAll(this.requiredNames);
    return this.answer([
      resultOf(LIFECYCLE, readLifecycle(this.state.stage).status),
      ...required.map((r) => resultOf(r.indicator.name, r.reading.status)),
    ]);
  }

  /** The named indicators with everything they know; down is 503, required or not. */
  async readNamed(names: readonly string[]): Promise<HealthAnswer> {
    const results = await this.checkAll(names);
    return this.answer(results.map((result) => fullResult(result, result.reading.status)));
  }

  /** Everything: indicators, statuses of dependencies, start-up, optional modules, versions. */
  async readDetailed(): Promise<HealthAnswer> {
    const results = await this.checkAll(this.probes.map((probe) => probe.name));
    const { httpStatus, body } = await this.answer([
      resultOf(LIFECYCLE, readLifecycle(this.state.stage).status, { stage: this.state.stage }),
      ...results.map((result) => fullResult(result, toleratedStatus(result))),
    ]);
    return { httpStatus, body: { ...body, ...this.describe(results) } };
  }

  private describe(results: readonly ProbeResult[]): Readonly<Record<string, unknown>> {
    const { service, stage, startedAt, phases, optionalModules } = this.state;
    return {
      service,
      stage,
      ...readBuildInfo(),
      startedAt: startedAt.toISOString(),
      uptimeSeconds: Math.round((Date.now() - startedAt.getTime()) / MS_PER_SECOND),
      services: results.map((result) => result.status),
      startup: {
        durationMs: phases.reduce((sum, phase) => sum + phase.durationMs, 0),
        phases,
      },
      optionalModules,
    };
  }

  private async checkAll(names: readonly string[]): Promise<ProbeResult[]> {
    const asked = this.probes.filter((probe) => names.includes(probe.name));
    return Promise.all(asked.map((probe) => probe.check()));
  }

  private async answer(results: readonly HealthIndicatorResult[]): Promise<HealthAnswer> {
    try {
      const body = await this.terminus.check(results.map((result) => () => result));
      return { httpStatus: 200, body: { ...body } };
    } catch (error) {
      // Terminus throws its body; taken back here, so that no filter of the application rewrites
      // it.
      if (!(error instanceof HttpException)) throw error;
      return { httpStatus: 503, body: error.getResponse() as HealthAnswer['body'] };
    }
  }
}

/**
 * In Terminus' shape; without `data` a status without any text, which is what outsiders may know.
 */
function resultOf(
  name: string,
  status: Reading['status'],
  data: Readonly<Record<string, unknown>> = {},
): HealthIndicatorResult {
  return { [name]: { ...data, status } };
}

function fullResult(result: ProbeResult, status: Reading['status']): HealthIndicatorResult {
  const { latencyMs, lastCheck, error, retryCount } = result.status;
  const data = { latencyMs, lastCheck, retryCount, ...(error === null ? {} : { error }) };
  return resultOf(result.indicator.name, status, { ...result.reading.details, ...data });
}

/** What is not required and down makes the service degraded, not unavailable. */
function toleratedStatus({ indicator, reading }: ProbeResult): Reading['status'] {
  return reading.status === 'down' && !indicator.isRequired ? 'degraded' : reading.status;
}
