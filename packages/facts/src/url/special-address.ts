import ipaddr from "ipaddr.js";

/**
 * Where no address of the public Internet is: the IANA IPv4 Special-Purpose Address Registry whole,
 * also what it calls globally reachable, multicast and reserved space, and what one cloud made of a
 * public address.
 */
const specialFour = [
  ["0.0.0.0/8", "this network (RFC 791)"],
  ["10.0.0.0/8", "private use (RFC 1918)"],
  ["100.64.0.0/10", "shared between carriers (RFC 6598)"],
  ["127.0.0.0/8", "loopback (RFC 1122)"],
  ["168.63.129.16/32", "the platform's own services on Azure"],
  ["169.254.0.0/16", "link-local, and the metadata of clouds (RFC 3927)"],
  ["172.16.0.0/12", "private use (RFC 1918)"],
  ["192.0.0.0/24", "protocol assignments (RFC 6890)"],
  ["192.0.2.0/24", "documentation (RFC 5737)"],
  ["192.31.196.0/24", "AS112 (RFC 7535)"],
  ["192.52.193.0/24", "multicast tunnels (RFC 7450)"],
  ["192.88.99.0/24", "6to4 relays, deprecated (RFC 7526)"],
  ["192.168.0.0/16", "private use (RFC 1918)"],
  ["192.175.48.0/24", "AS112 (RFC 7534)"],
  ["198.18.0.0/15", "benchmarks (RFC 2544)"],
  ["198.51.100.0/24", "documentation (RFC 5737)"],
  ["203.0.113.0/24", "documentation (RFC 5737)"],
  ["224.0.0.0/4", "multicast (RFC 5771)"],
  ["240.0.0.0/4", "reserved, and limited broadcast (RFC 1112)"],
] as const;

/** The only IPv6 space in which addresses are global unicast (RFC 3587). */
const globalSix = "2000::/3";

/**
 * What is special in it: the IANA IPv6 Special-Purpose Address Registry. All else that the registry
 * lists, and all that carries an IPv4 address but 6to4 and Teredo, lies outside of it.
 */
const specialSix = [
  ["2001::/23", "protocol assignments: Teredo, benchmarks, ORCHID (RFC 2928)"],
  ["2001:db8::/32", "documentation (RFC 3849)"],
  ["2002::/16", "6to4 (RFC 3056)"],
  ["2620:4f:8000::/48", "AS112 (RFC 7534)"],
  ["3fff::/20", "documentation (RFC 9637)"],
] as const;

const fourBlocks = specialFour.map(([block]) => ipaddr.IPv4.parseCIDR(block));
const sixBlocks = specialSix.map(([block]) => ipaddr.IPv6.parseCIDR(block));
const globalBlock = ipaddr.IPv6.parseCIDR(globalSix);

/**
 * Whether an address is one of the public Internet: global unicast, in no special-purpose range,
 * and not one that stands for an IPv4 address. What is not written as an IPv4 address of four
 * decimal parts or an IPv6 address without a zone is none.
 */
export function isGlobalAddress(text: string): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) {
    const address = ipaddr.IPv4.parse(text);
    return !fourBlocks.some((block) => address.match(block));
  }
  if (text.includes("%") || !ipaddr.IPv6.isValid(text)) return false;
  const address = ipaddr.IPv6.parse(text);
  if (!address.match(globalBlock) || carriesIsatap(address.parts)) return false;
  return !sixBlocks.some((block) => address.match(block));
}

/** ISATAP puts an IPv4 address below any prefix, after `0:5efe` or `200:5efe` (RFC 5214). */
function carriesIsatap(groups: readonly number[]): boolean {
  return (groups[4] === 0 || groups[4] === 0x200) && groups[5] === 0x5efe;
}

/** Domains that name machines near the one that asks, whatever a resolver answers. */
const nearDomains = ["localhost", "local", "internal", "home.arpa"];

/**
 * Whether a name, in small letters and without a dot at its end, is one of a machine near by: of
 * such a domain, or of one label, which hosts files and search domains complete.
 */
export function isNearName(host: string): boolean {
  if (!host.includes(".")) return true;
  return nearDomains.some((domain) => host.endsWith(`.${domain}`));
}
