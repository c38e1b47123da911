/**
 * Until when the holder of a lease that nobody took over may rely on it, over `instance_leases l`.
 * Not what is left of it by the database's clock alone: that clock may have been stepped since the
 * last renewal, and there is no second proof here. A whole lease from now is never too short.
 */
export const LATEST_LEASE_END = `greatest(l.lease_expires_at,
  weir_now() + l.granted_ttl_ms * interval '1 millisecond')`;
