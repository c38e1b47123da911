/** Where a service runs. It selects the defaults and how strictly secrets are judged. */
export const environments = ['development', 'test', 'staging', 'production'] as const;

export type EnvironmentName = (typeof environments)[number];
