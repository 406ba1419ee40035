// Which names a device asked for: personal, so for organisers only, on asking only, and the asking is in the audit log.
// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { whyNot } from '../../api_error';
import { DeviceNamesDocument } from '../../generated/graphql';
import { useCategoryTitle } from '../../parts/category_title';
import { useSession } from '../../session';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Bytes, Count } from '../../ui/quantity';
import { Age } from '../../ui/time';

const dayMs = 86_400_000;

export function DeviceNames({ id }: { id: string }) {
  const { t } = useTranslation('devices');
  const { may } = useSession();
  const [isAsked, setIsAsked] = useState(false);
  return (
    <section aria-labelledby="names-title" data-testid="device-names">
      <h3 id="names-title" className="font-semibold">
        {t('names.title')}
      </h3>
      {!may('MANAGE') && <p className="text-muted mt-1 leading-relaxed">{t('names.mayNot')}</p>}
      {may('MANAGE') && !isAsked && (
        <>
          <p className="text-muted mt-1 mb-2 leading-relaxed">{t('names.text')}</p>
          <Button onClick={() => setIsAsked(true)}>{t('names.show')}</Button>
        </>
      )}
      {isAsked && <Names id={id} />}
    </section>
  );
}

function Names({ id }: { id: string }) {
  const { t } = useTranslation('devices');
  const from = useMemo(() => new Date(Date.now() - dayMs).toISOString(), []);
  const titleOf = useCategoryTitle();
  const [{ data, error, fetching }] = useQuery({ query: DeviceNamesDocument, variables: { id, from } });
  if (fetching) return <p className="text-muted mt-1">{t('names.loading')}</p>;
  if (error && !data) return <p className="text-danger mt-1">{whyNot(null, error)}</p>;
  const asked = (data?.node && 'domains' in data.node && data.node.domains) || [];
  const bytes = new Map(data?.trafficTop.rows.map((row) => [row.key, row.bytesUp + row.bytesDown]));
  if (asked.length === 0) return <p className="text-muted mt-1 leading-relaxed">{t('names.none')}</p>;
  return (
    <ul className="mt-1">
      {asked.map((each) => (
        <li key={each.name} className="border-line flex flex-wrap items-baseline gap-x-3 border-b py-1.5 last:border-b-0">
          <bdi className="min-w-0 font-medium break-all">{each.name}</bdi>
          {each.categories.map((category) => (
            <Badge key={category}>{titleOf(category)}</Badge>
          ))}
          <span className="text-muted ml-auto text-xs whitespace-nowrap">
            {t('names.source')} <Count value={each.queries} /> ×{bytes.has(each.name) && ' · '}
            {bytes.has(each.name) && <Bytes value={bytes.get(each.name)!} />} · <Age at={each.lastAt} />
          </span>
        </li>
      ))}
    </ul>
  );
}
