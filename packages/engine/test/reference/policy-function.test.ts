import { describe, expect, test } from "vitest";
import { codeOf, evaluated } from "./evaluated.ts";

describe("under", () => {
  const under = (real: string, root: string): unknown =>
    codeOf("under(p, r)", { p: { real }, r: root });

  test.each([
    ["/work", "/work", true],
    ["/work/a/b", "/work", true],
    ["/work/a", "/work/", true],
    ["/workshop", "/work", false],
    ["/", "/work", false],
    ["/anything", "/", true],
  ])("%s under %s is %s", (real, root, holds) => {
    expect(under(real, root)).toBe(holds);
  });

  test.each([
    ["work/a", "/work"],
    ["/work/../etc", "/work"],
    ["/work/./a", "/work"],
    ["/work/a\0", "/work"],
    ["/work/a", "work"],
    ["/work/a", "/a/.."],
  ])("%j under %j is an error and neither true nor false", (real, root) => {
    expect(under(real, root)).toBe("invalid_argument");
  });

  test("a path whose real place is not known is an error", () => {
    expect(codeOf("under(p, '/work')", { p: { raw: "/work/a" } })).toBe("no_such_key");
  });
});

describe("domain", () => {
  test.each([
    ["example.com", "example.com", true],
    ["a.b.Example.com.", "example.COM", true],
    ["badexample.com", "example.com", false],
    ["example.com.evil.net", "example.com", false],
    ["1.2.3.4", "3.4", false],
    ["::1", "1", false],
  ])("%s in %s is %s", (host, suffix, holds) => {
    expect(codeOf("domain(h, s)", { h: host, s: suffix })).toBe(holds);
  });

  test.each([
    ["", "example.com"],
    ["exámple.com", "example.com"],
    ["a.example.com", ""],
    ["a..example.com", "example.com"],
    ["user@example.com", "example.com"],
  ])("%j in %j is an error", (host, suffix) => {
    expect(codeOf("domain(h, s)", { h: host, s: suffix })).toBe("invalid_argument");
  });
});

describe("in_net", () => {
  test.each([
    ["10.1.2.3", "10.0.0.0/8", true],
    ["11.0.0.1", "10.0.0.0/8", false],
    ["10.0.0.1", "0.0.0.0/0", true],
    ["::ffff:10.0.0.1", "10.0.0.0/8", true],
    ["::ffff:a00:1", "10.0.0.0/8", true],
    ["10.0.0.1", "::/0", false],
    ["fd00::1", "fd00::/8", true],
    ["fe80::1", "fd00::/8", false],
    ["2001:db8::1", "2001:db8::1", true],
    ["::1", "127.0.0.0/8", false],
    ["::1", "::1/128", true],
    ["2606:4700::a00:1", "10.0.0.0/8", false],
    ["64:ff9b::10.2.3.4", "64:ff9b::/96", true],
    ["2002:a02:304::1", "fd00::/8", false],
    ["192.168.1.1", "192.168.1.1/32", true],
  ])("%s in %s is %s", (address, block, holds) => {
    expect(codeOf("in_net(a, b)", { a: address, b: block })).toBe(holds);
  });

  test.each([
    ["example.com", "10.0.0.0/8"],
    ["010.0.0.1", "10.0.0.0/8"],
    ["10.1", "10.0.0.0/8"],
    ["0x0a000001", "10.0.0.0/8"],
    ["10.0.0.1", "10.0.0.0/33"],
    ["10.0.0.1", "10.0.0.0/+8"],
    ["1::2::3", "::/0"],
    ["fe80::1%eth0", "fe80::/10"],
    ["1:2:3:4:5:6:7:8::", "::/0"],
    ["::10.2.3.4", "10.0.0.0/8"],
    ["::a02:304", "192.168.0.0/16"],
    ["::ffff:0:10.2.3.4", "10.0.0.0/8"],
    ["64:ff9b::10.2.3.4", "10.0.0.0/8"],
    ["64:ff9b:1:a02:3:400::", "10.0.0.0/8"],
    ["2002:a02:304::1", "10.0.0.0/8"],
    ["2001:0:4136:e378:8000:63bf:f5fd:fcfb", "10.0.0.0/8"],
    ["fe80::5efe:10.2.3.4", "10.0.0.0/8"],
    ["2001:db8::200:5efe:10.2.3.4", "10.0.0.0/8"],
  ])("%s in %s is an error", (address, block) => {
    expect(codeOf("in_net(a, b)", { a: address, b: block })).toBe("invalid_argument");
  });
});

describe("plain_text", () => {
  test.each([
    ["caf\u00e9\t\r\n", true],
    ["cafe\u0301", false],
    ["a\u202eb", false],
    ["a\u200bb", false],
    ["nul\0", false],
  ])("of %j", (text, holds) => {
    expect(codeOf("plain_text(t)", { t: text })).toBe(holds);
  });

  test("takes one text", () => {
    expect(codeOf("plain_text(t)", { t: 1 })).toBe("no_such_overload");
  });
});

