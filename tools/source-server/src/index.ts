export { type Faults } from './fault.rules';
export { findOverlaps, type Hold, type HoldEnd, type HoldOverlap } from './hold.registry';
export { SAMPLE_COUNT, samplePlaylist, type SampleStream, sampleStreams } from './sample.playlist';
export { type SourceServer, type SourceServerOptions, startSourceServer } from './source.server';
