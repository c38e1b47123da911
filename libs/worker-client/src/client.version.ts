/** Sent with each registration, so that operators see which clients are out there. */
export const CLIENT_VERSION = 'worker-client/0.1.0';