describe("glob", () => {
  test.each([
    ["/work/*", "/work/a", true],
    ["/work/*", "/work/a/b", false],
    ["/work/**", "/work/a/b", true],
    ["/work/**/c.txt", "/work/a/b/c.txt", true],
    ["/work/*.txt", "/work/a.b.txt", true],
    ["*.example.com", "a.example.com", true],
    ["*.example.com", "a.b.example.com", false],
    ["**.example.com", "a.b.example.com", true],
    ["hr.*", "hr.salaries", true],
    ["hr.*", "hr.x.y", false],
    ["report-*", "report-2026.pdf", true],
    ["report-*", "report-a/b", false],
    ["a+b?", "a+b?", true],
    ["a+b?", "aab", false],
    ["", "", true],
    ["*", "", true],
    ["abc", "abcd", false],
    ["*é😀", "aé😀", true],
  ])("%s matches %s: %s", (pattern, text, holds) => {
    expect(codeOf("glob(p, t)", { p: pattern, t: text })).toBe(holds);
  });

  test("a pattern of many stars takes no longer than its length says", () => {
    const pattern = "*a".repeat(200);
    expect(evaluated("glob(p, t)", { p: pattern, t: `${"a".repeat(2_000)}b` })).toBe(false);
  });
});

describe("in_window", () => {
  const at = (time: string, zone: string, hours: string): unknown =>
    codeOf("in_window(timestamp(t), z, h)", { t: time, z: zone, h: hours });

  test.each([
    ["2026-11-23T09:00:00Z", "UTC", "mon-fri 09:00-17:00", true],
    ["2026-11-23T17:00:00Z", "UTC", "mon-fri 09:00-17:00", false],
    ["2026-11-22T12:00:00Z", "UTC", "mon-fri 09:00-17:00", false],
    ["2026-11-22T12:00:00Z", "UTC", "sat-mon 09:00-17:00", true],
    ["2026-11-25T12:00:00Z", "UTC", "mon,wed 09:00-17:00", true],
    ["2026-11-22T23:30:00Z", "UTC", "sun 22:00-06:00", true],
    ["2026-11-23T05:59:59Z", "UTC", "sun 22:00-06:00", true],
    ["2026-11-23T06:00:00Z", "UTC", "sun 22:00-06:00", false],
    ["2026-11-22T05:00:00Z", "UTC", "sun 22:00-06:00", false],
    ["2026-11-23T12:30:00Z", "UTC", "09:00-12:00,13:00-17:00", false],
    ["2026-11-23T20:00:00Z", "UTC", "mon 09:00-12:00; mon 19:00-24:00", true],
    ["2026-06-22T08:30:00Z", "Europe/London", "mon-fri 09:00-17:00", true],
    ["2026-12-21T08:30:00Z", "Europe/London", "mon-fri 09:00-17:00", false],
    ["2026-11-23T03:30:00Z", "+05:30", "mon 09:00-10:00", true],
  ])("%s in %s within %s is %s", (time, zone, hours, holds) => {
    expect(at(time, zone, hours)).toBe(holds);
  });

  test.each([
    ["UTC", "monday 09:00-17:00"],
    ["UTC", "mon-fri 9-17"],
    ["UTC", "mon-fri 09:00-25:00"],
    ["UTC", "mon-fri 09:60-17:00"],
    ["UTC", ""],
    ["UTC", "mon 24:00-25:00"],
    ["Mars/Base", "mon 09:00-17:00"],
    ["Local", "mon 09:00-17:00"],
    ["+25:00", "mon 09:00-17:00"],
  ])("the zone %j with the hours %j is an error", (zone, hours) => {
    expect(at("2026-11-23T09:00:00Z", zone, hours)).toBe("invalid_argument");
  });
});

describe("min, max and overlap", () => {
  test.each([
    ["min(3, 1, 2)", 1n],
    ["max([1.5, 2.5])", 2.5],
    ["max(1, 2.0)", 2],
    ["min(duration('2s'), duration('1s')) == duration('1s')", true],
    ["max([timestamp(1), timestamp(2)]) == timestamp(2)", true],
    ["overlap(['a', 'b'], ['b', 'c'])", true],
    ["overlap([1], [1.0])", true],
    ["overlap([], [1])", false],
  ])("%s is %s", (text, value) => {
    expect(codeOf(text)).toBe(value);
  });

  test.each([
    ["min([])", "invalid_argument"],
    ["max(1.0, 0.0 / 0.0)", "invalid_argument"],
    ["max(0.0 / 0.0)", "invalid_argument"],
    ["min('a', 'b')", "no_such_overload"],
    ["min(1, timestamp(1))", "no_such_overload"],
  ])("%s is the error %s", (text, code) => {
    expect(codeOf(text)).toBe(code);
  });
});
