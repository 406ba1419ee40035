// Valid documents at random, and ways to spoil them. Everything follows from a seed.
// SPDX-License-Identifier: Apache-2.0

/** A small generator of random numbers (mulberry32): runs repeat. */
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n) => Math.floor(next() * n);
  return {below, chance: (p) => next() < p, pick: (items) => items[below(items.length)]};
}

const mac = (rng, last) => `02:00:00:00:${rng.pick(['0a', '0B'])}:${last.toString(16).padStart(2, '0')}`;
const list = (rng, most, make) => Array.from({length: rng.below(most + 1)}, (_, index) => make(index));

function scope(rng, groups) {
  const scope = {};
  if (rng.chance(0.3)) scope.device = mac(rng, rng.below(9));
  else if (groups.length > 0 && rng.chance(0.4)) scope.group = rng.pick(groups).name;
  if (rng.chance(0.3)) scope.schedule = 'nights';
  if (rng.chance(0.3)) scope.until = 1795633200000 + rng.below(1e9);
  if (rng.chance(0.7)) scope.decision = rng.pick(['allow', 'deny']);
  return scope;
}

/** A policy without problems. */
export function policy(rng) {
  const groups = list(rng, 2, (index) => ({name: `group ${index} ü`, devices: [`02:00:00:00:00:0${index}`], ...(rng.chance(0.5) ? {mode: rng.pick(['block-listed', 'allow-listed'])} : {})}));
  const reason = () => (rng.chance(0.3) ? {reason: rng.pick(['', 'noise', 'zu laut – Bühne 2'])} : {});
  const rules = (most, make) => list(rng, most, (index) => ({...make(index), ...scope(rng, groups)}));
  return {
    mode: rng.pick(['block-listed', 'allow-listed']),
    new_devices: rng.pick(['allow', 'ask', 'deny']),
    time_zone: rng.pick(['UTC', 'Europe/Paris', 'Etc/GMT+1', 'America/Argentina/Buenos_Aires']),
    groups,
    phases: list(rng, 1, () => ({name: 'show', from: 0, to: 253402300799999})),
    schedules: [{name: 'nights', windows: list(rng, 2, () => ({days: list(rng, 2, () => rng.pick(['mon', 'tue', 'sun'])), from: rng.pick(['00:00', '23:59']), to: rng.pick(['00:00', '06:30', '24:00'])}))}],
    devices: list(rng, 2, (index) => ({device: mac(rng, index), ...(rng.chance(0.5) ? {schedule: 'nights', until: 0} : {}), ...reason()})),
    domains: rules(3, () => ({domain: rng.pick(['example.org', 'Bücher.Example.', '_dmarc.example.org', 'org', 'a-b.1.example']), subdomains: rng.chance(0.5), ...reason()})),
    addresses: rules(3, () => ({prefix: rng.pick(['192.0.2.0/24', '192.0.2.1', '2001:db8::/32', '::/0', '::1']), transport: rng.pick(['any', 'tcp', 'udp']), port: rng.pick([1, 443, 65535]), ...reason()})),
    categories: rules(2, () => ({category: 'pornography'})),
    services: rules(2, () => ({service: 'youtube'})),
    lists: rules(2, (index) => ({list: `list ${index}`, sha256: '0123456789abcdef'.repeat(4), format: rng.pick(['hosts', 'domains', 'adguard', 'dnsmasq', 'rpz', 'ut1', 'v2fly'])})),
    limits: list(rng, 2, (index) => ({device: mac(rng, index), each_device: index === 0, up_kbit: rng.pick([0, 1, 100000000]), down_kbit: 1})),
    protected_devices: list(rng, 2, (index) => mac(rng, index)),
    never_blocked: list(rng, 2, () => 'vivi.example'),
  };
}

/** What replaces a value: mostly of the wrong type or beyond a bound. */
const spoiled = [null, true, 0, -1, 1.5, 65536, 253402300800000, 1e300, '', ' ', 'nonsense', 'deny', '24:00', '02:00:00:00:00:01', '02-00-00-00-00-01', 'a\nb',
  'é'.repeat(63), 'é'.repeat(64), 'x'.repeat(501), '*.example.org', 'https://example.org/', 'example..org', '.example', 'a'.repeat(64) + '.org', '192.0.2.1', '192.0.2.1/24',
  '../etc/passwd', [], [7], {}, {name: 'x'}];

/** All paths into a value, as lists of keys. */
function paths(value, at = []) {
  const below = value !== null && typeof value === 'object' ? Object.entries(value).flatMap(([key, inner]) => paths(inner, [...at, key])) : [];
  return at.length > 0 ? [at, ...below] : below;
}

/** The document with one thing changed: replaced, taken away, or added. */
export function spoil(rng, document) {
  const copy = structuredClone(document);
  const path = rng.pick(paths(copy));
  const key = path.at(-1);
  const owner = path.slice(0, -1).reduce((value, step) => value[step], copy);
  const what = rng.below(8);
  if (what === 0 && !Array.isArray(owner)) delete owner[key];
  else if (what === 1 && !Array.isArray(owner)) owner[rng.pick(['typo', 'until', 'group', 'device', 'windows', 'port'])] = rng.pick(spoiled);
  else owner[key] = rng.pick(spoiled);
  return copy;
}
