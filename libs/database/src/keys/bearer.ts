const BEARER = /^bearer +([^\s]+) *$/i;

/**
 * The key in an `Authorization: Bearer <key>` header; undefined without one or in any other form.
 */
export function bearerKeyOf(authorization: string | string[] | undefined): string | undefined {
  if (typeof authorization !== 'string') return undefined;
  return BEARER.exec(authorization)?.[1];
}
