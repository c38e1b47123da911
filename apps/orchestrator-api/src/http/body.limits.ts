import { PROTOCOL_LIMITS } from '@weir/domain';

const INSTANCES = '/v1/fleets/:fleet/instances';

/** Calls that list everything an instance runs: up to 20,000 streams. */
const LISTING_ROUTES: ReadonlySet<string> = new Set([
  `POST ${INSTANCES}`,
  `PUT ${INSTANCES}/:serverId/running`,
]);

/** How many bytes a route takes, or undefined when it takes what all take. */
export function findBodyLimit(methods: string | readonly string[], url: string) {
  const isListing = [methods].flat().some((method) => LISTING_ROUTES.has(`${method} ${url}`));
  return isListing ? PROTOCOL_LIMITS.runningBodyBytes : undefined;
}
