// What people call the devices, services and categories of a policy, and what there is to choose from.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useMemo, useState } from 'react';
import { useClient, useQuery } from 'urql';
import { RuleCategoriesDocument, RuleDevicesDocument, RuleServicesDocument } from '../../generated/graphql';
import { useCategoryTitle } from '../../parts/category_title';
import type { Names } from '../../policy/words';

export interface KnownDevice {
  readonly id: string;
  readonly mac: string;
  readonly label: string;
}
export interface Choice {
  readonly name: string;
  readonly title: string;
  readonly group: string;
}
export interface Known extends Names {
  readonly devices: readonly KnownDevice[];
  readonly services: readonly Choice[];
  readonly categories: readonly Choice[];
}

const mostRouters = 4;

/** `routers`: of the policy that is looked at. */
export function useNames(routers: readonly { readonly id: string }[]): Known {
  const category = useCategoryTitle();
  const [{ data: services }] = useQuery({ query: RuleServicesDocument });
  const [{ data: categories }] = useQuery({ query: RuleCategoriesDocument });
  const devices = useDevices(routers);
  return useMemo(() => {
    const titles = new Map(services?.services.map(({ name, title }) => [name, title]));
    const labels = new Map(devices.map(({ mac, label }) => [mac, label]));
    return {
      devices,
      services: (services?.services ?? []).map(({ name, title, category: of }) => ({ name, title, group: of ? category(of) : '' })),
      categories: (categories?.categories ?? []).map(({ name }) => ({ name, title: category(name), group: '' })),
      device: (mac) => labels.get(mac) ?? mac,
      service: (name) => titles.get(name) ?? name,
      category,
    };
  }, [services, categories, devices, category]);
}

/** The most recently seen of each router; a rule about another one shows its MAC. */
function useDevices(routers: readonly { readonly id: string }[]): readonly KnownDevice[] {
  const client = useClient();
  const [devices, setDevices] = useState<readonly KnownDevice[]>([]);
  const ids = routers.slice(0, mostRouters).map(({ id }) => id).join(' ');
  useEffect(() => {
    let isOver = false;
    const ask = (routerId: string) => client.query(RuleDevicesDocument, { routerId, search: null }).toPromise();
    void Promise.all(ids === '' ? [] : ids.split(' ').map(ask)).then((answers) => {
      if (isOver) return;
      const known = new Map<string, KnownDevice>();
      for (const { data } of answers) {
        for (const { node } of data?.devices.edges ?? []) known.set(node.mac, { id: node.id, mac: node.mac, label: node.name || node.hostname || node.mac });
      }
      setDevices([...known.values()]);
    });
    return () => {
      isOver = true;
    };
  }, [client, ids]);
  return devices;
}
