/** An address as the 128 bits of IPv6; `four` when it was written as IPv4. */
interface Address {
  readonly bits: bigint;
  readonly four: boolean;
}

/** Where IPv4 lies inside IPv6 (RFC 4291, section 2.5.5.2). */
const mappedPrefix = 0xffffn << 32n;

/** Why it cannot be said whether an address lies in a block. */
export type Unjudged = "unreadable" | "embedded";

/**
 * Whether an address lies in a block such as `10.0.0.0/8` or `fd00::/8`; a block without a length
 * is the one address. An IPv4 address written as `::ffff:1.2.3.4` lies in IPv4 blocks too.
 *
 * `unreadable` when either is not written as RFC 4632 and RFC 4291 say: `010.0.0.1` is no address.
 * `embedded` when the block is IPv4 and the address is an IPv6 one that carries an IPv4 address in
 * any other way: whether that is reached depends on the network, so neither answer is safe.
 */
export function isInNet(address: string, block: string): boolean | Unjudged {
  const slash = block.indexOf("/");
  const base = parseAddress(slash < 0 ? block : block.slice(0, slash));
  const own = parseAddress(address);
  if (base === undefined || own === undefined) return "unreadable";
  const width = base.four ? 32 : 128;
  const lengthText = slash < 0 ? String(width) : block.slice(slash + 1);
  if (!/^(?:0|[1-9]\d{0,2})$/.test(lengthText) || Number(lengthText) > width) return "unreadable";
  const length = Number(lengthText) + (128 - width);
  // WHY: `::/0` names IPv6 addresses; an IPv4 one is inside only where IPv4 is mapped.
  if (own.four && !base.four && length < 96) return false;
  if (base.four && !own.four && carriesFour(own.bits)) return "embedded";
  const shift = BigInt(128 - length);
  return own.bits >> shift === base.bits >> shift;
}

/** Prefixes below which IPv6 addresses carry IPv4 ones, as their leading bits and how many. */
const carryingPrefixes: readonly (readonly [prefix: bigint, length: number])[] = [
  // Compatible, `::10.0.0.1` (RFC 4291, section 2.5.5.1).
  [0n, 96],
  // Translated, `::ffff:0:10.0.0.1` (RFC 2765).
  [0xffff_0000n, 96],
  // NAT64, `64:ff9b::/96` and `64:ff9b:1::/48` (RFC 6052, RFC 8215).
  [0x0064_ff9b_0000_0000_0000_0000n, 96],
  [0x0064_ff9b_0001n, 48],
  // Teredo, `2001::/32` (RFC 4380).
  [0x2001_0000n, 32],
  // 6to4, `2002::/16` (RFC 3056).
  [0x2002n, 16],
];

/** Whether an IPv6 address carries an IPv4 one in another way than the mapped `::ffff:`. */
function carriesFour(bits: bigint): boolean {
  // `::` and `::1` are addresses of their own (RFC 4291, section 2.5.5.1).
  if (bits <= 1n) return false;
  // ISATAP carries it below any prefix, after `0:5efe` or `200:5efe` (RFC 5214).
  const interfaceHead = (bits >> 32n) & 0xffff_ffffn;
  if (interfaceHead === 0x5efen || interfaceHead === 0x0200_5efen) return true;
  return carryingPrefixes.some(([prefix, length]) => bits >> BigInt(128 - length) === prefix);
}

/** Whether a text is an IPv4 or IPv6 address. */
export function isAddress(text: string): boolean {
  return parseAddress(text) !== undefined;
}

function parseAddress(text: string): Address | undefined {
  if (!text.includes(":")) {
    const four = parseFour(text);
    return four === undefined ? undefined : { bits: mappedPrefix | four, four: true };
  }
  const six = parseSix(text);
  return six === undefined ? undefined : { bits: six, four: false };
}

function parseFour(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let bits = 0n;
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bits = (bits << 8n) | BigInt(part);
  }
  return bits;
}

function parseSix(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, index) => groupsOf(half, index === halves.length - 1));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0n), ...(tail ?? [])];
  return groups.reduce((bits, group) => (bits << 16n) | group, 0n);
}

/** The 16-bit groups of one side of `::`; the last may be IPv4 when the side ends the address. */
function groupsOf(text: string, last: boolean): readonly bigint[] | undefined {
  if (text === "") return [];
  const groups: bigint[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (part.includes(".")) {
      const four = last && index === parts.length - 1 ? parseFour(part) : undefined;
      if (four === undefined) return undefined;
      groups.push(four >> 16n, four & 0xffffn);
    } else {
      if (!/^[0-9A-Fa-f]{1,4}$/.test(part)) return undefined;
      groups.push(BigInt(`0x${part}`));
    }
  }
  return groups;
}
