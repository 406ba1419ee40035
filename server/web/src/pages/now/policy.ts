// The little of a policy that Now reads and changes: whether new devices must ask, who is admitted, and taking a name's rule back. Pure.
// SPDX-License-Identifier: Apache-2.0
interface DeviceRule {
  readonly device: string;
  readonly decision?: string;
}

interface DomainRule {
  readonly domain: string;
  readonly decision?: string;
  readonly device?: string;
  readonly group?: string;
  readonly schedule?: string;
}

export interface PolicyDocument {
  readonly new_devices?: 'allow' | 'ask' | 'deny';
  readonly devices?: readonly DeviceRule[];
  readonly domains?: readonly DomainRule[];
  readonly protected_devices?: readonly string[];
}

/** Null when newcomers may use the network as everybody; else who is known already: admitted, banned or protected. */
export function knownDevices(document: PolicyDocument): ReadonlySet<string> | null {
  if ((document.new_devices ?? 'allow') === 'allow') return null;
  return new Set([...(document.devices ?? []).map((rule) => rule.device), ...(document.protected_devices ?? [])]);
}

export function withAdmitted(document: PolicyDocument, macs: readonly string[]): PolicyDocument {
  const admitted = new Set(macs);
  const others = (document.devices ?? []).filter((rule) => !admitted.has(rule.device));
  return { ...document, devices: [...others, ...macs.map((device) => ({ device, decision: 'allow' }))] };
}

/** Rules about exactly this name for everybody are what allowDomain and denyDomain add to and replace. */
const isAbout = (rule: DomainRule, name: string) => rule.domain === name && !rule.device && !rule.group && !rule.schedule;

export function rulesOfName(document: PolicyDocument, name: string): readonly DomainRule[] {
  return (document.domains ?? []).filter((rule) => isAbout(rule, name));
}

/** As before a decision about the name: its rules are `before`, all others stay. */
export function withRulesOfName(document: PolicyDocument, name: string, before: readonly DomainRule[]): PolicyDocument {
  return { ...document, domains: [...(document.domains ?? []).filter((rule) => !isAbout(rule, name)), ...before] };
}
