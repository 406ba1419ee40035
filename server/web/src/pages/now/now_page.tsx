// Now: is the network OK, who is on it, what needs somebody, and what goes through.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { useNetwork } from '../../live/network_context';
import { PageTitle } from '../../shell/page_title';
import { NamesPanel } from './names_panel';
import { NetworkSentence } from './network_sentence';
import { TrafficPanel } from './traffic_panel';

export function NowPage() {
  const { t } = useTranslation(['now', 'common']);
  const network = useNetwork();
  return (
    <>
      <PageTitle title={t('common:places.now')} />
      {network && (
        <div className="grid gap-3 sm:gap-4 lg:grid-cols-2">
          <div className="lg:col-span-2">
            <NetworkSentence network={network} alarms={0} />
          </div>
          <TrafficPanel network={network} />
          <NamesPanel network={network} />
        </div>
      )}
    </>
  );
}
