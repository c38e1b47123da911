import { computeRetryDelayMs } from './retry.delay';
import { StreamMeter } from './stream.meter';

describe('StreamMeter', () => {
  it('leaves the first burst out and then follows the bitrate', () => {
    const meter = new StreamMeter();
    meter.connected(0);
    meter.addBytes(500_000);
    meter.tick(1_000);
    expect(meter.bitrateKbps).toBeUndefined();
    for (let nowMs = 2_000; nowMs <= 10_000; nowMs += 1_000) {
      meter.tick(nowMs);
      meter.addBytes(16_000);
    }
    expect(meter.bitrateKbps).toBeCloseTo(128, 0);
    for (let nowMs = 11_000; nowMs <= 70_000; nowMs += 1_000) {
      meter.addBytes(8_000);
      meter.tick(nowMs);
    }
    expect(meter.bitrateKbps).toBeCloseTo(64, 0);
    expect(meter.bytes).toBe(500_000 + 9 * 16_000 + 60 * 8_000);
  });

  it('measures pieces by their playing time, however fast they arrive', () => {
    const meter = new StreamMeter();
    meter.connected(0);
    for (let piece = 0; piece < 5; piece += 1) {
      meter.addBytes(32_000);
      meter.addMedia(32_000, 4_000);
      meter.tick(3_000 + piece);
    }
    expect(meter.bitrateKbps).toBe(64);
    meter.disconnected();
    expect(meter.bitrateKbps).toBeUndefined();
  });
});

describe('computeRetryDelayMs', () => {
  it('doubles with each failure up to half a minute, with jitter in the upper half', () => {
    const most = (failures: number) => computeRetryDelayMs(failures, () => 1);
    expect([1, 2, 3, 10, 1_000].map(most)).toEqual([500, 1_000, 2_000, 30_000, 30_000]);
    expect(computeRetryDelayMs(3, () => 0)).toBe(1_000);
  });
});
