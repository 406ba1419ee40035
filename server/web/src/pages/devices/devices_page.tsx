// Devices: everybody on the networks that are looked at, live.
// SPDX-License-Identifier: Apache-2.0
import { useNetwork } from '../../live/network_context';
import { DevicesPanel } from './devices_panel';

export function DevicesPage() {
  const network = useNetwork();
  return network && <DevicesPanel key={network.routerIds.join()} network={network} />;
}
