/** True for names of the IANA time zone database, old names included, and for `UTC`. */
function isZone(zone: string): boolean {
  // Offsets such as `+01:00` are zones to Intl too, but a name is wanted here.
  if (!/^[A-Za-z]/u.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** Zone names: lists those in use today, and also has the old ones that still work. */
class ZoneNames extends Set<string> {
  override has(name: string): boolean {
    return super.has(name) || isZone(name);
  }
}

/** Every time zone a policy can name. */
export const zoneNames: ReadonlySet<string> = new ZoneNames([
  ...Intl.supportedValuesOf("timeZone"),
  "UTC",
]);
